"""OFAC's lists in their advanced form: SDN_ADVANCED.XML and CONS_ADVANCED.XML, `<Sanctions>` of `<DistinctParty>`.

Format: https://ofac.treasury.gov/sdn-list-data-formats-data-schemas. What the other forms write out stands here as
numbers, which value sets at the beginning explain; documents stand before the parties, programmes and days after them.
Names are given in the order of the CSV form, "LAST, First", so that all forms of a list read the same.
By format description and samples only: a file without the value sets used here is refused.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from monitor.errors import SourceError
from monitor.model.watchlists import Entity, EntityType, NameKind, Owner, Watchlist
from monitor.watchlists.countries import country_code
from monitor.watchlists.ofac_xml import IDENTIFIERS, RECORD_URL
from monitor.watchlists.official import MAX_BYTES, Collector, names, once
from monitor.watchlists.xmlrecords import Element, child, children, local, records, text

FORM = "OFAC's advanced XML"

VALUE_SETS = {
    "PartyType",
    "PartySubType",
    "NamePartType",
    "FeatureType",
    "IDRegDocType",
    "Country",
    "SanctionsType",
    "List",
    "RelationType",
}
NEEDED = ("PartyType", "PartySubType", "FeatureType", "SanctionsType")

TYPES = {"individual": EntityType.PERSON, "vessel": EntityType.VESSEL, "aircraft": EntityType.AIRCRAFT}
FAMILY = {"last name", "maiden name", "patronymic name", "matronymic name"}  # before the comma
RECORDS = {"Location", "IDRegDocument", "DistinctParty", "ProfileRelationship", "SanctionsEntry"}
PLACES = ("nationality", "citizenship", "location", "vessel flag")  # features that lead to a country


@dataclass
class _Seen:
    """What the file said so far."""

    values: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))  # set → id → text
    party_types: dict[str, str] = field(default_factory=dict)  # PartySubTypeID → PartyTypeID
    locations: dict[str, str] = field(default_factory=dict)  # LocationID → country
    documents: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))  # IdentityID
    lists: set[str] = field(default_factory=set)
    listings: dict[str, tuple[tuple[str, ...], date | None]] = field(default_factory=dict)  # profile → programmes, day
    relations: dict[str, dict[tuple[str, str], None]] = field(default_factory=lambda: defaultdict(dict))
    # profile → (relation, other profile)

    def value(self, kind: str, id: str | None) -> str:
        return self.values[kind].get(id or "", "")

    def type(self, sub_type: str | None) -> EntityType:
        said = (self.value("PartySubType", sub_type), self.value("PartyType", self.party_types.get(sub_type or "")))
        return next((TYPES[word.lower()] for word in said if word.lower() in TYPES), EntityType.ORGANIZATION)


def looks_like_it(head: str) -> bool:
    return re.search(r"<Sanctions[\s>]", head) is not None and "<ReferenceValueSets" in head


def read(path: Path) -> Watchlist:
    """The list. Raises SourceError when it is not understood."""
    collector = Collector(path, FORM, max_bytes=2 * MAX_BYTES)
    seen = _Seen()
    for line, record in records(path, VALUE_SETS | RECORDS):
        kind = local(record)
        if kind in VALUE_SETS:
            seen.values[kind][record.get("ID", "")] = (record.text or "").strip()
            if kind == "PartySubType":
                seen.party_types[record.get("ID", "")] = record.get("PartyTypeID", "")
        elif kind == "Location":
            country = child(record, "LocationCountry")
            if country is not None:
                seen.locations[record.get("ID", "")] = seen.value("Country", country.get("CountryID"))
        elif kind == "IDRegDocument":
            name = seen.value("IDRegDocType", record.get("IDRegDocTypeID"))
            seen.documents[record.get("IdentityID", "")].append((name, text(record, "IDRegistrationNo")))
        elif kind == "DistinctParty":
            if missing := [name for name in NEEDED if not seen.values[name]]:
                raise SourceError(f"{path}:{line}: not understood as {FORM}: no value set {missing[0]}Values")
            collector.add(line, _entity(record, seen))
        elif kind == "ProfileRelationship":
            _relation(record, seen)
        else:
            _listing(record, seen, collector, line)
    consolidated = bool(seen.lists) and not any(name.lower() == "sdn list" for name in seen.lists)
    id = "ofac-consolidated" if consolidated or "cons" in path.name.lower() else "ofac-sdn"
    tied = {other for some in seen.relations.values() for _, other in some} & collector.ids
    named = {entity.id: entity.name for entity in collector.entities if entity.id in tied} if tied else {}

    def completed(entity: Entity) -> Entity:
        programmes, listed = seen.listings.get(entity.id, ((), None))
        owners = _owners(id, entity.id, seen, named)
        return replace(entity, watchlist=id, programmes=programmes, listed=listed, owned_by=owners)

    collector.entities.revise(completed)
    return collector.watchlist(id, "OFAC SDN list" if id == "ofac-sdn" else "OFAC consolidated (non-SDN) list")


def _listing(entry: Element, seen: _Seen, collector: Collector, line: int) -> None:
    """Programmes and day of listing, which follow the parties."""
    id = entry.get("ProfileID", "")
    if id not in collector.ids:
        collector.problem(line, f"a listing of {id[:40]!r}, which stands nowhere here")
        return
    seen.lists.add(seen.value("List", entry.get("ListID")) or "SDN List")
    programmes = [
        text(measure, "Comment")
        for measure in children(entry, "SanctionsMeasure")
        if seen.value("SanctionsType", measure.get("SanctionsTypeID")).lower() == "program"
    ]
    listed = next((day for event in children(entry, "EntryEvent", "Date") if (day := _day(event))), None)
    before, first = seen.listings.get(id, ((), None))
    seen.listings[id] = (once([*before, *programmes]), first or listed)


def _relation(record: Element, seen: _Seen) -> None:
    """The profile it goes from is what the relation says to the one it goes to: A "Owned or Controlled By" B."""
    said = seen.value("RelationType", record.get("RelationTypeID")).lower()
    if said and record.get("Former") != "true":
        seen.relations[record.get("From-ProfileID", "")][said, record.get("To-ProfileID", "")] = None


def _owners(watchlist: str, id: str, seen: _Seen, named: Mapping[str, str]) -> tuple[Owner, ...]:
    """Those to whom the record is tied, by their names; who stands nowhere in the file is left out."""
    return tuple(
        Owner(named[other], None, f"{watchlist}/{other}", RECORD_URL.format(id=id), said)
        for said, other in seen.relations.get(id, ())
        if other in named
    )


def _entity(party: Element, seen: _Seen) -> Entity | None:
    profile = child(party, "Profile")
    if profile is None:
        return None
    id = profile.get("ID", "")
    kind = seen.type(profile.get("PartySubTypeID"))
    primary, others = "", []
    for name, low, main in _names(profile, seen, person=kind is EntityType.PERSON):
        if main and not primary:
            primary = name
        else:
            others.append((name, NameKind.WEAK if low else NameKind.ALIAS))
    others.sort(key=lambda pair: pair[1] is NameKind.WEAK)  # as in the other forms: one that is both counts as strong
    said = [
        (name, value)
        for identity in children(profile, "Identity")
        for name, value in seen.documents[identity.get("ID", "")]
    ]
    countries: list[str] = []
    dates: list[str] = []
    for feature in children(profile, "Feature"):
        name = seen.value("FeatureType", feature.get("FeatureTypeID"))
        detail = text(feature, "FeatureVersion", "VersionDetail")
        said.append((name, detail))
        if name.lower() == "birthdate":
            dates.append(_period(child(feature, "FeatureVersion", "DatePeriod")))
        if name.lower().startswith(PLACES):
            place = child(feature, "FeatureVersion", "VersionLocation")
            countries.append(seen.locations.get(place.get("LocationID", ""), "") if place is not None else detail)
    return Entity(
        watchlist="",
        id=id,
        type=kind,
        names=names(primary, others, several=False),
        countries=once(country_code(name) for name in countries),
        identifiers=(("ofac", id), *dict.fromkeys(_identifiers(said, vessel=kind is EntityType.VESSEL))),
        born=once(dates),
        notes="; ".join(once(value for name, value in said if name.lower() == "title"))[:2000],
        url=RECORD_URL.format(id=id),
    )


def _names(profile: Element, seen: _Seen, *, person: bool) -> Iterator[tuple[str, bool, bool]]:
    """(name, of low quality, the main one) of every documented name, the main one first."""
    for identity in children(profile, "Identity"):
        groups = {
            group.get("ID", ""): seen.value("NamePartType", group.get("NamePartTypeID")).lower()
            for group in children(identity, "NamePartGroups", "MasterNamePartGroup", "NamePartGroup")
        }
        aliases = children(identity, "Alias")
        aliases.sort(key=lambda alias: alias.get("Primary") != "true")
        for alias in aliases:
            for documented in children(alias, "DocumentedName"):
                parts = [
                    (groups.get(part.get("NamePartGroupID", ""), ""), (part.text or "").strip())
                    for part in children(documented, "DocumentedNamePart", "NamePartValue")
                ]
                family = " ".join(value for kind, value in parts if person and kind in FAMILY)
                given = " ".join(value for kind, value in parts if not (person and kind in FAMILY))
                whole = ", ".join(once([family, given]))
                yield whole, alias.get("LowQuality") == "true", alias.get("Primary") == "true"


def _identifiers(said: list[tuple[str, str]], *, vessel: bool) -> Iterator[tuple[str, str]]:
    for name, value in said:
        if name.startswith("Digital Currency Address") and value:
            yield "wallet", value
        elif name in IDENTIFIERS and value:
            key = IDENTIFIERS[name]
            if key == "imo":
                key, value = ("imo" if vessel else "imo_company"), value.removeprefix("IMO").strip()
            yield key, value


def _period(written: Element | None) -> str:
    """A day that is one, or the year of a period within one; "" for longer ones."""
    if written is None:
        return ""
    first, last = (
        _day(end) for end in (child(written, "Start", "From"), child(written, "End", "To")) if end is not None
    )
    if first is None or last is None or first.year != last.year:
        return ""
    return first.isoformat() if first == last else str(first.year)


def _day(written: Element) -> date | None:
    try:
        return date(*(int(text(written, part)) for part in ("Year", "Month", "Day")))
    except ValueError:
        return None
