"""What the demonstration must find and tell, and what of it is missing. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from monitor.model.matches import HitRecord

WATCHLIST = Path(__file__).parent / "watchlist.yaml"

HITS = {
    "/gazette/cargoes": ("rosneft", "lukoil"),
    "/gazette/glossary": ("lavrov",),
    "/gazette/velastra-dawn": ("velastra-dawn",),
    "/gazette/quay-live": ("vellucci-brandt",),
    "/wire/velastra-dawn": ("velastra-dawn",),
    "/prichal/bunker": ("lukoil",),
    "/rasif/awraq": ("rosneft", "blue-lighthouse"),
    "/chaoxi/danzheng": ("rosneft", "haiqiao"),
}
"""Path of an article → ids of the entities it names. The articles that are not here must stay silent."""

COPIES = {"/wire/velastra-dawn": "/gazette/velastra-dawn"}
"""The same wire story in two papers: two hits, one alert."""

LOUD = ("rosneft", "lukoil", "velastra-dawn")
"""Of high severity: their alerts go to Slack too."""

SILENT = {
    "/gazette/stadium": "the “Rosneft Stadium” is a football ground",
    "/gazette/pilot": "“Sergei Lavrenko” is a harbour pilot",
    "/gazette/presses": "“Lukov & Daughters” press olives, “Rosnef Karadag” mends nets",
    "/wire/wheat": "the “Velasta” and the “Dawn Treader” are two other ships",
    "/prichal/kapitan": "“Сергей Лавренёв” is the captain of a tug",
    "/rasif/suq": "“الفنار” and “الزرقاء” are a lighthouse and its lights",
    "/chaoxi/dengta": "“海”, “桥” and “远洋” are words of a firm's name, apart",
}
"""Path of an article that must raise nothing → what only looks like a name in it."""

Alert = tuple[str, str]  # (entity id, path of the article, of the original where it is a copy)


def alerts(*, loud: bool = False) -> set[Alert]:
    """One for each entity in each story; `loud`: only those that Slack gets."""
    return {
        (entity, COPIES.get(path, path))
        for path, entities in HITS.items()
        for entity in entities
        if entity in LOUD or not loud
    }


def missing(
    read: Collection[str],
    hits: Sequence[HitRecord],
    mails: Sequence[str],
    slack: Sequence[str],
    names: Mapping[str, str],
) -> list[str]:
    """Each difference from what was expected, in words; empty when all is as it should be.

    `read`: paths of the pages that were asked for. `mails`, `slack`: the texts received. `names`: entity id → its name,
    as messages show it.
    """
    wanted = {(path, entity) for path, entities in HITS.items() for entity in entities}
    found = {(urlsplit(record.article.url).path, record.hit.entity.id) for record in hits}
    return [
        *(f"not read: {path}" for path in (*HITS, *SILENT) if path not in read),
        *(f"no hit: {names[entity]} in {path}" for path, entity in sorted(wanted - found)),
        *(f"a hit too many: {names.get(entity, entity)} in {path}" for path, entity in sorted(found - wanted)),
        *_untold("mail", mails, alerts(), names),
        *_untold("Slack message", slack, alerts(loud=True), names),
    ]


def _untold(what: str, texts: Sequence[str], wanted: Iterable[Alert], names: Mapping[str, str]) -> list[str]:
    expected = sorted(wanted)
    said = [
        f"no {what}: {names[entity]} in {path}"
        for entity, path in expected
        if not any(names[entity] in text and any(one in text for one in _copies(path)) for text in texts)
    ]
    if not said and len(texts) != len(expected):
        said = [f"{len(texts)} instead of {len(expected)} of this kind arrived: {what}"]
    return said


def _copies(path: str) -> tuple[str, ...]:
    return (path, *(copy for copy, original in COPIES.items() if original == path))
