from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.feeds.dates import EARLIEST, LATEST, parse_date

UNDERSTOOD = """
Wed, 22 Oct 2025 18:30:00 GMT       2025-10-22 18:30
Wed, 22 Oct 2025 18:30:00 MSK       2025-10-22 15:30
Wed, 22 Oct 2025 18:30 -0500 (EST)  2025-10-22 23:30
Wed, 22 Oct 25 18:30:00 EDT         2025-10-22 22:30
Wednesday, 22-Oct-25 18:30:00 UTC   2025-10-22 18:30
Wed Oct 22 18:30:00 2025            2025-10-22 18:30
Wed Oct 22 18:30:00 CEST 2025       2025-10-22 16:30
22 Oct 2025 24:00:00 GMT            2025-10-23 00:00
2025-10-22T18:30:00Z                2025-10-22 18:30
2025-10-22T18:30:00.123456+0530     2025-10-22 13:00
2025-10-22 18:30:00 +03             2025-10-22 15:30
2025-10-22T18:30−08:00              2025-10-23 02:30
20251022T183000Z                    2025-10-22 18:30
2025-10-22                          2025-10-22 00:00
2025-10                             2025-10-01 00:00
2016/6/29                           2016-06-29 00:00
22.10.2025 18:30                    2025-10-22 18:30
1761157800                          2025-10-22 18:30
1761157800000                       2025-10-22 18:30
22 октября 2025, 18:30              2025-10-22 18:30
Ср, 22 окт 2025 18:30:00 +0300      2025-10-22 15:30
22 жовтня 2025 18:30                2025-10-22 18:30
mer, 22 ott 2025 18:30:00 +0200     2025-10-22 16:30
Mi, 22. Oktober 2025 18:30          2025-10-22 18:30
Di, 03 März 2026 08:00:00 +0100     2026-03-03 07:00
mer., 22 août 2025 18:30:00 +0200   2025-08-22 16:30
22 de octubre de 2025               2025-10-22 00:00
October 22, 2025 at 6:30 pm         2025-10-22 18:30
Oct. 22, 2025                       2025-10-22 00:00
2025年10月22日 18:30                2025-10-22 18:30
2025년 10월 22일 18:30              2025-10-22 18:30
"""

NOT_UNDERSTOOD = """
yesterday
03/04/2024
Wed, 32 Oct 2025 18:30:00 GMT
2025-13-01
2025-10-22T25:00:00Z
1776-07-04T12:00:00Z
2999-01-01
0
99999999999999
22 Brumaire 2025
Wed, 22 Oct 2025 18:30:00 +9900
"""


@pytest.mark.parametrize("line", UNDERSTOOD.strip().splitlines())
def test_dates_as_feeds_write_them(line: str) -> None:
    raw, expected = line[: -len("2025-10-22 18:30")].strip(), line[-len("2025-10-22 18:30") :]
    assert parse_date(raw) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize("raw", ["", *NOT_UNDERSTOOD.strip().splitlines()])
def test_what_may_mean_several_days_or_none_is_not_guessed(raw: str) -> None:
    assert parse_date(raw) is None


@given(st.text(max_size=60) | st.text(alphabet="0123456789-/:.,+TZ JanОкт年月日()", max_size=60))
def test_anything_is_a_sane_moment_or_none(raw: str) -> None:
    moment = parse_date(raw)
    assert moment is None or EARLIEST <= moment < LATEST


@given(st.datetimes(datetime(1990, 1, 2), datetime(2099, 12, 30)))  # noqa: DTZ001 - zones are added below
def test_standard_forms_are_read_back(moment: datetime) -> None:
    exact = moment.replace(microsecond=0, tzinfo=UTC)
    assert parse_date(exact.isoformat()) == exact
    assert parse_date(f"{exact:%a, %d %b %Y %H:%M:%S +0000}") == exact
