"""What reading the page of an article adds, and what of it is kept."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from monitor.pipeline.pages import RETRY_AFTER, read_pages
from monitor.store import HitQuery
from monitor.store.packing import unpack_text
from monitor.store.tables import pages, versions
from monitor.workers import Workers
from tests.articles.papers import newspaper
from tests.pipeline.office import Office, Press

SENTENCE = "The cargo had been bought by Lukoil a week before, the harbour master said."
PAGE = newspaper(
    (
        "Ferry held in the harbour",
        "A ferry that was to leave for the islands at seven was held back by customs on Monday, and three hundred "
        "passengers spent the morning in the hall of the terminal, where the town handed out tea and blankets.",
        "Officers went through the holds for four hours. What they found, they would not say; the captain, who has "
        "sailed the route for twenty years, told reporters that he had never seen the like of it.",
        SENTENCE,
        "The ferry left in the afternoon, without the cargo. The company that runs it will give the passengers their "
        "money back, and has asked the harbour for a word of explanation.",
    )
)


def read(office: Office, press: Press, page: tuple[int, dict[str, str], str]) -> list[tuple[str, str | None]]:
    """Poll the feed and read its page; the stored texts: (source, text or None)."""
    press.feed("/rss", "Ferry held in the harbour")
    press.answers["/0"] = page
    press.answers["/rss"] = (200, {}, press.answers["/rss"][2].replace("127.0.0.1/0", f"127.0.0.1:{press.port}/0"))
    office.start({"id": "tide", "url": press.at(1), "full_text": True})
    office.poll()
    due = office.service.store.claim_due_pages(office.now, limit=9, per_feed=9, lease=60, owner="test")
    read_pages(office.service, due, stopping=lambda: False)
    with office.service.store.db.read() as connection:
        rows = connection.execute(select(versions.c.source, versions.c.text).order_by(versions.c.id)).all()
    return [(row.source, unpack_text(row.text) if row.text is not None else None) for row in rows]


def test_the_full_text_is_kept_and_what_it_names_is_a_hit(office: Office, press: Press) -> None:
    [_, (source, text)] = read(office, press, (200, {"Content-Type": "text/html"}, PAGE))
    assert source == "page"
    assert text is not None
    assert SENTENCE in text
    [record] = office.service.store.hits(HitQuery())
    assert record.hit.entity.id == "lukoil"


def test_of_a_page_that_asks_not_to_be_kept_only_the_sentences_of_its_hits_are(office: Office, press: Press) -> None:
    headers = {"Content-Type": "text/html", "X-Robots-Tag": "noarchive"}
    [(feed, _), page] = read(office, press, (200, headers, PAGE))
    assert (feed, page) == ("feed", ("page", None))
    [record] = office.service.store.hits(HitQuery())
    assert record.hit.entity.id == "lukoil"
    assert record.hit.best.snippet.text == SENTENCE
    with office.service.store.db.read() as connection:
        assert connection.execute(select(pages.c.error)).scalar_one() == "noarchive: text not kept"


def test_a_page_whose_worker_died_is_read_again_later_and_says_why(office: Office, press: Press) -> None:
    press.feed("/rss", "Ferry held in the harbour")
    press.answers["/0"] = (200, {"Content-Type": "text/html"}, PAGE)
    press.answers["/rss"] = (200, {}, press.answers["/rss"][2].replace("127.0.0.1/0", f"127.0.0.1:{press.port}/0"))
    office.start({"id": "tide", "url": press.at(1), "full_text": True})
    office.poll()
    store, workers = office.service.store, office.service.workers
    office.service.workers = Workers(max_workers=1)
    office.service.workers.close()  # as if they all were killed
    due = store.claim_due_pages(office.now, limit=9, per_feed=9, lease=60, owner="test")
    assert read_pages(office.service, due, stopping=lambda: False).failed == 1
    with store.db.read() as connection:
        page = connection.execute(select(pages)).one()
    assert "extract_page" in page.error
    assert page.due == office.now + timedelta(seconds=RETRY_AFTER[0])
    office.service.workers = workers
    office.now = page.due
    due = store.claim_due_pages(office.now, limit=9, per_feed=9, lease=60, owner="test")
    assert read_pages(office.service, due, stopping=lambda: False).hits == 1


def test_a_wall_in_place_of_the_article_is_recorded(office: Office, press: Press) -> None:
    wall = "<html><body><h1>Ferry held</h1><p>A ferry was held. Subscribe to continue reading.</p></body></html>"
    read(office, press, (200, {"Content-Type": "text/html"}, wall))
    with office.service.store.db.read() as connection:
        error = connection.execute(select(pages.c.error)).scalar_one()
    assert error.startswith("paywall: only ")
    assert error.endswith(" words seen")
