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
from monitor.matching.scripts.abugidas import bare, sounded
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
    never_given: frozenset[str]  # Chinese letters that are in no given name
    before: tuple[str, ...]  # what stands right before a Chinese name …
    behind: tuple[str, ...]  # … and right behind one
    japanese: dict[str, tuple[str, ...]]
    given: dict[str, tuple[str, ...]]
    korean: dict[str, tuple[str, ...]]
    korean_compound: dict[str, tuple[str, ...]]
    sounds: dict[str, str]  # of Chinese letters in foreign names, in katakana
    foreign: dict[str, str]  # established foreign names in Chinese letters
    whole: dict[str, tuple[str, ...]]  # who is always meant by a word that the press writes alone
    of_god: frozenset[str]  # Arabic words that are one name with God's behind them


@tables.once
def names() -> Names:
    data = tables.read("readings.yaml")
    chinese, japanese = data["chinese"], data["japanese"]
    single = "".join(chinese["surnames"].split())
    return Names(
        frozenset((*single, *chinese["compound"])),
        frozenset("".join(chinese["never_given"].split())),
        tuple(chinese["before"]),
        tuple(chinese["after"]),
        {text: tuple(readings) for text, readings in japanese["surnames"].items()},
        {text: tuple(readings) for text, readings in japanese["given"].items()},
        {text: tuple(readings) for text, readings in data["korean"]["surnames"].items()},
        {text: tuple(readings) for text, readings in data["korean"]["compound"].items()},
        {letter: kana for kana, letters in data["foreign"]["sounds"].items() for letter in letters},
        data["foreign"]["names"],
        {text: tuple(read.split()) for text, read in data["whole"].items()},
        frozenset(map(fold, data["arabic"]["of_god"])),
    )


_AROUND = {
    "han": "({})",
    "kana": "(?<![\u30a0-\u30ff])({})(?![\u30a0-\u30ff])",
    "hangul": "(?<![\uac00-\ud7a3])({})",
    "arabic": "(?<![\u0620-\u06ff])[وفبلك]?({})(?![\u0620-\u06ff])",
    "hebrew": "(?<![א-ת])[והבלמשכ]?({})(?![א-ת])",
}
"""How a word that is always somebody's stands in a text: what may be attached to it, and what not."""


@tables.once
def _whole() -> dict[str, re.Pattern[str]]:
    by_script: dict[str, list[str]] = {}
    for text in sorted(names().whole, key=lambda text: (-len(text), text)):
        by_script.setdefault(_script(text), []).append(re.escape(text))
    return {script: re.compile(_AROUND[script].format("|".join(some))) for script, some in by_script.items()}


@tables.once
def _second() -> re.Pattern[str]:
    """What has a second reading."""
    letters = "[\u0e00-\u0e7f\u1780-\u17ff\u30a0-\u30ff\u3400-\u9fff\uac00-\ud7a3]"
    known = (re.escape(text) for text in names().whole if _script(text) in ("arabic", "hebrew"))
    return re.compile("|".join((letters, "عبد ?ال", " الله", *known)))


def aloud(text: str, begin: int = 0, end: int | None = None) -> Tokens | None:
    """The second reading of `text[begin:end]`; None when it has none. Offsets count from the start of the text."""
    end = len(text) if end is None else end
    if text.isascii() or not _second().search(text, begin, end):
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
    if "א" <= first <= "ת":
        return "hebrew"
    if first < "\u0620" or first > "\u9fff":
        return "hangul" if "\uac00" <= first <= "\ud7a3" else ""
    if first <= "\u06ff":
        return "arabic"
    if "\u0e00" <= first <= "\u0e7f":
        return "thai"
    if "\u1780" <= first <= "\u17ff":
        return "khmer"
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
    yield from _known(tokens, run)


def _known(tokens: Tokens, run: list[int]) -> Iterator[list[Word]]:
    """Who is always meant by a word: by 普京 Vladimir Putin. The words of the name share the letters."""
    begin, last = tokens.starts[run[0]], tokens.ends[run[-1]]
    pattern = _whole().get(_script(tokens.surface(run[0], run[0])))
    for found in pattern.finditer(tokens.text, begin, last) if pattern else ():
        read = names().whole[found[1]]
        start, end = found.span(1)
        places = [start + number for number in range(len(read))]
        yield [Word(form, at, after) for form, at, after in zip(read, places, [*places[1:], end], strict=True)]


def _han(tokens: Tokens, run: list[int]) -> Iterator[list[Word]]:
    """Surname and given name, wherever a letter or two may be a surname: Chinese by sound, Japanese by the tables."""
    yield from _foreign(tokens, run)
    yield from _known(tokens, run)
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
                    letters = text[rest : rest + length]
                    if rest + length <= last and letters.isalpha() and known.never_given.isdisjoint(letters):
                        if size + length == TWO and not _stands_apart(text, start, rest + length):
                            continue
                        given = _pinyin(letters)
                        yield [Word(_pinyin(surname), start, rest), Word(given, rest, rest + length)]


TWO = 2
"""Letters of the shortest Chinese name, which too many words look like."""


def _stands_apart(text: str, start: int, end: int) -> bool:
    """Whether what stands around a Chinese name shows where it begins and where it ends."""
    known = names()
    left = start == 0 or not _is_han(text[start - 1]) or text.endswith(known.before, 0, start)
    return left and (end == len(text) or not _is_han(text[end]) or text.startswith(known.behind, end))


def _is_han(letter: str) -> bool:
    return "\u3400" <= letter <= "\u9fff"


@lru_cache(maxsize=20_000)
def _pinyin(letters: str) -> str:
    return "".join(map(str.lower, filter(str.isalpha, anyascii(letters))))


