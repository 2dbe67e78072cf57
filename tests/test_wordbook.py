"""What words were found to be, kept for other processes: believed when whole and one's own, and never of effect."""

from __future__ import annotations

import logging
import multiprocessing
import os
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor import wordbook
from monitor.matching import Matcher
from monitor.matching.neighbours import Relations
from monitor.model.articles import Article
from monitor.model.matches import Hit
from monitor.model.watchlists import Entity, EntityType, Name, Watchlist
from monitor.shelf import BOOKS, Shelf
from monitor.wordbook import MARK, Wordbook

LISTS = [
    Watchlist(
        "ru",
        (
            Entity("ru", "putin", EntityType.PERSON, (Name("PUTIN, Vladimir Vladimirovich"), Name("Владимир Путин"))),
            Entity("ru", "rosneft", EntityType.ORGANIZATION, (Name("ROSNEFT OIL COMPANY"), Name("Роснефть"))),
        ),
    )
]
ENGLISH = Article("a", "", "Vladimir Putin met the head of Rosneft, Rosnefft's rivals were told on Thursday.")
RUSSIAN = Article("b", "", "Переговоры с Владимиром Путиным прошли без «Роснефти», сообщили журналисты.", lang="ru")


def matcher(directory: Path) -> Matcher:
    return Matcher.compile(LISTS, shelf=Shelf(directory))


def book(directory: Path) -> Path:
    (path,) = directory.glob("*.words")
    return path


def expected() -> list[list[Hit]]:
    hits = list(Matcher.compile(LISTS).screen_many([ENGLISH, RUSSIAN]))
    assert [len(some) for some in hits] == [2, 2]
    return hits


def test_what_one_process_found_another_does_not_look_for(tmp_path: Path) -> None:
    first, second = matcher(tmp_path), matcher(tmp_path)
    assert first.screen(ENGLISH) == expected()[0]
    size = book(tmp_path).stat().st_size
    assert size > 100
    assert second.screen(ENGLISH) == expected()[0]
    assert book(tmp_path).stat().st_size == size
    assert second.screen(RUSSIAN) == expected()[1]
    grown = book(tmp_path).stat().st_size
    assert grown > size
    assert first.screen(RUSSIAN) == expected()[1]
    assert matcher(tmp_path).screen(RUSSIAN) == expected()[1]
    assert book(tmp_path).stat().st_size == grown


def test_what_is_forgotten_in_memory_is_still_in_the_book(tmp_path: Path) -> None:
    one = matcher(tmp_path)
    found = list(one.screen_many([ENGLISH, RUSSIAN]))
    size = book(tmp_path).stat().st_size
    one.forget()
    assert list(one.screen_many([ENGLISH, RUSSIAN])) == found == expected()
    assert book(tmp_path).stat().st_size == size


def test_other_names_have_a_book_of_their_own(tmp_path: Path) -> None:
    matcher(tmp_path).screen(ENGLISH)
    other = [Watchlist("ru", LISTS[0].entities[1:])]
    assert [hit.entity.id for hit in Matcher.compile(other, shelf=Shelf(tmp_path)).screen(ENGLISH)] == ["rosneft"]
    assert len(list(tmp_path.glob("*.words"))) == 2


DAMAGE: list[Callable[[bytes], bytes]] = [
    lambda data: data[:-5],
    lambda data: data[:20],
    lambda data: data[:60] + bytes([data[60] ^ 1]) + data[61:],
    lambda data: b"nonsense" * 50 + data,
    lambda data: data[:-5] + MARK,
    lambda data: MARK * 40,
    lambda _: b"",
]


