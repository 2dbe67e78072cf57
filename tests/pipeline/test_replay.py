"""Replay: with the real matcher, over texts that polls and pages brought; both engines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.matching import MATCHER_VERSION, Matcher
from monitor.model.articles import Article
from monitor.model.feeds import NewArticle, PageOutcome
from monitor.model.matches import Disposition
from monitor.model.settings import Retention
from monitor.pipeline.replay import measure, replay
from monitor.store import Store
from monitor.watchlists.read import read_paths
from tests.cli.support import monitor
from tests.newsroom import WATCHLIST, Item, Newspaper, write_settings
from tests.postgres import Postgres
from tests.store.support import MINUTE, NOW, new, nobody, poll, source

NEWS = (
    ("Cargo seized off Tallinn", "Customs seized a cargo of the Russian oil company Rosneft, ministry sources said."),
    (
        "Talks go on",
        "Russian foreign minister Sergei Lavrov left early. Lavrov will be back on Monday, his office said.",
    ),
    ("Harbour wins a prize", "The jury was of one mind about the harbour and its cranes."),
)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    url = f"sqlite:///{tmp_path}/monitor.db"
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("server")
        url = server.database()
    opened = Store.open(url, now=NOW)
    opened.sync_feeds([source()], NOW)
    yield opened
    opened.close()


def lists(directory: Path, text: str = WATCHLIST) -> Matcher:
    path = directory / "list.yaml"
    path.write_text(text)
    return Matcher.compile(read_paths([path]))


def screened(matcher: Matcher, title: str, text: str) -> NewArticle:
    made = new(title, text)
    return replace(made, hits=tuple(matcher.screen(made.article)))


def fill(store: Store, matcher: Matcher) -> None:
    store.record_poll(
        poll(*(screened(matcher, title, text) for title, text in NEWS), matcher_version=MATCHER_VERSION), nobody
    )


def test_a_hit_is_the_same_as_long_as_nothing_has_changed(store: Store, tmp_path: Path) -> None:
    fill(store, lists(tmp_path))
    assert len(store.hits()) == 2
    for record in store.hits():
        made = replay(*_found(store, record.id))
        assert made.same, made.why
        assert made.basis == "text"
        assert made.why == ()


def test_where_the_text_is_gone_the_sentences_are_read_and_that_is_said(store: Store, tmp_path: Path) -> None:
    fill(store, lists(tmp_path))
    store.prune(NOW + timedelta(days=100), Retention(articles=86_400.0))
    for record in store.hits():
        made = replay(*_found(store, record.id))
        assert made.basis == "sentences"
        assert made.same, made.why
        assert "the article's text is gone" in made.why[0]


def test_another_matcher_is_named_and_what_it_counts_otherwise(store: Store, tmp_path: Path) -> None:
    matcher = lists(tmp_path)
    made = screened(matcher, *NEWS[0])
    [hit] = made.hits
    [match] = hit.matches
    odd = replace(match.reasons[-1], rule="moonlight", text="the moon was full", points=-7.0)
    weaker = replace(match, score=93.0, reasons=(*match.reasons, odd))
    old = replace(hit, matches=(weaker,), score=93.0, matcher_version="0ld")
    store.record_poll(poll(replace(made, hits=(old,))), nobody)
    again = replay(*_found(store, store.hits()[0].id))
    assert not again.same
    assert again.now is not None
    assert again.now.score == hit.score
    assert f"the matcher was 0ld, and is {MATCHER_VERSION}" in again.why
    assert "then, not now: the moon was full (-7.0)" in again.why


def test_a_record_that_no_longer_scores_is_said_to(store: Store, tmp_path: Path) -> None:
    made = screened(lists(tmp_path), *NEWS[0])
    [hit] = made.hits
    other = replace(hit, entity=replace(hit.entity, names=(replace(hit.entity.names[0], text="Gazprom PJSC"),)))
    store.record_poll(poll(replace(made, hits=(other,))), nobody)
    again = replay(*_found(store, store.hits()[0].id))
    assert again.now is None
    assert not again.same
    assert "no name of the list record scores 50 any more" in again.why


def test_measured_over_stored_articles_nothing_changes_by_itself(store: Store, tmp_path: Path) -> None:
    matcher = lists(tmp_path)
    fill(store, matcher)
    made = measure(store, matcher, since=NOW - timedelta(days=1))
    assert (made.articles, made.compared, made.same, made.changes) == (3, 2, 2, ())


def test_what_other_lists_would_find_and_no_longer_find(store: Store, tmp_path: Path) -> None:
    fill(store, lists(tmp_path))
    rosneft, lavrov = sorted(store.hits(), key=lambda record: record.id)
    store.set_disposition(rosneft.id, Disposition.TRUE_MATCH, who="ana", now=NOW)
    other = WATCHLIST.replace("name: Rosneft PJSC, aliases: [Роснефть]", "name: Bashneft PJSC")
    other += "  - {id: harbour, type: organization, name: Jury of Cranes, aliases: [Cargo Seized]}\n"
    made = measure(store, lists(tmp_path, other), since=NOW - timedelta(days=1))
    kinds = {(one.kind, one.hit.entity.id) for one in made.changes}
    assert ("gone", "rosneft") in kinds
    assert lavrov.id not in {one.id for one in made.changes}
    assert made.count("gone", Disposition.TRUE_MATCH) == 1
    assert store.count_hits() == 2, "nothing is written"


def test_hits_of_lists_that_are_not_compared_are_left_alone(store: Store, tmp_path: Path) -> None:
    fill(store, lists(tmp_path))
    made = measure(store, lists(tmp_path, WATCHLIST.replace("watchlist: energy", "watchlist: rivers")), since=NOW)
    assert made.compared == 0
    assert {one.kind for one in made.changes} == {"new"}


def test_a_name_that_an_edit_took_away_was_still_found_then(store: Store, tmp_path: Path) -> None:
    matcher = lists(tmp_path)
    fill(store, matcher)
    first = next(record for record in store.hits() if record.hit.entity.id == "rosneft")
    edited = replace(screened(matcher, NEWS[0][0], "Customs seized a cargo."), known=first.article.id, digest="other")
    store.record_poll(poll(edited, at=NOW + MINUTE), nobody)
    made = measure(store, matcher, since=NOW - timedelta(days=1))
    assert made.changes == ()
    assert made.compared == 2


def test_a_decided_hit_is_held_against_the_text_it_was_decided_on(store: Store, tmp_path: Path) -> None:
    matcher = lists(tmp_path)
    title, text = "Shares fall", "Shares of Rosneft fell."
    store.record_poll(poll(screened(matcher, title, text)), nobody)
    [record] = store.hits()
    store.set_disposition(record.id, Disposition.TRUE_MATCH, who="ana", now=NOW)
    whole = Article(str(record.article.id), title, f"{text} Rosneft PJSC, the Russian oil company, did not comment.")
    hits = tuple(matcher.screen(whole))
    outcome = PageOutcome(record.article.id, NOW + MINUTE, whole, hits, matcher_version=MATCHER_VERSION)
    with store.db.write() as connection:
        from monitor.store.tables import pages

        connection.execute(pages.insert().values(article_id=record.article.id, feed_id="world", due=NOW))
    store.record_page(outcome, nobody)
    made = measure(store, matcher, since=NOW - timedelta(days=1))
    assert made.changes == ()


def test_on_the_command_line(tmp_path: Path) -> None:
    paper = Newspaper()
    paper.feeds["world"] = [Item(title, text, "", title) for title, text in NEWS]
    write_settings(tmp_path, paper)
    try:
        assert monitor(tmp_path, "poll", "--config", "monitor.yaml").status == 0
    finally:
        paper.close()

    def said(*arguments: str) -> tuple[int, str]:
        done = monitor(tmp_path, "replay", "--config", "monitor.yaml", *arguments)
        return done.status, done.out + done.err

    status, text = said("1")
    assert status == 0, text
    assert "the same" in text
    status, text = said("--since", "2020-01-01", "--json", "--jobs", "2")
    told = json.loads(text)
    assert status == 0
    assert (told["articles"], told["compared"], told["gone"], told["new"]) == (3, 2, [], [])
    (tmp_path / "other.yaml").write_text(
        WATCHLIST.replace("Rosneft PJSC, aliases: [Роснефть]", "Bashneft PJSC, aliases: []")
    )
    status, text = said("--since", "2020-01-01", "--watchlists", "other.yaml")
    assert status == 1
    assert "gone  Rosneft PJSC (energy)" in text
    assert said("77") == (2, "monitor: no hit 77; `monitor hits list` shows those there are\n")
    assert said()[0] == 2


def _found(store: Store, hit_id: int):  # type: ignore[no-untyped-def]
    found = store.hit_text(hit_id)
    assert found is not None
    return found
