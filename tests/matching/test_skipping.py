"""What is not looked at because no text around it could make it a hit: looking at everything finds the same hits."""

from __future__ import annotations

import gzip
import json
import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor import strictyaml
from monitor.matching import Matcher
from monitor.matching.around import Record
from monitor.matching.assign import Assignment
from monitor.matching.judge import HOPELESS
from monitor.matching.resolve import Judged
from monitor.matching.scene import Part, Scene
from monitor.matching.text import Tokens
from monitor.model.articles import Article
from monitor.model.watchlists import Watchlist
from monitor.watchlists.read import read_paths
from tests.matching.test_quality import CASES, THEMES, cases_of, entity


class Thorough(Matcher):
    """Looks at every candidate, and judges it to the end."""

    def _possible(self, record: Record, assignment: Assignment, word: Tokens) -> int | None:
        return 0

    def _judged(self, scene: Scene, part: Part, record: Record, assignment: Assignment, floor: float) -> Judged:
        return super()._judged(scene, part, record, assignment, HOPELESS)


def labelled() -> Iterator[tuple[Watchlist, list[Article]]]:
    for theme in THEMES:
        data = strictyaml.load(CASES / f"{theme}.yaml").data
        watchlist = Watchlist("cases", tuple(map(entity, data["watch"])))
        yield watchlist, [case.article for case in cases_of(theme, data["rules"])]


def test_in_the_labelled_cases() -> None:
    seen = 0
    for watchlist, articles in labelled():
        found = list(Matcher.compile([watchlist]).screen_many(articles))
        assert found == list(Thorough.compile([watchlist]).screen_many(articles))
        seen += sum(map(len, found))
    assert seen > 200


def test_one_by_one_and_in_blocks_and_whatever_is_remembered() -> None:
    everything = Watchlist("cases", tuple(one for watchlist, _ in labelled() for one in watchlist.entities))
    articles = [article for _, some in labelled() for article in some]
    matcher = Matcher.compile([everything])
    in_blocks = list(matcher.screen_many(articles))
    again = list(reversed([matcher.screen(article) for article in reversed(articles)]))
    assert again == in_blocks
    matcher.forget()
    assert [matcher.screen(article) for article in articles[:60]] == in_blocks[:60]


@pytest.mark.skipif("MONITOR_SHARED_DATA" not in os.environ, reason="MONITOR_SHARED_DATA is not set")
def test_in_real_news_and_lists() -> None:
    data = Path(os.environ["MONITOR_SHARED_DATA"])
    (listed,) = read_paths([data / "lists/ca-sema-2025-05.xml"])
    with gzip.open(data / "articles/articles.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    articles = [Article(str(row["id"]), row["title"], row["text"][:4_000]) for row in random.Random(3).sample(rows, 60)]
    found = list(Matcher.compile([listed]).screen_many(articles))
    assert found == list(Thorough.compile([listed]).screen_many(articles))
    assert any(found)
