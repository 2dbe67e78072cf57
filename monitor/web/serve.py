"""The dashboard as a person set it up: checked, put together, and served."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from monitor.config import Settings
from monitor.errors import ConfigError
from monitor.matching import Matcher
from monitor.model.settings import Web
from monitor.pipeline.trial import Trial
from monitor.store import Store
from monitor.web.app import create_app
from monitor.web.gate import Access
from monitor.web.metrics import Live
from monitor.web.server import Server


def serve(
    settings: Settings,
    store: Store,
    *,
    ready: Callable[[], Sequence[str]],
    standing_by: Callable[[], bool] = lambda: False,
    clock: Callable[[], datetime],
    matcher: Callable[[], Matcher] | None = None,
    read_feed: Callable[[str], Trial] | None = None,
    live: Callable[[], Live] | None = None,
) -> Server:
    """Start serving; `port` of the answer is the one that was bound. Raises ConfigError, and then nothing is left.

    matcher, read_feed, live: as in `create_app`.
    """
    web = settings.web
    check_exposure(web)
    path = users_path(settings)
    app = create_app(
        store,
        base_url=web.base_url,
        hosts=sorted({web.host, "127.0.0.1", "localhost", "[::1]"}),
        ready=ready,
        standing_by=standing_by,
        clock=clock,
        access=Access(path, clock) if path else None,
        matcher=matcher,
        four_eyes=settings.decisions.four_eyes,
        threshold=settings.matching.threshold,
        read_feed=read_feed,
        told=settings.routes,
        live=live,
    )
    if web.trusted_proxies:
        app = ProxyHeadersMiddleware(app, trusted_hosts=list(web.trusted_proxies))  # type: ignore[arg-type, assignment]
    server = Server(app, web.host, web.port)
    server.start()
    return server


def check_exposure(web: Web) -> None:
    """Raises ConfigError when others could reach a dashboard that asks nobody who they are."""
    if not (web.users or web.open or is_loopback(web.host)):
        raise ConfigError(
            f"web.host: {web.host} can be reached from other machines and nobody would have to log in; set "
            "`users: users.yaml` and run `monitor web user add NAME`, or use 127.0.0.1, or set `open: true`"
        )


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def users_path(settings: Settings) -> Path | None:
    """The file of users, None when nobody logs in."""
    users = settings.web.users
    return (settings.path.parent / Path(users).expanduser()).resolve() if users else None
