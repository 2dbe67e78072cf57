"""The shipped lists on texts of our own: who is found in several languages, and what must stay silent."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor import Screener


@pytest.fixture(scope="module")
def screener() -> Screener:
    return Screener.from_paths([Path(__file__).parents[2] / "watchlists"])


FOUND = [
    ("Tankers chartered by Rosneft waited off the port while Lukoil PJSC looked for buyers.", "rosneft lukoil"),
    ("Пока танкеры ждали у порта, «Роснефть» и «Лукойл» искали покупателей.", "rosneft lukoil"),
    ("Le ministre Sergueï Lavrov s'est rendu à Minsk, où l'attendait Alexandre Loukachenko.",
     "sergei-lavrov alexander-lukashenko"),
    ("Der Kremlsprecher Dmitrij Peskow bestätigte das Treffen mit Kim Jong Un.", "dmitry-peskov kim-jong-un"),
    ("El ministro Diosdado Cabello y la petrolera PDVSA guardaron silencio.", "diosdado-cabello pdvsa"),
    ("김정은 위원장이 평양에서 최룡해 상임위원장을 만났다.", "kim-jong-un choe-ryong-hae"),
    ("شرکت ملی نفت ایران از فروش نفت به خریداران تازه خبر داد.", "nioc"),
    ("俄罗斯石油公司与卢克石油公司均被列入制裁名单。", "rosneft lukoil"),
    ("The National Iranian Tanker Company and Bank Melli were named in the indictment.", "nitc bank-melli"),
    ("Hackers of the Lazarus Group moved the stolen coins within an hour.", "lazarus-group"),
    ("Belaruskali shipped potash through a new terminal; Naftan stayed shut.", "belaruskali naftan"),
]  # fmt: skip

SILENT = [
    "The derby at the Lukoil Arena ended in a draw, and Gazprom Arena hosts the next one.",
    "Daniil Medvedev won in straight sets; his namesake was not in the stands.",
    "Richard Wagner's opera opened the season; the Wagner family attended.",
    "She bought two bandes dessinées and an oil painting of Moscow in winter.",
    "Novatek Microelectronics shipped display chips; Ritek Corporation pressed discs.",
    "The museum shows Lazarus rising, a kestrel in flight and the miller's house.",
    "Andariel returns in the new season of the game.",
    "Eiko Tanaka, a violinist, spoke to Jorge Rodríguez about his restaurant in Malaga.",
    "The integral of a constant is a line, the professor said.",
]


@pytest.mark.parametrize(("text", "ids"), FOUND, ids=[ids for _, ids in FOUND])
def test_found(screener: Screener, text: str, ids: str) -> None:
    assert {hit.entity.id for hit in screener.screen(text=text)} == set(ids.split())


@pytest.mark.parametrize("text", SILENT)
def test_silent(screener: Screener, text: str) -> None:
    assert [
        (hit.entity.id, [match.mention.surface for match in hit.matches]) for hit in screener.screen(text=text)
    ] == []
