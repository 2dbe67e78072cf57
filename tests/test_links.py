from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.links import canonical


@pytest.mark.parametrize(
    "same",
    [
        "http://www.a.example/news/1/",
        "https://A.example:443/news/1?utm_source=rss&utm_medium=feed",
        "https://a.example/news/1?ref=rss",
        "https://a.example/news/1?at_campaign=64&fbclid=abc#comments",
    ],
)
def test_tracking_and_form_do_not_make_another_address(same: str) -> None:
    assert canonical(same) == canonical("https://a.example/news/1")


@pytest.mark.parametrize(
    "other",
    [
        "https://a.example/news/2",
        "https://a.example/news/1?id=2",
        "https://a.example/news/1?ref=2025-118",
        "https://a.example/News/1",
        "https://b.a.example/news/1",
        "https://a.example:8443/news/1",
        "https://a.example/news/1#!/story/7",
    ],
)
def test_what_chooses_the_article_stays(other: str) -> None:
    assert canonical(other) != canonical("https://a.example/news/1")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://www.paper.example/a/", "https://paper.example/a#comments"),
        ("https://paper.example/a?id=7&utm_campaign=x&fbclid=y", "https://paper.example/a?id=7"),
        ("https://PAPER.example/a?a=1&b=2", "https://paper.example/a?a=1&b=2"),
        ("https://paper.example:443/a", "https://paper.example/a"),
    ],
)
def test_addresses_that_lead_to_the_same_page(one: str, other: str) -> None:
    assert canonical(one) == canonical(other)


@pytest.mark.parametrize(
    "address", ["https://paper.example:port/", "https://[::1/", "tag:paper.example,2026:7", "\x00"]
)
def test_an_address_that_is_none_is_still_told_from_others(address: str) -> None:
    assert canonical(address) != canonical("https://paper.example/")


@given(st.text(max_size=60) | st.from_regex(r"https?://[a-z\[\]:@.]{1,20}(:\d{0,6})?/[a-z?&=#%]{0,20}", fullmatch=True))
def test_any_address_has_a_form(url: str) -> None:
    assert isinstance(canonical(url), str)
