"""How well copies of one story are found, and other news kept apart.

    MONITOR_SHARED_DATA=… python -m benchmarks.stories [--write]

Protocol. The real news of `articles` (eleven languages), each as a feed would give it: headline and the first 60 words
(180 characters where a script puts no blanks between words). Of every third a copy is made in one of the ways in which
newspapers change what agencies send, and comes from another feed two hours later. All are told to the store's own
`stories.assign`, in the order of their dates, with an empty SQLite database. *Recall* is the share of copies that
joined the story of their original. *Precision* is the share of joined articles whose text is that of the story's first
article: a made copy of it, or (real copies are among real news) one that shares half of its characters in order, by
difflib, which knows nothing of word runs. What joined wrongly is printed.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from difflib import SequenceMatcher
from pathlib import Path

from benchmarks.report import shared_data, table, write_section
from monitor.store import Store
from monitor.store.stories import Text, assign

SAME = 0.5
"""Share of characters in common order from which two texts are one."""


@dataclass(frozen=True, slots=True)
class News:
    at: datetime
    text: Text
    original: int  # its own number, or of what it is a copy
    way: str  # "" for an original


def sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.!?。！？])\s*", text)


WAYS: dict[str, Callable[[str, str], tuple[str, str]]] = {
    "an agency's name after it": lambda title, text: (title, f"{text} (Agency)"),
    "another headline": lambda title, text: (" ".join(title.split()[::-1]), text),
    "other quotation marks and dashes": lambda title, text: (
        title.upper(),
        text.replace("“", '"').replace("”", '"').replace("—", "-").replace("'", "’"),
    ),
    "a byline before it": lambda title, text: (title, f"By our own correspondent in the capital. {text}"),
    "its last quarter cut": lambda title, text: (title, text[: len(text) * 3 // 4]),
    "one sentence cut": lambda title, text: (title, " ".join(sentences(text)[1:]) or text),
    "half of it cut, another headline": lambda title, text: (" ".join(title.split()[::-1]), text[: len(text) // 2]),
}


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--write", action="store_true", help="Put the figures into docs/benchmarks.md.")
    asked = arguments.parse_args()
    root = shared_data()
    if root is None:
        print("benchmarks.stories: set MONITOR_SHARED_DATA to the directory that holds articles/", file=sys.stderr)
        return 2
    news = told(root / "articles/articles.jsonl.gz")
    with tempfile.TemporaryDirectory(prefix="bench-") as directory:
        given = stories(news, f"sqlite:///{directory}/stories.db")
    first: dict[int, News] = {}
    joined = right = 0
    wrong: list[str] = []
    story_of = {one.original: story for one, story in zip(news, given, strict=True) if not one.way}
    made, found = Counter[str](), Counter[str]()
    for one, story in zip(news, given, strict=True):
        began = first.setdefault(story, one)
        if one.way:
            made[one.way] += 1
            found[one.way] += story_of[one.original] == story
        if began is not one:
            joined += 1
            if one.original == began.original or like(one.text, began.text):
                right += 1
            else:
                wrong.append(f"{began.text.title[:70]!r} ← {one.text.title[:70]!r}")
    rows = [(way, made[way], f"{found[way] / made[way]:.3f}") for way in WAYS]
    rows.append(("all", made.total(), f"{found.total() / made.total():.3f}"))
    said = (
        f"{len(news):,} articles, {made.total():,} of them copies: {joined:,} joined another's story, precision "
        f"{right / joined:.4f} ({len(wrong)} wrongly)."
    )
    shown = table(["what the copy's editor did", "copies", "recall"], rows)
    print(said, shown, *wrong[:20], sep="\n\n")
    if asked.write:
        write_section("stories", f"## Stories (`python -m benchmarks.stories`)\n\n{said}\n\n{shown}")
    return 0


def told(path: Path) -> list[News]:
    """Originals and copies, in the order of their dates."""
    news: list[News] = []
    ways = list(WAYS.items())
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            row = json.loads(line)
            at = date(row.get("date") or "")
            words = row["text"].split()
            text = " ".join(words[:60]) if len(words) > 60 else row["text"][:400]
            text = text[:180] if row["lang"] in ("zh", "ja") else text
            title = row.get("title") or ""
            news.append(News(at, Text(f"{row['source']}-{number}", "", title, text), number, ""))
            if number % 3 == 0:
                way, change = ways[number // 3 % len(ways)]
                copied = Text(f"copy-{number}", "", *change(title, text))
                news.append(News(at + timedelta(hours=2), copied, number, way))
    return sorted(news, key=lambda one: (one.at, one.original, one.way))


def date(written: str) -> datetime:
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        found = datetime(2020, 1, 1, tzinfo=UTC)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def stories(news: list[News], url: str) -> list[int]:
    store = Store.open(url, now=news[0].at)
    given: list[int] = []
    with store.db.write() as connection:
        for one in news:
            given += assign(store.db, connection, [one.text], one.at)
    store.close()
    return given


def like(one: Text, other: Text) -> bool:
    a, b = (f"{text.title} {text.text}".casefold() for text in (one, other))
    return SequenceMatcher(None, a, b, autojunk=False).ratio() >= SAME


if __name__ == "__main__":
    sys.exit(main())
