"""How many hits running news gives, by language: what an analyst has to read.

    python -m benchmarks.noise [--lang ar,zh] [--show 20]

Protocol. All articles and feed entries of MONITOR_SHARED_DATA, each once, are screened as `monitor screen` does by
default against OFAC's SDN and consolidated lists; hits are counted by the article's language. Nobody has labelled
these texts: the figure holds right hits and false ones. `--show` prints that many hits of each language, those of one
entity once, the most frequent first, to be read.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
from collections import Counter
from pathlib import Path

from benchmarks.report import shared_data
from monitor import Screener
from monitor.model.articles import Article

ARTICLES = ("articles.jsonl.gz", "feeditems-2022.jsonl.gz")
LISTS = ("ofac-sdnset-2024-01-08.sdn.csv", "ofac-cons-2025-03-28.xml")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--lang", default="", help="Only these languages.")
    arguments.add_argument("--show", type=int, default=0)
    asked = arguments.parse_args()
    data = shared_data()
    if data is None:
        raise SystemExit("set MONITOR_SHARED_DATA: real texts and lists are screened")
    some = [one for one in news(data) if not asked.lang or one.lang in asked.lang.split(",")]
    for lang, row in sorted(noise(data, some).items()):
        print(f"{lang or '-':4} {row.articles:6} articles {row.hits:5} hits {row.hits / row.articles:6.2f} an article")
        for (name, surface), count in row.seen.most_common(asked.show):
            print(f"     {count:4}  {name}: {surface}")


class Row:
    """What one language gave."""

    def __init__(self) -> None:
        self.articles = self.hits = 0
        self.seen: Counter[tuple[str, str]] = Counter()  # (name, the first surface), by articles


def news(data: Path) -> list[Article]:
    found = []
    for name in ARTICLES:
        with gzip.open(data / "articles" / name, "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                found.append(Article(row["id"], row.get("title", ""), row.get("text", ""), row.get("lang", "")))
    return found


def noise(data: Path, some: list[Article]) -> dict[str, Row]:
    """By language: articles, and hits against OFAC's lists."""
    screener = Screener.from_paths(data / "lists" / name for name in LISTS)
    rows: dict[str, Row] = {}
    for article, hits in zip(some, screener.screen_many(some, jobs=os.cpu_count() or 1), strict=True):
        row = rows.setdefault(article.lang, Row())
        row.articles += 1
        entities = {hit.entity.id: hit for hit in hits}
        row.hits += len(entities)
        row.seen.update((hit.entity.names[0].text, hit.matches[0].mention.surface) for hit in entities.values())
    return rows


if __name__ == "__main__":
    main()
