"""The stage of `monitor demo`: newspapers, a mail server and a Slack stand-in on loopback, and the real daemon.

Press, MailSink, SlackSink ─settings→ Daemon: first round … the quay diary is edited … second round → Outcome
"""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from monitor import config
from monitor.config import Settings
from monitor.daemon import Daemon
from monitor.demo import expected
from monitor.demo.expected import WATCHLIST
from monitor.demo.mail import Mail, MailSink
from monitor.demo.press import FEEDS, Press
from monitor.demo.slack import Json, SlackSink, as_text
from monitor.model.matches import HitRecord
from monitor.store import HitQuery
from monitor.watchlists.read import read_paths

ROUND = 40.0
"""Seconds that a round may take; on two busy cores it takes about five."""


@dataclass(frozen=True)
class Outcome:
    """What came of it, in the order in which it came."""

    hits: tuple[HitRecord, ...]
    mails: tuple[Mail, ...]
    slack: tuple[Json, ...]
    missing: tuple[str, ...]  # in words; empty when everything was found and delivered


class Stage:
    """Everything that the demonstration starts. `directory`: where database and settings go; `close` ends all of it."""

    def __init__(self, directory: Path, *, echo: Callable[[str], None], clock: Callable[[], datetime]) -> None:
        self._echo = echo
        self.press = Press(clock())
        self.mail = MailSink()
        self.slack = SlackSink()
        self.settings = self._settings(directory)
        self._names = {entity.id: entity.name for watchlist in read_paths([WATCHLIST]) for entity in watchlist.entities}
        self.daemon = Daemon(self.settings, echo=echo, clock=clock)

    @property
    def dashboard(self) -> str:
        return f"{self.settings.web.base_url}/"

    def play(self) -> Outcome:
        """Start the daemon, let it work, edit an article, let it work again. Raises what `Daemon.start` raises."""
        self.daemon.start()
        self._until(lambda: self.daemon.polled.is_set())
        self._echo("(the Gazette edits its quay diary: one more name)")
        self.press.edited = True
        self._until(lambda: not self.outcome().missing)
        return self.outcome()

    def outcome(self) -> Outcome:
        """As of now."""
        hits = sorted(self.daemon.service.store.hits(HitQuery(limit=100)), key=lambda record: record.id)
        mails, slack = self.mail.mails(), self.slack.messages()
        said = expected.missing(
            set(self.press.requests),
            hits,
            [mail.part("plain") for mail in mails],
            [as_text(message) for message in slack],
            self._names,
        )
        return Outcome(tuple(hits), tuple(mails), tuple(slack), tuple(said))

    def close(self) -> None:
        if hasattr(self.daemon, "scheduler"):
            self.daemon.stop()
        for one in (self.press, self.mail, self.slack):
            one.close()

    @staticmethod
    def _until(done: Callable[[], bool]) -> None:
        end = time.monotonic() + ROUND
        while not done() and time.monotonic() < end:
            time.sleep(0.1)

    def _settings(self, directory: Path) -> Settings:
        """A settings file as a person would write it (JSON is YAML), read as `monitor run` reads it."""
        mail = {"id": "desk-mail", "type": "email", "host": "127.0.0.1", "port": self.mail.port, "security": "none"}
        people = {"from": "Watchlist monitor <monitor@desk.example>", "to": ["compliance@desk.example"]}
        written: dict[str, Any] = {
            "config_version": 1,
            "storage": {"url": f"sqlite:///{directory}/monitor.db"},
            "watchlists": [str(WATCHLIST)],
            "feeds": [
                {"id": name, "url": self.press.url + path, "interval": interval} for name, path, interval in FEEDS
            ],
            "polling": {"allow_private": True, "min_gap": "0s", "per_host": 8, "timeout": "10s"},
            "alerts": {"burst": 20},  # each alert by itself, to be looked at
            "channels": [mail | people, {"id": "desk-slack", "type": "slack", "webhook_url": self.slack.url}],
            "routes": [
                {"id": "trade-desk", "match": {"min_severity": "high"}, "channels": ["desk-slack", "desk-mail"]},
                {"id": "all", "match": {}, "channels": ["desk-mail"]},
            ],
            "web": {"port": _free_port()},
        }
        path = directory / "monitor.yaml"
        path.write_text(json.dumps(written, indent=2), encoding="utf-8")
        return config.load(path, {})


def _free_port() -> int:
    """One that nothing listens on; links in messages need to know it before the dashboard starts."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])
