"""Builds monitor/matching/data/words.txt: how ordinary each word of running news is, and how it is written.

    python -m benchmarks.words            (needs MONITOR_SHARED_DATA; writes the table in place)

Protocol. Texts: every article and feed entry of `articles/`. A word is a run of letters (`[^\\W\\d_]{2,}`), folded by
NFKD, marks removed, casefold; scripts without spaces are left out. *df*: texts of 10,000 that hold the word, in the
language where that share is highest (a language with fewer than 1,000 texts counts as if it had 1,000), rounded up.
Case is looked at only within sentences of bodies that are written in ordinary case: not at a sentence's start, not in
headlines, not where more than a third of a text's words are capitalised, not for words of several letters in capitals.
*lower*: percentage of those occurrences in lower case. *chain*: percentage of the capitalised ones that stand beside
another capitalised word. German writes every noun with a capital: its texts count for *df* and not for the case.
Words of a single text are left out.
"""

from __future__ import annotations

import gzip
import json
import math
import os
import re
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

TABLE = Path(__file__).parents[1] / "monitor/matching/data/words.txt"
WORD = re.compile(r"[^\W\d_]{2,}")
UNSPACED = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
SENTENCE_BREAK = re.compile(r"[.!?:;\n\"“”„«»()\[\]|•–—-]")
SMALL_LANGUAGE = 1_000  # texts
MIN_TEXTS = 2  # a word of one text is mostly a slip or a rare name
HEADER = """# Words of running news: how ordinary, how written. Columns: README.md; protocol: benchmarks/words.py.
# Counted over {texts} news texts and feed entries ({languages}); counts only, no text is kept.
# word\tdf\tlower\tchain
"""


def fold(word: str) -> str:
    """NFKD, combining marks removed, casefold."""
    decomposed = unicodedata.normalize("NFKD", word)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()


def texts(directory: Path) -> Iterator[tuple[str, str, str]]:
    """(language, title, body) of every article and feed entry."""
    for name in ("articles.jsonl.gz", "feeditems-2022.jsonl.gz"):
        with gzip.open(directory / name, "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                yield row["lang"], row["title"], row["text"]


class Statistics:
    """Counts of words over texts."""

    def __init__(self) -> None:
        self.texts: Counter[str] = Counter()
        self.holding: defaultdict[str, Counter[str]] = defaultdict(Counter)  # language → word → texts
        self.lower: Counter[str] = Counter()
        self.capital: Counter[str] = Counter()
        self.chained: Counter[str] = Counter()

    def add(self, lang: str, title: str, body: str) -> None:
        self.texts[lang] += 1
        found = {fold(word) for word in WORD.findall(f"{title}\n{body}") if not UNSPACED.search(word)}
        self.holding[lang].update(found)
        if body != title and lang != "de":
            self._case(body)

    def _case(self, body: str) -> None:
        words = [(m.group(), m.start(), m.end()) for m in WORD.finditer(body)]
        capitals = sum(word[0].isupper() for word, _, _ in words)
        if not words or capitals > len(words) / 3:
            return
        for i, (word, start, end) in enumerate(words):
            before = body[words[i - 1][2] : start] if i else "\n"
            if SENTENCE_BREAK.search(before) or (word.isupper() and len(word) > 1) or UNSPACED.search(word):
                continue
            key = fold(word)
            if word[0].islower():
                self.lower[key] += 1
            elif word[0].isupper():
                self.capital[key] += 1
                after = words[i + 1] if i + 1 < len(words) else None
                follows = after is not None and body[end : after[1]] in (" ", "-", "'", "’") and after[0][0].isupper()
                follows = follows or (before in (" ", "-", "'", "’") and words[i - 1][0][0].isupper())
                self.chained[key] += follows

    def rows(self) -> Iterable[tuple[str, int, str, str]]:
        """(word, df, lower, chain), sorted by word."""
        share: dict[str, float] = {}
        held: Counter[str] = Counter()
        for lang, words in self.holding.items():
            total = max(self.texts[lang], SMALL_LANGUAGE)
            for word, count in words.items():
                held[word] += count
                share[word] = max(share.get(word, 0.0), count / total)
        for word in sorted(share):
            if held[word] < MIN_TEXTS:
                continue
            lower, capital = self.lower[word], self.capital[word]
            yield (
                word,
                math.ceil(10_000 * share[word]),
                str(round(100 * lower / (lower + capital))) if lower + capital else "-",
                str(round(100 * self.chained[word] / capital)) if capital else "-",
            )


def main() -> int:
    shared = os.environ.get("MONITOR_SHARED_DATA")
    if not shared:
        print("benchmarks.words: set MONITOR_SHARED_DATA to the directory that holds articles/", file=sys.stderr)
        return 2
    statistics = Statistics()
    for lang, title, body in texts(Path(shared) / "articles"):
        statistics.add(lang, title, body)
    rows = list(statistics.rows())
    header = HEADER.format(texts=sum(statistics.texts.values()), languages=", ".join(sorted(statistics.texts)))
    TABLE.write_text(header + "".join("\t".join(map(str, row)) + "\n" for row in rows), encoding="utf-8")
    print(f"{TABLE.name}: {len(rows)} words, {TABLE.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
