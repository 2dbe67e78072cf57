"""How fast feeds are read, as a ratio to feedparser's own time, and how many of their entries.

    MONITOR_SHARED_DATA=… python -m benchmarks.feeds [--rounds 5]

Protocol. Real newspaper feeds (`feeds/real` and `feeds/timeseries`; without MONITOR_SHARED_DATA, feeds made up here)
are read from memory in one process: by `feedparser.parse` as it comes, by the same with its sanitizer and its
resolving of relative links off, and by `parse_feed` (decoding, mending, parsing, plain text, dates) with the identity
keys of the entries. Processor time, the best of the rounds for each; the rounds alternate. Then the same for documents
made to be slow, each reader with 60 seconds of the clock.
"""

from __future__ import annotations

import argparse
import io
import multiprocessing
import os
import time
from collections.abc import Callable
from pathlib import Path

import feedparser

from monitor.errors import ParseError
from monitor.feeds.identity import keys
from monitor.feeds.parse import parse_feed

URL = "https://origin.example/rss"
PATIENCE = 60.0  # seconds for one reader and one hostile document


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rounds", type=int, default=5)
    rounds = arguments.parse_args().rounds
    name, documents = corpus()
    size = sum(map(len, documents))
    print(f"{name}: {len(documents)} documents, {size / 1e6:.1f} MB")
    best = {reader: float("inf") for reader in READERS}
    found = dict.fromkeys(READERS, 0)
    for _ in range(rounds):
        for reader, read in READERS.items():
            started = time.process_time()
            found[reader] = sum(map(read, documents))
            best[reader] = min(best[reader], time.process_time() - started)
    print(f"{'reader':<34}{'seconds':>10}{'MB/s':>8}{'entries':>10}{'ratio':>8}")
    for reader, seconds in best.items():
        ratio = seconds / best["feedparser as it comes"]
        print(f"{reader:<34}{seconds:>10.2f}{size / 1e6 / seconds:>8.1f}{found[reader]:>10}{ratio:>8.2f}")
    print(f"\n{'hostile document (seconds)':<34}" + "".join(f"{reader:>34}" for reader in READERS))
    for kind, document in hostile().items():
        print(f"{kind:<34}" + "".join(f"{timed(reader, document):>34}" for reader in READERS), flush=True)


def corpus() -> tuple[str, list[bytes]]:
    root = os.environ.get("MONITOR_SHARED_DATA")
    if root:
        paths = sorted(path for part in ("real", "timeseries") for path in Path(root, "feeds", part).rglob("*"))
        return "real newspaper feeds", [path.read_bytes() for path in paths if path.is_file()]
    return "feeds made up (MONITOR_SHARED_DATA is not set)", [made_up(number) for number in range(100)]


def made_up(number: int) -> bytes:
    items = "".join(
        f"<item><title>Cargo {number}-{n} &amp;amp; crew held</title><link>https://origin.example/{number}/{n}</link>"
        f"<guid isPermaLink='false'>{number}-{n}</guid><pubDate>Wed, 22 Oct 2025 18:{n:02}:00 +0300</pubDate>"
        f"<description>&lt;p&gt;{'Customs held the cargo of a tanker. ' * 8}&lt;/p&gt;</description></item>"
        for n in range(40)
    )
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>T</title>{items}</channel></rss>".encode()


def hostile() -> dict[str, bytes]:
    def item(inside: str) -> bytes:
        return f"<rss version='2.0'><channel><item><title>x</title>{inside}</item></channel></rss>".encode()

    return {
        "ordinary, 1.5 MB": made_up(1).replace(b"</channel>", made_up(2)[60:-16] * 90 + b"</channel>"),
        "341 KB of escaped comments": item(f"<description>{'&lt;!--' * 57_000}</description>"),
        "an author of 300 KB": item(f"<author>{'a' * 300_000}</author>"),
        "20,000 keywords": item(f"<category>{'</category><category>'.join(map(str, range(20_000)))}</category>"),
        "20,000 attributes": item("<x " + " ".join(f"a{n}='1'" for n in range(20_000)) + "/>"),
    }


def by_feedparser(document: bytes) -> int:
    return len(feedparser.parse(io.BytesIO(document)).entries)


def by_feedparser_bare(document: bytes) -> int:
    return len(feedparser.parse(io.BytesIO(document), sanitize_html=False, resolve_relative_uris=False).entries)


def by_us(document: bytes) -> int:
    try:
        return len(keys(parse_feed(document, "", URL).entries))
    except ParseError:
        return 0


READERS: dict[str, Callable[[bytes], int]] = {
    "feedparser as it comes": by_feedparser,
    "feedparser, its extras off": by_feedparser_bare,
    "parse_feed and keys": by_us,
}


def timed(reader: str, document: bytes) -> str:
    """Seconds, in a process that can be killed."""
    process = multiprocessing.Process(target=READERS[reader], args=(document,))
    started = time.perf_counter()
    process.start()
    process.join(PATIENCE)
    if process.is_alive():
        process.kill()
        process.join()
        return f"> {PATIENCE:.0f}"
    return f"{time.perf_counter() - started:.2f}"


if __name__ == "__main__":
    main()
