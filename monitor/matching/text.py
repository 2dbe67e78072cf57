"""Text into tokens: folded forms, with the code points they stand on. Pure, and linear in the length of the text.

Folding forgets what writers vary: case, accents, width, zero-width and other format characters, apostrophes inside a
word, an English possessive, letters of another script that look alike (Unicode Technical Standard 39 calls them
confusables). A letter of a script that is written without spaces is a token of its own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

MAX_SURFACE = 400
"""Code points. The longest word on an official list has 45; what is longer than this is no name, and is not folded."""

SEGMENT = 400_000
"""Code points screened at a time, so that memory stays bounded on texts of any length; a long article has 60,000."""

LONGEST_ABBREVIATION = 9
"""Letters with full stops between them that are read as one word."""

_MARKS = "".join(
    chr(code)
    for low, high in ((0xAD, 0x20FF), (0x3000, 0x3100), (0xA640, 0xABFF), (0xFB1E, 0xFEFF), (0x10A00, 0x11FFF))
    for code in range(low, high + 1)
    if unicodedata.category(chr(code)) in ("Mn", "Mc", "Me", "Cf")
)
"""Combining and format characters of the scripts in use: part of a word, never of its folded form."""

_ALONE = "".join(
    (
        "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005\u3007",
        "\u3040-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff",
    )
)
"""Thai, Lao, Burmese, Khmer, kana and Han, but for the dot between the parts of a name: written without spaces."""

_BASIC, _BEYOND = (re.escape("".join(filter(chosen, _MARKS))) for chosen in ("\uffff".__ge__, "\uffff".__lt__))
_REST = rf"(?:[{_BASIC}]|(?=[\U00010a00-\U00011fff])[{_BEYOND}])"
"""A mark. Two sets: `re` looks a letter up at once only in one that keeps to the first 65,536 code points."""

_LETTER = rf"[^\W_{_ALONE}]"
_APOSTROPHES = "'’ʼ‘`´׳"
_SPECIAL = re.compile(
    "[^\x00-\xac\xae-\u02ff\u0370-\u0482\u048a-\u0590\u2010-\u2029\u2030-\u205f\u20a0-\u20cf\u2100-\u2bff]"
)
_PLAIN_WORD = re.compile(rf"[^\W_]+(?:[{_APOSTROPHES}][^\W_]+)*")
_ANY_RUN = rf"(?:{_LETTER})+(?:{_REST}+(?:{_LETTER})*)*"
_ANY_WORD = re.compile(rf"[{_ALONE}]{_REST}*|{_ANY_RUN}(?:[{_APOSTROPHES}]{_ANY_RUN})*")
"""A word with the apostrophes inside it. The plain one is for texts without combining marks and without scripts that
are written without spaces: it takes a third of the time."""

_POSSESSIVE = re.compile(r"['’`´][sS]$")
_ELISION = re.compile(r"(?:[lLdD]|[dD]ell|[dD]all|[nN]ell|[sS]ull|[aA]ll|[qQ]u)['’](?=[^\W_]{2})")
_NOT_LETTERS = frozenset(_MARKS)
_ALONE_LETTER = re.compile(f"[{_ALONE}]")
_CAMEL = re.compile(
    r"(?<=[a-zß-öø-ÿа-яё]{3})(?=[A-ZÀ-ÖØ-ÞА-ЯЁ][a-zß-öø-ÿа-яё]{2}"
    r"|(?:AG|SA|SE|NV|BV|AB|AS|PLC|LLC|LLP|P?JSC|OJSC|CJSC|GmbH)$)"
)

_BARE = str.maketrans("", "", _MARKS)

_PLAIN = _BARE | str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ŋ": "n", "ə": "a"}
)
"""Letters that Unicode does not take apart, as newspapers write them in English."""

_LATIN_OF = str.maketrans("авекмнорстухіјѕԁһѵαβεηικνορτυχ", "abekmhopctyxijsdhvabenikvoptux")
_CYRILLIC_OF = str.maketrans("abekmhopctyxijs", "авекмнорстухіјѕ")


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a text, in order: token `i` stands on `text[starts[i]:ends[i]]` and reads `forms[i]`."""

    text: str
    forms: list[str]
    starts: list[int]
    ends: list[int]

    def __len__(self) -> int:
        return len(self.forms)

    def surface(self, first: int, last: int) -> str:
        """What stands in the text from token `first` to token `last`, both included."""
        return self.text[self.starts[first] : self.ends[last]]


def tokenise(text: str, begin: int = 0, end: int | None = None) -> Tokens:
    """The tokens of `text[begin:end]`; offsets count from the start of the whole text."""
    forms: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    end = len(text) if end is None else end
    for found in words_of(text, begin, end).finditer(text, begin, end):
        start, stop = found.span()
        for form, left, right in _parts(found[0]) if stop - start <= MAX_SURFACE else NOTHING:
            forms.append(form)
            starts.append(start + left)
            ends.append(start + right if right else stop)
    return Tokens(text, forms, starts, ends)


def words_of(text: str, begin: int, end: int) -> re.Pattern[str]:
    """What finds the words of `text[begin:end]`, each with the apostrophes inside it."""
    return _PLAIN_WORD if text.isascii() or not _SPECIAL.search(text, begin, end) else _ANY_WORD


_LETTERS, _ONES, _JOINTS, _ADDED, _EITHER = 1, 2, 3, 4, 5
"""Classes of code points: letters, letters that are words, apostrophes, marks, what is a mark only after a letter."""


