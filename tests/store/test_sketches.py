from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monitor.store.sketches import NEAR, SIZE, Sketch, near, pack, sketch, unpack
from monitor.store.stories import normalised

WIRE = (
    "Coast guard boards tanker off Crete. The coast guard boarded an oil tanker off the south coast of Crete early on "
    "Tuesday after its crew reported a fire in the engine room, a spokesman said. Nobody was hurt, and the ship is "
    "being towed to Heraklion, where the harbour master will look into the cause."
)
LATIN = st.text("abcdefghijklm 0123456789", min_size=0, max_size=2000)


def drawn(text: str) -> Sketch:
    made = sketch(normalised(text))
    assert made
    return made


def test_another_headline_and_a_credit_leave_a_copy_near() -> None:
    copy = WIRE.replace("Coast guard boards tanker off Crete", "Fire on tanker: crew safe") + " (Agency)"
    assert NEAR <= near(drawn(WIRE), drawn(copy)) < 1.0


def test_the_same_event_in_other_words_is_not_near() -> None:
    own = (
        "A fire broke out on board of an oil tanker in the Libyan Sea on Tuesday morning. All twenty sailors are well, "
        "the shipping company told this newspaper. Greek authorities have begun to tow the vessel towards Heraklion."
    )
    assert near(drawn(WIRE), drawn(own)) < NEAR / 2


def test_other_figures_are_other_news() -> None:
    day = "War in the east, day {}. What happened in the night and what both sides say about it, all in one place."
    assert near(drawn(day.format(297)), drawn(day.format(297).upper())) == 1.0
    assert near(drawn(day.format(297)), drawn(day.format(298))) == 0.0


def test_a_script_without_blanks() -> None:
    text = "海关周二在港口扣押了一艘油轮，船员被带走接受调查，公司发言人拒绝置评，港口当局称将在数日内公布结果。"
    assert near(drawn(text), drawn("快讯：" + text)) >= NEAR
    assert near(drawn(text), drawn(text[::-1])) < 0.1


def test_a_headline_alone_is_too_short_to_tell() -> None:
    assert sketch(normalised("Coast guard boards tanker off Crete")) is None


@given(LATIN, LATIN)
def test_it_is_a_share_and_the_same_from_both_sides(one: str, other: str) -> None:
    first, second = sketch(one), sketch(other)
    for made in (first, second):
        if made:
            assert near(made, made) == 1.0
            assert unpack(pack(made)) == made
            assert len(made.hashes) <= SIZE
    if first and second:
        assert 0.0 <= near(first, second) == near(second, first) <= 1.0
