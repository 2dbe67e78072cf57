"""Articles read from files as people have them: good, odd, damaged."""

from __future__ import annotations

import gzip
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from monitor.articles.files import BadRecord, Line, Record, SavedPage, list_articles, read_articles, read_line
from monitor.articles.warc import read_warc
from monitor.errors import SourceError
from monitor.model.articles import Article


def read(path: Path | str, stdin: bytes = b"") -> list[Record]:
    found = read_articles(str(path), io.BytesIO(stdin))
    return [read_line(one) if isinstance(one, Line) else one for one in found]


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
    assert read(tmp_path / "b.html") == [SavedPage(str(tmp_path / "b.html"), b"<p>A tanker.")]
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


def test_csv_with_its_columns_in_any_order(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(
        '\ufeffdate,id,text,source\n2026-03-01,7,"Lukoil, said ""the ministry"",\nsells.",x\n,,no id,\n'.encode()
    )
    good, bad = read(tmp_path / "a.csv")
    assert good == Article("7", "", 'Lukoil, said "the ministry",\nsells.', "", datetime(2026, 3, 1, tzinfo=UTC))
    assert isinstance(bad, BadRecord)
    assert bad.line == 4
    (tmp_path / "b.csv").write_text("name,body\n1,Lukoil\n")
    (told,) = read(tmp_path / "b.csv")
    assert "the first row names the columns: id, title, text; it has name, body" in str(told)


def test_zstd_in_several_frames_and_damaged(tmp_path: Path) -> None:
    rows = [json.dumps({"id": str(n), "text": "Lukoil"}).encode() + b"\n" for n in range(2)]
    packed = b"".join(zstandard.compress(row) for row in rows)
    (tmp_path / "a.jsonl.zst").write_bytes(packed)
    assert [record.id for record in read(tmp_path / "a.jsonl.zst") if isinstance(record, Article)] == ["0", "1"]
    (tmp_path / "b.jsonl.zst").write_bytes(packed[:10] + b"\xff" * 20)
    with pytest.raises(SourceError, match="zstd data is damaged"):
        read(tmp_path / "b.jsonl.zst")


def warc(path: Path, *, packed: bool) -> None:
    """What a crawler leaves: a request, a page, a picture, a page that was not there, and a text."""
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=packed)

        def write(kind: str, url: str, body: bytes, status: str = "200 OK", content: str = "text/html") -> None:
            http = StatusAndHeaders(status, [("Content-Type", content)], protocol="HTTP/1.1")
            if kind == "request":
                http = StatusAndHeaders("GET / HTTP/1.1", [], is_http_request=True)
            record = writer.create_warc_record(
                url,
                kind,
                payload=io.BytesIO(body),
                length=len(body),  # else the library buffers it in a file that it leaves open
                http_headers=None if kind == "conversion" else http,
                warc_headers_dict={"WARC-Date": "2026-03-01T08:00:00Z"},
            )
            writer.write_record(record)

        write("request", "https://paper.example/1", b"")
        write("response", "https://paper.example/1", b"<p>Lukoil sells.", content="text/html; charset=utf-8")
        write("response", "https://paper.example/logo.png", b"\x89PNG", content="image/png")
        write("response", "https://paper.example/2", b"<p>No such page", status="404 Not Found")
        write("conversion", "https://paper.example/3", b"Verkauf\nLukoil verkauft.", content="text/plain")


@pytest.mark.parametrize("name", ["crawl.warc", "crawl.warc.gz"])
def test_a_web_archive_gives_its_pages_and_texts(tmp_path: Path, name: str) -> None:
    warc(tmp_path / name, packed=name.endswith("gz"))
    when = datetime(2026, 3, 1, 8, tzinfo=UTC)
    assert read(tmp_path / name) == [
        SavedPage("https://paper.example/1", b"<p>Lukoil sells.", "text/html; charset=utf-8", when),
        Article("https://paper.example/3", "Verkauf", "Lukoil verkauft.", "", when),
    ]


def test_a_web_archive_that_is_damaged_says_so(tmp_path: Path) -> None:
    warc(tmp_path / "a.warc", packed=False)
    raw = (tmp_path / "a.warc").read_bytes()
    second = raw.index(b"WARC/1.", 10)
    for damaged in (raw[: raw.index(b"sells.")], raw[: second + 60], raw[:second] + b"\x00 no record\r\n\r\n"):
        (tmp_path / "a.warc").write_bytes(damaged)
        (told,) = read(tmp_path / "a.warc")
        assert isinstance(told, BadRecord)
        assert "not a WARC record" in str(told)


def test_a_directory_is_its_files_in_order(tmp_path: Path) -> None:
    for name in ("b.txt", "a/z.jsonl.gz", "a/y.html", "notes.pdf", "a/c.warc.gz"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    names = [str(Path(file).relative_to(tmp_path)) for file in list_articles(str(tmp_path))]
    assert names == ["a/c.warc.gz", "a/y.html", "a/z.jsonl.gz", "b.txt"]
    assert list_articles("-") == ["-"]


def test_how_much_was_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"id": "1", "text": "ok"}\n' * 50_000)
    told: list[int] = []
    assert len(list(read_articles(str(tmp_path / "a.jsonl"), io.BytesIO(), told=told.append))) == 50_000
    assert sum(told) == (tmp_path / "a.jsonl").stat().st_size
    assert len(told) > 2


@given(st.binary(max_size=400))
def test_no_bytes_make_a_web_archive_raise(raw: bytes) -> None:
    for record in read_warc("a.warc", io.BytesIO(raw)):
        assert isinstance(record, Article | SavedPage | BadRecord)


@given(st.binary(max_size=400))
def test_no_bytes_at_all_do_harm(raw: bytes) -> None:
    for record in read("-", raw):
        assert isinstance(record, Article | BadRecord)


@given(st.text(max_size=80), st.text(max_size=80))
def test_texts_come_through_code_point_for_code_point(title: str, text: str) -> None:
    row = json.dumps({"id": "a", "title": title, "text": text}).encode()
    assert read("-", row) == [Article("a", title, text)]