@cache
def _class(code: int) -> int:
    letter = chr(code)
    mark, one = letter in _NOT_LETTERS, _ALONE_LETTER.match(letter) is not None
    if mark or one:
        return _EITHER if mark and one else _ADDED if mark else _ONES
    return _JOINTS if letter in _APOSTROPHES else _LETTERS if letter.isalnum() else 0


@cache
def _classes() -> NDArray[np.uint8]:
    """By code point of Unicode's first plane."""
    return np.fromiter(map(_class.__wrapped__, range(0x10000)), np.uint8, 0x10000)


def spans(text: str, begin: int, end: int) -> tuple[list[int], list[int]]:
    """Where the words of `text[begin:end]` begin and end: what `words_of` finds, in a tenth of the time."""
    codes = np.frombuffer(text[begin:end].encode("utf-32-le", "surrogatepass"), np.uint32)
    if not len(codes):
        return [], []
    kinds = np.zeros(len(codes) + 2, np.uint8)
    kinds[1:-1] = _classes()[np.minimum(codes, 0xFFFF)]
    beyond = np.flatnonzero(codes > 0xFFFF)
    if len(beyond):
        kinds[1 + beyond] = list(map(_class, codes[beyond].tolist()))
    if (kinds >= _ADDED).any():
        of = np.maximum.accumulate(np.where(kinds < _ADDED, np.arange(len(kinds)), 0))  # what a mark stands on
        on = kinds[of]
        if ((kinds == _EITHER) & (on != _LETTERS) & (on != _ONES)).any():
            found = list(map(re.Match.span, words_of(text, begin, end).finditer(text, begin, end)))
            return [start for start, _ in found], [stop for _, stop in found]
        kinds[kinds >= _ADDED] = 0
    else:
        on = kinds
    inside = on == _LETTERS
    joints = np.flatnonzero(kinds == _JOINTS)
    inside[joints[inside[joints - 1] & (kinds[joints + 1] == _LETTERS)]] = True
    ones = kinds == _ONES
    if not ones.any():
        edges = np.flatnonzero(inside[1:] != inside[:-1]) + begin
        return edges[::2].tolist(), edges[1::2].tolist()
    starts = 1 + np.flatnonzero(ones[1:] | (inside[1:] & ~inside[:-1]))
    covered = inside | (on == _ONES)
    breaks = 1 + np.flatnonzero(covered[:-1] & ~covered[1:])
    ends = np.minimum(breaks[np.searchsorted(breaks, starts, side="right")], np.append(starts[1:], len(kinds)))
    return (starts + begin - 1).tolist(), (ends + begin - 1).tolist()


NOTHING = (("", 0, 0),)
"""What a word longer than MAX_SURFACE is read as."""


@lru_cache(maxsize=20_000)
def _parts(raw: str) -> tuple[tuple[str, int, int], ...]:
    return tuple((fold(raw[left : right or len(raw)]), left, right) for left, right in cuts(raw))


WHOLE = ((0, 0),)


def cuts(raw: str) -> Sequence[tuple[int, int]]:
    """The places of one word's parts in it; a right end of 0 is the word's own.

    An English possessive is left out; `l'`, `dell'` … of Romance languages and the halves of `SergeiLavrov` and of
    `SiemensAG` are apart.
    """
    if raw.isalnum() and (raw.islower() or raw.isupper() or raw[1:].islower() or len(raw) == 1):
        return WHOLE
    possessive = _POSSESSIVE.search(raw)
    end = possessive.start() if possessive else len(raw)
    elision = _ELISION.match(raw)
    return list(pairwise((0, *([elision.end()] if elision else ()), *(f.start() for f in _CAMEL.finditer(raw)), end)))


def fold(word: str) -> str:
    """One word, folded: lower-case letters and digits only; "" when none is left."""
    return folded((word,))[0]


def folded(words: Sequence[str]) -> list[str]:
    """Words, folded: of many at once, in a fraction of the time."""
    text = "\n".join(words)
    if text.isascii():
        forms = text.lower().split("\n")
    else:
        text = text if _NOT_LETTERS.isdisjoint(text) else text.translate(_BARE)
        text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
        if "\u3099" in text or "\u309a" in text:
            text = _VOICED.sub(lambda found: unicodedata.normalize("NFC", found[0]), text)
        text = text.translate(_PLAIN)
        forms = [form if form.isascii() else _one_script(form) for form in text.split("\n")]
    return [
        ("abu" if form == "abou" else form) if form.isalnum() else "".join(filter(str.isalnum, form)) for form in forms
    ]  # abou: the French way to write Abu


_LATIN = re.compile("[a-z]")

_VOICED = re.compile("[\u3040-\u30ff][\u3099\u309a]")
"""A letter of kana with the mark that makes it another one: ka, ga."""


def _one_script(form: str) -> str:
    """A word that mixes Latin with Cyrillic or Greek letters that look alike, in one script."""
    if not _LATIN.search(form) or all("a" <= letter <= "z" or letter.isdigit() for letter in form):
        return form
    as_latin = form.translate(_LATIN_OF)
    if as_latin.isascii():
        return as_latin
    as_cyrillic = form.translate(_CYRILLIC_OF)
    return form if any("a" <= letter <= "z" for letter in as_cyrillic) else as_cyrillic


def segments(text: str) -> Iterator[tuple[int, int]]:
    """Where to cut a text that is longer than SEGMENT: after a line, a sentence or a word if there is one."""
    begin = 0
    while len(text) - begin > SEGMENT:
        end = begin + SEGMENT
        for separator in ("\n", ". ", " "):
            found = text.rfind(separator, begin + SEGMENT // 2, end)
            if found > 0:
                end = found + 1
                break
        yield begin, end
        begin = end
    yield begin, len(text)
