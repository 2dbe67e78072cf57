"""`Screener`: lists and texts in, hits out; one process or many, the same."""

from __future__ import annotations

import os
import signal
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest

from monitor import Screener
from monitor.errors import ConfigError
from monitor.matching import Matcher
from monitor.model.articles import Article
from monitor.screening import BLOCK

LIST = """\
watchlist: energy
defaults: {severity: high}
entities:
  - {id: rosneft, type: organization, name: Rosneft PJSC, aliases: [Роснефть]}
  - {id: lavrov, type: person, name: Sergei Lavrov}
"""


@pytest.fixture(scope="module")
def screener(tmp_path_factory: pytest.TempPathFactory) -> Screener:
    path = tmp_path_factory.mktemp("lists") / "energy.yaml"
    path.write_text(LIST)
    return Screener.from_paths([path])


def test_one_text(screener: Screener) -> None:
    text = "The tanker was chartered by Rosneft. Sergei Lavrov declined to comment."
    hits = screener.screen(title="Tanker held", text=text)
    assert sorted(hit.entity.id for hit in hits) == ["lavrov", "rosneft"]
    for hit in hits:
        mention = hit.best.mention
        assert text[mention.start : mention.end] == mention.surface
        assert hit.severity == "high"
        assert hit.explanation
    assert screener.screen(text="") == []


def articles(count: int) -> list[Article]:
    names = ("Rosneft", "Sergei Lavrov", "nobody in particular")
    return [
        Article(str(n), f"Story {n}", f"In the afternoon {names[n % 3]} was seen at pier {n}.") for n in range(count)
    ]


def test_many_processes_give_what_one_gives_in_order(screener: Screener) -> None:
    many = articles(3 * BLOCK + 17)
    alone = list(screener.screen_many(many, jobs=1))
    assert len(alone) == len(many)
    assert list(screener.screen_many(iter(many), jobs=2)) == alone
    assert alone == [screener.matcher.screen(article) for article in many]
    assert [hits[0].article for hits in alone if hits] == [article.id for article in many if int(article.id) % 3 != 2]


def test_input_is_read_as_it_is_needed(screener: Screener) -> None:
    read = 0

    def endless() -> object:
        nonlocal read
        while True:
            read += 1
            yield Article(str(read), "", "Rosneft")

    stream = screener.screen_many(endless(), jobs=2)  # type: ignore[arg-type]
    for _ in range(3):
        next(stream)
    assert read < 20 * BLOCK
    stream.close()  # type: ignore[attr-defined]


def _die(_matcher: Matcher, block: list[Article]) -> int:
    if block[0].id != "0":
        os.kill(os.getpid(), signal.SIGKILL)
    return len(block)


def test_a_killed_process_is_an_error_and_not_a_loss(screener: Screener) -> None:
    with pytest.raises(BrokenProcessPool):
        list(screener.map_blocks(_die, articles(5 * BLOCK), jobs=2))


def test_a_list_that_is_not_there_is_named() -> None:
    with pytest.raises(ConfigError, match="nowhere"):
        Screener.from_paths([Path("nowhere.yaml")])
