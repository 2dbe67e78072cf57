"""The United Nations Security Council's consolidated list, `<CONSOLIDATED_LIST>`.

Format: https://main.un.org/securitycouncil/en/content/un-sc-consolidated-list (its schema: sc-sanctions.xsd).
Names are the parts FIRST_NAME … FOURTH_NAME in their order; aliases have a quality, of which "Low" makes a weak one.
Verified on the publisher's real files (2024, 2025 and 2026).
"""

from __future__ import annotations

import re
from pathlib import Path

from monitor.model.watchlists import Entity, EntityType, NameKind, Watchlist
from monitor.watchlists.countries import country_codes
from monitor.watchlists.official import Collector, born, clean, day, names, once
from monitor.watchlists.xmlrecords import Element, children, local, records, text

FORM = "the UN's consolidated list"
URL = "https://main.un.org/securitycouncil/en/content/un-sc-consolidated-list"
PARTS = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")


def looks_like_it(head: str) -> bool:
    return re.search(r"<CONSOLIDATED_LIST[\s>]", head) is not None


def read(path: Path) -> Watchlist:
    """The list. Raises SourceError when it is not understood."""
    collector = Collector(path, FORM)
    for line, record in records(path, {"INDIVIDUAL", "ENTITY"}):
        collector.add(line, _entity(record))
    return collector.watchlist("un", "UN Security Council consolidated list")


def _entity(record: Element) -> Entity:
    kind = local(record)
    aliases = [(text(record, "NAME_ORIGINAL_SCRIPT"), NameKind.ALIAS)]
    for alias in children(record, f"{kind}_ALIAS"):
        weak = text(alias, "QUALITY").lower() == "low"
        aliases += [(part, NameKind.WEAK if weak else NameKind.ALIAS) for part in text(alias, "ALIAS_NAME").split(";")]
    aliases.sort(key=lambda pair: pair[1] is NameKind.WEAK)
    written = [text(value) for value in children(record, "NATIONALITY", "VALUE")]
    written += [text(address, "COUNTRY") for address in children(record, f"{kind}_ADDRESS")]
    reference = text(record, "REFERENCE_NUMBER")
    notes = [text(value) for value in children(record, "DESIGNATION", "VALUE")] + [text(record, "COMMENTS1")]
    return Entity(
        watchlist="un",
        id=reference,
        type=EntityType.PERSON if kind == "INDIVIDUAL" else EntityType.ORGANIZATION,
        names=names(" ".join(once(text(record, part) for part in PARTS)), aliases),
        countries=once(code for name in written for code in country_codes(name)),
        programmes=once([text(record, "UN_LIST_TYPE")]),
        identifiers=(("un", reference),),
        born=born(
            text(one, "DATE") or text(one, "YEAR") or "–".join(once([text(one, "FROM_YEAR"), text(one, "TO_YEAR")]))
            for one in children(record, f"{kind}_DATE_OF_BIRTH")
        ),
        listed=day(text(record, "LISTED_ON")),
        notes=clean("; ".join(once(notes)))[:2000],
        url=URL,
    )
