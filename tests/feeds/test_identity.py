"""What one poll after another makes of a feed that does what feeds do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.feeds.identity import decide, digest, keys
from monitor.model.articles import Entry
from monitor.model.feeds import KnownEntry

NOON = datetime(2025, 10, 22, 12, tzinfo=UTC)


class Reader:
    """Remembers as the database does: a key stands for the article that had it last."""

    def __init__(self) -> None:
        self.articles = 0
        self.digests: dict[int, str] = {}
        self.keys: dict[str, int] = {}

    def poll(self, *entries: Entry) -> list[str]:
        """What each entry is: "new", "edited" or "old"."""
        some = keys(entries)
        known = {key: KnownEntry(id, self.digests[id], NOON) for key, id in self.keys.items()}
        decided = [decide(entry, own, known) for entry, own in zip(entries, some, strict=True)]
        for entry, own, decision in zip(entries, some, decided, strict=True):
            if decision.known and not decision.edited:
                continue
            if not decision.known:
                self.articles += 1
            article = decision.known.article if decision.known else self.articles
            self.digests[article] = digest(entry)
            self.keys |= dict.fromkeys(own, article)
        return ["new" if not d.known else "edited" if d.edited else "old" for d in decided]


def entry(title: str, url: str = "", guid: str = "", summary: str = "", published: datetime | None = None) -> Entry:
    return Entry(guid=guid, url=url, title=title, summary=summary, published=published)


def papers(count: int = 5) -> list[Entry]:
    return [entry(f"Port {n} closed", f"https://a.example/{n}", f"id-{n}", f"Port {n} is shut.") for n in range(count)]


def test_the_same_document_again_adds_nothing() -> None:
    reader = Reader()
    assert reader.poll(*papers()) == ["new"] * 5
    assert reader.poll(*papers()) == ["old"] * 5
    assert reader.poll(*reversed(papers(7))) == ["new"] * 2 + ["old"] * 5


def test_new_ids_with_the_same_links_and_titles_add_nothing() -> None:
    reader = Reader()
    reader.poll(*papers())
    assert reader.poll(*(replace(one, guid=f"new-{one.guid}") for one in papers())) == ["old"] * 5
    assert reader.poll(*(replace(one, guid="") for one in papers())) == ["old"] * 5


def test_new_ids_without_any_links_add_nothing() -> None:
    reader = Reader()
    reader.poll(*(replace(one, url="") for one in papers()))
    assert reader.poll(*(replace(one, url="", guid=f"new-{one.guid}") for one in papers())) == ["old"] * 5


def test_a_new_address_adds_nothing_while_id_or_text_and_day_are_the_same() -> None:
    reader = Reader()
    dated = [replace(one, published=NOON) for one in papers()]
    reader.poll(*dated)
    moved = [replace(one, url=one.url.replace("a.example", "b.example/news")) for one in dated]
    assert reader.poll(*moved) == ["old"] * 5
    assert reader.poll(*(replace(one, guid=one.url, url=one.url + "/x") for one in moved)) == ["old"] * 5


def test_one_guid_for_everything_loses_nothing() -> None:
    reader = Reader()
    same = [replace(one, guid="https://a.example/") for one in papers()]
    assert reader.poll(*same) == ["new"] * 5
    assert reader.poll(*same) == ["old"] * 5
    assert reader.poll(entry("Sixth", "https://a.example/6", "https://a.example/"), *same[:4]) == ["new"] + ["old"] * 4


def test_one_guid_for_two_loses_neither_and_keeps_the_others() -> None:
    first, second, third = papers(3)
    assert Reader().poll(first, replace(second, guid=first.guid), third) == ["new"] * 3


@pytest.mark.parametrize("guid", ["", "id-0", "https://a.example/0#4"])
def test_an_edited_headline_or_text_is_an_edit(guid: str) -> None:
    reader = Reader()
    first = replace(papers()[0], guid=guid)
    reader.poll(first)
    retitled = replace(first, title="Port 0 open again")
    assert reader.poll(retitled) == ["edited"]
    assert reader.poll(retitled) == ["old"]
    assert reader.poll(replace(retitled, summary="It is open.", guid=guid.replace("#4", "#5"))) == ["edited"]
    assert reader.poll(replace(retitled, summary="It  is\nopen.", published=NOON)) == ["old"], "white space is no edit"
    assert reader.articles == 1


def test_an_id_holds_through_a_change_of_headline_and_address() -> None:
    """Addresses made of headlines change with them."""
    reader = Reader()
    reader.poll(entry("Behind the scenes, Claire works", "https://a.example/behind-the-scenes-claire-p54", "p54"))
    assert reader.poll(entry("Behind-the-scenes worker", "https://a.example/behind-the-scenes-worker-p54", "p54")) == [
        "edited"
    ]


def test_a_live_page_is_many_entries() -> None:
    reader = Reader()
    live = "https://live.example/talks"
    posts = [entry("17:40 Minister arrives", live), entry("17:52 Minister leaves", live)]
    assert reader.poll(*posts) == ["new", "new"]
    assert reader.poll(entry("18:05 Statement read", live), *posts) == ["new", "old", "old"]


def test_a_new_post_of_a_live_page_with_an_id_of_its_own_is_new() -> None:
    reader = Reader()
    reader.poll(entry("17:40 Minister arrives", "https://live.example/talks", "post-1"))
    assert reader.poll(entry("17:52 Minister leaves", "https://live.example/talks", "post-2")) == ["new"]


def test_a_daily_title_is_new_every_day() -> None:
    reader = Reader()
    wrap = [entry("Market wrap", f"https://a.example/wrap-{day}", published=NOON.replace(day=day)) for day in (1, 2)]
    assert [reader.poll(one) for one in wrap] == [["new"], ["new"]]


def test_entries_of_one_title_in_one_document_are_all_kept() -> None:
    reader = Reader()
    notices = [entry("Notice", f"https://a.example/notice?id={n}", f"n{n}", published=NOON) for n in range(4)]
    assert reader.poll(*notices) == ["new"] * 4
    assert reader.poll(*notices) == ["old"] * 4


def test_entries_of_the_same_link_and_title_but_other_texts_are_all_kept() -> None:
    reader = Reader()
    same = [entry("Update", "https://a.example/updates", "u", f"Text {n}") for n in range(3)]
    assert reader.poll(*same) == ["new"] * 3
    assert reader.poll(*same) == ["old"] * 3


def test_entries_that_say_nothing_are_told_apart_as_far_as_they_can_be() -> None:
    reader = Reader()
    assert reader.poll(entry("")) == ["new"]
    assert reader.poll(entry(""), entry("", guid="x")) == ["old", "new"]


TEXTS = st.sampled_from(["", "a", "b"])
ENTRIES = st.builds(
    Entry,
    guid=TEXTS,
    url=st.sampled_from(["", "https://x.example/1", "https://x.example/2", "http://[bad"]),
    title=TEXTS,
    summary=TEXTS,
    published=st.sampled_from([None, NOON]),
)


@given(st.lists(ENTRIES, max_size=8, unique_by=lambda e: (e.url, e.title, e.summary, e.guid, e.published)))
def test_no_two_entries_of_a_document_are_taken_for_one_and_none_twice(entries: Sequence[Entry]) -> None:
    some = keys(entries)
    assert all(own for own in some)
    told_apart = {(one.guid, one.url, digest(one)) for one in entries}
    assert len({frozenset(own) for own in some}) >= len(told_apart)
    reader = Reader()
    assert reader.poll(*entries) == ["new"] * len(entries)
    assert reader.poll(*entries) == ["old"] * len(entries)
