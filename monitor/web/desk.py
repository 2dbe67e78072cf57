"""What the routes share: the database, the clock, who is asked whether all is well, and the templates."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from fastapi import HTTPException
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from monitor.alerts.seals import KEY, is_seal, sealed_delivery
from monitor.errors import MonitorError, UsageError
from monitor.matching import Matcher
from monitor.model.alerts import Delivery, Silence
from monitor.model.feeds import FeedState
from monitor.model.matches import Disposition
from monitor.model.watchlists import Entity, Severity, Watchlist
from monitor.pipeline.trial import Trial
from monitor.pipeline.tryout import Tried, pasted, try_list
from monitor.store import Outcome, Store
from monitor.web import view
from monitor.web.gate import Visitor
from monitor.web.metrics import Live
from monitor.web.users import Role

SAID = {
    Disposition.OPEN: "open",
    Disposition.TRUE_MATCH: "true match",
    Disposition.FALSE_POSITIVE: "false positive",
    Disposition.ESCALATED: "escalated",
}
"""Dispositions in words."""


HEAVY = 2
"""Requests at a time that keep a processor busy (screening, trying lists) or go out (testing a feed)."""

PATIENCE = 20.0
"""Seconds that trying a list on stored articles may take; what is done by then is shown, and said to be a part."""


@dataclass(frozen=True, slots=True)
class Desk:
    store: Store
    ready: Callable[[], Sequence[str]]
    """Why not everything is watched and told as it should be; empty when it is."""
    clock: Callable[[], datetime]
    base_url: str = ""
    closed: bool = False
    """Whether visitors log in. If not, `who` is what people call themselves."""
    standing_by: Callable[[], bool] = lambda: False
    """Whether another daemon does the work."""
    matcher: Callable[[], Matcher] | None = None
    """Gives the matcher in use."""
    four_eyes: bool = False
    """Whether a hit is dismissed by two persons."""
    threshold: float = 88.0
    """0–100, for lists that are tried and set none."""
    read_feed: Callable[[str], Trial] | None = None
    """Reads a feed once, guarded as polling is."""
    live: Callable[[], Live] | None = None
    """What the service in this process measures of itself; None: no service runs in it."""
    _heavy: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(HEAVY))
    _rosters: list[tuple[Matcher, Mapping[tuple[str, str], Entity]]] = field(default_factory=list)

    @contextmanager
    def heavy(self) -> Iterator[None]:
        """A place for work that others have to wait for. Raises HTTPException 429 when there is none."""
        if not self._heavy.acquire(blocking=False):
            raise HTTPException(429, "others have something looked at just now; try again", {"Retry-After": "5"})
        try:
            yield
        finally:
            self._heavy.release()

    def matcher_in_use(self) -> Matcher:
        """Raises HTTPException 503 where there is none."""
        if self.matcher is None:
            raise HTTPException(503, "no watchlists are loaded here; run `monitor run` or `monitor web`")
        return self.matcher()

    def roster(self) -> Mapping[tuple[str, str], Entity]:
        """Every entity of the lists in use, by watchlist and id; empty where no lists are loaded."""
        matcher = self.matcher() if self.matcher else None
        if matcher is None:
            return {}
        for made_of, roster in self._rosters:
            if made_of is matcher:
                return roster
        roster = {entity.key: entity for entity in matcher.watched}
        self._rosters[:] = [(matcher, roster)]  # the lists were replaced whole
        return roster

    def compile(self, text: str) -> Matcher:
        """The matcher of a list that somebody sends. Raises UsageError with what is wrong with it."""
        return Matcher.compile([self.pasted(text)], threshold=self.threshold)

    def pasted(self, text: str) -> Watchlist:
        """The same list, read. Raises UsageError."""
        try:
            return pasted(text)
        except MonitorError as error:
            raise UsageError(str(error)) from error

    def try_list(self, matcher: Matcher, *, since: datetime, examples: int = 3) -> Tried:
        """Hold a list against stored articles for PATIENCE seconds at most."""
        until = time.monotonic() + PATIENCE
        return try_list(self.store, matcher, since=since, examples=examples, stop=lambda: time.monotonic() > until)

    def test_feed(self, url: str) -> Trial:
        """Raises HTTPException 503 where that cannot be done, 400 with what is wrong with the feed."""
        if self.read_feed is None:
            raise HTTPException(503, "feeds cannot be tested here; use `monitor feeds test URL`")
        if not url.startswith(("http://", "https://")):
            raise UsageError("url: give the feed's whole address, beginning with https:// or http://")
        with self.heavy():
            try:
                return self.read_feed(url)
            except MonitorError as error:
                raise HTTPException(400, str(error)) from error

    def sealed(self, said: str, hit: int) -> Delivery | None:
        """The message whose link to this hit bears the seal; None for a seal that is false, or of another hit."""
        row = sealed_delivery(said)
        delivery = self.store.delivery(row) if row else None
        if delivery is None or not is_seal(self.store.secret(KEY, self.clock()), said, delivery.id, delivery.uid):
            return None
        return delivery if any(one.id == hit for alert in delivery.alerts for one in alert.hits) else None

    def retry(self, request: Request, delivery: int) -> None:
        """Make a delivery due again. Raises HTTPException 404."""
        if not self.store.retry_delivery(delivery, self.clock(), who=self.who(request)):
            raise HTTPException(404, "there is no such delivery, or it was sent already")

    def silence(
        self, request: Request, conditions: Mapping[str, str], *, hours: float, reason: str, who: str = ""
    ) -> Silence:
        """Begin one. Raises UsageError when nothing says what to silence."""
        given = {name: value.strip() for name, value in conditions.items()}
        if not any(given.values()):
            raise UsageError("say what to silence: a watchlist, an entity, a feed or words")
        if not reason.strip():
            raise UsageError("reason: say why; it is shown wherever something was not told")
        now, by = self.clock(), self.who(request, who)
        return self.store.add_silence(
            now=now, ends=now + timedelta(hours=hours), reason=reason.strip(), who=by, **given
        )

    def end_silence(self, request: Request, silence: int) -> None:
        """Raises HTTPException 404."""
        if not self.store.end_silence(silence, self.clock(), who=self.who(request)):
            raise HTTPException(404, f"no silence {silence} is in force")

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
        "lasting": view.lasting,
        "entity_path": view.entity_path,
        "severities": [severity.value for severity in reversed(Severity)],
        "dispositions": list(Disposition),
    }
    return environment
