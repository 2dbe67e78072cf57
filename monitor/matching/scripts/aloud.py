"""Names in scripts without spaces, and names written together, read aloud as words that can be looked up. Pure.

The reading is a second sequence of tokens over the same text: 习近平 is read xi jinping, 田中花子 tanaka hanako, a run
of katakana as one word, 김정은은 as 김 정 은, عبد الله as one word. Nothing of it is sure: where a letter may be a
surname, what follows is read as a given name; an empty token parts one reading from the next. What fits a listed name
is judged like any mention.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from anyascii import anyascii

from monitor.matching import tables
from monitor.matching.scripts.affixes import stripped
from monitor.matching.text import Tokens, fold, tokenise


class Word(NamedTuple):
    """A word of the reading: how it reads, and where it stands in the text."""

    form: str
    start: int
    end: int


class Names(NamedTuple):
    """Surnames and given names by how they are written."""

    chinese: frozenset[str]
    japanese: dict[str, tuple[str, ...]]
    given: dict[str, tuple[str, ...]]
    korean: dict[str, tuple[str, ...]]


@tables.once
def names() -> Names:
    data = tables.read("readings.yaml")
    chinese, japanese = data["chinese"], data["japanese"]
    single = "".join(chinese["surnames"].split())
    return Names(
        frozenset((*single, *chinese["compound"])),
        {text: tuple(readings) for text, readings in japanese["surnames"].items()},
        {text: tuple(readings) for text, readings in japanese["given"].items()},
        {text: tuple(readings) for text, readings in data["korean"]["surnames"].items()},
    )


_SECOND = re.compile("[\u30a0-\u30ff\u3400-\u9fff\uac00-\ud7a3]|عبد ?ال")
"""What has a second reading."""


def aloud(text: str, begin: int = 0, end: int | None = None) -> Tokens | None:
    """The second reading of `text[begin:end]`; None when it has none. Offsets count from the start of the text."""
    end = len(text) if end is None else end
    if text.isascii() or not _SECOND.search(text, begin, end):
        return None
    tokens = tokenise(text, begin, end)
    forms: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for reading in _readings(tokens):
        for form, start, end in (*reading, Word("", reading[-1].end, reading[-1].end)):
            forms.append(form)
            starts.append(start)
            ends.append(end)
    return Tokens(text, forms, starts, ends) if forms else None


def _readings(tokens: Tokens) -> Iterator[list[Word]]:
    for script, places in groupby(range(len(tokens)), lambda at: _script(tokens.forms[at] or tokens.surface(at, at))):
        if script:
            for run in _runs(tokens, places):
                yield from _READERS[script](tokens, run)


def _script(form: str) -> str:
    first = form[:1]
    if first < "\u0620" or first > "\u9fff":
        return ""
    if first <= "\u06ff":
        return "arabic"
    if "\u1100" <= first <= "\u11ff":
        return "hangul"
    if "\u30a0" <= first <= "\u30ff":
        return "kana"
    return "han" if first >= "\u3400" or first == "々" else ""


def _runs(tokens: Tokens, places: Iterable[int]) -> Iterator[list[int]]:
    """Places that stand side by side with nothing but spaces or a middle dot between them."""
    run: list[int] = []
    for at in places:
        if run and tokens.text[tokens.ends[at - 1] : tokens.starts[at]].strip(" ・·‧ー゠="):
            yield run
            run = []
        run.append(at)
    if run:
        yield run


def _kana(tokens: Tokens, run: list[int]) -> Iterator[list[Word]]:
    """Katakana without a break are one word; a middle dot parts the words of a name."""
    words: list[Word] = []
    for at in run:
        start, end = tokens.starts[at], tokens.ends[at]
        if not tokens.forms[at]:  # the middle dot
            continue
        form = unicodedata.normalize("NFKC", tokens.text[start:end])
        if words and words[-1].end == start:
            words[-1] = Word(words[-1].form + form, words[-1].start, end)
        else:
            words.append(Word(form, start, end))
    if words:
        yield words


def _han(tokens: Tokens, run: list[int]) -> Iterator[list[Word]]:
    """Surname and given name, wherever a letter or two may be a surname: Chinese by sound, Japanese by the tables."""
    known, text, last = names(), tokens.text, tokens.ends[run[-1]]
    for at in run:
        start = tokens.starts[at]
        for size in (1, 2, 3):
            surname, rest = text[start : start + size], start + size
            if surname in known.japanese:
                for length in (1, 2, 3):
                    for given in known.given.get(text[rest : rest + length], ()):
                        for read in known.japanese[surname]:
                            yield [Word(read, start, rest), Word(given, rest, rest + length)]
            if surname in known.chinese:
                for length in (2, 1):
                    if rest + length <= last and text[rest : rest + length].isalpha():
                        given = _pinyin(text[rest : rest + length])
                        yield [Word(_pinyin(surname), start, rest), Word(given, rest, rest + length)]


@lru_cache(maxsize=20_000)
def _pinyin(letters: str) -> str:
    return "".join(map(str.lower, filter(str.isalpha, anyascii(letters))))


def _hangul(tokens: Tokens, run: list[int]) -> Iterator[list[Word]]:
    """Surname and given name of a word of three syllables, without what may be attached to it."""
    known = names().korean
    for at in run:
        start = tokens.starts[at]
        surface = unicodedata.normalize("NFC", tokens.surface(at, at))
        if surface[0] not in known or len(surface) < 3 or surface != tokens.surface(at, at):
            continue
        bases = (tokens.forms[at], *stripped(tokens.forms[at]))
        length = 3
        if length in {len(unicodedata.normalize("NFC", base)) for base in bases}:
            syllables = [fold(letter) for letter in surface[:length]]
            for read in known[surface[0]]:
                yield [
                    Word(read, start, start + 1),
                    *(Word(form, start + n, start + n + 1) for n, form in enumerate(syllables[1:], 1)),
                ]
                yield [Word(read, start, start + 1), Word("".join(syllables[1:]), start + 1, start + length)]


def _arabic(tokens: Tokens, run: list[int]) -> Iterator[list[Word]]:
    """The run with عبد and the name after it as one word, where there is such a pair."""
    words: list[Word] = []
    joined = False
    for at in run:
        form = tokens.forms[at]
        if words and words[-1].form.endswith("عبد") and len(words[-1].form) <= 4 and form.startswith("ال"):
            words[-1] = Word(words[-1].form + form, words[-1].start, tokens.ends[at])
            joined = True
        else:
            words.append(Word(form, tokens.starts[at], tokens.ends[at]))
    if joined:
        yield words


_READERS = {"arabic": _arabic, "hangul": _hangul, "kana": _kana, "han": _han}
