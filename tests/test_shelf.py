"""Compiled lists on disk: found again, never trusted when others could have written them, made anew when broken."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.matching import Matcher
from monitor.matching.volume import filed, from_bytes, to_bytes
from monitor.model.articles import Article
from monitor.model.watchlists import Entity, EntityType, Name, Watchlist
from monitor.shelf import KEPT, Shelf

PUTIN = Entity("ru", "putin", EntityType.PERSON, (Name("PUTIN, Vladimir Vladimirovich"), Name("Владимир Путин")))
ROSNEFT = Entity("ru", "rosneft", EntityType.ORGANIZATION, (Name("ROSNEFT OIL COMPANY"), Name("Роснефть")))
HAMAS = Entity("un", "hamas", EntityType.ORGANIZATION, (Name("HAMAS"),))
LISTS = [Watchlist("ru", (PUTIN, ROSNEFT)), Watchlist("un", (HAMAS,))]
TEXT = Article("a", "", "Vladimir Putin met the head of Rosneft. Hamas was not there. Владимир Путин молчал.")


def names(directory: Path) -> list[Path]:
    return sorted(directory.glob("*.names"))


def hits(directory: Path, lists: list[Watchlist] = LISTS) -> list[object]:
    return list(Matcher.compile(lists, shelf=Shelf(directory)).screen(TEXT))


def test_what_is_kept_gives_the_same_hits(tmp_path: Path) -> None:
    expected = Matcher.compile(LISTS).screen(TEXT)
    assert len(expected) == 3
    assert hits(tmp_path / "kept") == expected
    first = [path.stat().st_ino for path in names(tmp_path / "kept")]
    assert len(first) == 2
    assert hits(tmp_path / "kept") == expected
    assert [path.stat().st_ino for path in names(tmp_path / "kept")] == first  # read, not written again


def test_of_a_changed_list_only_its_own_part_is_made_anew(tmp_path: Path) -> None:
    hits(tmp_path)
    before = set(names(tmp_path))
    found = hits(tmp_path, [replace(LISTS[0], entities=(PUTIN,)), LISTS[1]])
    assert len(found) == 2
    assert len(set(names(tmp_path)) - before) == 1


DAMAGE: list[Callable[[bytes], bytes]] = [
    lambda data: data[:-1],
    lambda data: data[:100],
    lambda data: b"x" * len(data),
    lambda data: data[:-9] + bytes([data[-9] ^ 1]) + data[-8:],
    lambda _: b"",
]


@pytest.mark.parametrize("damage", DAMAGE, ids=["short", "head-only", "other", "one-bit", "empty"])
def test_a_broken_file_is_made_anew_and_said_so(
    tmp_path: Path, damage: Callable[[bytes], bytes], caplog: pytest.LogCaptureFixture
) -> None:
    expected = hits(tmp_path)
    for path in names(tmp_path):
        path.write_bytes(damage(path.read_bytes()))
    with caplog.at_level(logging.WARNING):
        assert hits(tmp_path) == expected
    assert len(caplog.records) == 2
    caplog.clear()
    assert hits(tmp_path) == expected
    assert not caplog.records


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="files have no owners here")
def test_files_that_others_can_write_are_not_read(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    expected = hits(tmp_path)
    wrong = to_bytes(filed([HAMAS]))
    for path in names(tmp_path):
        path.write_bytes(path.read_bytes()[:32] + wrong)
        path.chmod(0o666)
    assert hits(tmp_path) == expected
    assert "can be written by others" in caplog.text
    tmp_path.chmod(0o777)
    try:
        caplog.clear()
        assert hits(tmp_path) == expected
        assert "the directory can be written by others" in caplog.text
    finally:
        tmp_path.chmod(0o700)


def test_a_directory_that_cannot_be_made_costs_only_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert len(hits(tmp_path / "file" / "shelf")) == 3


def test_the_number_of_files_is_bounded(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    for number in range(KEPT + 5):
        shelf.volume([replace(HAMAS, names=(Name(f"HAMAS {number}"),))])
    assert len(list(tmp_path.iterdir())) == KEPT


def test_bytes_of_something_else_are_refused() -> None:
    data = to_bytes(filed([PUTIN, ROSNEFT]))
    assert from_bytes(data).words == filed([PUTIN, ROSNEFT]).words
    for wrong in (b"", b"no head", b"{}\n", b'{"format": 1}\n', data + b"x", data.replace(b"row_key", b"row_kez")):
        with pytest.raises((ValueError, KeyError)):
            from_bytes(wrong)
