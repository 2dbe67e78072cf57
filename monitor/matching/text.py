"""Text into tokens: folded forms, with the code points they stand on. Pure, and linear in the length of the text.

Folding forgets what writers vary: case, accents, width, zero-width and other format characters, apostrophes inside a
word, an English possessive, letters of another script that look alike (Unicode Technical Standard 39 calls them
confusables). A letter of a script that is written without spaces is a token of its own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

MAX_SURFACE = 400
"""Code points. The longest word on an official list has 45; what is longer than this is no name, and is not folded."""

SEGMENT = 400_000
"""Code points screened at a time, so that memory stays bounded on texts of any length; a long article has 60,000."""

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

_REST = rf"[{re.escape(_MARKS)}]"
_LETTER = rf"(?![{_ALONE}])[^\W_]"
_APOSTROPHES = "'’ʼ‘`´"
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
_NOT_LETTERS = re.compile(rf"{_REST}+")
_CAMEL = re.compile(
    r"(?<=[a-zß-öø-ÿа-яё]{3})(?=[A-ZÀ-ÖØ-ÞА-ЯЁ][a-zß-öø-ÿа-яё]{2}"
    r"|(?:AG|SA|SE|NV|BV|AB|AS|PLC|LLC|LLP|P?JSC|OJSC|CJSC|GmbH)$)"
)

_PLAIN = str.maketrans(
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
    word = _PLAIN_WORD if text.isascii() or not _SPECIAL.search(text, begin, end) else _ANY_WORD
    for found in word.finditer(text, begin, end):
        start, stop = found.span()
        for form, left, right in _parts(found[0]) if stop - start <= MAX_SURFACE else _NOTHING:
            forms.append(form)
            starts.append(start + left)
            ends.append(start + right if right else stop)
    return Tokens(text, forms, starts, ends)


_NOTHING = (("", 0, 0),)


@lru_cache(maxsize=200_000)
def _parts(raw: str) -> tuple[tuple[str, int, int], ...]:
    """The folded parts of one word, with their places in it; a right end of 0 is the word's own.

    An English possessive is left out; `l'`, `dell'` … of Romance languages and the halves of `SergeiLavrov` and of
    `SiemensAG` are apart.
    """
    if raw.isalnum() and (raw.islower() or raw.isupper() or raw[1:].islower()):
        return ((fold(raw), 0, 0),)
    possessive = _POSSESSIVE.search(raw)
    end = possessive.start() if possessive else len(raw)
    elision = _ELISION.match(raw)
    cuts = [0, *([elision.end()] if elision else ()), *(found.start() for found in _CAMEL.finditer(raw)), end]
    return tuple((fold(raw[left:right]), left, right) for left, right in pairwise(cuts))


def fold(word: str) -> str:
    """One word, folded: lower-case letters and digits only; "" when none is left."""
    if word.isascii():
        form = word.lower()
    else:
        form = unicodedata.normalize("NFKD", _NOT_LETTERS.sub("", word)).casefold()
        form = _NOT_LETTERS.sub("", unicodedata.normalize("NFKD", form)).translate(_PLAIN)
        form = _one_script(form)
    if form == "abou":  # the French way to write Abu
        return "abu"
    return form if form.isalnum() else "".join(filter(str.isalnum, form))


def _one_script(form: str) -> str:
    """A word that mixes Latin with Cyrillic or Greek letters that look alike, in one script."""
    latin = any("a" <= letter <= "z" for letter in form)
    if not latin or all("a" <= letter <= "z" or letter.isdigit() for letter in form):
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
