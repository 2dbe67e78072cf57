"""Whose data a record is, where the publisher's terms ask for being named. Pure."""

from __future__ import annotations

from collections.abc import Iterable

ATTRIBUTIONS = (
    ("https://www.opensanctions.org/", "Contains data of OpenSanctions (https://www.opensanctions.org), CC BY-NC 4.0."),
    (
        "https://www.gov.uk/government/publications/the-uk-sanctions-list",
        "Contains public sector information licensed under the Open Government Licence v3.0 (UK Sanctions List).",
    ),
    (
        "https://webgate.ec.europa.eu/fsd/",
        "Source of the EU's list: © European Union, https://webgate.ec.europa.eu/fsd/fsf.",
    ),
    ("https://eur-lex.europa.eu/", "Source of the EU's list: © European Union, https://eur-lex.europa.eu."),
    (
        "https://www.international.gc.ca/",
        "Contains information licensed under the Open Government Licence – Canada (autonomous sanctions list).",
    ),
)
"""(beginning of a record's link, what is to be said). Works of the US government are in the public domain; the UN and
Switzerland publish theirs for everybody to apply, and every hit links them."""


def attributions(urls: Iterable[str]) -> tuple[str, ...]:
    """What is to be said where records with these links are shown, each once."""
    return tuple(dict.fromkeys(said for url in urls for beginning, said in ATTRIBUTIONS if url.startswith(beginning)))
