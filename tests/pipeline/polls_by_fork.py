"""Runs `monitor poll` again and again, each time in a process of its own, without paying for the imports each time.

Reads lines of stdin: the path of a settings file. For each it forks a child that is `monitor poll --config PATH`, says
the child's process id, and when the child has ended (or was killed) its exit status.

The child parses in its own process: a worker takes a second to start, so that kills would mostly meet nothing but that.
Services that are killed with their workers are in test_daemon.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from monitor import daemon
from monitor.articles.extract import extract_page
from monitor.cli.main import main
from monitor.feeds.parse import parse_feed
from monitor.model.articles import Article
from monitor.pipeline import load_lists


class AtHome:
    """`Workers` without processes."""

    def __init__(self, max_workers: int) -> None:
        pass

    def run(self, function: Callable[..., Any], *arguments: Any, timeout: float) -> Any:
        return function(*arguments)

    def close(self) -> None:
        pass


def warm_up(lists: Path) -> None:
    """Read what a process reads once: the matcher's tables, the parsers' imports."""
    title = "Rosneft and Sergei Lavrov, minister of Moscow"
    load_lists([lists], threshold=88.0).matcher.screen(Article("", title, f"{title}, said so. Лукойл."))
    parse_feed(
        b"<rss version='2.0'><channel><title>x</title></channel></rss>", "application/rss+xml", "http://x.example/"
    )
    extract_page(f"<html><body><article><p>{title}</p></article></body></html>".encode(), "text/html")


def serve() -> None:
    daemon.Workers = AtHome  # type: ignore[misc,assignment]
    warm = False
    for line in sys.stdin:
        path = Path(line.strip())
        if not warm:
            warm_up(path.parent / "watchlists")
            warm = True
        child = os.fork()
        if child == 0:
            with (path.parent / "said").open("a") as said:
                os.dup2(said.fileno(), 1)
                os.dup2(said.fileno(), 2)
            os.chdir(path.parent)
            sys.argv = ["monitor", "poll", "--config", str(path)]
            main()
            os._exit(0)
        print(child, flush=True)  # noqa: T201
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201


if __name__ == "__main__":
    serve()
