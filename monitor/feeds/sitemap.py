"""News sitemaps (https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap). Pure."""

from __future__ import annotations

from lxml import etree

from monitor.errors import ParseError
from monitor.feeds.entries import Document, Draft


def read_sitemap(text: str) -> Document:
    """The news in a mended `<urlset>` document. Raises ParseError when it tells none."""
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False)
    root = etree.fromstring(text.encode("utf-8"), parser)
    if root is None:
        raise ParseError("a sitemap that cannot be read")
    pages = list(root.iterfind("{*}url"))
    news = [(page, item) for page in pages if (item := page.find("{*}news")) is not None]
    if pages and not news:
        raise ParseError(f"a sitemap of {len(pages)} pages but no news (it has no <news:news>), not a feed")
    broken = bool(parser.error_log) and not text.rstrip().endswith(">")
    problems = [f"{len(pages) - len(news)} of {len(pages)} pages are no news"] if len(pages) > len(news) else []
    if parser.error_log:
        problems.append(f"not well-formed XML ({parser.error_log[0].message}), read as far as possible")
    if broken and news:
        news.pop()
        problems.append("the document breaks off in the middle of an entry, which is left out until it is whole")
    title = _text(news[0][1], "{*}publication/{*}name") if news else ""
    drafts = [_draft(page, item) for page, item in news]
    return Document(title, "", drafts, tuple(problems), truncated=broken)


def _draft(page: etree._Element, news: etree._Element) -> Draft:
    return Draft(
        url=_text(page, "{*}loc"),
        title=_text(news, "{*}title"),
        texts=(_text(news, "{*}keywords"),),
        published=_text(news, "{*}publication_date") or _text(page, "{*}lastmod"),
        lang=_text(news, "{*}publication/{*}language"),
    )


def _text(node: etree._Element, path: str) -> str:
    found = node.find(path)
    return "".join(found.itertext()).strip() if found is not None else ""
