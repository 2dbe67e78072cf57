"""What lists hold that will find nothing, find too much, or find the same twice: judged name by name. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from monitor.matching import Matcher, tables, words
from monitor.model.articles import Article
from monitor.model.watchlists import Entity, EntityType, Name, NameKind, Watchlist
from monitor.watchlists import identifiers
from monitor.watchlists.countries import country_code

SHORT = 4
"""Letters. Shorter names are found inside everything: of the words of news, hundreds of abbreviations have three."""

OFTEN = 20
"""Texts of 10,000 in which a word stands that is called ordinary here."""

FUNCTION = 2_000
"""Texts of 10,000 from which on a word tells nothing: the, of, and."""

LOWER = 25
"""Per cent of a word's uses that are in lower case, from which on it is a word and no name."""

SENTENCES = (
    "According to documents seen on Monday, {} was named in the case.",
    "{}.",
    "به گزارش رسانه‌ها، {} روز دوشنبه در این پرونده نام برده شد.",  # as much in Persian
)
"""Sentences that hold a name. Who is sought under a Persian name stands in Persian texts."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark on one name (or, with name "", on the entity)."""

    watchlist: str
    entity: str  # its id
    name: str
    rule: str  # stable identifier
    message: str


def lint(lists: Iterable[Watchlist], *, threshold: float) -> Iterator[Finding]:
    """Every remark, list by list and name by name. threshold: 0–100, for lists and entities that set none."""
    lists = list(lists)
    owners = _owners(lists)
    for watchlist in lists:
        matcher = Matcher.compile([watchlist], threshold=threshold)
        for entity in watchlist.entities:
            for name in entity.names:
                for rule, message in _name(entity, name, owners, matcher):
                    yield Finding(watchlist.id, entity.id, name.text, rule, message)
            for country in entity.countries:
                if not re.fullmatch("[a-z]{2}", country):
                    code = country_code(country)
                    hint = f"; write {code}" if code else ""
                    yield Finding(watchlist.id, entity.id, "", "country", f"{country!r} is no ISO 3166-1 code{hint}")
            for kind, value in entity.identifiers:
                if wrong := identifiers.problem(kind, value):
                    yield Finding(watchlist.id, entity.id, "", "check-digit", wrong)


def _name(
    entity: Entity, name: Name, owners: dict[str, list[tuple[Entity, Name]]], matcher: Matcher
) -> Iterator[tuple[str, str]]:
    forms = [form for form in tables.phrase(name.text) if form]
    if _is_legal_form(forms):
        yield "legal-form", "is a legal form alone, which every firm has"
        return
    for other, theirs in owners[key(name.text)]:
        if other.key == entity.key or _same(entity, other):
            continue
        where = f"{other.watchlist}/{other.id} ({other.name})"
        if theirs.kind is NameKind.PRIMARY and name.kind is not NameKind.PRIMARY:
            yield "other-main-name", f"is the main name of {where}"
        elif theirs.kind is name.kind:
            yield "duplicate", f"is also a name of {where}"
    if name.kind is NameKind.WEAK:
        return  # counts beside a stronger sign only: it may be as short and as ordinary as it is
    if message := _too_little(entity, name, forms):
        yield message
    elif not _found(entity, name, matcher):
        yield "never-found", "is not found even in a sentence that holds it; see `monitor explain`"


def _too_little(entity: Entity, name: Name, forms: list[str]) -> tuple[str, str] | None:
    """Why a name says too little to be looked for alone."""
    letters = sum(character.isalnum() for character in name.text)
    if name.script not in {"CJK", "HANGUL", "HIRAGANA", "KATAKANA"} and letters < SHORT:
        return "too-short", f"has {letters} letter{'' if letters == 1 else 's'}: put it under `weak_aliases`"
    if not forms:
        return None
    telling = [word for form in forms if (word := words.word(form)).df < FUNCTION] or [words.word(forms[0])]
    if len(telling) == 1 and telling[0].df >= OFTEN and telling[0].lower >= LOWER:
        often = telling[0].df / words.TEXTS * 100
        return "common-word", f"is an ordinary word (in {often:.1f} % of news): put it under `weak_aliases`"
    if len(forms) == 1 and forms[0] in tables.places().known:
        return "place", "is a place: put it under `weak_aliases`, or write more of the name"
    if len(forms) == 1 and entity.type is EntityType.PERSON and forms[0] in tables.given_names():
        return "given-name", "is a given name that many have: put it under `weak_aliases`"
    return None


def _is_legal_form(forms: list[str]) -> bool:
    place = 0
    while place < len(forms):
        length, _ = tables.legal_forms().at(forms, place)
        if not length:
            return False
        place += length
    return bool(forms)


def _found(entity: Entity, name: Name, matcher: Matcher) -> bool:
    sentences = SENTENCES if name.script == "ARABIC" else SENTENCES[:2]
    texts = (sentence.format(name.text) for sentence in sentences)
    return any(hit.entity.key == entity.key for text in texts for hit in matcher.screen(Article("", "", text)))


def _owners(lists: Iterable[Watchlist]) -> dict[str, list[tuple[Entity, Name]]]:
    owners: dict[str, list[tuple[Entity, Name]]] = defaultdict(list)
    for watchlist in lists:
        for entity in watchlist.entities:
            for name in entity.names:
                owners[key(name.text)].append((entity, name))
    return owners


def key(name: str) -> str:
    """A name without what does not tell it from another: case, width, doubled spaces."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _same(one: Entity, other: Entity) -> bool:
    """The same on two lists: that is no mistake."""
    shared = {kind.lower(): value for kind, value in one.identifiers}
    return one.watchlist != other.watchlist and (
        one.id == other.id or any(shared.get(kind.lower()) == value for kind, value in other.identifiers)
    )
