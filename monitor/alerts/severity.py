"""How much a hit matters by where and how it names somebody. Pure, and every step says why.

The list's own severity goes one step up for the headline beside a word of risk, or for much said with such words; one
step down for a name in passing: once or twice, deep in the text, with nothing of the kind near it. The stored hit keeps
the list's severity: routes and messages go by this one where `alerts.severity` is `weighed`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from monitor.model.matches import Hit
from monitor.model.watchlists import Severity

LEAD = 400
"""Code points: the first two paragraphs of a news item, which say what it is about."""

MANY = 4
"""Mentions: a text that names somebody this often is about them."""

UP = 4
"""Points from which severity goes a step up; with none at all it goes a step down."""

_RISK = {
    "en": "sanction embargo blacklist asset-freeze frozen seiz confiscat forfeit launder brib corrupt fraud embezzl "
    "indict arrest charged convict sentenc extradit smuggl traffick evad evasion terror militia war-crime "
    "shadow-fleet dark-fleet designat blocked-property investigat prosecut fined penalt",
    "ru": "санкци эмбарго заморож арестова конфискова отмыва взятк коррупц мошенн хищени обвин осужд контрабанд террор "
    "теневой-флот расследован штраф",
    "uk": "санкці заморож арешт конфіск відмива хабар корупц шахрай розкрадан обвинувач контрабанд терор розслідуван",
    "de": "sanktion embargo eingefror beschlagnahm geldwäsche bestech korrupt betrug untreu anklag verhaft verurteil "
    "schmuggel terror ermittl",
    "fr": "gel-des-avoirs gelés saisi blanchiment corrupt pot-de-vin fraude détourn inculp arrêté condamn contreband "
    "terroris enquête",
    "es": "sancion congelad incautad blanqueo lavado soborno corrup fraude malvers imputad detenid condenad contraband "
    "terroris investigad",
    "tr": "yaptırım ambargo dondurul el-konul kara-para rüşvet yolsuzluk dolandırıc tutuklan kaçakçı terör soruştur",
    "ar": "عقوبات حظر تجميد مصادرة غسل-الأموال غسيل رشوة فساد احتيال اختلاس اعتقال إدانة تهريب إرهاب",
    "fa": "تحریم توقیف مصادره پولشویی رشوه فساد کلاهبرداری اختلاس بازداشت قاچاق تروریس",
}
_RISK_CJK = (
    "制裁 禁运 禁運 冻结 凍結 查封 没收 洗钱 洗錢 贿赂 賄賂 腐败 诈骗 走私 逮捕 起诉 恐怖 資金洗浄 贈賄 汚職 密輸 "
    "제재 동결 자금세탁 뇌물 부패 밀수 테러"
)

_STEMS = sorted({stem.replace("-", " ") for stems in _RISK.values() for stem in stems.split()}, key=len, reverse=True)
_WORDS = re.compile(rf"\b(?:ال|وال|بال)?(?:{'|'.join(map(re.escape, _STEMS))})\w*|{'|'.join(_RISK_CJK.split())}")


@dataclass(frozen=True, slots=True)
class Weighed:
    severity: Severity
    reason: str  # "" where it stays what the list says


def weigh(hit: Hit, title: str) -> Weighed:
    """`title`: the article's. The result is at most one step from the list's severity."""
    listed = hit.severity
    risk = _risk(title, *(match.snippet.text for match in hit.matches))
    mentions = {(match.mention.field, match.mention.start) for match in hit.matches}
    place, points = _place(hit)
    many = len(mentions) >= MANY
    points += 2 * bool(risk) + many
    said = ", ".join(filter(None, (place, f"{len(mentions)} mentions" if many else "", risk and f"“{risk}” near it")))
    if points >= UP:
        return _moved(listed, 1, said)
    return _moved(listed, -1, f"{place}, in passing") if points == 0 else Weighed(listed, "")


def _place(hit: Hit) -> tuple[str, int]:
    if any(match.mention.field == "title" for match in hit.matches):
        return "in the headline", 2
    if any(match.mention.start < LEAD for match in hit.matches):
        return "in the first paragraphs", 1
    return "in the body", 0


def _moved(listed: Severity, step: int, said: str) -> Weighed:
    severities = list(Severity)
    severity = severities[min(max(listed.rank + step, 0), len(severities) - 1)]
    if severity is listed:
        return Weighed(listed, "")
    return Weighed(severity, f"{'raised' if step > 0 else 'lowered'} from {listed} to {severity}: {said}")


def _risk(*texts: str) -> str:
    """The first word of risk in these texts, as it is written; "" if there is none."""
    for text in texts:
        found = _WORDS.search(text.casefold())
        if found:
            return found[0].strip()
    return ""
