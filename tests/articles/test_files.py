"""Articles read from files as people have them: good, odd, damaged."""

from __future__ import annotations

import gzip
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.articles.files import BadRecord, read_articles
from monitor.errors import SourceError
from monitor.model.articles import Article


def page(raw: bytes) -> tuple[str, str, str]:
    return "A title", raw.decode(), "en"


def read(path: Path | str, stdin: bytes = b"") -> list[Article | BadRecord]:
    return list(read_articles(str(path), io.BytesIO(stdin), page))


def test_json_lines_with_everything_and_with_little(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text(
        '{"id": "a", "title": "Fire at a refinery", "text": "It burned.", "lang": "en", "date": "2026-03-01"}\n'
        "\n"
        '{"id": 7, "text": "Сгорело."}\n'
    )
    assert read(file) == [
        Article("a", "Fire at a refinery", "It burned.", "en", datetime(2026, 3, 1, tzinfo=UTC)),
        Article("7", "", "Сгорело."),
    ]


def test_bad_lines_are_told_with_their_number_and_the_rest_goes_on(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    lines = [
        b'{"id": "1", "text": "ok"}',
        b'{"id": "2", "text": ',
        b"[1, 2]",
        b'{"id": "3"}',
        b'{"text": "who am I"}',
        b'{"id": "4", "text": 12}',
        b'{"id": "5", "text": "caf\xe9"}',
        b"[" * 200_000,
        b'{"id": "6", "text": "ok", "date": "yesterday"}',
    ]
    file.write_bytes(b"\n".join(lines))
    records = read(file)
    assert [record.id for record in records if isinstance(record, Article)] == ["1", "6"]
    bad = [record for record in records if isinstance(record, BadRecord)]
    assert [record.line for record in bad] == [2, 3, 4, 5, 6, 7, 8]
    reasons = " | ".join(map(str, bad))
    for said in ("not JSON", "object", "neither 'title' nor 'text'", "'id' is missing", "'text' is int", "not UTF-8"):
        assert said in reasons


def test_a_first_line_that_is_no_json_costs_only_itself(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text('id,title,text\n{"id": "1", "text": "ok"}\n')
    records = read(file)
    assert isinstance(records[0], BadRecord)
    assert isinstance(records[1], Article)


def test_plain_text_and_pages_are_one_article_each(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("{not json}\nA tanker of Lukoil.\n")
    (tmp_path / "b.html").write_text("<p>A tanker.")
    (tmp_path / "latin.txt").write_bytes("Präsident Müller traf den Außenminister in Köln, heißt es.".encode("cp1252"))
    assert read(tmp_path / "a.txt") == [Article(str(tmp_path / "a.txt"), "", "{not json}\nA tanker of Lukoil.\n")]
    assert read(tmp_path / "b.html") == [Article(str(tmp_path / "b.html"), "A title", "<p>A tanker.", "en")]
    (latin,) = read(tmp_path / "latin.txt")
    assert isinstance(latin, Article)
    assert "Müller" in latin.text


def test_gzipped_files_and_standard_input(tmp_path: Path) -> None:
    row = json.dumps({"id": "z", "text": "ok"}).encode()
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(row))
    assert read(tmp_path / "a.jsonl.gz") == [Article("z", "", "ok")]
    assert read("-", row) == [Article("z", "", "ok")]
    assert read("-", b"Lukoil sold a refinery.") == [Article("-", "", "Lukoil sold a refinery.")]
    assert read("-", b"") == []


def test_what_cannot_be_read_is_one_clear_error(tmp_path: Path) -> None:
    cut = gzip.compress(b'{"id": "z", "text": "ok"}\n' * 1000)[:-20]
    (tmp_path / "cut.jsonl.gz").write_bytes(cut)
    cases = ((tmp_path / "cut.jsonl.gz", "damaged"), (tmp_path / "no.txt", "No such"), (tmp_path, "director"))
    for path, said in cases:
        with pytest.raises(SourceError, match=said):
            read(path)


@given(st.binary(max_size=400))
def test_no_bytes_at_all_do_harm(raw: bytes) -> None:
    for record in read("-", raw):
        assert isinstance(record, Article | BadRecord)


@given(st.text(max_size=80), st.text(max_size=80))
def test_texts_come_through_code_point_for_code_point(title: str, text: str) -> None:
    row = json.dumps({"id": "a", "title": title, "text": text}).encode()
    assert read("-", row) == [Article("a", title, text)]
