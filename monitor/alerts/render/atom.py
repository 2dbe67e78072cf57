"""An Atom feed (RFC 4287) of the newest hits: entries in, a whole document out. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from xml.etree.ElementTree import Element, ParseError, SubElement, fromstring, register_namespace, tostring

from monitor.alerts.render.view import DISCLAIMER, HitView, hit_view, message
from monitor.model.alerts import Delivery
from monitor.model.matches import HitRecord

URN = "urn:sanctions-watchlist-monitor"
ATOM = "http://www.w3.org/2005/Atom"
register_namespace("", ATOM)
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render_atom(delivery: Delivery, before: bytes, *, title: str, entries: int, base_url: str, now: datetime) -> bytes:
    """The feed with this delivery's hits (or notice) put before what it had; the same delivery again changes nothing.

    before: the document as it stands, b"" for none; one that is damaged is begun anew. entries: how many are kept.
    """
    new = _entries(delivery, base_url, now)
    ids = {_text(entry, "id") for entry in new}
    kept = [entry for entry in _read(before) if _text(entry, "id") not in ids]
    named = title or f"Watchlist hits: {delivery.channel}"
    return _document(f"{URN}:{delivery.channel}", named, now, [*new, *kept][:entries])


def render_hits(records: Sequence[HitRecord], *, title: str, base_url: str, updated: datetime) -> bytes:
    """A whole feed of these hits, in their order."""
    base = base_url.rstrip("/")
    entries = [_entry(hit_view(record, base), f"{URN}:hit:{record.id}", record.found_at) for record in records]
    return _document(f"{URN}:hits", title, updated, entries)


def _document(id: str, title: str, updated: datetime, entries: Sequence[Element]) -> bytes:
    feed = Element(f"{{{ATOM}}}feed")
    _add(feed, "id", id)
    _add(feed, "title", title)
    _add(feed, "subtitle", DISCLAIMER)
    _add(feed, "updated", _time(updated))
    author = SubElement(feed, f"{{{ATOM}}}author")
    _add(author, "name", "Sanctions watchlist monitor")
    feed.extend(entries)
    written: bytes = tostring(feed, encoding="utf-8", xml_declaration=True)
    return written


def _entries(delivery: Delivery, base_url: str, now: datetime) -> list[Element]:
    view = message(delivery, base_url=base_url, now=now)
    made = [_entry(hit, f"{URN}:hit:{hit.id}", delivery.created) for hit in view.hits]
    if delivery.notice:
        entry = _begun(f"{URN}:delivery:{delivery.uid}", view.headline, delivery.created)
        _add(entry, "content", "".join(f"<p>{escape(line)}</p>" for line in view.lines), type="html")
        made.append(entry)
    return made


def _entry(hit: HitView, id: str, told: datetime) -> Element:
    entry = _begun(id, f"{hit.name} ({hit.watchlist}, {hit.score}): {hit.title}", told)
    if hit.link or hit.page:
        SubElement(entry, f"{{{ATOM}}}link", href=_xml(hit.link or hit.page))
    if hit.link and hit.page:
        SubElement(entry, f"{{{ATOM}}}link", href=_xml(hit.page), rel="related", title="Review the hit")
    SubElement(entry, f"{{{ATOM}}}category", term=hit.severity, scheme=f"{URN}:severity")
    SubElement(entry, f"{{{ATOM}}}category", term=_xml(hit.watchlist), scheme=f"{URN}:watchlist")
    quotes = [
        "".join(f"<b>{escape(p.text)}</b>" if p.marked else escape(p.text) for p in quote) for quote in hit.quotes
    ]
    said = [f"<blockquote>{quote}</blockquote>" for quote in quotes]
    said += [f"<p>{escape(f'{hit.feed}, {hit.published}')}</p>"]
    said += [f"<p>{escape(line)}</p>" for line in (*hit.why, DISCLAIMER, hit.attribution) if line]
    _add(entry, "content", "".join(said), type="html")
    return entry


def _begun(id: str, title: str, told: datetime) -> Element:
    entry = Element(f"{{{ATOM}}}entry")
    _add(entry, "id", id)
    _add(entry, "title", title)
    _add(entry, "updated", _time(told))
    return entry


def _read(before: bytes) -> Sequence[Element]:
    try:
        return fromstring(before).findall(f"{{{ATOM}}}entry") if before else []
    except ParseError:
        return []


def _add(parent: Element, name: str, text: str, **attributes: str) -> None:
    SubElement(parent, f"{{{ATOM}}}{name}", attributes).text = _xml(text)


def _text(parent: Element, name: str) -> str:
    return parent.findtext(f"{{{ATOM}}}{name}") or ""


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _xml(text: str) -> str:
    """Without the characters that no XML document may hold."""
    return _NOT_XML.sub("\ufffd", text)
