"""Check digits. Valid examples are the standards' own or published ones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.watchlists.identifiers import imo_is_valid, isin_is_valid, lei_is_valid, problem

VALID = {
    "lei": ["5493001KJTIIGC8Y1R12", "549300LCJ1UJXHYBWI24"],
    "imo": ["9074729", "IMO 9131539"],
    "isin": ["US0378331005", "GB0002634946"],
}
CHECKS = {"lei": lei_is_valid, "imo": imo_is_valid, "isin": isin_is_valid}


@pytest.mark.parametrize(("kind", "value"), [(kind, value) for kind, values in VALID.items() for value in values])
def test_valid_ones_pass_and_a_wrong_digit_fails(kind: str, value: str) -> None:
    assert problem(kind, value) == ""
    last = value[-1]
    wrong = value[:-1] + ("1" if last == "0" else "0")
    assert "its check digit does not fit" in problem(kind, wrong)


def test_a_kind_without_a_check_is_never_wrong() -> None:
    assert problem("ogrn", "whatever") == ""


@given(st.text(max_size=30))
def test_any_text_has_an_answer(value: str) -> None:
    for check in CHECKS.values():
        assert check(value) in {True, False}


@given(st.from_regex(r"\A\d{6}\Z"))
def test_exactly_one_last_digit_makes_an_imo_number(six: str) -> None:
    if six.isascii():
        assert sum(imo_is_valid(six + str(digit)) for digit in range(10)) == 1
