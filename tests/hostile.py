"""Servers that mean harm, each on a loopback address of its own, and what the processes that meet them hold in memory.

python -m tests.hostile      prints a port, and answers /CASE on it until its standard input ends
"""

from __future__ import annotations

import contextlib
import gzip
import itertools
import socket
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import brotli
import zstandard

MEGABYTES = 200
PIECE = b"<!-- " + b"x" * 65_000 + b" -->"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nConnection: close\r\n"

Parts = Iterator[bytes | float]
"""What a server sends, and how many seconds it dawdles in between."""


def rss(inside: str, before: str = "") -> bytes:
    item = f"<item><title>Harbour</title>{inside}</item>"
    return f"<?xml version='1.0'?>{before}<rss version='2.0'><channel><title>T</title>{item}</channel></rss>".encode()


def whole(body: bytes, *headers: bytes) -> Parts:
    yield HEAD + b"".join(header + b"\r\n" for header in headers) + b"Content-Length: %d\r\n\r\n" % len(body)
    yield body


def large_and_says_so() -> Parts:
    yield HEAD + b"Content-Length: %d\r\n\r\n" % (MEGABYTES * 1_000_000)
    yield from itertools.repeat(PIECE, MEGABYTES * 1_000_000 // len(PIECE))


def large() -> Parts:
    yield HEAD + b"\r\n<rss>"
    yield from itertools.repeat(PIECE, MEGABYTES * 1_000_000 // len(PIECE))


@cache
def bomb(layers: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    pieces = (packer.compress(b" " * 1_000_000) for _ in range(MEGABYTES))
    body = b"".join([*pieces, packer.flush()])
    for _ in range(layers - 1):
        body = gzip.compress(body)
    return body


def packed(layers: int) -> Parts:
    return whole(bomb(layers), b"Content-Encoding: " + b", ".join([b"gzip"] * layers))


def packed_as(encoding: bytes) -> Parts:
    return whole(newer_bomb(encoding), b"Content-Encoding: " + encoding)


@cache
def newer_bomb(encoding: bytes) -> bytes:
    spaces = b" " * (MEGABYTES * 1_000_000)
    return brotli.compress(spaces, quality=5) if encoding == b"br" else zstandard.compress(spaces)


def drip(first: bytes) -> Parts:
    yield first
    while True:
        yield 0.1
        yield b"x"


def endless_headers() -> Parts:
    yield HEAD
    for number in itertools.count():
        yield b"X-%d: %s\r\n" % (number, b"y" * 500)


def redirect(to: bytes) -> Parts:
    yield b"HTTP/1.1 302 Found\r\nLocation: " + to + b"\r\nConnection: close\r\n\r\n"
    yield from itertools.repeat(PIECE, MEGABYTES * 1_000_000 // len(PIECE))


def laughs() -> bytes:
    entities = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 10))
    return rss("<description>&l9;</description>", f"<!DOCTYPE rss [<!ENTITY l0 'ha'>{entities}]>")


def quadratic() -> bytes:
    return rss(f"<description>{'&a;' * 100_000}</description>", f"<!DOCTYPE rss [<!ENTITY a '{'x' * 100_000}'>]>")


def items(count: int) -> bytes:
    return rss("</item>" + "".join(f"<item><title>Item {n}</title></item>" for n in range(count)) + "<item>")


CASES: dict[str, Callable[[], Parts]] = {
    "large-and-says-so": large_and_says_so,
    "large": large,
    "packed": lambda: packed(1),
    "packed-twice": lambda: packed(2),
    "packed-by-brotli": lambda: packed_as(b"br"),
    "packed-by-zstd": lambda: packed_as(b"zstd"),
    "dripping-body": lambda: drip(HEAD + b"\r\n<rss>"),
    "dripping-headers": lambda: drip(b"HTTP/1.1 200 OK\r\nX-Slow: "),
    "says-nothing": lambda: iter([3600.0]),
    "endless-headers": endless_headers,
    "redirect-with-large-body": lambda: redirect(b"/redirect-with-large-body?again"),
    "redirect-to-itself": lambda: redirect(b"/redirect-to-itself"),
    "redirect-to-metadata": lambda: redirect(b"http://169.254.169.254/latest/meta-data/"),
    "redirect-to-mapped": lambda: redirect(b"http://[::ffff:169.254.169.254]/"),
    "redirect-to-number": lambda: redirect(b"http://2852039166/"),
    "redirect-to-octal": lambda: redirect(b"http://0251.0376.0251.0376/"),
    "redirect-to-file": lambda: redirect(b"file:///etc/passwd"),
    "billion-laughs": lambda: whole(laughs()),
    "quadratic-entities": lambda: whole(quadratic()),
    "quadratic-markup": lambda: whole(rss(f"<description>{'&lt;!--' * 57_000}</description>")),
    "one-long-title": lambda: whole(rss(f"<description>{'word ' * 1_900_000}</description>")),
    "many-items": lambda: whole(items(240_000)),
    "deep": lambda: whole(rss("<a>" * 3_000_000)),
    "only-brackets": lambda: whole(b"<rss>" + b"<" * 9_900_000),
    "attributes": lambda: whole(rss("<x " + " ".join(f"a{n}='1'" for n in range(500_000)) + "/>")),
    "wrong-charset": lambda: whole(
        "<rss><channel>".encode("utf-16") * 300_000, b"Content-Type: text/xml; charset=koi8-r"
    ),
    "noise": lambda: whole(bytes(range(256)) * 38_000),
}
"""What each does to who asks for it."""

SENT_WHOLE = frozenset({"quadratic-entities", "quadratic-markup", "one-long-title", "many-items", "attributes"})
"""These are feeds, however odd: something may be read of them."""


def serve(port: int = 0) -> int:
    """On every loopback address, on threads of this process; returns the port."""
    bomb(1), bomb(2), newer_bomb(b"br"), newer_bomb(b"zstd")
    listener = socket.create_server(("0.0.0.0", port), backlog=512)

    def attend(connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            path = connection.recv(65536).split(b" ")[1].decode().strip("/").partition("?")[0]
            parts = CASES[path]() if path in CASES else whole(rss(f"<description>{'A ship came. ' * 40}</description>"))
            for part in parts:
                if isinstance(part, float):
                    time.sleep(part)
                else:
                    connection.sendall(part)

    def accept() -> None:
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=attend, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return int(listener.getsockname()[1])


def memory(process: int) -> int:
    """Bytes that this process and all its descendants hold, what they share counted once (Linux's Pss)."""
    held = 0
    for pid in (process, *descendants(process)):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    held += int(line.split()[1]) * 1024
    return held


def descendants(process: int) -> Iterator[int]:
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{process}/task").iterdir():
            for child in map(int, (task / "children").read_text().split()):
                yield child
                yield from descendants(child)


if __name__ == "__main__":
    sys.stdout.write(f"{serve()}\n")
    sys.stdout.flush()
    sys.stdin.read()
