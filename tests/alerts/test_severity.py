from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.alerts.severity import LEAD, weigh
from monitor.model.matches import Hit, HitRecord, Mention
from monitor.model.watchlists import Severity
from tests.alerts.support import record

CALM = "Analysts at the bank, Rosneft among their clients, expect a mild winter."
FINED = "Rosneft was fined by a court in The Hague over sanctions evasion on Friday."


def placed(sentence: str, *places: tuple[str, int], severity: Severity = Severity.MEDIUM, title: str = "Oil") -> Hit:
    """A hit whose mentions are at these places."""
    one: HitRecord = record(sentence=sentence, severity=severity, title=title)
    match = one.hit.matches[0]
    matches = tuple(
        replace(match, mention=Mention(field, start, start + 7, "Rosneft"))  # type: ignore[arg-type]
        for field, start in places
    )
    return replace(one.hit, matches=matches)


def test_a_headline_with_a_word_of_risk_goes_one_step_up() -> None:
    weighed = weigh(placed(FINED, ("title", 0), ("text", 0)), "Rosneft fined")
    assert weighed.severity is Severity.HIGH
    assert weighed.reason == "raised from medium to high: in the headline, “fined” near it"


def test_a_name_in_passing_goes_one_step_down() -> None:
    weighed = weigh(placed(CALM, ("text", LEAD + 900)), "A mild winter")
    assert weighed.severity is Severity.LOW
    assert weighed.reason == "lowered from medium to low: in the body, in passing"


@pytest.mark.parametrize(
    ("sentence", "places"),
    [
        (CALM, [("title", 0)]),
        (CALM, [("text", 10)]),
        (FINED, [("text", 10)]),
        (FINED, [("text", LEAD + 900)]),
        (CALM, [("text", LEAD + n) for n in range(0, 500, 100)]),
    ],
)
def test_what_is_neither_keeps_the_lists_word(sentence: str, places: list[tuple[str, int]]) -> None:
    weighed = weigh(placed(sentence, *places), "Oil")
    assert (weighed.severity, weighed.reason) == (Severity.MEDIUM, "")


def test_much_said_from_the_first_paragraph_on_goes_up_too() -> None:
    weighed = weigh(placed(FINED, *(("text", n * 300) for n in range(5))), "Court")
    assert weighed.severity is Severity.HIGH
    assert "in the first paragraphs, 5 mentions, “fined” near it" in weighed.reason


def test_there_is_nothing_above_critical_and_nothing_below_low() -> None:
    top = weigh(placed(FINED, ("title", 0), severity=Severity.CRITICAL), "Rosneft fined")
    bottom = weigh(placed(CALM, ("text", 5000), severity=Severity.LOW), "Winter")
    assert (top.severity, top.reason, bottom.severity, bottom.reason) == (Severity.CRITICAL, "", Severity.LOW, "")


@pytest.mark.parametrize(
    "title",
    [
        "Суд оштрафовал: новые санкции против «Роснефти»",
        "Нові санкції проти нафтових компаній",
        "Neue Sanktionen gegen Ölkonzern",
        "Le pétrolier soupçonné de blanchiment",
        "Detenido por lavado de dinero",
        "Rusya'ya yeni yaptırımlar",
        "فرض عقوبات على الشركة",
        "الاتحاد يناقش العقوبات الجديدة",
        "تحریم‌های تازه علیه شرکت نفتی",
        "美国对石油公司实施制裁",
        "ロシア企業の資産凍結",
        "러시아 석유회사 제재",
    ],
)
def test_words_of_risk_are_known_in_the_languages_of_the_news(title: str) -> None:
    assert weigh(placed(CALM, ("title", 0)), title).severity is Severity.HIGH


def test_the_hit_itself_is_not_changed() -> None:
    hit = placed(FINED, ("title", 0))
    weigh(hit, "Rosneft fined")
    assert hit.severity is Severity.MEDIUM