@pytest.mark.parametrize("damage", DAMAGE, ids=["torn", "head", "one-bit", "begun-wrong", "mark", "marks", "empty"])
def test_what_is_not_whole_is_skipped_and_what_follows_is_read(
    tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    matcher(tmp_path).screen(ENGLISH)
    path = book(tmp_path)
    path.write_bytes(damage(path.read_bytes()))
    assert list(matcher(tmp_path).screen_many([ENGLISH, RUSSIAN])) == expected()
    size = path.stat().st_size
    assert list(matcher(tmp_path).screen_many([ENGLISH, RUSSIAN])) == expected()
    assert path.stat().st_size == size


def test_a_block_of_another_vocabulary_is_not_believed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    matcher(tmp_path).screen(RUSSIAN)
    found = Relations(np.array([0]), np.array([9_999], np.int32), np.array([-1], np.int8), np.array([0.0]))
    Wordbook(book(tmp_path), 10_000).note(["rosneft"], found)
    with caplog.at_level(logging.WARNING):
        assert list(matcher(tmp_path).screen_many([ENGLISH, RUSSIAN])) == expected()
    assert "another vocabulary" in caplog.text


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="files have no owners here")
def test_a_file_that_others_can_write_is_not_read(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    matcher(tmp_path).screen(RUSSIAN)
    path = book(tmp_path)
    hidden = Relations(np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros(0, np.int8), np.zeros(0))
    Wordbook(path, 10).note(["rosneft", "putin", "vladimir"], hidden)  # they are nobody
    path.chmod(0o666)
    assert list(matcher(tmp_path).screen_many([ENGLISH, RUSSIAN])) == expected()
    assert "can be written by others" in caplog.text
    path.unlink()
    (tmp_path / "elsewhere").write_bytes(b"")
    path.symlink_to(tmp_path / "elsewhere")
    assert list(matcher(tmp_path).screen_many([ENGLISH, RUSSIAN])) == expected()
    assert not (tmp_path / "elsewhere").read_bytes()


def test_a_full_book_is_not_added_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    matcher(tmp_path).screen(ENGLISH)
    size = book(tmp_path).stat().st_size
    monkeypatch.setattr(wordbook, "MOST", size)
    assert list(matcher(tmp_path).screen_many([ENGLISH, RUSSIAN])) == expected()
    assert book(tmp_path).stat().st_size == size


def test_the_number_of_books_is_bounded(tmp_path: Path) -> None:
    for number in range(BOOKS + 3):
        named = Entity("x", "x", EntityType.ORGANIZATION, (Name(f"Meridian Transit {number}"),))
        Matcher.compile([Watchlist("x", (named,))], shelf=Shelf(tmp_path)).screen(ENGLISH)
    Shelf(tmp_path).volume([named, named])
    assert len(list(tmp_path.glob("*.words"))) == BOOKS


def relations(forms: list[str]) -> Relations:
    """Made up, but always the same of the same form."""
    numbers = [zlib.crc32(form.encode("utf-8", "surrogatepass")) for form in forms]
    query = np.repeat(np.arange(len(forms)), [number % 4 for number in numbers])
    word = np.array([number % 1000 for number in numbers], np.int32)[query]
    return Relations(query, word, (word % 100).astype(np.int8), word / 7)


def told(forms: list[str], found: Relations) -> list[tuple[str, int, int, float]]:
    rows = zip(found.query.tolist(), found.word.tolist(), found.code.tolist(), found.value.tolist(), strict=True)
    return [(forms[at], *rest) for at, *rest in rows]


@settings(max_examples=60, deadline=None)
@given(blocks=st.lists(st.lists(st.text(st.characters(exclude_characters="\n"), min_size=1), max_size=8, unique=True)))
def test_everything_noted_is_found_again(blocks: list[list[str]], tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("books") / "one.words"
    writer, reader = Wordbook(path, 1000), Wordbook(path, 1000)
    known: set[str] = set()
    for forms in blocks:
        writer.note(forms, relations(forms))
        found, missing = reader.look(forms)
        assert not missing
        assert told(forms, found) == told(forms, relations(forms))
        known.update(forms)
    everything = [*known, "\n"]
    found, missing = Wordbook(path, 1000).look(everything)
    assert missing == [len(known)]
    assert told(everything, found) == told(everything, relations(everything))[: len(found.query)]


def write_many(path: Path, number: int) -> None:
    own = Wordbook(path, 1000)
    for block in range(100):
        forms = [f"{number}-{block}-{word}" for word in range(40)]
        own.note(forms, relations(forms))
        own.look([f"{(number + 1) % 4}-{block}-0"])


def test_processes_that_write_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "one.words"
    context = multiprocessing.get_context("spawn")
    running = [context.Process(target=write_many, args=(path, number)) for number in range(4)]
    for process in running:
        process.start()
    for process in running:
        process.join()
    assert [process.exitcode for process in running] == [0] * 4
    forms = [f"{number}-{block}-{word}" for number in range(4) for block in range(100) for word in range(40)]
    found, missing = Wordbook(path, 1000).look(forms)
    assert not missing
    assert told(forms, found) == told(forms, relations(forms))
