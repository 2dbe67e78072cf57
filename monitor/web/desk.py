"""What the routes share: the database, the clock, who is asked whether all is well, and the templates."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from monitor.errors import MonitorError
from monitor.matching import Matcher
from monitor.model.feeds import FeedState
from monitor.model.matches import Disposition
from monitor.model.watchlists import Severity
from monitor.store import Outcome, Store
from monitor.web import view
from monitor.web.gate import Visitor
from monitor.web.users import Role

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
    base_url: str = ""
    closed: bool = False
    """Whether visitors log in. If not, `who` is what people call themselves."""
    matcher: Callable[[], Matcher] | None = None
    """Gives the matcher in use."""
    four_eyes: bool = False
    """Whether a hit is dismissed by two persons."""

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

    def who(self, request: Request, said: str = "") -> str:
        """Who acts: the user, with whom a program with a token says it acts for; else what they call themselves."""
        visitor = visitor_of(request)
        said = said.strip()
        if visitor is None:
            return said or "dashboard"
        return f"{visitor.said} for {said}" if visitor.token and said else visitor.said

    def decide(self, request: Request, id: int, disposition: Disposition, *, who: str, reason: str) -> bool:
        """Keep a decision; False when there is no such hit."""
        by = self.who(request, who)
        return self.store.set_disposition(
            id, disposition, who=by, reason=reason, now=self.clock(), four_eyes=self.four_eyes
        )

    def decide_all(
        self, request: Request, asked: Mapping[int, Disposition], disposition: Disposition, *, who: str, reason: str
    ) -> dict[int, Outcome]:
        """Keep a decision about each hit that still is as `asked` says."""
        by = self.who(request, who)
        return self.store.decide(asked, disposition, who=by, reason=reason, now=self.clock(), four_eyes=self.four_eyes)

    def note(self, what: str, *, who: str, about: str = "") -> None:
        """Add to the audit trail."""
        self.store.note(who=who, what=what, about=about, now=self.clock())

    def secure(self, request: Request) -> bool:
        """Whether the browser speaks TLS to base_url: then cookies must never travel in clear."""
        base = urlsplit(self.base_url)
        return base.scheme == "https" and request.headers.get("host", "").lower() == base.netloc.lower()

    def page(self, request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        """A template of monitor/web/templates, filled in. Strangers are told nothing of how things stand."""
        visitor = visitor_of(request)
        inside = visitor is not None or not self.closed
        state = {
            "now": self.clock(),
            "inside": inside,
            "visitor": visitor,
            "may_write": visitor.role.may(Role.ANALYST) if visitor else not self.closed,
            "may_retry": visitor.role.may(Role.ADMIN) if visitor else not self.closed,
            "unready": self.unready() if inside else [],
            "failing": self.failing() if inside else 0,
        }
        return HTMLResponse(_environment().get_template(template).render(state | values), status)


def visitor_of(request: Request) -> Visitor | None:
    """Who sent the request, None where nobody is known."""
    visitor = getattr(request.state, "visitor", None)
    return visitor if isinstance(visitor, Visitor) else None


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
        "deed": lambda what: SAID.get(what, what),
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
