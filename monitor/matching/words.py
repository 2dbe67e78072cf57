"""How ordinary a word is: the statistics of running news, and the names that many bear. Pure."""

from __future__ import annotations

from functools import cache, lru_cache
from importlib import resources
from math import log2
from typing import NamedTuple

from monitor.matching import tables

TEXTS = 10_000
"""The number of texts that document frequencies refer to."""


UNSEEN_BITS = 15.0
"""What a word tells that no text of the word statistics holds: log2(10,000 / 0.3)."""


class Word(NamedTuple):
    """How a word is used in running news: see `words.txt` in data/README.md. −1: nothing can be said."""

    df: int  # texts of 10,000
    lower: int  # per cent of its uses within sentences in lower case
    chain: int  # per cent of its capitalised uses that stand beside another capitalised word


UNSEEN = Word(0, -1, -1)


@cache
def words() -> dict[str, Word]:
    source = resources.files("monitor.matching") / "data" / "words.txt"
    found: dict[str, Word] = {}
    if source.is_file():
        for line in source.read_text("utf-8").splitlines():
            if line and line[0] != "#":
                form, df, lower, chain = line.split("\t")
                found[form] = Word(int(df), -1 if lower == "-" else int(lower), -1 if chain == "-" else int(chain))
    return found


def word(form: str) -> Word:
    return words().get(form, UNSEEN)


@lru_cache(maxsize=20_000)
def bits(form: str) -> float:
    """How much a word says by standing in a text: log2 of how rare it is (0: in every text, 15: in none known)."""
    df = word(form).df
    known = log2(TEXTS / df) if df else UNSEEN_BITS
    return min(known, name_bits(form))


RARE = 6
"""Texts of 10,000 that a word may stand in and still be called rare."""


def is_known_alone(form: str) -> bool:
    """A word that the news know as a name by itself: Rosneft, Hezbollah."""
    known = word(form)
    return (
        known.df >= 3
        and known.lower == 0
        and 0 <= known.chain < 25
        and len(form) > 4
        and form not in tables.places().known
    )


def known(form: str) -> bool:
    """A word or name that exists, so that it is hardly a slip for another."""
    return word(form).df >= 20 or form in tables.given_names() or form in name_classes()


def stands_alone(form: str) -> bool:
    """A proper name of one word, however often it is in the news: Hezbollah."""
    known = word(form)
    return (
        len(form) >= 6
        and known.lower < 5
        and known.chain < 25
        and form not in tables.places().known
        and (
            (0 <= known.chain < 25 and known.df >= 3)
            or (form not in tables.given_names() and form not in name_classes())
        )
    )


def is_rare(form: str) -> bool:
    """A word that is hardly ever in the news, no ordinary word, no part of other names, no place, no common name."""
    known = word(form)
    return (
        known.df <= RARE
        and known.lower < 5
        and known.chain < 25
        and form not in tables.places().known
        and form not in tables.translations()
        and form not in tables.given_names()
        and form not in name_classes()
    )


@cache
def name_classes() -> dict[str, str]:
    """A surname's or given name's form → "very-common" or "common"."""
    data = tables.read("names.yaml")
    found: dict[str, str] = {}
    for kind in ("common", "very-common"):
        for cultures in (data.get("surnames", {}), data.get("given", {})):
            for classes in cultures.values():
                for text in classes.get(kind, ()):
                    found["".join(tables.phrase(text))] = kind
    return found


@cache
def written_names() -> frozenset[str]:
    """Words of the statistics that are names, in scripts whose letters do not tell."""
    rows = tables.read("names.yaml").get("written", {})
    return frozenset("".join(tables.phrase(text)) for text in tables.leaves(rows))


def is_nobodys(form: str) -> bool:
    """A word of Arabic news that is nobody's name: من, الماضي, السلطات."""
    return "\u0620" <= form[:1] <= "\u06ff" and word(form).df > 0 and form not in written_names()


@cache
def surnames(*cultures: str) -> frozenset[str]:
    """The common surnames of these cultures."""
    rows = tables.read("names.yaml").get("surnames", {})
    return frozenset(
        "".join(tables.phrase(text)) for culture in cultures for text in tables.leaves(rows.get(culture, ()))
    )


def name_bits(form: str) -> float:
    """How much a surname or given name says: borne by 1 in 1,000 people (10 bits), 1 in 10,000 (13.3), or rarer."""
    return {"very-common": 9.0, "common": 12.0}.get(name_classes().get(form, ""), UNSEEN_BITS)
