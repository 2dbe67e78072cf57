"""Reports over both engines: what the bank officer is told."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.errors import UsageError
from monitor.model.alerts import Sent
from monitor.model.listchanges import ListChange
from monitor.model.matches import Disposition
from monitor.model.watchlists import Watchlist
from monitor.reports import Report, build, to_csv, to_html, to_json
from monitor.reports.answer import answer
from monitor.store import Store, Taken
from tests.postgres import Postgres
from tests.store.support import LUKOIL, MINUTE, ROSNEFT, Planner, new, page, poll, source

DAY = datetime(2026, 11, 22, tzinfo=UTC)
NEXT = DAY + timedelta(days=1)
NOW = DAY + timedelta(days=3)
LIST = Watchlist("energy", (ROSNEFT, LUKOIL), "Oil majors", version="v1", licence="CC BY-NC 4.0", origin="energy.yaml")
PLANNER = Planner("desk-mail")


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    url = f"sqlite:///{tmp_path}/monitor.db"
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("server")
        url = server.database()
    opened = Store.open(url, now=DAY)
    begin = DAY - timedelta(hours=3)
    opened.sync_feeds([source("world"), source("trade")], begin)
    opened.note_list_versions([LIST], begin)
    taken = Taken("x", {one.id: (tuple(name.text for name in one.names), ()) for one in LIST.entities})
    opened.take_lists({"energy": taken}, [], {}, since=begin, now=begin)
    yield opened
    opened.close()


def day(store: Store, *, until: float = 27.0, quiet: bool = False) -> None:
    """Both feeds polled every three hours; at nine Rosneft is in the news."""
    for hour in range(-3, int(until), 3):
        for feed in ("world", "trade"):
            at = DAY + timedelta(hours=hour)
            news = [new(f"Fuel prices, {feed}, hour {hour}", "They rose by two cents, the ministry said.")]
            if hour == 9 and feed == "trade" and not quiet:
                news.append(new("Cargo =seized <b>", "Customs seized a cargo of Rosneft.", path="/cargo", page=True))
            due = at + timedelta(hours=3)
            store.record_poll(
                poll(*news, feed=feed, at=at, next_poll=due, seen=20, list_versions=(("energy", "v1"),)), PLANNER
            )


def report(store: Store, entity: str = "", start: datetime = DAY, end: datetime = NEXT) -> Report:
    return build(store, start, end, now=NOW, entity=entity)


def test_did_you_know_on_the_22nd(store: Store) -> None:
    day(store)
    for due in store.claim_due_pages(NOW, limit=9, per_feed=9, lease=60, owner="me"):
        text = f"{due.entry_text}\n\nThe tanker lay off the coast for eleven days."
        store.record_page(page(due.article_id, due.entry_title, text, at=DAY + timedelta(hours=9, minutes=3)), PLANNER)
    for one in store.claim_due_deliveries(NOW, lease=60, owner="me", limit=9, channels=["desk-mail"]):
        store.record_delivery(one.id, Sent(), now=DAY + timedelta(hours=9, minutes=1), next_attempt=None)
    [record] = store.hits()
    decided = DAY + timedelta(hours=10)
    store.set_disposition(record.id, Disposition.TRUE_MATCH, who="ana", reason="the firm itself", now=decided)
    made = report(store, "роснефть")
    said = answer(made)
    assert said.headline == "Yes: Rosneft PJSC was found in 1 article on 22 Nov 2026 (UTC)."
    told = " ".join(said.lines)
    assert "First known 22 Nov 2026, 09:00 UTC" in told
    assert "First told 22 Nov 2026, 09:01 UTC, over desk-mail." in told
    assert "Decided: true match by ana, 22 Nov 2026, 10:00 UTC (hit 1): “the firm itself”." in told
    assert "Every feed was polled throughout; there is no gap." in told
    assert said.cautions == ()
    assert (made.texts.articles, made.texts.full) == (17, 1)
    assert made.texts.characters > 17 * 30
    assert [(one.watchlist, one.version, one.licence, one.names) for one in made.lists if one.title] == [
        ("energy", "v1", "CC BY-NC 4.0", 3)
    ]


def test_nothing_found_is_stated_with_what_was_looked_at(store: Store) -> None:
    day(store)
    said = answer(report(store, "energy/lukoil"))
    assert said.kind == "nothing"
    assert said.headline == "Nothing was found about Lukoil PJSC on 22 Nov 2026 (UTC)."
    assert said.facts[0].startswith("Looked at: 17 articles of 2 feeds, 0 of them with their page's full text,")
    assert "against 1 list (energy)" in said.facts[0]


def test_without_an_entity_everything_is_counted(store: Store) -> None:
    day(store)
    assert answer(report(store)).headline == "1 hit on 22 Nov 2026 (UTC): 1 watched name in 1 article."
    quiet = report(store, start=DAY + timedelta(hours=11), end=DAY + timedelta(hours=13))
    assert answer(quiet).headline.startswith("Nothing was found between 22 Nov 2026, 11:00 UTC and")


def test_when_the_monitor_was_down_it_is_said_first_and_once(store: Store) -> None:
    day(store, until=12)
    said = answer(report(store, "lukoil"))
    assert said.cautions[0] == "The monitor was not running: since 22 Nov 2026, 09:00 UTC, still."
    assert said.cautions[1] == "Not proven to be covered: 2 gaps in 2 feeds (world, trade)."


def test_a_day_on_which_nothing_was_read_proves_nothing(store: Store) -> None:
    day(store, until=-1)
    said = answer(report(store, "rosneft"))
    assert said.kind == "blind"
    assert said.headline == "Nothing can be said: no feed was read on 22 Nov 2026 (UTC)."
    assert answer(build(store, DAY - timedelta(days=300), DAY - timedelta(days=299), now=NOW)).kind == "blind"


def test_whoever_came_onto_a_list_later_was_not_looked_for(store: Store) -> None:
    day(store, quiet=True)
    added = ListChange("energy", "lukoil", "Lukoil PJSC", "added", NEXT + timedelta(hours=8))
    taken = store.taken_lists()["energy"]
    store.take_lists({"energy": taken}, [added], {("energy", "lukoil"): ("Lukoil PJSC",)}, since=DAY, now=NOW)
    said = answer(report(store, "lukoil"))
    assert said.kind == "unwatched"
    assert said.headline == "Lukoil PJSC was on no list on 22 Nov 2026 (UTC), and was not looked for."
    assert "It came onto a list 23 Nov 2026, 08:00 UTC." in said.facts


def test_earlier_and_later_hits_are_told(store: Store) -> None:
    day(store)
    before = answer(report(store, "rosneft", end=DAY + timedelta(hours=8)))
    assert "Found later: 1 hit, the first 22 Nov 2026, 09:00 UTC." in before.facts
    after = answer(report(store, "rosneft", start=DAY + timedelta(hours=12)))
    assert "Known before: 1 earlier hit, the first 22 Nov 2026, 09:00 UTC." in after.facts


def test_a_feed_that_was_switched_off_is_not_watched_afterwards(store: Store) -> None:
    day(store, until=12)
    store.sync_feeds([source("world")], DAY + timedelta(hours=12))
    trade = next(feed for feed in report(store).feeds if feed.feed.id == "trade")
    assert trade.feed.until == DAY + timedelta(hours=12)
    assert trade.gaps == ()
    later = report(store, start=DAY + timedelta(hours=13))
    assert [feed.feed.id for feed in later.feeds] == ["world"]


def test_who_is_asked_for_and_the_period_must_make_sense(store: Store) -> None:
    with pytest.raises(UsageError, match="nobody on a list that was ever in use is called 'Nemo'"):
        report(store, "Nemo")
    with pytest.raises(UsageError, match="ends before it begins"):
        report(store, end=DAY)
    with pytest.raises(UsageError, match="has not begun"):
        report(store, start=NOW + MINUTE, end=NOW + 2 * MINUTE)


def test_an_entity_is_asked_for_as_one_would_write_it(store: Store) -> None:
    for words in ("LUKOIL", "energy/lukoil", "Pjsc Lukóil", "PJSC “Lukoil”"):
        asked = report(store, words).asked
        assert asked
        assert asked.entities == (("energy", "lukoil"),)
    with pytest.raises(UsageError, match=r"'Rosnefft'; did you mean Rosneft PJSC \(energy/rosneft\)\?"):
        report(store, "Rosnefft")


def test_json_csv_and_page_say_the_same(store: Store) -> None:
    day(store)
    made = report(store)
    told = json.loads(json.dumps(to_json(made)))
    assert told["coverage"]["articles"] == 17
    assert [hit["entity"] for hit in told["hits"]] == ["rosneft"]
    assert told["hits"][0]["told"][0]["channel"] == "desk-mail"
    rows = list(csv.DictReader(io.StringIO(to_csv(made))))
    assert [row["row"] for row in rows][:2] == ["answer", "hit"]
    assert rows[0]["note"].startswith(told["answer"]["headline"])
    assert {row["row"] for row in rows} == {"answer", "hit", "feed", "list", "matcher"}
    html = to_html(made)
    assert told["answer"]["headline"] in html
    assert "Cargo =seized &lt;b&gt;" in html
    assert "<script" not in html
    assert "eleven days" not in html, "an article's text is no part of a report"


def test_cells_from_outside_are_no_formulas(store: Store) -> None:
    store.record_poll(poll(new('=HYPERLINK("http://x")', "Rosneft fined."), at=DAY), PLANNER)
    [hit] = [row for row in csv.DictReader(io.StringIO(to_csv(report(store)))) if row["row"] == "hit"]
    assert hit["title"].startswith("'=")
