"""docs/reliability.md promises nothing without a test."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_row_names_tests_that_there_are() -> None:
    page = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
    page, day, _figures = page.partition("\n## A day, compressed\n")
    assert day
    rows = [line for line in page.splitlines() if line.startswith("| ") and not line.startswith("| fault")]
    assert len(rows) > 20
    for row in rows:
        named = re.findall(r"`(tests/[^`:]+)::(?:\w+::)?(test_\w+)`", row)
        assert named, f"no test in: {row}"
        for file, test in named:
            assert f"def {test}(" in (ROOT / file).read_text(encoding="utf-8"), f"{file} has no {test}"


def test_every_setting_of_alerts_and_channels_is_explained() -> None:
    from monitor.model.settings import AlertPolicy, QuietHours, RouteMatch, _Channel

    page = (ROOT / "docs" / "alerts.md").read_text(encoding="utf-8")
    for model in (AlertPolicy, QuietHours, RouteMatch, _Channel):
        for name, field in model.model_fields.items():
            assert (field.alias or name) in page, f"docs/alerts.md does not say what {name} is for"
