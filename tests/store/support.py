"""Small builders: what a poll or a page would bring, in the vocabulary of the domain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from monitor.model.alerts import AlertHistory, AlertPlan, DeliveryKind
from monitor.model.articles import Article, Entry
from monitor.model.feeds import NewArticle, PageOutcome, PollOutcome, Validators
from monitor.model.matches import Hit, HitRecord, Match, Mention, Reason, Snippet
from monitor.model.settings import FeedSource
from monitor.model.watchlists import Entity, EntityType, Name, NameKind, Severity
from monitor.store.packing import digest

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LISTS = (("energy", "v1"), ("officials", "v7"))

ROSNEFT = Entity(
    "energy",
    "rosneft",
    EntityType.ORGANIZATION,
    (Name("Rosneft PJSC"), Name("Роснефть", NameKind.ALIAS)),
    countries=("ru",),
    severity=Severity.HIGH,
)
LUKOIL = Entity("energy", "lukoil", EntityType.ORGANIZATION, (Name("Lukoil PJSC"),), severity=Severity.HIGH)


def source(feed: str = "world", **more: Any) -> FeedSource:
    return FeedSource(id=feed, url=f"https://{feed}.example/rss", **more)


def hit(entity: Entity, article: Article, surface: str, score: float = 95.0) -> Hit:
    """What the matcher would say of every place where the article has the surface."""
    matches = []
    for field, text in (("title", article.title), ("text", article.text)):
        start = text.find(surface)
        while start >= 0:
            end = start + len(surface)
            snippet = Snippet(text, start, end)
            mention = Mention(field, start, end, surface)  # type: ignore[arg-type]
            matches.append(Match(mention, entity.names[0], score, (Reason("exact", "same words", score),), snippet))
            start = text.find(surface, end)
    severity = entity.severity or Severity.MEDIUM
    return Hit(article.id, entity, tuple(matches), score, severity, "same words", "v1", "m1")


def found(article: Article, score: float = 95.0) -> tuple[Hit, ...]:
    text = f"{article.title} {article.text}"
    pairs = ((ROSNEFT, "Rosneft"), (LUKOIL, "Lukoil"))
    return tuple(hit(entity, article, surface, score) for entity, surface in pairs if surface in text)


def new(
    title: str, text: str = "", *, guid: str = "", path: str = "", known: int | None = None, page: bool = False
) -> NewArticle:
    """A new entry of a feed, screened. Its keys are its guid, and its link and title."""
    address = f"https://paper.example{path}" if path else ""
    entry = Entry(guid=guid or title, url=address, title=title, summary=text, published=NOW - MINUTE)
    article = Article(id="", title=title, text=text)
    keys = (f"guid:{entry.guid}", f"title:{address} {title}")
    return NewArticle(entry, keys, digest(title, text).hex(), article, found(article), known=known, page_due=page)


def poll(*articles: NewArticle, feed: str = "world", at: datetime = NOW, **more: Any) -> PollOutcome:
    values: dict[str, Any] = {
        "feed": feed,
        "started": at,
        "finished": at + timedelta(seconds=2),
        "validators": Validators(etag='"1"'),
        "next_poll": at + 15 * MINUTE,
        "status": 200,
        "seen": len(articles),
        "articles": articles,
        "list_versions": LISTS,
        "matcher_version": "m1",
    }
    return PollOutcome(**values | more)


def page(
    article_id: int, title: str, text: str, *, at: datetime = NOW + MINUTE, score: float = 95.0, lang: str = ""
) -> PageOutcome:
    article = Article(id=str(article_id), title=title, text=text, lang=lang)
    return PageOutcome(article_id, at, article, found(article, score), list_versions=LISTS, matcher_version="m1")


class Planner:
    """Alerts at once about every subject × story on each channel that was not alerted; remembers what it was told."""

    def __init__(self, *channels: str, recipients: Sequence[str] = ("",), due: datetime = NOW) -> None:
        self.channels = channels or ("desk",)
        self.recipients = tuple(recipients)
        self.due = due
        self.kind = DeliveryKind.ALERT
        self.asked: list[tuple[Sequence[HitRecord], AlertHistory]] = []

    def __call__(self, records: Sequence[HitRecord], history: AlertHistory) -> list[AlertPlan]:
        self.asked.append((records, history))
        return [
            AlertPlan(
                record.id,
                record.subject,
                record.article.story,
                channel,
                self.recipients,
                self.kind,
                self.due,
                "route all; first alert about this subject",
            )
            for record in records
            for channel in self.channels
            if (record.subject, record.article.story, channel) not in history.alerted
        ]


def nobody(records: Sequence[HitRecord], history: AlertHistory) -> list[AlertPlan]:
    """The policy of an installation without routes."""
    return []


def weaker(outcome: PageOutcome, score: float) -> PageOutcome:
    return replace(outcome, hits=tuple(replace(hit, score=score) for hit in outcome.hits))
