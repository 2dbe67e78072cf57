import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.articles.robots import product, read_rules

UA = "sanctions-watchlist-monitor/0.1 (+mailto:desk@example.org)"

FILE = b"""\
# Our rules
User-agent: Googlebot
User-Agent: sanctions-watchlist-monitor   # and a remark
Disallow: /private/
Allow: /private/open
Crawl-delay: 5

User-agent: *
Disallow: /
Sitemap: https://example.org/sitemap.xml
"""


def allowed(rules: str, path: str, name: str = "ours") -> bool:
    return read_rules(rules.encode(), name).allow(path)


def test_our_name_is_the_first_word_of_the_user_agent() -> None:
    assert product(UA) == "sanctions-watchlist-monitor"
    assert product("  ") == ""


def test_a_group_of_our_own_counts_instead_of_the_general_one() -> None:
    ours = read_rules(FILE, product(UA))
    assert ours.allow("/news/1")
    assert not ours.allow("/private/1")
    assert ours.allow("/private/open-house")
    assert not read_rules(FILE, "otherbot").allow("/news/1")


@pytest.mark.parametrize(
    ("rule", "path", "fits"),
    [
        ("/fish", "/fish", True),
        ("/fish", "/fishheads/yummy.html", True),
        ("/fish", "/Fish.asp", False),
        ("/fish", "/catfish", False),
        ("/fish*", "/fish?id=7", True),
        ("/fish/", "/fish", False),
        ("/*.php", "/folder/file.php?x=1", True),
        ("/*.php", "/windows.PHP", False),
        ("/*.php$", "/file.php", True),
        ("/*.php$", "/file.php?x", False),
        ("/*.php$", "/file.php5", False),
        ("/fish*.php", "/fishheads/catfish.php?p", True),
        ("/a$", "/a", True),
        ("/a$", "/ab", False),
        ("/*?print=", "/news/1?print=1", True),
        ("/ab*b$", "/ab", False),
        ("*", "/", True),
        ("/новости", "/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8/1", True),
        ("/%7ejoe", "/~joe/1", True),
        ("/a%2fb", "/a/b", False),
        ("/a%2fb", "/a%2Fb", True),
        ("", "/", False),
    ],
)
def test_patterns_fit_as_the_standard_says(rule: str, path: str, fits: bool) -> None:
    assert allowed(f"user-agent: *\ndisallow: {rule}", path) is not fits


def test_the_longest_pattern_decides_and_of_equals_the_kind_one() -> None:
    assert allowed("user-agent: *\ndisallow: /\nallow: /news", "/news/1")
    assert not allowed("user-agent: *\nallow: /news\ndisallow: /news/secret", "/news/secret/1")
    assert allowed("user-agent: *\ndisallow: /page\nallow: /page", "/page")


def test_groups_of_one_name_are_one() -> None:
    rules = "user-agent: ours\ndisallow: /a\n\nuser-agent: other\ndisallow: /\n\nuser-agent: OURS/2.0\ndisallow: /b"
    assert [allowed(rules, path) for path in ("/a", "/b", "/c")] == [False, False, True]


@pytest.mark.parametrize("body", [b"", b"<!doctype html><title>Not found</title>", b"\xff\xfe\x00", b"disallow: /"])
def test_what_holds_no_rules_forbids_nothing(body: bytes) -> None:
    assert read_rules(body, "ours").allow("/news/1")


def test_a_byte_order_mark_and_old_line_ends_are_read() -> None:
    assert not read_rules(b"\xef\xbb\xbfUser-agent: *\rDisallow: /", "ours").allow("/x")


@pytest.mark.timeout(20)
def test_rules_made_to_be_slow_are_not() -> None:
    pattern = b"disallow: /" + b"*a" * 200 + b"b$\n"
    assert read_rules(b"user-agent: *\n" + pattern * 1000, "ours").allow("/" + "a" * 8000)


@given(st.binary(max_size=200), st.text(max_size=50))
def test_any_file_and_path_get_an_answer(body: bytes, path: str) -> None:
    read_rules(b"user-agent: *\ndisallow: " + body, "ours").allow(path.encode("utf-8", "replace").decode())
