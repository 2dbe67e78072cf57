"""Pages to texts: what an article says comes whole, what stands around it does not come at all."""

from __future__ import annotations

import gzip
import html
import json
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.articles.text import Page, count_words, extract_page
from monitor.errors import ParseError
from tests.articles.papers import ARABIC, CHINESE, EDGES, ENGLISH, RUSSIAN, newspaper
from tests.shared import shared


@pytest.mark.parametrize(("article", "lang"), [(ENGLISH, "en"), (RUSSIAN, "ru"), (ARABIC, "ar"), (CHINESE, "zh-Hans")])
def test_the_article_comes_whole_and_alone(article: Sequence[str], lang: str) -> None:
    page = extract_page(newspaper(article, lang=lang).encode())
    for paragraph in article[1:]:
        assert paragraph in page.text
    assert [name for name in EDGES if name in page.text] == []
    assert (page.title, page.lang, page.problem, page.keep) == (article[0], lang, "", True)


@pytest.mark.parametrize(
    ("charset", "content_type", "meta"),
    [
        ("utf-8", "text/html", ""),
        ("windows-1251", "text/html; charset=windows-1251", ""),
        ("windows-1251", "text/html", '<meta charset="windows-1251">'),
        ("koi8-r", "text/html", '<meta http-equiv="Content-Type" content="text/html; charset=koi8-r">'),
        ("utf-16", "text/html", ""),
        ("utf-8", "text/html; charset=windows-1251", '<meta charset="koi8-r">'),  # both wrong
        ("windows-1251", "text/html; charset=utf-8", ""),  # wrong
        ("windows-1251", "", ""),  # not stated: guessed
        ("utf-8", 'text/html; charset="nonsense"', ""),
    ],
)
def test_the_charset_is_what_the_bytes_say(charset: str, content_type: str, meta: str) -> None:
    made = newspaper(RUSSIAN, lang="ru").replace('<meta charset="utf-8">', meta)
    body = made.replace("«", '"').replace("»", '"').encode(charset)
    page = extract_page(body, content_type)
    assert page.title == RUSSIAN[0]
    assert RUSSIAN[2] in page.text


def test_one_bad_byte_costs_one_character() -> None:
    body = newspaper(RUSSIAN, lang="ru").encode().replace("Роснефть".encode(), b"\xd0" + "Роснефть".encode())
    page = extract_page(body, "text/html; charset=utf-8")
    assert RUSSIAN[1] in page.text
    assert "Роснефть, по словам источника" in page.text


def test_xhtml_with_a_declaration_is_read() -> None:
    made = newspaper(RUSSIAN).replace("<!doctype html>", '<?xml version="1.0" encoding="windows-1251"?>')
    assert RUSSIAN[2] in extract_page(made.encode("windows-1251", "replace"), "application/xhtml+xml").text


@pytest.mark.parametrize(
    ("attributes", "head", "lang"),
    [
        (' lang="ru-RU"', "", "ru-RU"),
        (' xml:lang="uk"', "", "uk"),
        ("", '<meta property="og:locale" content="pt_BR">', "pt-BR"),
        ("", '<meta http-equiv="Content-Language" content="de">', "de"),
        (' lang="javascript:alert(1)"', "", ""),
        ("", "", ""),
    ],
)
def test_the_language_is_the_one_the_page_states(attributes: str, head: str, lang: str) -> None:
    """Where the words do not say."""
    body = "<body><h1>Lukoil</h1><p>Rosneft, Gazprom</p></body>"
    made = f"<!doctype html><html{attributes}><head>{head}</head>{body}</html>"
    assert extract_page(made.encode()).lang == lang


def test_words_tell_the_language_where_the_page_does_not_or_says_another() -> None:
    made = newspaper(ENGLISH)
    assert extract_page(made.encode()).lang == "en"
    assert extract_page(made.replace(' lang="en"', "").encode()).lang == "en"
    assert extract_page(made.replace(' lang="en"', ' lang="ru"').encode()).lang == "en"


