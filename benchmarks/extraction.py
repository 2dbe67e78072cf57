"""How well articles are found in their pages, beside trafilatura's own defaults and the whole page's text.

    python -m benchmarks.extraction       (needs MONITOR_SHARED_DATA)

Protocol. `article-extraction-benchmark`: 49 news pages with the text that a person took for the article; precision,
recall and F1 over runs of four words, each page counting the same. `trafilatura-eval`: 150 pages, each with strings
that must be in the text and strings (menus, adverts, related links, comments) that must not; F1 of precision (wanted
among what was found) and recall (found among what was wanted). All variants read the same bytes in the same run;
seconds are of one pass each: compare them within a run only.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import trafilatura

from monitor.articles.text import extract_page
from monitor.charsets import decode
from monitor.errors import ParseError
from monitor.htmltext import plain_text

Extract = Callable[[bytes], str]


def ours(body: bytes) -> str:
    try:
        return extract_page(body).text
    except ParseError:
        return ""


VARIANTS: dict[str, Extract] = {
    "monitor": ours,
    "trafilatura, defaults": lambda body: trafilatura.extract(body) or "",
    "trafilatura, without comments": lambda body: trafilatura.extract(body, include_comments=False) or "",
    "trafilatura, for precision": lambda body: trafilatura.extract(body, favor_precision=True) or "",
    "the whole page": lambda body: plain_text(decode(body, [])),
}


def runs(text: str, length: int = 4) -> Counter[tuple[str, ...]]:
    words = re.findall(r"\w+", text)
    return Counter(tuple(words[at : at + length]) for at in range(max(1, len(words) - length + 1)))


def against_articles(extract: Extract, directory: Path) -> tuple[float, float, float]:
    """Mean precision and mean recall over the pages, and their F1; each 0–1."""
    truth = json.loads((directory / "ground-truth.json").read_text())
    precisions, recalls = [], []
    for name, row in truth.items():
        wanted = runs(row["articleBody"])
        found = runs(extract(gzip.decompress((directory / f"{name}.html.gz").read_bytes())))
        common = (wanted & found).total()
        precisions.append(common / max(1, found.total()))
        recalls.append(common / wanted.total())
    precision, recall = sum(precisions) / len(truth), sum(recalls) / len(truth)
    return precision, recall, 2 * precision * recall / (precision + recall)


def against_strings(extract: Extract, directory: Path) -> tuple[int, int, int, int]:
    """Strings found of those wanted, and strings found of those not wanted."""
    found = wanted = leaked = unwanted = 0
    for row in json.loads((directory / "index.json").read_text()):
        text = extract(gzip.decompress((directory / f"{row['file']}.gz").read_bytes()))
        found += sum(words in text for words in row["with"])
        leaked += sum(words in text for words in row["without"])
        wanted += len(row["with"])
        unwanted += len(row["without"])
    return found, wanted, leaked, unwanted


def main() -> int:
    shared = os.environ.get("MONITOR_SHARED_DATA")
    if not shared:
        print("benchmarks.extraction: set MONITOR_SHARED_DATA to the directory that holds pages/", file=sys.stderr)
        return 2
    pages = Path(shared, "pages")
    print("| | precision | recall | F1 | wanted strings | unwanted strings | F1 | seconds |")
    print("|---|---|---|---|---|---|---|---|")
    ours(b"<p>Whatever is loaded at first use is loaded now.")
    for name, extract in VARIANTS.items():
        started = time.perf_counter()
        precision, recall, f1 = against_articles(extract, pages / "article-extraction-benchmark")
        found, wanted, leaked, unwanted = against_strings(extract, pages / "trafilatura-eval")
        seconds = time.perf_counter() - started
        strings = 2 * found / (found + leaked + wanted)
        print(
            f"| {name} | {precision:.3f} | {recall:.3f} | {f1:.3f} | {found} of {wanted} | {leaked} of {unwanted} "
            f"| {strings:.3f} | {seconds:.1f} |"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
