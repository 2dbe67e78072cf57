"""Lists change: what changed is written down, new names are held against stored articles, and told once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.matching import Matcher
from monitor.model.listchanges import SHOWN, ListChange, line, lines, title
from monitor.model.watchlists import Watchlist
from monitor.pipeline.rescreen import (
    changes_notice,
    findings_notice,
    note_lists,
    reopen_suppressions,
    rescreen_pending,
)
from monitor.store import HitQuery, Store
from monitor.watchlists.read import read_list
from tests.store.support import MINUTE, NOW, new, nobody, poll, source

DAY = timedelta(days=1)
WINDOW = 90 * DAY.total_seconds()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{tmp_path}/monitor.db", now=NOW)
    opened.sync_feeds([source()], NOW)
    articles = [
        new("Tanker held", "The tanker of Zwartwater Shipping was held off the port.", guid="1"),
        new("Weather", "Rain is expected.", guid="2"),
        new("Zwartwater Shipping is sued", "The firm said nothing.", guid="3"),
        new("Strike", "Ostrova Trading closed its doors.", guid="4"),
    ]
    opened.record_poll(poll(*articles), nobody)
    yield opened
    opened.close()


def harbour(tmp_path: Path, entities: str) -> Watchlist:
    path = tmp_path / "harbour.yaml"
    path.write_text(f"watchlist: harbour\nentities:\n{entities}")
    return read_list(path)


def take(store: Store, watchlist: Watchlist, window: float = WINDOW) -> list[ListChange]:
    return list(note_lists(store, [watchlist], window=window, now=NOW + DAY).changes)


def rescreen(store: Store, watchlist: Watchlist) -> tuple[list[str], list[str]]:
    """(hits as `article: entity`, lines of the summaries)"""
    hits, told = [], []
    for done in rescreen_pending(store, Matcher.compile([watchlist]), clock=lambda: NOW + DAY):
        hits += [f"{record.article.title}: {record.hit.entity.id}" for record in done.hits]
        told += list(findings_notice(done).lines) if done.hits else []
    return hits, told


def test_a_name_that_is_new_is_found_in_what_was_read_before(store: Store, tmp_path: Path) -> None:
    take(store, harbour(tmp_path, "  - {id: other, name: Kestrel Holdings}\n"))
    assert rescreen(store, harbour(tmp_path, "  - {id: other, name: Kestrel Holdings}\n")) == ([], [])

    longer = harbour(tmp_path, "  - {id: other, name: Kestrel Holdings}\n  - {id: zwart, name: Zwartwater Shipping}\n")
    (change,) = take(store, longer)
    assert line(change) == "Added to harbour on 2026-03-03: Zwartwater Shipping"
    hits, told = rescreen(store, longer)
    assert hits == ["Tanker held: zwart", "Zwartwater Shipping is sued: zwart"]
    assert len(told) == 1
    assert told[0].startswith("Zwartwater Shipping (harbour): in your news 2 times in the last 90 days; “")
    assert all(record.hit.rescreened for record in store.hits())
    assert rescreen(store, longer) == ([], [])
    assert take(store, longer) == []
    assert store.pending_rescreens() == []


def test_an_alias_that_is_new_is_looked_for_and_old_names_are_not_again(store: Store, tmp_path: Path) -> None:
    take(store, harbour(tmp_path, "  - {id: o, name: Zwartwater Shipping}\n"), window=0)
    assert store.pending_rescreens() == []
    renamed = harbour(
        tmp_path, "  - {id: o, name: Ostrova Trading, aliases: [Zwartwater Shipping], programmes: [X-1]}\n"
    )
    (change,) = take(store, renamed)
    assert line(change) == (
        "Changed on harbour on 2026-03-03: Ostrova Trading: renamed from Zwartwater Shipping; "
        "new name Ostrova Trading; new programme X-1"
    )
    hits, _ = rescreen(store, renamed)
    assert hits == ["Strike: o"]


def test_suppressions_last_as_long_as_the_record_that_was_judged(store: Store, tmp_path: Path) -> None:
    row = "  - {id: zwart, name: Zwartwater Shipping, identifiers: {imo: 9131539}, listed: 2020-01-02}\n"
    listed = harbour(tmp_path, row)
    take(store, listed)
    rescreen(store, listed)
    later = NOW + 2 * DAY
    store.add_suppression(
        store.hits()[-1], name="", pattern="tanker", ends=NOW + 90 * DAY, reason="another one", who="ana", now=later
    )
    again = harbour(tmp_path, f"{row}  - {{id: other, name: Kestrel Holdings}}\n")
    assert reopen_suppressions(store, [again, Watchlist("empty", ())], now=later) == []
    assert len(store.hits(HitQuery(suppressed=True))) == 1
    relisted = harbour(tmp_path, row.replace("2020-01-02", "2026-03-01"))
    assert [one.id for one in reopen_suppressions(store, [relisted], now=later)] == [1]
    assert store.hits(HitQuery(suppressed=True)) == []
    assert store.deeds(limit=1)[0].about == "suppression 1: its list record has changed"
    store.add_suppression(
        store.hits()[-1], name="", pattern="tanker", ends=NOW + 90 * DAY, reason="another one", who="ana", now=later
    )
    assert reopen_suppressions(store, [harbour(tmp_path, "  - {id: o, name: Kestrel Holdings}\n")], now=later)
    assert store.suppressions(later, over=True)[0][0].ended_why == "it was taken off its list"


def test_articles_older_than_the_window_are_left_alone(store: Store, tmp_path: Path) -> None:
    watchlist = harbour(tmp_path, "  - {id: zwart, name: Zwartwater Shipping}\n")
    take(store, watchlist, window=60.0)
    assert rescreen(store, watchlist) == ([], [])


def test_a_rescreen_that_was_interrupted_goes_on_and_adds_nothing_twice(store: Store, tmp_path: Path) -> None:
    many = [new(f"Paper {n}", f"Zwartwater Shipping, item {n}.", guid=f"m{n}") for n in range(450)]
    store.record_poll(poll(*many, at=NOW + MINUTE), nobody)
    watchlist = harbour(tmp_path, "  - {id: zwart, name: Zwartwater Shipping}\n")
    take(store, watchlist)
    looks = iter([False, True])
    matcher = Matcher.compile([watchlist])
    assert rescreen_pending(store, matcher, clock=lambda: NOW + DAY, stopping=lambda: next(looks)) == []
    (pending,) = store.pending_rescreens()
    assert (pending.articles, pending.hits, store.count_hits()) == (200, 198, 198)
    told: list[tuple[int, int]] = []
    (done,) = rescreen_pending(
        store, matcher, clock=lambda: NOW + DAY, progress=lambda _, seen, total: told.append((seen, total))
    )
    assert told == [(400, 454), (454, 454)]
    assert (done.articles, len(done.hits), store.count_hits()) == (454, 254, 452)
    assert store.rescreens()[0].hits == 452


def test_removed_records_and_lists_not_downloaded_yet(store: Store, tmp_path: Path) -> None:
    take(store, harbour(tmp_path, "  - {id: a, name: Kestrel Holdings}\n  - {id: b, name: Ostrova Trading}\n"))
    assert take(store, Watchlist("harbour", ())) == []
    (change,) = take(store, harbour(tmp_path, "  - {id: a, name: Kestrel Holdings}\n"))
    assert (change.kind, line(change)) == ("removed", "Removed from harbour on 2026-03-03: Ostrova Trading")
    assert store.list_changes() == [change]
    assert store.list_changes(watchlist="other") == []


def test_many_changes_are_one_message_that_counts_them() -> None:
    changes = [ListChange("un", str(n), f"Kestrel {n}", "added", NOW, ("X",)) for n in range(50)]
    changes.append(ListChange("un", "r", "Ostrova", "removed", NOW))
    assert title(changes) == "un: 50 added, 1 removed"
    assert len(lines(changes)) == SHOWN + 1
    assert lines(changes)[-1] == "… and 31 more changes"
    notice = changes_notice(changes)
    assert (notice.topic, notice.watchlist, notice.title) == ("lists", "un", "Lists changed: un: 50 added, 1 removed")