def test_the_title_is_the_articles_and_not_the_sites() -> None:
    made = newspaper(ENGLISH)
    without_og = made.replace('<meta property="og:title"', "<meta")
    assert extract_page(without_og.encode()).title == ENGLISH[0]
    assert extract_page(b"<title>Oil &amp; gas</title><p>Rosneft cut its output.").title == "Oil & gas"


# --- what pages say of themselves ---


@pytest.mark.parametrize("name", ["robots", "ROBOTS"])
def test_noarchive_is_told(name: str) -> None:
    page = extract_page(newspaper(ENGLISH, head=f'<meta name="{name}" content="index, NOARCHIVE">').encode())
    assert not page.keep
    assert ENGLISH[1] in page.text
    others = newspaper(ENGLISH, head='<meta name="googlebot" content="noarchive"><meta name="robots" content="index">')
    assert extract_page(others.encode()).keep


FREE = json.dumps({"@context": "https://schema.org", "@type": "NewsArticle", "isAccessibleForFree": True})
PAID = json.dumps(
    {"@graph": [{"@type": "NewsArticle", "isAccessibleForFree": "False", "articleBody": " ".join(ENGLISH[1:])}]}
)


def test_a_paywall_is_recognised_and_what_is_hidden_behind_it_is_not_taken() -> None:
    script = f'<script type="application/ld+json">{PAID}</script>'
    page = extract_page(newspaper((ENGLISH[0], ENGLISH[1]), head=script).encode())
    assert page.problem == f"paywall: only {count_words(page.text)} words seen"
    assert ENGLISH[1] in page.text
    assert ENGLISH[3] not in page.text
    free = newspaper(ENGLISH, head=f'<script type="application/ld+json">{FREE}</script>')
    assert extract_page(free.encode()).problem == ""


@pytest.mark.parametrize(
    ("paragraph", "problem"),
    [
        ("Subscribe to continue reading this story and all our coverage of the oil trade.", "paywall"),
        ("Этот материал доступен только для подписчиков нашего издания.", "paywall"),
        ("Dieser Artikel ist exklusiv für Abonnenten unserer Zeitung.", "paywall"),
        ("We value your privacy. We and our partners store information on a device.", "consent page"),
        ("Please enable JavaScript and cookies to continue to the site.", "bot check"),
        ("The tanker left port on Monday.", "only "),
    ],
)
def test_walls_and_thin_texts_are_told(paragraph: str, problem: str) -> None:
    page = extract_page(f"<html><title>The Harbour Post</title><body><div><p>{paragraph}</p></div>".encode())
    assert page.problem.startswith(problem)
    if problem in ("consent page", "bot check"):
        assert page.text == ""


def test_a_bot_check_is_known_by_its_title() -> None:
    page = extract_page(b"<html><title>Just a moment...</title><body><p>harbourpost.example</p></body></html>")
    assert (page.text, page.problem) == ("", "bot check: the site shows this program no article")


def test_an_article_about_walls_is_an_article() -> None:
    words = "The regulator fined the publisher because its banner said we value your privacy and subscribe to read. "
    page = extract_page(newspaper((ENGLISH[0], *[words + paragraph for paragraph in ENGLISH[1:]] * 2)).encode())
    assert page.problem == ""
    assert words.strip() in page.text


def test_a_page_with_no_article_says_so() -> None:
    assert extract_page(b"<html><body><nav><a href=/>Edge Menu</a></nav></body></html>").problem == (
        "no article text found"
    )


def test_the_shortest_of_pages_is_read_without_its_menu() -> None:
    page = extract_page(b"<html><body><nav><a href=/>Edge Menu</a></nav><p>Rosneft sold it.</p></body></html>")
    assert page.text == "Rosneft sold it."
    assert page.problem == "only 3 words seen"


