import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.client.urls import redirected, target
from monitor.errors import FetchError


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("https://Example.ORG", "https://example.org"),
        ("  http://example.org/a?b=c#d ", "http://example.org/a?b=c"),
        ("http://example.org:8080/новости", "http://example.org:8080/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8"),
        ("https://новости.example/", "https://xn--b1amnebsh.example/"),
        ("https://example.org/two words\\here", "https://example.org/two%20words%5Chere"),
        ("http://[2606:4700::1]:81/x", "http://[2606:4700::1]:81/x"),
        ("https://example.org./a", "https://example.org./a"),
        ("https://example.org?q=1", "https://example.org?q=1"),
    ],
)
def test_a_url_is_asked_for_as_it_was_meant(url: str, asked: str) -> None:
    assert target(url).url == asked


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp://example.org/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "//example.org/",
        "example.org",
        "http://",
        "http:///path",
        "http://@/",
        "http://example.org:0/",
        "http://example.org:99999/",
        "http://example.org:port/",
        "http://good.example\\@127.0.0.1/",
        "http://127.0.0.1\\.good.example/",
        "http://a@b@127.0.0.1/",
        "http://good.example @127.0.0.1/",
        "http://exam\tple.org/",
        "http://[::1/",
        "http://①②⑦.⓪.⓪.①/",
        "http://example.org/" + "a" * 9000,
    ],
)
def test_what_is_no_url_or_reads_two_ways_is_refused(url: str) -> None:
    with pytest.raises(FetchError) as raised:
        target(url)
    assert not raised.value.retryable
    assert "\n" not in str(raised.value)


def test_user_name_and_password_are_taken_out_of_the_url() -> None:
    found = target("https://desk:p%40ss@example.org/feed")
    assert found.url == "https://example.org/feed"
    assert found.authorization == "Basic ZGVzazpwQHNz"
    assert "p@ss" not in found.where


def test_redirects_are_relative_and_may_be_utf_8() -> None:
    start = target("https://example.org/a/b?c")
    assert redirected(start, "../d").url == "https://example.org/d"
    assert redirected(start, "//other.example/x#y").url == "https://other.example/x"
    assert redirected(start, "/день".encode().decode("latin-1")).url == "https://example.org/%D0%B4%D0%B5%D0%BD%D1%8C"
    for location in ("http://user@other.example/", "file:///etc/passwd", "http://[bad/"):
        with pytest.raises(FetchError):
            redirected(start, location)


@given(st.text(alphabet="htps:/@\\.[]#?%0x127ab \t\x00é①", max_size=40).map(lambda rest: "http://" + rest))
def test_a_target_is_its_own_reading_and_anything_else_is_refused(url: str) -> None:
    try:
        found = target(url)
    except FetchError:
        return
    again = target(found.url)
    assert (again.url, again.host, again.port) == (found.url, found.host, found.port)
