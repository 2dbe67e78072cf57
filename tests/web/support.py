"""A desk with a morning's news on it: hits recorded through the store's own door, served by the real server."""

from __future__ import annotations

import http.client
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import quote, urlencode

from monitor.matching import Matcher
from monitor.model.alerts import AlertHistory, AlertPlan, DeliveryKind
from monitor.model.articles import Article, Entry
from monitor.model.feeds import NewArticle, PollOutcome, Validators
from monitor.model.matches import Hit, HitRecord, Match, Mention, Reason, Snippet
from monitor.model.settings import FeedSource
from monitor.model.watchlists import Entity, EntityType, Name, NameKind, Severity, Watchlist
from monitor.store import Store

NOW = datetime(2026, 11, 23, 9, 17, tzinfo=UTC)

ROSNEFT = Entity(
    "russia-energy",
    "rosneft",
    EntityType.ORGANIZATION,
    (Name("Rosneft PJSC"), Name("ПАО НК Роснефть", NameKind.ALIAS), Name("俄罗斯石油公司", NameKind.ALIAS)),
    countries=("ru",),
    programmes=("RUSSIA-EO14024",),
    identifiers=(("ticker", "ROSN"),),
    listed=date(2025, 10, 22),
    notes="Listed together with its principal subsidiaries.",
    url="https://ofac.treasury.gov/recent-actions/20251022",
)
LUKOIL = replace(ROSNEFT, id="lukoil", names=(Name("LUKOIL OAO"), Name("Лукойл", NameKind.ALIAS)), identifiers=())
NIOC = replace(
    ROSNEFT,
    watchlist="iran",
    id="nioc",
    names=(Name("National Iranian Oil Company"), Name("شرکت ملی نفت ایران", NameKind.ALIAS)),
    countries=("ir",),
    programmes=("IRAN",),
    identifiers=(),
    notes="",
)
LAVROV = Entity(
    "russia-officials",
    "lavrov",
    EntityType.PERSON,
    (Name("Sergei Viktorovich Lavrov"), Name("Сергей Лавров", NameKind.ALIAS)),
    countries=("ru",),
    programmes=("RUSSIA-EO14024",),
)


@cache
def matcher() -> Matcher:
    """The lists in use at this desk."""
    watched = (ROSNEFT, LUKOIL, NIOC, LAVROV)
    lists = [
        Watchlist(name, tuple(entity for entity in watched if entity.watchlist == name), version=version)
        for name, version in (("russia-energy", "a1b2c3"), ("iran", "0d0e0f"), ("russia-officials", "b0b1b2"))
    ]
    return Matcher.compile(lists)


def match(entity: Entity, text: str, surface: str, score: float, *reasons: Reason, field: str = "text") -> Match:
    """A mention of the text's only sentence."""
    start = text.index(surface)
    return Match(
        Mention("title" if field == "title" else "text", start, start + len(surface), surface),
        next((name for name in entity.names if name.text == surface), entity.names[0]),
        score,
        reasons or (Reason("exact", f"“{surface}” is written as on the list", score),),
        Snippet(text, start, start + len(surface)),
    )


@dataclass(frozen=True)
class Story:
    """An article of one sentence and whom it names."""

    feed: str
    title: str
    text: str
    entity: Entity
    surface: str
    lang: str = "en"
    severity: Severity = Severity.HIGH
    score: float = 97.0
    url: str = ""
    reasons: tuple[Reason, ...] = ()
    more: tuple[tuple[str, str, str], ...] = ()  # (field, sentence, surface)

    def article(self, number: int) -> NewArticle:
        url = self.url or f"https://news.example.com/{self.feed}/{number}"
        matches = [
            match(self.entity, sentence, surface, self.score - 5, field=field) for field, sentence, surface in self.more
        ]
        matches.append(match(self.entity, self.text, self.surface, self.score, *self.reasons))
        explanation = "\n".join(reason.text for reason in matches[-1].reasons)
        hit = Hit("", self.entity, tuple(matches), self.score, self.severity, explanation, "a1b2c3", "1")
        return NewArticle(
            Entry(f"guid-{number}", url, self.title, self.text, NOW - timedelta(minutes=50), lang=self.lang),
            (f"key-{number}",),
            f"digest-{number}",
            Article("", self.title, self.text, self.lang),
            (hit,),
        )


