"""What every medium shows of a delivery: plain, cleaned values, so that templates decide nothing and leak nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.alerts.render.clean import clean, http_link, one_line
from monitor.alerts.times import say_duration, say_time
from monitor.model.alerts import Delivery, DeliveryKind, Notice
from monitor.model.attribution import attributions
from monitor.model.matches import HitRecord, Match
from monitor.model.watchlists import EntityType, Owner

DISCLAIMER = "A hit is a lead, not a finding; no hit is not clearance."
QUOTES = 3  # sentences shown of one hit; the hit's page has them all
LATE = timedelta(hours=1)  # after which a message says that it comes late
NAMES_IN_HEADLINE = 4
TIES = 5  # owners and the like shown beside an entity


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a sentence; `marked`: it reads like the watched name."""

    text: str
    marked: bool


Quote = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class HitView:
    id: int
    name: str
    watchlist: str
    type: str
    severity: str
    score: str
    countries: str
    programmes: str
    listed: str
    born: str
    ties: tuple[tuple[str, str], ...]  # stated ownership and the like, as (label, value)
    record: str  # a link, or ""
    quotes: tuple[Quote, ...]  # never empty, nor is any of them; the best match's first
    why: tuple[str, ...]
    title: str
    feed: str
    published: str
    url: str  # as text
    link: str  # the same if it is safe to follow, else ""
    page: str  # the hit's own page; "" without base_url
    attribution: str = ""  # whose data the record is, where the publisher asks for being named

    @property
    def sentence(self) -> str:
        return "".join(piece.text for piece in self.quotes[0])

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """What the list says of the entity, as (label, value); what it does not say is left out."""
        said = (
            ("Type", self.type),
            ("Countries", self.countries),
            ("Born", self.born if self.type == "person" else ""),
            ("Programmes", self.programmes),
        )
        known = ((label, value) for label, value in said if value)
        return (("List", self.watchlist), *known, *self._listed, *self.ties)

    @property
    def _listed(self) -> tuple[tuple[str, str], ...]:
        return (("Listed", self.listed),) if self.listed else ()


@dataclass(frozen=True, slots=True)
class Group:
    """One entity's hits, best first."""

    name: str
    watchlist: str
    severity: str
    hits: tuple[HitView, ...]

    @property
    def ties(self) -> tuple[tuple[str, str], ...]:
        """What is stated of the entity's owners, as the newest of its records says it."""
        return max(self.hits, key=lambda hit: hit.id).ties


@dataclass(frozen=True, slots=True)
class Message:
    kind: str  # "alert", "summary", "digest" or "notice"
    headline: str  # the mail's subject
    counts: str  # "12 hits on 5 names"
    severity: str  # the highest
    groups: tuple[Group, ...]  # most severe first; empty for a notice only
    note: str  # why these come together, or late; "" otherwise
    all_hits: str  # a link, or ""
    channel: str
    lines: tuple[str, ...] = ()  # of a notice
    because: tuple[str, ...] = ()  # why this was sent, the policy's words
    disclaimer: str = DISCLAIMER

    @property
    def hits(self) -> tuple[HitView, ...]:
        return tuple(hit for group in self.groups for hit in group.hits)


def message(delivery: Delivery, *, base_url: str, now: datetime) -> Message:
    """The view of a delivery, which has a notice, or alerts with at least one hit."""
    base = http_link(base_url.rstrip("/"))
    if delivery.notice:
        return _notice(delivery, delivery.notice, base, now)
    records = {record.id: record for alert in delivery.alerts for record in alert.hits}
    groups = _grouped(records.values(), base, f"?via={delivery.seal}" if delivery.seal else "")
    return Message(
        kind=delivery.kind.value,
        headline=_headline(delivery.kind, groups),
        counts=_counts(groups),
        severity=groups[0].severity,
        groups=groups,
        note=" ".join(filter(None, (one_line(delivery.note, 300) or _together(delivery), _late(delivery, now)))),
        all_hits=f"{base}/hits" if base else "",
        channel=delivery.channel,
        disclaimer=" ".join((DISCLAIMER, *attributions(record.hit.entity.url for record in records.values()))),
        because=tuple(dict.fromkeys(one_line(alert.reason, 400) for alert in delivery.alerts if alert.reason)),
    )


def _notice(delivery: Delivery, notice: Notice, base: str, now: datetime) -> Message:
    return Message(
        kind=delivery.kind.value,
        headline=one_line(notice.title, 200) or notice.topic,
        counts="",
        severity=notice.severity.value,
        groups=(),
        note=" ".join(filter(None, (one_line(delivery.note, 300), _late(delivery, now)))),
        all_hits=f"{base}/" if base else "",
        channel=delivery.channel,
        lines=tuple(one_line(line, 500) for line in notice.lines),
    )


