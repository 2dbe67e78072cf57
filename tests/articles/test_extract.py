"""read_page against a newspaper's server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, suppress

import pytest

from monitor.articles.extract import forbids_keeping, read_page
from monitor.client import Client
from monitor.errors import FetchError, ParseError, WorkError
from monitor.workers import Workers
from tests.articles.papers import ENGLISH, RUSSIAN, newspaper
from tests.client.servers import Server, Talk, answer, serve

NO_RULES = answer("404 Not Found")


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    made = Workers(max_workers=1)
    yield made
    made.close()


@pytest.fixture
def client() -> Iterator[Client]:
    made = Client(user_agent="page-test/1", timeout=10.0, max_bytes=10_000_000, allow_private=True, per_host=4)
    yield made
    made.close()


def site(stack: ExitStack, **pages: bytes) -> Server:
    """A server with these pages; `robots` is its robots.txt."""

    def talk(connection, asked) -> None:  # type: ignore[no-untyped-def]
        connection.sendall(pages.get(asked.path.removesuffix(".txt").strip("/").replace("/", "_"), NO_RULES))

    said: Talk = talk
    return stack.enter_context(serve(said))


def page_of(article: tuple[str, ...] = ENGLISH, charset: str = "utf-8", **headers: str) -> bytes:
    return answer(body=newspaper(article).encode(charset), Content_Type="text/html", **headers)


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as made:
        yield made


def test_a_page_is_read_in_a_worker_and_its_article_comes_back(
    client: Client, workers: Workers, stack: ExitStack
) -> None:
    server = site(stack, news=page_of())
    page = read_page(client, workers, server.url + "/news", timeout=5.0)
    assert (page.title, page.lang, page.problem, page.keep) == (ENGLISH[0], "en", "", True)
    assert "\n".join(ENGLISH[1:3]) in page.text
    assert [asked.path for asked in server.asked] == ["/robots.txt", "/news"]
    assert server.asked[1].headers["accept"].startswith("text/html")


def test_the_charset_of_the_answer_reaches_the_worker(client: Client, workers: Workers, stack: ExitStack) -> None:
    made = newspaper(RUSSIAN).replace('<meta charset="utf-8">', "").encode("windows-1251")
    server = site(stack, news=answer(body=made, Content_Type="text/html; charset=windows-1251"))
    assert RUSSIAN[1] in read_page(client, workers, server.url + "/news", timeout=5.0).text


def test_robots_txt_is_asked_once_and_heeded(client: Client, workers: Workers, stack: ExitStack) -> None:
    rules = b"User-agent: page-test\nDisallow: /paid\n\nUser-agent: *\nDisallow: /\n"
    server = site(stack, robots=answer(body=rules), news=page_of(), paid_1=page_of())
    read_page(client, workers, server.url + "/news", timeout=5.0)
    with pytest.raises(FetchError, match=r"127\.0\.0\.1: its robots.txt asks not to fetch this page") as raised:
        read_page(client, workers, server.url + "/paid/1", timeout=5.0)
    assert not raised.value.retryable
    read_page(client, workers, server.url + "/news", timeout=5.0)
    assert [asked.path for asked in server.asked] == ["/robots.txt", "/news", "/news"]


def test_a_redirect_needs_the_leave_of_where_it_leads(client: Client, workers: Workers, stack: ExitStack) -> None:
    closed = site(stack, robots=answer(body=b"User-agent: *\nDisallow: /"), news=page_of())
    server = site(stack, out=answer("302 Found", Location=closed.url + "/news"))
    with pytest.raises(FetchError, match=r"robots.txt asks not to"):
        read_page(client, workers, server.url + "/out", timeout=5.0)
    assert [asked.path for asked in closed.asked] == ["/robots.txt"]


def test_rules_that_cannot_be_read_put_the_page_off(client: Client, workers: Workers, stack: ExitStack) -> None:
    server = site(stack, robots=answer("503 Service Unavailable", Retry_After="60"), news=page_of())
    for _ in range(2):
        with pytest.raises(FetchError, match=r"its robots.txt cannot be read: .* answered 503") as raised:
            read_page(client, workers, server.url + "/news", timeout=5.0)
        assert raised.value.retryable
        assert raised.value.retry_after == 60
    assert [asked.path for asked in server.asked] == ["/robots.txt"], "asked again later, not for each page"


def test_noarchive_pages_say_that_they_are_not_to_be_kept(client: Client, workers: Workers, stack: ExitStack) -> None:
    meta = newspaper(ENGLISH, head='<meta name="robots" content="noarchive">').encode()
    server = site(stack, header=page_of(X_Robots_Tag="noarchive"), meta=answer(body=meta, Content_Type="text/html"))
    for path in ("/header", "/meta"):
        page = read_page(client, workers, server.url + path, timeout=5.0)
        assert not page.keep
        assert ENGLISH[1] in page.text, "it is screened"
        assert page.title == ENGLISH[0]


@pytest.mark.parametrize(
    ("tag", "forbids"),
    [
        ("", False),
        ("noarchive", True),
        ("noindex, NoArchive", True),
        ("page-test: noarchive", True),
        ("googlebot: noarchive", False),
        ("googlebot: noarchive, noarchive", True),
        ("unavailable_after: 25 Jun 2030 15:00:00 PST", False),
    ],
)
def test_a_robots_header_counts_where_it_means_us(tag: str, forbids: bool) -> None:
    assert forbids_keeping(tag, "page-test") is forbids


def test_what_is_no_page_is_refused_without_a_worker(client: Client, stack: ExitStack) -> None:
    server = site(stack, report=answer(body=b"%PDF-1.7", Content_Type="application/pdf"))
    closed = Workers(max_workers=1)
    closed.close()
    with pytest.raises(ParseError, match="not a web page but a PDF document"):
        read_page(client, closed, server.url + "/report", timeout=5.0)


def test_errors_of_fetching_and_of_workers_come_as_they_are(client: Client, workers: Workers, stack: ExitStack) -> None:
    server = site(stack, news=page_of())
    with pytest.raises(FetchError, match="404") as raised:
        read_page(client, workers, server.url + "/gone", timeout=5.0)
    assert raised.value.status == 404
    closed = Workers(max_workers=1)
    closed.close()
    with pytest.raises(WorkError):
        read_page(client, closed, server.url + "/news", timeout=5.0)


def test_a_page_made_to_exhaust_its_parser_ends(client: Client, workers: Workers, stack: ExitStack) -> None:
    """800,000 cells: minutes of a parser's time, or gigabytes of its memory, were they to be had."""
    server = site(stack, trap=answer(body=b"<table>" + b"<td>x" * 800_000, Content_Type="text/html"), news=page_of())
    with suppress(WorkError):  # or the little that could be read
        assert set(read_page(client, workers, server.url + "/trap", timeout=5.0).text) <= set("<td>x \n|")
    assert read_page(client, workers, server.url + "/news", timeout=5.0).problem == ""
