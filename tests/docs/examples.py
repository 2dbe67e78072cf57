"""The examples of the documentation, as a reader finds them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/**/*.md")])
_FENCE = re.compile(r"^```(\w*)[ ]*(?:title=\"([^\"]+)\")?[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block. `title`: the file that a reader makes of it; "" for none."""

    page: Path
    line: int
    language: str
    title: str
    text: str

    @property
    def id(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks(page: Path) -> Iterator[Block]:
    text = page.read_text(encoding="utf-8")
    for found in _FENCE.finditer(text):
        yield Block(page, text.count("\n", 0, found.start()) + 1, found[1], found[2] or "", found[3])


@dataclass(frozen=True, slots=True)
class Step:
    """A command behind `$`, and what it prints: `…` stands for anything."""

    command: str
    printed: str

    def fits(self, out: str) -> bool:
        """Line ends and blanks at them aside."""
        parts = [re.escape(part) for part in _tidy(self.printed).split("…")]
        return re.fullmatch(r"[\s\S]*?".join(parts), _tidy(out)) is not None


def steps(block: Block) -> Iterator[Step]:
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        command, _, printed = part.partition("\n")
        yield Step(command, printed)


def commands(block: Block) -> Iterator[str]:
    """The lines of a block that call `monitor`, without what stands behind them as a remark."""
    if block.language not in ("", "sh", "console"):
        return
    for line in block.text.splitlines():
        said = line.removeprefix("$ ")
        if re.match(r"monitor\s", said):
            yield re.split(r"\s+#|\s{3,}", said)[0].strip()


def _tidy(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())
