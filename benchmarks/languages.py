"""How often the language of a text is told rightly, by its headline, its first 200 characters and all of it.

    MONITOR_SHARED_DATA=… python -m benchmarks.languages [--write]

Protocol. News of eleven languages (`articles`) and documents of nine (`linked`), whose collections name the language of
each; of the English articles every third. *Right* and *none* are shares of all texts, *wrong* is what remains; seconds
of the processor for a thousand texts.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import time
from collections import Counter
from pathlib import Path

from benchmarks.report import shared_data, table, write_section
from monitor.languages import identify

FILES = ("articles/articles.jsonl.gz", "linked/linked.jsonl.gz")


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--write", action="store_true", help="Put the figures into docs/benchmarks.md.")
    asked = arguments.parse_args()
    root = shared_data()
    if root is None:
        print("benchmarks.languages: set MONITOR_SHARED_DATA to the directory that holds articles/", file=sys.stderr)
        return 2
    rows, wrong = [], Counter[str]()
    for name in FILES:
        documents = list(read(root / name))
        for what, cut in (("headline", 0), ("200 characters", 200), ("all", 10**9)):
            texts = [(lang, title if not cut else f"{title}\n{text[:cut]}") for lang, title, text in documents]
            started = time.process_time()
            told = [(lang, identify(text)) for lang, text in texts]
            seconds = time.process_time() - started
            right, none = sum(lang == found for lang, found in told), sum(not found for _, found in told)
            wrong.update(f"{what}: {lang} taken for {found}" for lang, found in told if found not in ("", lang))
            count = len(told)
            figures = (right / count, none / count, (count - right - none) / count)
            rows.append(
                (
                    f"{name.partition('/')[0]}, {what}",
                    count,
                    *(f"{x:.4f}" for x in figures),
                    f"{seconds / count * 1000:.2f}",
                )
            )
    made = table(["", "texts", "right", "none", "wrong", "s for 1,000"], rows)
    print(made, "\n".join(f"{count} {what}" for what, count in wrong.most_common(12)), sep="\n\n")
    if asked.write:
        write_section("languages", f"## Languages (`python -m benchmarks.languages`)\n\n{made}")
    return 0


def read(path: Path) -> list[tuple[str, str, str]]:
    """(language, headline, text); where there is no headline, the first words of the text."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    chosen = [row for number, row in enumerate(rows) if row["lang"] != "en" or number % 3 == 0]
    return [(row["lang"], row.get("title") or row["text"][:60], row["text"]) for row in chosen]


if __name__ == "__main__":
    sys.exit(main())
