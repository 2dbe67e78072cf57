from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.languages import identify, language_of

TEXTS = {
    "en": "The court said on Tuesday that the tanker had been held for more than a week, and that its owner was told.",
    "de": "Der Tanker wurde nach Angaben des Gerichts über eine Woche festgehalten, weil die "
    "Papiere nicht vollständig waren.",
    "fr": "Le tribunal a dit mardi que le pétrolier avait été retenu plus d'une semaine dans le "
    "port, avec son équipage.",
    "es": "El tribunal dijo el martes que el buque ha estado retenido más de una semana en el "
    "puerto por la falta de papeles.",
    "pt": "O tribunal disse que o navio foi retido no porto por mais de uma semana, mas não há acordo com os donos.",
    "it": "Il tribunale ha detto che la nave è stata trattenuta nel porto per più di una settimana, "
    "con il suo equipaggio.",
    "pl": "Sąd orzekł, że statek został zatrzymany w porcie na ponad tydzień, ale nie podał, jak "
    "długo to jeszcze potrwa.",
    "cs": "Soud řekl, že loď byla v přístavu zadržena více než týden a že o jejím dalším osudu se "
    "ještě bude jednat, ale není.",
    "ru": "Суд заявил, что танкер был задержан в порту более чем на неделю, но его владелец не получил копию решения.",
    "uk": "Суд заявив, що танкер був затриманий у порту більш ніж на тиждень, але його власник не "
    "отримав копії рішення.",
    "bg": "Съдът съобщи, че танкерът е бил задържан в пристанището повече от седмица, но "
    "собственикът му не е получил решението.",
    "ar": "قالت المحكمة إن الناقلة كانت محتجزة في الميناء منذ أكثر من أسبوع، وإن مالكها لم يتسلم القرار بعد.",
    "fa": "دادگاه گفت که این نفتکش بیش از یک هفته در بندر توقیف شده است و مالک آن حکم را دریافت نکرده بود.",
    "zh": "法院周二表示，这艘油轮已在港口被扣押一个多星期，其船东 Nordwind Shipping 尚未收到判决书。",
    "ja": "裁判所は火曜日、このタンカーが一週間以上港に留め置かれていると述べた。",
    "ko": "법원은 화요일 이 유조선이 일주일 넘게 항구에 억류되어 있다고 밝혔다.",
    "el": "Το δικαστήριο ανακοίνωσε ότι το δεξαμενόπλοιο κρατείται στο λιμάνι.",
    "tr": "Mahkeme, tankerin bir haftadan daha uzun bir süre limanda olduğunu ve bu kararın sonra "
    "açıklanacağını söyledi.",
}


@pytest.mark.parametrize("lang", TEXTS)
def test_languages_are_told(lang: str) -> None:
    assert identify(TEXTS[lang]) == lang


@pytest.mark.parametrize("text", ["", "Rosneft", "1234 5678", "Lukoil, Gazprom, Tatneft", "…"])
def test_too_little_to_tell_is_no_language(text: str) -> None:
    assert identify(text) == ""


def test_a_statement_stands_unless_the_words_clearly_contradict_it() -> None:
    assert language_of(TEXTS["en"], "en-GB") == "en-GB"
    assert language_of(TEXTS["ru"], "en") == "ru"  # a template that was never changed
    assert language_of(TEXTS["ru"], "") == "ru"
    assert language_of("Роснефть", "en") == "en"
    assert language_of(TEXTS["en"], "xx-odd") == "en"


def test_neighbours_are_left_to_say_themselves() -> None:
    norwegian = (
        "Retten sa at skipet ikke har vært i havn for mer enn en uke, men det er nå på vei til byen med en ny eier."
    )
    assert language_of(norwegian, "nb") == "nb"
    assert language_of(norwegian, "da") == "da"


@given(st.text(max_size=300), st.text(max_size=10))
def test_any_text_is_looked_at(text: str, stated: str) -> None:
    assert len(identify(text)) in (0, 2)
    language_of(text, stated)
