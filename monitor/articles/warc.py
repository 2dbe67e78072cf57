"""Web archives: the pages of a WARC file (ISO 28500), and the texts of a WET file (Common Crawl's conversion records).

Records of other types (requests, metadata, revisits, images …) are no articles, and are passed over.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import IO, Any

from monitor.articles.files import BadRecord, SavedPage
from monitor.errors import SourceError
from monitor.model.articles import Article

MAX_PAGE = 20_000_000
"""Bytes of one record's body that are read."""

_PAGES = ("text/html", "application/xhtml+xml")


def read_warc(path: str, file: IO[bytes]) -> Iterator[Article | SavedPage | BadRecord]:
    """Each HTML response and each conversion record, known by its URL. What cannot be read ends the file, said.

    Raises SourceError where the optional package that reads WARC is missing.
    """
    try:
        from warcio.archiveiterator import ArchiveIterator
        from warcio.exceptions import ArchiveLoadFailed
    except ImportError as error:
        raise SourceError(
            f"{path}: WARC needs one more package: pip install 'sanctions-watchlist-monitor[archive]'"
        ) from error
    number = 0
    records = iter(ArchiveIterator(file, arc2warc=True))
    while True:
        number += 1
        try:
            record = next(records, None)
            if record is None:
                return
            found = _article(record)
        except (ArchiveLoadFailed, ValueError, EOFError, OSError, AttributeError) as error:
            # AttributeError: how warcio ends where a record's header breaks off.
            said = " ".join(str(error).split())[:200]
            yield BadRecord(path, number, f"not a WARC record: {said}; the rest is not read")
            return
        if found:
            yield found


def _body(record: Any) -> bytes:
    """Raises EOFError for a record that is shorter than it says, which warcio itself passes over."""
    raw: bytes = record.content_stream().read(MAX_PAGE)
    if len(raw) < MAX_PAGE and record.raw_stream.limit > 0:
        raise EOFError("the file breaks off in the middle of a record")
    return raw


def _article(record: Any) -> Article | SavedPage | None:
    if record.rec_headers.get_header("Content-Length") is None:  # every record has it (ISO 28500, 5.4)
        raise EOFError("the file breaks off in the header of a record")
    url = record.rec_headers.get_header("WARC-Target-URI") or ""
    date = _date(record.rec_headers.get_header("WARC-Date"))
    if record.rec_type == "conversion":
        raw = _body(record)
        title, _, text = raw.decode("utf-8", "replace").partition("\n")
        return Article(id=url, title=title, text=text, date=date)
    if record.rec_type != "response" or record.http_headers is None:
        return None
    if not (record.http_headers.get_statuscode() or "").startswith("2"):
        return None
    content_type = record.http_headers.get_header("Content-Type") or ""
    if content_type.partition(";")[0].strip().lower() not in _PAGES:
        return None
    return SavedPage(url, _body(record), content_type, date)


def _date(written: str | None) -> datetime | None:
    try:
        found = datetime.fromisoformat(written or "")
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
