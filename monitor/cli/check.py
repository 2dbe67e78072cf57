"""`monitor check`: is everything spelled right, and where does data go out to."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from monitor import config
from monitor.cli.common import config_option, json_option
from monitor.cli.output import print_json
from monitor.config import Settings
from monitor.errors import ConfigError, MonitorError
from monitor.feeds.search import expand
from monitor.model.settings import AppriseChannel, Channel, EmailChannel, SlackChannel, WebhookChannel
from monitor.model.watchlists import Watchlist
from monitor.strictyaml import FileProblems
from monitor.watchlists import identifiers
from monitor.watchlists.read import list_files, read_list


@click.command()
@config_option
@json_option
def check(config_path: Path | None, as_json: bool) -> int:
    """Check settings, feeds and watchlists; say what is watched and which hosts are told.

    Exit 0: all well. 1: usable, with problems. 2: the service would not start with this.
    """
    fatal: list[str] = []
    problems: list[str] = []
    lists: list[Watchlist] = []
    settings: Settings | None = None
    try:
        settings = config.load(config_path, os.environ)
    except MonitorError as error:
        fatal += _lines(error)
    if settings is not None:
        lists, unread = _read_all(settings)
        fatal += unread
        fatal += _entrance(settings)
        problems += [problem for watchlist in lists for problem in watchlist.problems]
        problems += expand(settings.feeds, lists).problems
        problems += [
            f"{watchlist.origin}: {entity.id}: {wrong}"
            for watchlist in lists
            for entity in watchlist.entities
            for kind, value in entity.identifiers
            if (wrong := identifiers.problem(kind, value))
        ]
    summary = _summary(settings, lists) if settings else {}
    if as_json:
        print_json({"fatal": fatal, "problems": problems, **summary})
    else:
        for line in [*fatal, *problems]:
            click.echo(f"monitor: {line}", err=True)
        _tell(summary)
        if not fatal and not problems:
            click.echo("everything is in order")
    return 2 if fatal else 1 if problems else 0


def _read_all(settings: Settings) -> tuple[list[Watchlist], list[str]]:
    """Every list that can be read, and a line for each that cannot."""
    lists: list[Watchlist] = []
    unread: list[str] = []
    for path in settings.watchlists:
        try:
            files = list_files(path)
        except MonitorError as error:
            unread += _lines(error)
            continue
        for file in files:
            try:
                read = read_list(file)
            except MonitorError as error:
                unread += _lines(error)
                continue
            twin = next((known for known in lists if known.id == read.id), None)
            if twin:
                unread.append(f"{file}: the watchlist id {read.id!r} is that of {twin.origin}; change one of them")
            lists.append(read)
    return lists, unread


def _entrance(settings: Settings) -> list[str]:
    """What keeps the dashboard from being served: a file of users that is missing or broken, an open address."""
    from monitor.web.serve import check_exposure, users_path
    from monitor.web.users import Users

    if not settings.web.enabled:
        return []
    try:
        check_exposure(settings.web)
        if path := users_path(settings):
            Users(path)
    except MonitorError as error:
        return _lines(error)
    return []


def _lines(error: MonitorError) -> list[str]:
    if isinstance(error, FileProblems):
        return [str(problem) for problem in error.problems]
    return [str(error)] if isinstance(error, ConfigError) or str(error) else [type(error).__name__]


def _summary(settings: Settings, lists: list[Watchlist]) -> dict[str, Any]:
    return {
        "watchlists": [
            {
                "id": watchlist.id,
                "title": watchlist.title,
                "entities": len(watchlist.entities),
                "names": sum(len(entity.names) for entity in watchlist.entities),
                "licence": watchlist.licence,
                "origin": watchlist.origin,
            }
            for watchlist in lists
        ],
        "feeds": sum(feed.enabled for feed in expand(settings.feeds, lists).feeds),
        "channels": [
            {"id": channel.id, "type": channel.type, "to": _goes_to(channel)} for channel in settings.channels
        ],
    }


def _goes_to(channel: Channel) -> str:
    """The host that alerts, with names of persons in them, are sent to; "" for none. Never a path: it may be secret."""
    if isinstance(channel, EmailChannel):
        return f"{channel.host}:{channel.port}"
    if isinstance(channel, SlackChannel):
        url = channel.webhook_url.get_secret_value() or channel.api_url
        return urlsplit(url).hostname or ""
    if isinstance(channel, WebhookChannel):
        return urlsplit(channel.url).hostname or ""
    if isinstance(channel, AppriseChannel):
        return f"{urlsplit(channel.url.get_secret_value()).scheme} (through Apprise)"
    return ""


def _tell(summary: dict[str, Any]) -> None:
    for watchlist in summary.get("watchlists", ()):
        licence = f"  [{watchlist['licence']}]" if watchlist["licence"] else ""
        click.echo(f"{watchlist['id']}: {watchlist['entities']} entities, {watchlist['names']} names{licence}")
    if summary:
        click.echo(f"{summary['feeds']} feeds")
    for channel in summary.get("channels", ()):
        to = (
            f"alerts, with personal data in them, go out to {channel['to']}"
            if channel["to"]
            else "stays on this machine"
        )
        click.echo(f"channel {channel['id']} ({channel['type']}): {to}")
