"""Hits as the newsroom would give them, for the tests of policy, bundling, rendering and sending."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from monitor.model.alerts import Alert, Delivery, DeliveryKind, DeliveryState, Notice
from monitor.model.articles import ArticleRef
from monitor.model.matches import Disposition, Hit, HitRecord, Match, Mention, Reason, Snippet
from monitor.model.watchlists import Entity, EntityType, Name, Severity

NOW = datetime(2026, 11, 23, 9, 17, tzinfo=UTC)
BASE = "https://watch.example.org"

ROSNEFT = Entity(
    watchlist="russia-energy",
    id="rosneft",
    type=EntityType.ORGANIZATION,
    names=(Name("Rosneft PJSC"), Name("ПАО НК Роснефть"), Name("俄罗斯石油公司"), Name("روسنفت")),
    countries=("ru",),
    programmes=("RUSSIA-EO14024",),
    listed=date(2025, 10, 22),
    url="https://ofac.treasury.gov/recent-actions/20251022",
)
LUKOIL = replace(ROSNEFT, id="lukoil", names=(Name("LUKOIL OAO"), Name("Лукойл"), Name("卢克石油公司")))
LAVROV = Entity(
    watchlist="russia-officials",
    id="lavrov",
    type=EntityType.PERSON,
    names=(Name("Sergei Viktorovich Lavrov"), Name("Сергей Лавров")),
    countries=("ru",),
    programmes=("RUSSIA-EO14024", "UKRAINE-EO13661"),
    listed=date(2022, 2, 25),
)


def record(
    id: int = 1,
    entity: Entity = ROSNEFT,
    sentence: str = "Two tankers chartered by Rosneft turned back from Sikka on Sunday night, port agents said.",
    surface: str = "Rosneft",
    title: str = "Indian refiner halts Russian crude as tankers turn away",
    *,
    more: tuple[tuple[str, str], ...] = (),  # (sentence, surface)
    severity: Severity = Severity.HIGH,
    score: float = 97.0,
    url: str = "https://news.example.com/energy/tankers-turn-away",
    feed: str = "harbour-gazette",
    story: int = 11,
    lang: str = "en",
    explanation: str = "“Rosneft” is the first word of “Rosneft PJSC”, whose legal form may be left out (+92)\n"
    "“crude” and “refiner” stand near it (+5)",
) -> HitRecord:
    matches = []
    for number, (text, found) in enumerate([(sentence, surface), *more]):
        start = text.index(found)
        offset = 200 * number + start
        matches.append(
            Match(
                Mention("text", offset, offset + len(found), found),
                entity.names[0],
                score - number,
                (Reason("exact", explanation.splitlines()[0] if explanation else "", 92.0),),
                Snippet(text, start, start + len(found)),
            )
        )
    published = NOW - timedelta(minutes=38)
    article = ArticleRef(100 + id, title, url, feed, published, published + timedelta(minutes=9), lang, story)
    hit = Hit(str(100 + id), entity, tuple(matches), score, severity, explanation, "a1b2c3", "1")
    return HitRecord(id, hit, article, Disposition.OPEN, published + timedelta(minutes=10))


RUSSIAN = record(
    2,
    LUKOIL,
    "Трейдинговое подразделение Лукойла в Женеве прекращает новые сделки, сообщили два источника на рынке.",
    "Лукойла",
    "Трейдеры в Женеве сворачивают контракты",
    feed="morskoy-vestnik",
    url="https://news.example.com/ru/zheneva?section=oil&page=2",
    story=12,
    lang="ru",
    score=95.5,
    explanation="“Лукойла” is “Лукойл” in the genitive (+95.5)",
)
CHINESE = record(
    3,
    ROSNEFT,
    "三家中国国有炼油厂已暂停采购俄罗斯石油公司的海运原油，等待法律意见。",
    "俄罗斯石油公司",
    "国有炼油厂暂停海运采购",
    feed="nanhai-ribao",
    url="https://news.example.com/zh/refiners",
    story=13,
    lang="zh",
    score=100.0,
    severity=Severity.CRITICAL,
    explanation="“俄罗斯石油公司” is written as on the list (+100)",
)
ARABIC = record(
    4,
    ROSNEFT,
    "قالت مصادر في الميناء إن شركة روسنفت أوقفت تحميل ناقلتين كانتا متجهتين إلى المتوسط.",
    "روسنفت",
    "توقف تحميل ناقلتين في الميناء",
    feed="al-mina",
    url="https://news.example.com/ar/port",
    story=14,
    lang="ar",
    score=96.0,
    explanation="“روسنفت” is written as on the list (+96)",
)
MINISTER = record(
    5,
    LAVROV,
    "Mr Lavrov is to meet his counterparts in Ankara on Thursday, the ministry said.",
    "Lavrov",
    "Ankara to host talks on grain and gas",
    severity=Severity.LOW,
    story=15,
    score=91.0,
    explanation="“Lavrov” is the family name, “ministry” stands near it (+91)",
)
EVERY_LANGUAGE = (record(), RUSSIAN, CHINESE, ARABIC, MINISTER)

RICH = record(
    more=(
        ("Rosneft did not answer a request for comment.", "Rosneft"),
        ("A spokesman for the refiner said it would “phase out all cargoes tied to Rosneft’s trading arm”.", "Rosneft"),
    )
)


HIT_KINDS = (DeliveryKind.ALERT, DeliveryKind.SUMMARY, DeliveryKind.DIGEST)
"""The kinds of delivery that are about hits."""


def noticed(notice: Notice, channel: str = "desk-mail", recipient: str = "desk@example.org") -> Delivery:
    """A notice on its way."""
    made = delivery(kind=DeliveryKind.NOTICE, channel=channel, recipient=recipient)
    return replace(made, alerts=(), notice=notice)


def delivery(
    *records: HitRecord,
    id: int = 7,
    kind: DeliveryKind = DeliveryKind.ALERT,
    channel: str = "desk-mail",
    recipient: str = "desk@example.org",
    attempts: int = 0,
    thread: str = "",
    created: datetime = NOW,
) -> Delivery:
    """One alert for each record, or one alert with all of them when it is sent at once."""
    shown = records or (record(),)
    alone = [shown] if kind is DeliveryKind.ALERT else [(one,) for one in shown]
    alerts = tuple(
        Alert(number, own[0].subject, own[0].article.story, channel, own) for number, own in enumerate(alone, start=1)
    )
    return Delivery(
        id=id,
        uid=f"dlv_{id:08x}",
        channel=channel,
        recipient=recipient,
        kind=kind,
        state=DeliveryState.PENDING,
        alerts=alerts,
        attempts=attempts,
        created=created,
        next_attempt=created,
        thread=thread,
    )
