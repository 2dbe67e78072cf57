"""What the routes share: the database, the clock, who is asked whether all is well, and the templates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

from monitor.errors import MonitorError
from monitor.model.feeds import FeedState
from monitor.model.matches import Disposition
from monitor.model.watchlists import Severity
from monitor.store import Store
from monitor.web import view

SAID = {
    Disposition.OPEN: "open",
    Disposition.TRUE_MATCH: "true match",
    Disposition.FALSE_POSITIVE: "false positive",
    Disposition.ESCALATED: "escalated",
}
"""Dispositions in words."""


@dataclass(frozen=True, slots=True)
class Desk:
    store: Store
    ready: Callable[[], Sequence[str]]
    """Why not everything is watched and told as it should be; empty when it is."""
    clock: Callable[[], datetime]

    def failing(self) -> int:
        """How many feeds failed when they were asked last; 0 when the database cannot say."""
        try:
            return sum(feed.failures > 0 for feed in self.store.feeds() if feed.state is not FeedState.DISABLED)
        except MonitorError:
            return 0

    def unready(self) -> list[str]:
        """`ready`, with a database that does not answer as one reason more."""
        try:
            return list(self.ready())
        except MonitorError as error:
            return [str(error)]

    def decide(self, id: int, disposition: Disposition, *, who: str, reason: str) -> None:
        """Keep a decision. Nobody logs in, so `who` is what they call themselves."""
        self.store.set_disposition(id, disposition, who=who.strip() or "dashboard", reason=reason, now=self.clock())

    def page(self, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        """A template of monitor/web/templates, filled in."""
        now = self.clock()
        state = {"now": now, "unready": self.unready(), "failing": self.failing()}
        return HTMLResponse(_environment().get_template(template).render(state | values), status)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("monitor.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "line": view.one_line,
        "link": view.http_link,
        "lang": view.language,
        "points": view.points,
        "said": SAID.__getitem__,
    }
    environment.globals |= {
        "short_time": view.short_time,
        "say_time": view.say_time,
        "ago": view.ago,
        "lead": view.lead,
        "severities": [severity.value for severity in reversed(Severity)],
        "dispositions": list(Disposition),
    }
    return environment
