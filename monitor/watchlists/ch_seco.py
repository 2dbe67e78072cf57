"""Switzerland's sanctions list (SECO, SESAM), `<swiss-sanctions-list>`.

Format: https://www.seco.admin.ch/seco/en/home/Aussenwirtschaftspolitik_Wirtschaftliche_Zusammenarbeit/Wirtschaftsbeziehungen/
exportkontrollen-und-sanktionen/sanktionen-embargos.html (XML schema). Programmes stand first, targets refer to their
sets; a name is made of parts in an order, with a type and a quality; spellings in other scripts are variants of a part.
A target whose last modification is "de-listed" is no longer on the list.
By format description and samples only: a file whose root is not that is refused.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from monitor.model.watchlists import Entity, EntityType, NameKind, Owner, Watchlist
from monitor.watchlists.official import Collector, born, clean, day, names, once
from monitor.watchlists.xmlrecords import Element, child, children, local, records, text

FORM = "SECO's sanctions list"
URL = "https://www.sesam.search.admin.ch/sesam-search-web/pages/search.xhtml?lang=en"
TYPES = {"individual": EntityType.PERSON, "entity": EntityType.ORGANIZATION, "object": EntityType.UNKNOWN}


def looks_like_it(head: str) -> bool:
    return re.search(r"<swiss-sanctions-list[\s>]", head) is not None


def read(path: Path) -> Watchlist:
    """The list. Raises SourceError when it is not understood."""
    collector = Collector(path, FORM)
    programmes: dict[str, str] = {}  # id of a set → key of its programme
    ties: dict[str, tuple[tuple[str, str], ...]] = {}  # target → (relation, other target)
    where: dict[str, list[str]] = {}  # target → ids of places, which stand anywhere in the file
    places: dict[str, str] = {}  # id of a place → country
    for line, record in records(path, {"sanctions-program", "target", "place"}):
        if local(record) == "sanctions-program":
            key = _english(children(record, "program-key"))
            programmes |= {group.get("ssid", ""): key for group in children(record, "sanctions-set")}
        elif local(record) == "place":
            country = child(record, "country")
            places[record.get("ssid", "")] = country.get("iso-code", "").lower() if country is not None else ""
        elif not _delisted(record):
            collector.add(line, _entity(record, programmes))
            subject = _subject(record)
            inner = subject.iter() if subject is not None else ()
            found = [one for one in inner if local(one) in {"relation", "address"}]
            ssid = record.get("ssid", "")
            if at := [one.get("place-id", "") for one in found if local(one) == "address"]:
                where[ssid] = at
            if related := [
                (one.get("relation-type", "").replace("-", " "), one.get("target-id", ""))
                for one in found
                if local(one) == "relation"
            ]:
                ties[ssid] = tuple(dict.fromkeys(related))
    tied = {other for some in ties.values() for _, other in some} & collector.ids
    named = {entity.id: entity.name for entity in collector.entities if entity.id in tied} if tied else {}

    def with_ties(entity: Entity) -> Entity:
        owners = tuple(
            Owner(named[other], None, f"ch-seco/{other}", URL, said or "related to")
            for said, other in ties.get(entity.id, ())
            if other in named
        )
        countries = once([*entity.countries, *(places.get(place, "") for place in where.get(entity.id, ()))])
        if owners or countries != entity.countries:
            return replace(entity, owned_by=owners, countries=countries)
        return entity

    if ties or where:
        collector.entities.revise(with_ties)
    return collector.watchlist("ch-seco", "Switzerland: SECO sanctions list")


def _delisted(target: Element) -> bool:
    changes = [
        (change.get("effective-date") or change.get("publication-date") or "", change.get("modification-type", ""))
        for change in children(target, "modification")
    ]
    return bool(changes) and max(changes, key=lambda change: change[0])[1] == "de-listed"


def _entity(target: Element, programmes: dict[str, str]) -> Entity:
    subject = _subject(target)
    kind = TYPES.get(local(subject), EntityType.UNKNOWN) if subject is not None else EntityType.UNKNOWN
    if subject is not None and subject.get("object-type") == "vessel":
        kind = EntityType.VESSEL
    elif subject is not None and subject.get("object-type") == "aircraft":
        kind = EntityType.AIRCRAFT
    identities = [] if subject is None else [*children(subject, "identity"), subject]
    written: list[tuple[str, NameKind, bool]] = []
    for name in (name for identity in identities for name in children(identity, "name")):
        weak = name.get("quality") == "low"
        primary = name.get("name-type") == "primary-name"
        written += [(spelt, NameKind.WEAK if weak else NameKind.ALIAS, primary) for spelt in _spellings(name)]
    written.sort(key=lambda one: (not one[2], one[1] is NameKind.WEAK))
    countries = [
        country.get("iso-code", "").lower()
        for identity in identities
        for place in ("nationality", "address")
        for country in [*children(identity, place, "country"), *children(identity, place, "location", "country")]
    ]
    listed = [
        change.get("effective-date", "")
        for change in children(target, "modification")
        if change.get("modification-type") == "listed"
    ]
    ssid = target.get("ssid", "")
    notes = [text(note) for note in children(subject, "justification")] if subject is not None else []
    notes += [text(note) for note in children(subject, "other-information")] if subject is not None else []
    return Entity(
        watchlist="ch-seco",
        id=ssid,
        type=kind,
        names=names(written[0][0], [(spelt, quality) for spelt, quality, _ in written[1:]]) if written else (),
        countries=once(code for code in countries if re.fullmatch("[a-z]{2}", code)),
        programmes=once(programmes.get(text(group), "") for group in children(target, "sanctions-set-id")),
        identifiers=(("ch_seco", ssid),),
        born=born(
            "-".join(part.zfill(2) for part in (one.get("year"), one.get("month"), one.get("day")) if part)
            for identity in identities
            for one in children(identity, "day-month-year")
        ),
        listed=day(listed[0]) if listed else None,
        notes=clean("; ".join(once(notes)))[:2000],
        url=URL,
    )


def _subject(target: Element) -> Element | None:
    """Who or what the target is: a person, a firm or a thing."""
    return next((found for kind in TYPES if (found := child(target, kind)) is not None), None)


def _spellings(name: Element) -> list[str]:
    """The name as it is written, then each of its spelling variants whole."""
    parts = [part for part in children(name, "name-part") if part.get("name-part-type") != "title"]
    parts.sort(key=lambda part: int(order) if (order := part.get("order", "")).isdigit() else 0)
    found = [" ".join(once(text(part, "value") for part in parts))]
    variants = once(variant.get("script", "") or variant.get("lang", "") for p in parts for variant in _variants(p))
    for script in variants:
        spelt = [
            next((text(v) for v in _variants(part) if script in {v.get("script"), v.get("lang")}), "") for part in parts
        ]
        if all(spelt):
            found.append(" ".join(spelt))
    return found


def _variants(part: Element) -> list[Element]:
    return children(part, "spelling-variant")


def _english(elements: list[Element]) -> str:
    found = {element.get("lang", ""): text(element) for element in elements}
    return found.get("eng") or next(iter(found.values()), "")