MORNING = (
    Story(
        "harbour-gazette",
        "Indian refiner halts Russian crude as tankers turn away",
        "Two tankers chartered by Rosneft turned back from Sikka on Sunday night, port agents said.",
        ROSNEFT,
        "Rosneft",
        reasons=(
            Reason("legal-form", "“Rosneft” is “Rosneft PJSC” without its legal form", 92),
            Reason("context", "“tankers” and “crude” stand near it", 6.5),
            Reason("single-word", "a single word names it", -1.5),
        ),
        more=(("text", "A trader who has worked with Rosneft for a decade called it unheard of.", "Rosneft"),),
    ),
    Story(
        "morskoy-vestnik",
        "Трейдеры в Женеве сворачивают контракты",
        "Трейдинговое подразделение Лукойла в Женеве прекращает новые сделки, сообщили два источника на рынке.",
        LUKOIL,
        "Лукойла",
        lang="ru",
        score=95.5,
    ),
    Story(
        "nanhai-ribao",
        "国有炼油厂暂停海运采购",
        "三家中国国有炼油厂已暂停采购俄罗斯石油公司的海运原油，等待法律意见。",
        ROSNEFT,
        "俄罗斯石油公司",
        lang="zh",
        severity=Severity.CRITICAL,
        score=100.0,
    ),
    Story(
        "al-mina",
        "توقف تحميل ناقلتين في الميناء",
        "قالت مصادر في الميناء إن شركت ملی نفت ایران أوقفت تحميل ناقلتين كانتا متجهتين إلى المتوسط.",
        NIOC,
        "شركت ملی نفت ایران",
        lang="ar",
        score=93.0,
    ),
    Story(
        "harbour-gazette",
        "Ankara to host talks on grain and gas",
        "Mr Lavrov is to meet his counterparts in Ankara on Thursday, the ministry said.",
        LAVROV,
        "Lavrov",
        severity=Severity.LOW,
        score=88.0,
    ),
)
FEEDS = ("harbour-gazette", "morskoy-vestnik", "nanhai-ribao", "al-mina", "wire-that-broke")


def plan(records: Sequence[HitRecord], history: AlertHistory) -> list[AlertPlan]:
    """Everything to one mail address, at once."""
    return [
        AlertPlan(
            record.id,
            record.subject,
            record.article.story,
            "desk-mail",
            ("desk@example.org",),
            DeliveryKind.ALERT,
            NOW,
            "route all",
        )
        for record in records
    ]


def outcome(feed: str, articles: tuple[NewArticle, ...] = (), **more: Any) -> PollOutcome:
    started = more.pop("started", NOW - timedelta(minutes=10))
    return PollOutcome(
        feed=feed,
        started=started,
        finished=started + timedelta(seconds=1),
        validators=Validators(),
        next_poll=NOW + timedelta(minutes=5),
        seen=len(articles),
        articles=articles,
        list_versions=(("russia-energy", "a1b2c3"), ("iran", "0d0e0f")),
        matcher_version="1",
        **more,
    )


def fill(store: Store, stories: Sequence[Story] = MORNING) -> None:
    feeds = dict.fromkeys((*FEEDS, *(story.feed for story in stories)))
    store.sync_feeds([FeedSource(id=feed, url=f"https://{feed}.example.com/rss") for feed in feeds], NOW)
    for number, story in enumerate(stories):
        started = NOW - timedelta(minutes=10) + timedelta(seconds=2 * number)
        store.record_poll(outcome(story.feed, (story.article(number),), status=200, started=started), plan)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Desk:
    """The running server, and the store behind it."""

    port: int
    store: Store

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(self, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Answer:
        """One request as a program makes it; header names are written with `_` for `-`."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, quote(path, safe="/?&=%.:+-_~"), body, named)
            response = connection.getresponse()
            return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        finally:
            connection.close()

    def post(self, path: str, fields: dict[str, object], **headers: str) -> Answer:
        form = {"Content_Type": "application/x-www-form-urlencoded"}
        return self.ask(path, "POST", urlencode(fields).encode(), **(form | headers))

    def post_json(self, path: str, value: object, **headers: str) -> Answer:
        return self.ask(path, "POST", json.dumps(value).encode(), **({"Content_Type": "application/json"} | headers))

    def id_of(self, name: str) -> int:
        """The hit on this entity (its id) that was found first."""
        items = self.ask("/api/v1/hits?entity=" + name).json["items"]
        return int(items[-1]["id"])
