"""Most feeds mean harm: what the real process then holds in memory, and what becomes of the other feeds."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks.hostile import ORDINARY, TIMEOUT, measure
from tests.hostile import CASES, SENT_WHOLE

LIMIT = 400_000_000
"""Bytes, of the service and its workers together."""

FEW = ["large", "packed", "dripping-headers", "redirect-to-mapped", "billion-laughs", "deep", "noise"]


def check(directory: Path, cases: list[str], copies: int, concurrency: int) -> None:
    measured = measure(directory, cases, copies, concurrency=concurrency)
    assert "Traceback" not in measured.said
    assert measured.peak < LIMIT
    ordinary = [row for feed, row in measured.rows.items() if feed.startswith("ordinary")]
    assert [(error, seen) for _, error, seen in ordinary] == [("", 1)] * ORDINARY
    for case in cases:
        rows = [measured.rows[f"{case}-{copy}"] for copy in range(copies)]
        reasons = {error for _, error, _ in rows}
        if case in SENT_WHOLE or case == "billion-laughs":
            assert all(error == "" or "large answer" in error or "parse_feed" in error for error in reasons)
        else:
            assert "" not in reasons, case
            assert not any("unexpected" in error for error in reasons)
    fetching = [seconds for feed, (seconds, error, _) in measured.rows.items() if "no complete answer" in error]
    assert all(seconds >= TIMEOUT for seconds in fetching)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is read from /proc")
def test_harm_costs_its_own_feed_and_little_memory(tmp_path: Path) -> None:
    check(tmp_path, FEW, 1, 40)


@pytest.mark.soak
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is read from /proc")
def test_every_kind_of_harm_at_once(tmp_path: Path) -> None:
    check(tmp_path, list(CASES), 4, 128)
