"""A service on a real store, with a clock that the test turns."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from monitor import config
from monitor.config import Settings
from monitor.daemon import build_service
from monitor.pipeline import Service, dispatch_due
from tests.newsroom import WATCHLIST
from tests.store.support import NOW, new, poll


@dataclass
class Desk:
    """A service whose clock the test turns."""

    directory: Path
    said: list[str] = field(default_factory=list)
    now: datetime = NOW
    settings: Settings = field(init=False)
    service: Service = field(init=False)

    def start(self, channels: list[dict[str, Any]], **alerts: Any) -> None:
        (self.directory / "list.yaml").write_text(WATCHLIST)
        settings = {
            "storage": {"url": f"sqlite:///{self.directory}/monitor.db"},
            "watchlists": ["list.yaml"],
            "feeds": [{"id": name, "url": f"https://{name}.example/rss"} for name in ("world", "trade")],
            "alerts": alerts,
            "channels": channels,
            "routes": [{"id": "all", "channels": [channel["id"] for channel in channels if channel["id"] != "spare"]}],
        }
        path = self.directory / "monitor.yaml"
        path.write_text(yaml.safe_dump(settings))
        self.settings = config.load(path, {})
        self.service = build_service(self.settings, echo=self.said.append, clock=lambda: self.now)

    def news(self, *titles: str, feed: str = "world") -> None:
        self.service.store.record_poll(
            poll(*(new(title, f"{title}, it was said.") for title in titles), feed=feed, at=self.now), self.service.plan
        )
        self.now += timedelta(seconds=3)

    def send(self, *channels: str) -> list[str]:
        """What was printed."""
        before = len(self.said)
        dispatch_due(self.service, channels or list(self.service.channels))
        return self.said[before:]
