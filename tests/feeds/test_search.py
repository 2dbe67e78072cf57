from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.feeds.search import INTERVAL, due_of, expand, fill, template_problem
from monitor.model.settings import FeedSearch, FeedSource, SearchFeed
from monitor.model.watchlists import Entity, EntityType, Name, Watchlist

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
PLAIN = FeedSource(id="harbour", url="https://harbour.example/rss")


def template(*watchlists: str, **more: object) -> FeedSource:
    row = {"id": "hunt", "url": "https://news.example/rss?q={name}&sort=date", "tags": ["search"]}
    return FeedSource.model_validate(row | {"search": {"watchlists": list(watchlists)}} | more)


def listed(id: str, *names: str, type: EntityType = EntityType.ORGANIZATION) -> Watchlist:
    return Watchlist(id, tuple(Entity(id, f"e{n}", type, (Name(name),)) for n, name in enumerate(names)))


def test_every_entity_of_the_named_lists_is_a_feed_of_its_own() -> None:
    lists = [listed("oil", "Rosneft PJSC", "АО «Сигнал & Ко»"), listed("banks", "Sberbank")]
    feeds = expand([template("oil"), PLAIN], lists).feeds
    assert feeds[0] is PLAIN
    assert [feed.id for feed in feeds[1:]] == ["hunt.oil.e0", "hunt.oil.e1"]
    asked = parse_qs(urlsplit(feeds[2].url).query)
    assert asked == {"q": ["АО «Сигнал & Ко»"], "sort": ["date"]}
    assert feeds[1].interval == INTERVAL
    assert feeds[1].tags == ("search", "hunt")
    assert feeds[1].title == "hunt: Rosneft PJSC"


def test_persons_are_searched_for_as_newspapers_write_them() -> None:
    feeds = expand([template("p")], [listed("p", "LAVROV, Sergei Viktorovich", type=EntityType.PERSON)]).feeds
    assert feeds[0].title == "hunt: Sergei Viktorovich LAVROV"
    firm = expand([template("p")], [listed("p", "Nord, Ost & Co")]).feeds
    assert firm[0].title == "hunt: Nord, Ost & Co"


def test_no_more_than_the_limit_and_it_is_said() -> None:
    many = listed("oil", *(f"Firm {n}" for n in range(9)))
    made = expand([template("oil", search={"watchlists": ["oil"], "limit": 4})], [many])
    assert [feed.id for feed in made.feeds] == [f"hunt.oil.e{n}" for n in range(4)]
    assert made.problems == (
        "search feed hunt: 9 entities, of which the first 4 are searched for; raise its `limit:`, or name a smaller "
        "watchlist",
    )


def test_a_name_on_two_lists_is_searched_for_once() -> None:
    feeds = expand([template("a", "b")], [listed("a", "Lukoil", "Gazprom"), listed("b", "LUKOIL", "Tatneft")]).feeds
    assert [feed.id for feed in feeds] == ["hunt.a.e0", "hunt.a.e1", "hunt.b.e1"]


def test_an_unknown_list_is_told() -> None:
    made = expand([template("oli")], [listed("oil", "Rosneft")])
    assert made.feeds == ()
    assert made.problems == ("search feed hunt: there is no watchlist 'oli'; there are: oil",)


def test_an_id_that_is_none_of_ours_becomes_one_that_stays() -> None:
    strange = Watchlist("un", (Entity("un", "КПи/033 " * 20, EntityType.UNKNOWN, (Name("Some Bank"),)),))
    [one] = expand([template("un")], [strange]).feeds
    [same] = expand([template("un")], [strange]).feeds
    assert one.id == same.id
    assert one.id.startswith("hunt.")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"search": None}, "searches for nothing; add `search:"),
        ({"url": "https://news.example/rss"}, "needs {name} in its url"),
        ({"url": "https://{name}.example/rss"}, "must stand after the host"),
        ({"id": "x" * 81}, "at most 80"),
    ],
)
def test_what_is_wrong_with_a_row(row: dict[str, object], said: str) -> None:
    assert said in template_problem(template("oil", **row), [])


def test_ids_of_searches_belong_to_their_template() -> None:
    taken = FeedSource(id="hunt.mine", url="https://a.example/rss")
    assert "begin with 'hunt' and a dot" in template_problem(taken, ["hunt"])
    assert template_problem(taken, ["hun"]) == ""
    assert template_problem(template("oil"), ["hunt"]) == ""


def test_searches_share_their_interval_evenly() -> None:
    rows = [f"Firm {n}" for n in range(100)]
    feeds = expand([template("oil", interval="1h")], [listed("oil", *rows)]).feeds
    searches = [feed for feed in feeds if isinstance(feed, SearchFeed)]
    assert due_of(searches, {}, NOW) == {"hunt": 1}
    assert due_of(searches, {"hunt": NOW - timedelta(seconds=35)}, NOW) == {"hunt": 0}
    assert due_of(searches, {"hunt": NOW - timedelta(seconds=36)}, NOW) == {"hunt": 1}
    assert due_of(searches, {"hunt": NOW - timedelta(hours=9)}, NOW) == {"hunt": 1}
    assert due_of(searches, {"hunt": NOW - timedelta(minutes=6)}, NOW, most=20) == {"hunt": 10}
    assert due_of(searches, {"hunt": NOW - timedelta(days=6)}, NOW, most=20) == {"hunt": 20}


@given(st.text(min_size=1, max_size=80))
def test_no_name_leaves_its_place_in_the_address(name: str) -> None:
    if any("\ud800" <= c <= "\udfff" for c in name):
        return
    parts = urlsplit(fill("https://news.example/find/{name}?q={name}&safe=1#top", name))
    assert (parts.hostname, parts.fragment) == ("news.example", "top")
    assert parse_qs(parts.query, keep_blank_values=True) == {"q": [name], "safe": ["1"]}
    assert parts.path.count("/") == 2


def test_a_limit_has_limits() -> None:
    with pytest.raises(ValueError, match="less than or equal to 1000"):
        FeedSearch(watchlists=("oil",), limit=5000)
