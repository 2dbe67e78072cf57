"""docs/benchmarks.md, of which every benchmark command owns a section between two markers and leaves the rest alone."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs/benchmarks.md"
HEAD = """# Benchmarks

Measured, not estimated; each section is written by the command it names and says on what it was measured. Figures of
speed are ratios first: compare within a section, not between machines.
"""
ORDER = ["quality", "speed", "extraction", "feeds", "store-sqlite", "store-postgresql", "record-sqlite"]
ORDER += ["record-postgresql", "desk", "lists"]
"""Sections in this order; others follow, as they come."""


def write_section(name: str, body: str, page: Path = PAGE) -> None:
    """Put `body` (Markdown, with its own `##` heading) between the markers of section `name`; other sections stay."""
    text = page.read_text(encoding="utf-8") if page.exists() else HEAD
    found = dict(re.findall(r"<!-- begin (\S+) -->\n(.*?)\n<!-- end \1 -->", text, re.DOTALL))
    found[name] = body.strip()
    known = [section for section in ORDER if section in found]
    order = known + [section for section in found if section not in known]
    sections = "\n\n".join(f"<!-- begin {section} -->\n{found[section]}\n<!-- end {section} -->" for section in order)
    page.parent.mkdir(parents=True, exist_ok=True)
    beside = page.with_suffix(".new")
    beside.write_text(f"{HEAD}\n{sections}\n", encoding="utf-8")
    beside.replace(page)


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; the first column is text, the others are figures."""
    lines = ["| " + " | ".join(head) + " |", "|---" + "|---:" * (len(head) - 1) + "|"]
    lines += ["| " + " | ".join(map(str, row)) + " |" for row in rows]
    return "\n".join(lines)


def figure(value: float | None, digits: int = 3) -> str:
    """A share or score for a table: "–" where there is none."""
    return "–" if value is None else f"{value:.{digits}f}"


def shared_data() -> Path | None:
    """The directory of real data, from MONITOR_SHARED_DATA; None when unset or absent."""
    path = os.environ.get("MONITOR_SHARED_DATA", "")
    return Path(path) if path and Path(path).is_dir() else None
