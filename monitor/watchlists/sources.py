"""Where publishers keep their lists, and on what terms. Pure.

Addresses are the publishers' own; `url:` in a watchlist file replaces them (a mirror's folder ends with "/").
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urljoin

from monitor.errors import ConfigError
from monitor.watchlists.official import LICENCE_OPENSANCTIONS

OFAC = "https://sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports/"

REFRESH = {"hourly": timedelta(hours=1), "daily": timedelta(days=1), "weekly": timedelta(weeks=1)}


@dataclass(frozen=True, slots=True)
class Source:
    """A publisher's list: its files below `base`, the one with the records first."""

    title: str
    base: str
    files: tuple[str, ...]  # as they are asked for
    needed: int = 1  # how many of them a set must have; the others may be absent
    licence: str = ""


SOURCES: dict[str, Source] = {
    "ofac-sdn": Source(
        "OFAC Specially Designated Nationals", OFAC, ("SDN.CSV", "ALT.CSV", "ADD.CSV", "SDN_COMMENTS.CSV"), needed=2
    ),
    "ofac-consolidated": Source(
        "OFAC consolidated (non-SDN) list",
        OFAC,
        ("CONS_PRIM.CSV", "CONS_ALT.CSV", "CONS_ADD.CSV", "CONS_COMMENTS.CSV"),
        needed=2,
    ),
    "un": Source(
        "UN Security Council consolidated list", "https://scsanctions.un.org/resources/xml/en/", ("consolidated.xml",)
    ),
    "eu": Source(
        "EU consolidated financial sanctions list",
        "https://webgate.ec.europa.eu/fsd/fsf/public/files/xmlFullSanctionsList_1_1/",
        ("content?token=dG9rZW4tMjAxNw",),  # the token that the publisher gives to everybody
    ),
    "uk": Source("UK Sanctions List", "https://sanctionslist.fcdo.gov.uk/docs/", ("UK-Sanctions-List.xml",)),
    "ch-seco": Source(
        "Switzerland: SECO sanctions list",
        "https://www.sesam.search.admin.ch/sesam-search-web/pages/",
        ("downloadXmlGesamtliste.xhtml?action=downloadXmlGesamtlisteAction&lang=en",),
    ),
    "ca-sema": Source(
        "Canada: consolidated autonomous sanctions list",
        "https://www.international.gc.ca/world-monde/assets/office_docs/"
        "international_relations-relations_internationales/sanctions/",
        ("sema-lmes.xml",),
    ),
    "us-csl": Source(
        "US Consolidated Screening List",
        "https://data.trade.gov/downloadable_consolidated_screening_list/v1/",
        ("consolidated.csv",),
    ),
    "opensanctions": Source(
        "OpenSanctions: consolidated sanctions",
        "https://data.opensanctions.org/datasets/latest/sanctions/",
        ("targets.simple.csv",),  # the smallest of its forms; `url:` may name another
        licence=LICENCE_OPENSANCTIONS,
    ),
}
"""Those that are downloaded by themselves."""


def addresses(source: str, url: str = "") -> list[tuple[str, str, bool]]:
    """(file name, URL, whether it is needed) of each file of a source. Raises ConfigError for one unknown here."""
    known = SOURCES.get(source)
    if url and not url.endswith("/"):
        name = url.rsplit("/", 1)[-1].partition("?")[0] or "list"
        return [(_safe(name), url, True)]
    if known is None:
        raise ConfigError(f"{source} is not downloaded by itself; give its address with `url:` or a copy with `file:`")
    base = url or known.base
    return [(_safe(name), urljoin(base, name), number < known.needed) for number, name in enumerate(known.files)]


def _safe(name: str) -> str:
    """A file name without anything that could lead elsewhere."""
    name = name.partition("?")[0]
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in name)
    return plain.lstrip(".").lower() or "list"
