"""What is shipped for Prometheus and Grafana asks for metrics that the service exposes."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from monitor.store import Store
from monitor.web.metrics import Live, exposition

DEPLOY = Path(__file__).parents[2] / "deploy"
NAME = re.compile(r"\b(?:monitor|process)_[a-z0-9_]+\b")


@pytest.fixture
def exposed(tmp_path: Path) -> set[str]:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    store = Store.open(f"sqlite:///{tmp_path / 'monitor.db'}", now=now)
    text = exposition(store, now=now, ready=True, live=Live())
    store.close()
    kinds = {line.split()[2]: line.split()[3] for line in text.splitlines() if line.startswith("# TYPE")}
    parts = {
        name + part for name, kind in kinds.items() if kind == "histogram" for part in ("_bucket", "_sum", "_count")
    }
    return {name for name, kind in kinds.items() if kind != "histogram"} | parts


def test_alert_rules(exposed: set[str]) -> None:
    (group,) = yaml.safe_load((DEPLOY / "prometheus-alerts.yaml").read_text())["groups"]
    assert len(group["rules"]) >= 7
    for rule in group["rules"]:
        assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
        assert rule["labels"]["severity"] in ("critical", "warning")
        assert rule["annotations"]["summary"]
        assert rule["annotations"]["description"]
        assert set(NAME.findall(rule["expr"])) <= exposed, rule["alert"]


def test_dashboard(exposed: set[str]) -> None:
    board = json.loads((DEPLOY / "grafana-dashboard.json").read_text())
    asked = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    assert len(board["panels"]) == len({panel["id"] for panel in board["panels"]}) >= 12
    for expression in asked:
        names = set(NAME.findall(expression))
        assert names, expression
        assert names <= exposed, expression
    places = [(p["gridPos"]["x"], p["gridPos"]["y"]) for p in board["panels"]]
    assert len(set(places)) == len(places), "no two panels in one place"
