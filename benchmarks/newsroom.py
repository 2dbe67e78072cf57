"""A newsroom on loopback to load the service with: thousands of feeds in the rhythm of real ones, real texts as pages.

    python -m benchmarks.newsroom FEEDS ARTICLES_FILE     (prints its port; reads from stdin how many articles to add)

A few feeds write most of the news: feed number k gets a share of the articles in proportion to 1/k (Zipf). A feed
shows its last 20 entries, each with the first 300 characters of its text; its page has all of it, between a menu and a
footer.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import itertools
import json
import random
import sys
from collections import deque
from html import escape
from pathlib import Path

SHOWN = 20
SUMMARY = 300


class Newsroom:
    def __init__(self, feeds: int, texts: list[tuple[str, str, str]]) -> None:
        """texts: (title, text, language)."""
        self.texts = texts
        self.feeds: list[deque[int]] = [deque(maxlen=SHOWN) for _ in range(feeds)]
        self.port = 0
        self._numbers = itertools.count()
        self._chance = random.Random(5)
        self._shares = [1 / (rank + 1) for rank in range(feeds)]
        self._documents: dict[int, bytes] = {}

    def add(self, count: int) -> None:
        for feed in self._chance.choices(range(len(self.feeds)), self._shares, k=count):
            self.feeds[feed].append(next(self._numbers))
            self._documents.pop(feed, None)

    def answer(self, path: str, validator: str) -> tuple[int, str, bytes, str]:
        kind, _, number = path.strip("/").partition("/")
        if kind == "page" and number.isdigit():
            return 200, "text/html; charset=utf-8", self._page(int(number)), ""
        if kind != "feed" or not number.isdigit():
            return 404, "text/plain", b"", ""
        body = self._documents.get(int(number)) or self._feed(int(number))
        etag = hashlib.sha256(body).hexdigest()[:16]
        return (304, "", b"", etag) if etag == validator else (200, "application/rss+xml; charset=utf-8", body, etag)

    def _said(self, number: int) -> tuple[str, str, str]:
        """Every article another: texts are fewer than articles, and a copy would be told from nothing new."""
        title, text, lang = self.texts[number % len(self.texts)]
        return f"{title} ({number})", f"{text} [{number}]", lang

    def _feed(self, feed: int) -> bytes:
        items = []
        for number in reversed(self.feeds[feed]):
            title, text, _ = self._said(number)
            items.append(
                f"<item><title>{escape(title)}</title><description>{escape(text[:SUMMARY])}</description>"
                f"<link>http://127.0.0.1:{self.port}/page/{number}</link><guid>urn:{number}</guid></item>"
            )
        body = f"<rss version='2.0'><channel><title>Feed {feed}</title>{''.join(items)}</channel></rss>".encode()
        self._documents[feed] = body
        return body

    def _page(self, number: int) -> bytes:
        title, text, lang = self._said(number)
        paragraphs = "".join(f"<p>{escape(part)}</p>" for part in text.split("\n") if part.strip())
        return (
            f"<!doctype html><html lang='{lang}'><head><title>{escape(title)} | Daily</title></head><body>"
            "<nav><ul><li><a href='/'>Home</a></li><li><a href='/world'>World</a></li></ul></nav>"
            f"<main><article><h1>{escape(title)}</h1>{paragraphs}</article></main><footer>©</footer></body></html>"
        ).encode()

    async def serve(self) -> None:
        server = await asyncio.start_server(self._talk, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        print(self.port, flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            self.add(int(line))
            print("done", flush=True)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while request := await reader.readline():
                path, validator = request.split()[1].decode(), ""
                while (header := await reader.readline()) not in (b"\r\n", b""):
                    name, _, value = header.decode("latin-1").partition(":")
                    if name.lower() == "if-none-match":
                        validator = value.strip().strip('"')
                status, kind, body, etag = self.answer(path, validator)
                head = f"HTTP/1.1 {status} OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
                head += f'ETag: "{etag}"\r\n' if etag else ""
                writer.write(head.encode() + b"\r\n" + body)
                await writer.drain()
        except OSError:
            pass  # the reader hung up
        finally:
            writer.close()


def real_texts(path: Path) -> list[tuple[str, str, str]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [(row["title"] or row["text"][:60], row["text"], row["lang"]) for row in map(json.loads, lines)]


if __name__ == "__main__":
    asyncio.run(Newsroom(int(sys.argv[1]), real_texts(Path(sys.argv[2]))).serve())