def _grouped(records: Iterable[HitRecord], base: str, via: str) -> tuple[Group, ...]:
    entities: dict[tuple[str, str], list[HitRecord]] = {}
    for record in sorted(records, key=lambda r: (-r.hit.severity.rank, -r.hit.score, r.id)):
        entities.setdefault(record.hit.entity.key, []).append(record)
    groups = []
    for own in entities.values():
        hits = tuple(hit_view(record, base, via) for record in own)
        groups.append(Group(hits[0].name, hits[0].watchlist, hits[0].severity, hits))
    return tuple(groups)


def hit_view(record: HitRecord, base: str, via: str = "") -> HitView:
    """What is shown of one hit. base: the desk's own address, "" for no link to it. via: what is added to the hit's."""
    hit, entity, article = record.hit, record.hit.entity, record.article
    return HitView(
        id=record.id,
        name=one_line(entity.name, 300) or one_line(entity.id) or "(no name)",
        watchlist=one_line(entity.watchlist, 100),
        type="" if entity.type is EntityType.UNKNOWN else entity.type.value,
        severity=hit.severity.value,
        score=f"{hit.score:.0f}",
        countries=one_line(", ".join(country.upper() for country in entity.countries), 200),
        programmes=one_line(", ".join(entity.programmes), 300),
        listed=entity.listed.isoformat() if entity.listed else "",
        born=one_line(", ".join(entity.born[:3]), 100),
        ties=_ties(entity.owned_by),
        record=http_link(entity.url),
        quotes=_quotes(hit.best, hit.matches),
        why=tuple(filter(None, (one_line(line, 400) for line in hit.explanation.splitlines()))),
        title=one_line(article.title, 400) or "(no title)",
        feed=one_line(article.feed, 100),
        published=say_time(article.published) if article.published else f"{say_time(article.first_seen)} (first seen)",
        url=one_line(article.url, 2000),
        link=http_link(article.url),
        page=f"{base}/hits/{record.id}{via}" if base else "",
        attribution=" ".join(attributions([entity.url])),
    )


def _ties(owners: Sequence[Owner]) -> tuple[tuple[str, str], ...]:
    """As the lists state them: nothing is concluded. Official lists tie some to dozens: the rest are counted."""
    shown = tuple((owner.label, one_line(owner.said, 300)) for owner in owners[:TIES])
    more = len(owners) - len(shown)
    return (*shown, (owners[-1].label, f"and {more} more")) if more else shown


def _quotes(best: Match, matches: Iterable[Match]) -> tuple[Quote, ...]:
    """Distinct sentences, the best match's first, each with all its mentions marked.

    The title is shown anyway: it is quoted only when the body has no mention.
    """
    ordered = (best, *matches)
    body = [match for match in ordered if match.mention.field == "text"]
    spans: dict[str, set[tuple[int, int]]] = {}
    for match in body or ordered:
        spans.setdefault(match.snippet.text, set()).add((match.snippet.start, match.snippet.end))
    return tuple(_pieces(text, sorted(marks)) for text, marks in list(spans.items())[:QUOTES])


def _pieces(text: str, marks: Iterable[tuple[int, int]]) -> Quote:
    """Cut at the marks before anything is cleaned away, so that offsets hold. Marks that overlap are joined."""
    pieces: list[Piece] = []
    position = 0
    for start, end in marks:
        start = max(start, position)
        if start < end:
            pieces += [Piece(clean(text[position:start]), False), Piece(clean(text[start:end]), True)]
            position = end
    pieces.append(Piece(clean(text[position:]), False))
    return tuple(piece for piece in pieces if piece.text) or (Piece("…", False),)


def _headline(kind: DeliveryKind, groups: tuple[Group, ...]) -> str:
    lead = groups[0].hits[0]
    if kind is DeliveryKind.ALERT:
        return one_line(f"{lead.name} ({lead.watchlist}, {lead.score}): {lead.title}", 200)
    names = [group.name for group in groups]
    shown = ", ".join(names[:NAMES_IN_HEADLINE]) + (" …" if len(names) > NAMES_IN_HEADLINE else "")
    return one_line(f"{'Digest' if kind is DeliveryKind.DIGEST else 'Summary'}: {_counts(groups)}: {shown}", 200)


def _counts(groups: tuple[Group, ...]) -> str:
    hits, names = sum(len(group.hits) for group in groups), len(groups)
    return f"{hits} {'hit' if hits == 1 else 'hits'} on {names} {'name' if names == 1 else 'names'}"


def _together(delivery: Delivery) -> str:
    if delivery.kind is DeliveryKind.SUMMARY:
        return f"More alerts came at once than {delivery.channel} takes one by one; here is every hit, in one message."
    if delivery.kind is DeliveryKind.DIGEST:
        return "Everything that waited for this digest."
    return ""


def _late(delivery: Delivery, now: datetime) -> str:
    waited = now - delivery.created
    if delivery.attempts and waited > LATE:
        return f"This message comes {say_duration(waited)} late: earlier tries to deliver it failed."
    return ""
