"""`monitor alerts test CHANNEL` as a person runs it, through every kind of channel."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from monitor.alerts.render import DISCLAIMER
from monitor.alerts.sample import NAME, SENTENCE, TITLE
from tests.alerts.servers import Reply, Sink, mail_server


def run(directory: Path, channel: str, *channels: dict[str, Any]) -> subprocess.CompletedProcess[str]:
    (directory / "lists").mkdir(exist_ok=True)
    settings = {"watchlists": ["lists"], "feeds": [], "channels": channels, "routes": []}
    (directory / "monitor.yaml").write_text(json.dumps(settings))
    command = [sys.executable, "-m", "monitor", "alerts", "test", channel, "--config", "monitor.yaml"]
    return subprocess.run(command, cwd=directory, capture_output=True, text=True, timeout=60)


def test_mail_goes_to_each_recipient_and_a_refusal_is_told(tmp_path: Path) -> None:
    with mail_server() as server:
        server.refuse["gone@example.org"] = "550 no such user"
        to = ["desk@example.org", "gone@example.org"]
        mail = {"id": "desk-mail", "type": "email", "host": "127.0.0.1", "port": server.port, "security": "none"}
        done = run(tmp_path, "desk-mail", mail | {"from": "watch@example.org", "to": to})
        (message,) = server.messages
    assert done.returncode == 1
    assert done.stdout == "desk-mail desk@example.org: sent\n"
    assert "desk-mail gone@example.org: NOT sent: 127.0.0.1" in done.stderr
    assert "550 no such user" in done.stderr
    assert TITLE in message["Subject"]
    text = message.get_body(("plain",))
    assert text is not None
    assert all(wanted in text.get_content() for wanted in (NAME, SENTENCE, DISCLAIMER))
    assert not list(tmp_path.glob("var*")), "a channel is tried without a database"


def test_slack_and_webhook(tmp_path: Path, sink: Callable[..., Sink]) -> None:
    slack, hook = sink(), sink(Reply(503, b"", {"retry-after": "60"}))
    channels: list[dict[str, Any]] = [
        {"id": "desk-slack", "type": "slack", "webhook_url": f"{slack.url}/services/T/B/x"},
        {"id": "cases", "type": "webhook", "url": hook.url},
    ]
    done = run(tmp_path, "desk-slack", *channels)
    assert (done.returncode, done.stdout, done.stderr) == (0, "desk-slack: sent\n", "")
    assert NAME in slack.requests[0].body.decode()
    done = run(tmp_path, "cases", *channels)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"cases: NOT sent: {hook.url} answered 503\n"
    assert json.loads(hook.requests[0].body)["data"]["hits"][0]["entity_name"] == NAME


def test_the_console_and_a_channel_that_is_not_there(tmp_path: Path) -> None:
    done = run(tmp_path, "terminal", {"id": "terminal", "type": "console"})
    assert done.returncode == 0
    assert all(wanted in done.stdout for wanted in (NAME, SENTENCE, DISCLAIMER, "terminal: sent"))
    done = run(tmp_path, "terminel", {"id": "terminal", "type": "console"})
    assert done.returncode == 2
    assert done.stderr == "monitor: no channel 'terminel' in the settings; there are: terminal\n"