@pytest.mark.parametrize(
    ("body", "content_type", "kind"),
    [
        (b"%PDF-1.7 ...", "application/pdf", "a PDF document"),
        (b"%PDF-1.7 ...", "text/html", "a PDF document"),
        (b"x", "application/pdf", "application/pdf"),
        (b"\x89PNG\r\n", "", "an image"),
        (b"\xff\xd8\xff\xe0", "text/html", "an image"),
        (b"PK\x03\x04", "", "an archive"),
        (b"{}", "application/json; charset=utf-8", "application/json"),
        (b"abc", "video/mp4", "video/mp4"),
        (b"  \n ", "text/html", "empty"),
    ],
)
def test_what_is_no_page_is_refused_with_its_kind(body: bytes, content_type: str, kind: str) -> None:
    with pytest.raises(ParseError, match=kind) as raised:
        extract_page(body, content_type)
    assert not raised.value.retryable


@settings(max_examples=150, deadline=None)
@given(st.binary(min_size=1, max_size=300) | st.text(min_size=1, max_size=300).map(str.encode), st.text(max_size=30))
def test_any_bytes_are_a_page_or_refused(body: bytes, content_type: str) -> None:
    try:
        page = extract_page(body, content_type)
    except ParseError:
        return
    assert isinstance(page, Page)
    page.text.encode()


def test_words_are_counted_in_every_script() -> None:
    assert count_words("Rosneft's deal, at last") == 5
    assert count_words("俄罗斯石油公司无意出售") == 5
    assert count_words("ロスネフチは拒否した") == 5
    assert count_words("Роснефть отказалась") == 2
    assert count_words("") == 0


# --- real pages ---


def newspaper_of(saved: str) -> str:
    """A page that was saved as text, as HTML again: bullets in menus, everything else in paragraphs."""
    before, _, rest = saved.partition("Home / World")
    article, _, after = rest.partition("Latest from World")

    def lines(text: str, tag: str) -> str:
        kept = [line.strip() for line in text.splitlines() if line.strip()]
        return "".join(
            f"<li><a href='/'>{html.escape(line.lstrip('•').strip())}</a></li>"
            if line.startswith("•")
            else f"<{tag}>{html.escape(line)}</{tag}>"
            for line in kept
        )

    adverts = "<div class=ad><p>Advertisement</p><p>Advertise with NZME.</p></div>"
    body = lines(article, "p").replace("<p>Advertisement</p><p>Advertise with NZME.</p>", adverts)
    return (
        "<!doctype html><html lang=en-NZ><head><title>World news - The Paper</title></head><body>"
        f"<header><nav><ul>{lines(before, 'li')}</ul></nav></header><main><article>{body}</article>"
        f"<section class=latest><h2>Latest from World</h2>{lines(after, 'div')}</section></main></body></html>"
    )


def test_the_page_this_project_started_from_gives_its_article() -> None:
    saved = shared("seed", "sanctions-article-page.txt").read_text(encoding="utf-8")
    page = extract_page(newspaper_of(saved).encode())
    assert page.problem == ""
    for words in (
        "Rosneft PJSC and Lukoil PJSC",
        "Russian Foreign Minister Sergei Lavrov",
        "Israel and Hamas",
        "Urals",
    ):
        assert (words in page.text) == (words in saved)
    assert "deal with Vladimir Putin" in page.text
    for words in ("Sudoku", "Kaikōura", "Catherine Connolly", "Privacy Policy", "iHeart Radio"):
        assert words in saved
        assert words not in page.text


def test_real_pages_keep_their_sentences_and_lose_what_surrounds_them() -> None:
    """A sample of what benchmarks/extraction.py measures in whole, with floors a little below it."""
    index = json.loads(shared("pages", "trafilatura-eval", "index.json").read_text())[::5]
    found = wanted = leaked = unwanted = 0
    for row in index:
        body = gzip.decompress(shared("pages", "trafilatura-eval", row["file"] + ".gz").read_bytes())
        text = extract_page(body).text
        found += sum(words in text for words in row["with"])
        wanted += len(row["with"])
        leaked += sum(words in text for words in row["without"])
        unwanted += len(row["without"])
    assert found / wanted > 0.9
    assert leaked / unwanted < 0.12
