"""The desk's page of the documentation: its commands for programs, run as they stand against a desk that is served."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass, replace

import pytest

from monitor.model.watchlists import Severity
from tests.docs.examples import ROOT, blocks
from tests.web.support import MORNING, Desk, fill

HITS = 60
STREAM = 2  # seconds that the stream of events is listened to


@dataclass(frozen=True)
class Answered:
    command: str
    head: str
    body: str


def commands() -> list[str]:
    """The page's calls of curl; each may go over two lines."""
    (block,) = (one for one in blocks(ROOT / "docs/desk.md") if "api=http://127.0.0.1:8000/api/v1" in one.text)
    joined = block.text.replace("\\\n", " ")
    return [line for line in joined.splitlines() if line.startswith("curl ")]


def run(command: str, desk: Desk) -> Answered:
    """What the service answers. The page's ids of hits that are not on this desk are replaced by ones that are."""
    etag = desk.ask("/api/v1/hits/12").headers["etag"]
    said = command.replace("4711", "40").replace('"…"', etag)
    said = re.sub("^curl", f"curl -sS -i --max-time {STREAM if ' -N ' in said else 20}", said)
    script = f"api={desk.url}/api/v1\n{said}"
    environment = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, timeout=60, env=environment)
    assert done.returncode == (28 if " -N " in said else 0), f"{said}\n{done.stderr}"  # 28: it ended the stream
    head, _, body = done.stdout.replace("\r\n", "\n").partition("\n\n")
    return Answered(command, head, body)


def test_the_pages_calls_do_what_it_says(empty: Desk) -> None:
    if shutil.which("curl") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("curl is missing: install the package curl")
        pytest.skip("curl is not installed")
    story = replace(MORNING[0], severity=Severity.CRITICAL)
    fill(empty.store, [replace(story, text=f"Tanker {n} of Rosneft waits.") for n in range(HITS)])
    first, page, one, alerts, evidence, decided, several, events, screened = [run(c, empty) for c in commands()]
    assert all(answer.head.startswith("HTTP/1.1 200") for answer in (first, page, one, alerts, evidence, events))
    found = json.loads(first.body)
    assert [hit["id"] for hit in found["items"]] == list(range(HITS, HITS - 50, -1))
    assert {hit["severity"] for hit in found["items"]} == {"critical"}
    assert str(found["next"]) == str(HITS - 49)
    assert [hit["id"] for hit in json.loads(page.body)["items"]] == list(range(39, 0, -1))
    assert "etag:" in one.head.lower()
    assert json.loads(one.body)["id"] == 12
    assert json.loads(alerts.body)
    assert "Rosneft" in evidence.body
    assert json.loads(decided.body)["disposition"] == "false_positive"
    assert [(one.became.value, one.reason) for one in empty.store.history(12)] == [("false_positive", "Another firm")]
    went = json.loads(several.body)
    assert "12" in json.dumps(went)
    assert json.loads(empty.ask("/api/v1/hits/13").body)["disposition"] == "true_match"
    assert "id: 41" in events.body
    assert "event: hit" in events.body
    assert '"rosneft"' in screened.body