MOST_OF_A_NAME = 7
"""Letters of the longest part of a foreign name in Chinese letters."""


def _foreign(tokens: Tokens, run: list[int]) -> Iterator[list[Word]]:
    """Foreign names, whose parts stand between dots: as far as the letters are those that spell sounds.

    Where the first part begins and the last one ends is not told, so that there are several readings.
    """
    text = tokens.text
    parts: list[list[int]] = [[]]
    for at in run:
        if not tokens.forms[at]:  # the dot
            continue
        if parts[-1] and (at != parts[-1][-1] + 1 or text[tokens.ends[at - 1] : tokens.starts[at]].strip()):
            parts.append([])
        parts[-1].append(at)
    for number in range(len(parts) - 1):
        for first in _spelt(tokens, parts[number], at_end=True):
            for second in _spelt(tokens, parts[number + 1], at_end=False):
                yield [first, second]


def _spelt(tokens: Tokens, part: list[int], *, at_end: bool) -> Iterator[Word]:
    """The foreign words at the end of a part, or at its beginning, the longest first."""
    known, text = names(), tokens.text
    for size in range(min(MOST_OF_A_NAME, len(part)), 1, -1):
        some = part[-size:] if at_end else part[:size]
        start, end = tokens.starts[some[0]], tokens.ends[some[-1]]
        written = text[start:end]
        established = known.foreign.get(written)
        if established:
            yield Word(established, start, end)
            return
        if all(letter in known.sounds for letter in written):
            yield Word("".join(known.sounds[letter] for letter in written), start, end)


def _hangul(tokens: Tokens, run: list[int]) -> Iterator[list[Word]]:
    """Surname and given name of a word of three syllables, without what may be attached to it."""
    yield from _known(tokens, run)
    known = names().korean
    for at in run:
        start = tokens.starts[at]
        surface = unicodedata.normalize("NFC", tokens.surface(at, at))
        if surface != tokens.surface(at, at):
            continue
        yield from _with_a_compound(surface, start)
        if surface[0] not in known or len(surface) < 3:
            yield from _of_two(tokens, at, surface)
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


def _with_a_compound(surface: str, start: int) -> Iterator[list[Word]]:
    """Surname of two syllables, and given name: 남궁민, 황보관."""
    for read in names().korean_compound.get(surface[:2], ()):
        for length in (2, 1):
            given = surface[2 : 2 + length]
            if len(given) == length:
                end = start + 2 + length
                yield [Word(read, start, start + 2), Word(fold(given), start + 2, end)]


def _of_two(tokens: Tokens, at: int, surface: str) -> Iterator[list[Word]]:
    """A name of two syllables, 김구: by itself too many words look so, so that a title has to follow."""
    readings = names().korean.get(surface[0], ())
    if len(surface) != 2 or not readings or at + 1 >= len(tokens):
        return
    following = unicodedata.normalize("NFC", tokens.surface(at + 1, at + 1))
    if tokens.text[tokens.ends[at] : tokens.starts[at + 1]] != " " or not following.startswith(_korean_titles()):
        return
    start = tokens.starts[at]
    for read in readings:
        yield [Word(read, start, start + 1), Word(fold(surface[1]), start + 1, start + 2)]


@tables.once
def _korean_titles() -> tuple[str, ...]:
    """As they are written."""
    data = tables.read("titles.yaml")
    return tuple(
        title
        for kinds in (data["before"], data["after"])
        for languages in kinds.values()
        for title in languages.get("ko", ())
    )


def _thai(tokens: Tokens, run: list[int]) -> Iterator[list[Word]]:
    yield from _abugida(tokens, run, "thai")


def _khmer(tokens: Tokens, run: list[int]) -> Iterator[list[Word]]:
    yield from _abugida(tokens, run, "khmer")


def _abugida(tokens: Tokens, run: list[int], script: str) -> Iterator[list[Word]]:
    """Words between spaces, as they sound; once more with g where k is written."""
    words: list[Word] = []
    begin, last = tokens.starts[run[0]], tokens.ends[run[-1]]
    for found in _CHUNK.finditer(tokens.text, begin, last):
        left, right = bare(found[0], script)
        form = sounded(found[0][left:right], script)
        if len(form) > 1:
            words.append(Word(form, found.start() + left, found.start() + right))
        elif words:
            yield from _soft_too(words)
            words = []
    if words:
        yield from _soft_too(words)


def _soft_too(words: list[Word]) -> Iterator[list[Word]]:
    yield words
    if any("к" in word.form for word in words):
        yield [word._replace(form=word.form.replace("к", "г")) for word in words]


_CHUNK = re.compile(r"[^\s\u00b7\u200b]+")


def _bare(form: str) -> tuple[str, ...]:
    return form, form[1:]  # وفضل الله


def _arabic(tokens: Tokens, run: list[int]) -> Iterator[list[Word]]:
    """The run with عبد and the name after it as one word, or نصر and God's, where there is such a pair."""
    yield from _known(tokens, run)
    words: list[Word] = []
    joined = False
    for at in run:
        form = tokens.forms[at]
        servant = words and words[-1].form.endswith("عبد") and len(words[-1].form) <= 4 and form.startswith("ال")
        if servant or (words and form == "الله" and not names().of_god.isdisjoint(_bare(words[-1].form))):
            words[-1] = Word(words[-1].form + form, words[-1].start, tokens.ends[at])
            joined = True
        else:
            words.append(Word(form, tokens.starts[at], tokens.ends[at]))
    if joined:
        yield words


_READERS = {
    "arabic": _arabic,
    "hebrew": _known,
    "hangul": _hangul,
    "kana": _kana,
    "han": _han,
    "thai": _thai,
    "khmer": _khmer,
}
