"""Whether one word of a text can be one word of a name. Pure; the index may only skip what this refuses.

The rules, the strongest first: equal; a case of it (`scripts.inflection`); written in another script
(`scripts.sounds`); one name in two spellings (their *keys* are equal); a slip of the pen (edit distance, or two
neighbouring letters swapped); an initial; two forms of one given name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

from anyascii import anyascii
from rapidfuzz.distance import Levenshtein

from monitor.matching import tables
from monitor.matching.scripts.initials import others
from monitor.matching.scripts.kin import kin

SPELLING = 0.95
"""Similarity of two spellings of one name: above one typo in ten letters, below equality."""

TRANSLATION = 0.97
"""Similarity of two words of one meaning."""

INITIAL = 0.85
"""Similarity of an initial to the name it may stand for."""

SERVANT = frozenset(("abd", "abdul", "abdel", "abdal", "abdol", "abdoul", "abdur", "abdu"))
"""The first half of Arabic names like Abd al-Aziz: with the article or without it."""


class Likeness(NamedTuple):
    """How like two words are: 0 < value ≤ 1, and the rule that says so."""

    value: float
    rule: str  # equal | inflected | transliterated | spelling | typo | initial | given | translation | joined


DECLINED = frozenset(("inflected", "transliterated"))
"""Rules by which a word is the name's own in another case or script."""

WHOLE = frozenset(("equal", *DECLINED))
"""Rules by which a word is the name's own, only declined or in another script."""


EQUAL = Likeness(1.0, "equal")
JOINED = Likeness(0.98, "joined")
"""Two words written as one, or one as two."""


def similar(word: str, name: str) -> Likeness | None:
    """How the text's `word` can be the name's word `name` (both folded); None if it cannot.

    Forms of one given name and words of one meaning are `related`, which says for which parts of a name they count.
    """
    if word == name:
        return EQUAL
    plain, related_to = spelt_alike(word, name), kin(word, name)
    declined = Likeness(related_to.value, related_to.rule) if related_to else None
    return max(plain, declined) if plain and declined else plain or declined


def spelt_alike(word: str, name: str) -> Likeness | None:
    """How one is another spelling of the other or a slip for it, cases and scripts aside."""
    if word in SERVANT and name in SERVANT:
        return Likeness(SPELLING, "spelling")
    if not comparable(word) or not comparable(name):
        return None
    own = key(word)
    if own and own == key(name):
        return Likeness(SPELLING, "spelling")
    distance = typo(word, name)
    return Likeness(1.0 - distance / max(len(word), len(name)), "typo") if distance else None


def comparable(form: str) -> bool:
    """Whether a form may be compared other than for equality: four letters or more, and no digit."""
    return len(form) >= 4 and form.isalpha()


ONE_EDIT_UP_TO = 8
"""Letters of a name's word up to which one edit is allowed, from five on; in longer words two are."""


def edits(length: int) -> int:
    """Edits allowed in a name's word of so many letters."""
    return 0 if length < 5 else 1 if length <= ONE_EDIT_UP_TO else 2


def typo(word: str, name: str) -> int:
    """The edits between a name's word and a different word, if they are few enough for a slip; else 0."""
    bound = edits(len(name))
    if not bound or abs(len(word) - len(name)) > bound:
        return 0
    distance = Levenshtein.distance(word, name, score_cutoff=2)
    if distance == 2 and swapped(word, name):
        return 1
    return distance if distance <= bound else 0


def swapped(word: str, name: str) -> bool:
    """Whether two neighbouring letters changed places."""
    if len(word) != len(name):
        return False
    differing = [place for place, (one, other) in enumerate(zip(word, name, strict=True)) if one != other]
    return (
        len(differing) == 2
        and differing[1] == differing[0] + 1
        and word[differing[0]] == name[differing[1]]
        and word[differing[1]] == name[differing[0]]
    )


def is_initial(word: str, name: str) -> bool:
    """Whether one of the two is the other's first letter, in its own script or in another."""
    if (len(word) == 1) == (len(name) == 1) or not word.isalpha():
        return False
    return word[0] == name[0] or name[0] in others(word[0])


def forms_of(word: str, name: str) -> float:
    """How alike two forms of one given name are (Bill, William); 0 if they are not."""
    return _shared(tables.given_names(), word, name) * SPELLING


def translation_of(word: str, name: str) -> float:
    """How alike two words of one meaning are (bank, banque; Iran, Iranian); 0 if they are not."""
    return _shared(tables.translations(), word, name) * TRANSLATION


def _shared(groups: tables.Groups, word: str, name: str) -> float:
    if word == name or word not in groups or name not in groups:
        return 0.0
    own = dict(groups[word])
    return max((value * own[group] for group, value in groups[name] if group in own), default=0.0)


def related(word: str, name: str, *, person: bool) -> Likeness | None:
    """Two forms of one given name, for given names of persons; two words of one meaning, for other names."""
    value = forms_of(word, name) if person else translation_of(word, name)
    if not value:
        return None
    return Likeness(value, "spelling" if value >= SPELLING and person else "given" if person else "translation")


_SPELLINGS = [
    (re.compile(pattern, re.MULTILINE), value)
    for pattern, value in (
        ("isation", "ization"),
        ("(?<=en)ce$", "se"),
        ("tre$", "ter"),
        ("(?<=[bdlnrv])our$", "or"),
        ("tsch|tch|cz|ch", "C"),
        ("shch|sch|sh|sz", "S"),
        ("dzh|dj|zh|dsch", "J"),
        ("kh", "h"),
        ("gh", "g"),
        ("dh", "d"),
        ("th", "t"),
        ("ph", "f"),
        ("ck|q|c(?=[aoulr])|k", "k"),
        ("x", "ks"),
        ("w", "v"),
        ("[yj]", "i"),
        (r"(.)\1+", r"\1"),
        ("ou|oo|oe|o", "u"),
        ("^ie", "e"),
        ("ie", "i"),
        ("[ae]i", "e"),
        ("(?<=[aeiu])h$", ""),
        ("f$", "v"),
        (r"(.)\1+", r"\1"),
    )
]
"""Where romanisations and press spellings differ, in this order: defence, centre; Serge[iy], Q-, Kh-, Gh-, -ou-."""


@lru_cache(maxsize=20_000)
def key(form: str) -> str:
    """What the spellings of one name have in common; "" for a form that has no such key."""
    return keys((form,))[0]


def keys(forms: Sequence[str]) -> list[str]:
    """The key of each form: of many at once, in a fifth of the time."""
    text = "\n".join(form if comparable(form) else "" for form in forms)
    if not text.isascii():
        text = text.translate(_ASCII)
    for pattern, value in _SPELLINGS:
        text = pattern.sub(value, text)
    return [form if len(form) >= 3 else "" for form in text.split("\n")]


class _Ascii(dict[int, str]):
    """A letter → the letters a–z that it is written with in ASCII; filled as letters come."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        self[code] = letter if code < 128 else re.sub("[^a-z]", "", anyascii(letter).lower())
        return self[code]


_ASCII = _Ascii()


KEYS: tuple[tuple[Callable[[Sequence[str]], list[str]], Likeness], ...] = ((keys, Likeness(SPELLING, "spelling")),)
"""Functions that give words a key, and what two words are to each other whose keys are equal; the first that says so
counts. For `similar`, and for the search of neighbours, which looks words up by each."""
