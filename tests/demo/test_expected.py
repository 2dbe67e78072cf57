"""The demonstration fails when something is missing, or too much."""

from __future__ import annotations

from dataclasses import replace

from monitor.demo.expected import COPIES, HITS, SILENT, WATCHLIST, alerts, missing
from monitor.model.matches import HitRecord
from monitor.watchlists.read import read_paths
from tests.alerts.support import record

(LIST,) = read_paths([WATCHLIST])
NAMES = {entity.id: entity.name for entity in LIST.entities}
ALL = [(path, entity) for path, entities in HITS.items() for entity in entities]


def hit(path: str, entity: str) -> HitRecord:
    base = record(entity=LIST.by_id[entity])
    return replace(base, article=replace(base.article, url=f"http://127.0.0.1:4711{path}?utm_source=rss"))


def told(*, loud: bool = False) -> list[str]:
    return [f"{NAMES[entity]}\n…\nhttp://127.0.0.1:4711{path}" for entity, path in sorted(alerts(loud=loud))]


READ = {*HITS, *SILENT}
FOUND = [hit(path, entity) for path, entity in ALL]


def test_nothing_is_missing_when_all_is_there() -> None:
    assert missing(READ, FOUND, told(), told(loud=True), NAMES) == []


def test_a_copy_may_be_the_one_that_was_told() -> None:
    ((copy, original),) = COPIES.items()
    mails = [text.replace(original, copy) for text in told()]
    assert missing(READ, FOUND, mails, told(loud=True), NAMES) == []


def test_whatever_is_missing_is_named() -> None:
    assert missing(READ - {"/gazette/pilot"}, FOUND, told(), told(loud=True), NAMES) == ["not read: /gazette/pilot"]
    for number, (path, entity) in enumerate(ALL):
        (said,) = missing(READ, FOUND[:number] + FOUND[number + 1 :], told(), told(loud=True), NAMES)
        assert said == f"no hit: {NAMES[entity]} in {path}"
    for number in range(len(told())):
        (said,) = missing(READ, FOUND, told()[:number] + told()[number + 1 :], told(loud=True), NAMES)
        assert said.startswith("no mail: ")
    (said,) = missing(READ, FOUND, told(), told(loud=True)[1:], NAMES)
    assert said.startswith("no Slack message: ")


def test_too_much_is_as_wrong() -> None:
    noise = hit("/gazette/stadium", "rosneft")
    assert missing(READ, [*FOUND, noise], told(), told(loud=True), NAMES) == [
        "a hit too many: Rosneft Oil Company in /gazette/stadium"
    ]
    assert missing(READ, FOUND, [*told(), told()[0]], told(loud=True), NAMES) != []
