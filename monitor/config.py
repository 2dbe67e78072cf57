"""Settings: config/monitor.yaml and feeds.yaml, read into frozen values.

`${NAME}` inside a text is replaced by the environment's NAME, or by the content of the file that NAME_FILE names (how
container platforms hand over secrets). Paths are relative to the file they stand in; a sqlite path is relative to the
working directory.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, TypeAdapter

from monitor import strictyaml
from monitor.alerts.render.templates import NAMES, Own
from monitor.alerts.sample import template_problems
from monitor.feeds.search import template_problem
from monitor.model.settings import (
    AlertPolicy,
    AtomChannel,
    Channel,
    Cluster,
    ConsoleChannel,
    Decisions,
    FeedSource,
    Log,
    Matching,
    Polling,
    Retention,
    Route,
    Storage,
    Strict,
    Web,
)
from monitor.strictyaml import Document, FileProblems, Problem

DEFAULT = Path("config/monitor.yaml")
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_MAX_SECRET = 65_536
_MAX_TEMPLATE = 200_000  # characters

Paths = Annotated[tuple[str, ...], BeforeValidator(lambda value: [value] if isinstance(value, str) else value)]


class SettingsFile(Strict):
    """config/monitor.yaml."""

    config_version: Literal[1] = 1
    storage: Storage = Storage()
    watchlists: Paths = ("../watchlists",)
    feeds: str | tuple[FeedSource, ...] = Field(description="The rows themselves, or the path of a feeds.yaml.")
    polling: Polling = Polling()
    matching: Matching = Matching()
    alerts: AlertPolicy = AlertPolicy()
    channels: tuple[Channel, ...] = ()
    routes: tuple[Route, ...] = ()
    decisions: Decisions = Decisions()
    web: Web = Web()
    log: Log = Log()
    retention: Retention = Retention()
    cluster: Cluster = Cluster()


FEEDS_FILE: TypeAdapter[tuple[FeedSource, ...]] = TypeAdapter(tuple[FeedSource, ...])


@dataclass(frozen=True)
class Settings:
    """Everything a person set, with defaults filled in and paths made absolute."""

    path: Path
    files: tuple[Path, ...]  # those read: for noticing changes
    storage: Storage
    watchlists: tuple[Path, ...]
    feeds: tuple[FeedSource, ...]
    polling: Polling
    matching: Matching
    alerts: AlertPolicy
    channels: tuple[Channel, ...]
    routes: tuple[Route, ...]
    decisions: Decisions
    web: Web
    log: Log
    retention: Retention
    cluster: Cluster
    templates: Own = ()  # of messages: a person's own

    def has_feed(self, id: str) -> bool:
        """Whether a row has this id, or is the template of a search that has it."""
        return any(id == feed.id or (feed.search and id.startswith(f"{feed.id}.")) for feed in self.feeds)


def load(path: Path | None, environ: Mapping[str, str]) -> Settings:
    """Read settings from `path`, else $MONITOR_CONFIG, else config/monitor.yaml. Raises FileProblems, a ConfigError."""
    path = path or Path(environ.get("MONITOR_CONFIG") or DEFAULT)
    if not path.is_file():
        raise FileProblems(
            [Problem(path, 0, 0, "no such settings file; give --config, set MONITOR_CONFIG, or run where config/ is")]
        )
    path = path.resolve()
    document = strictyaml.load(path)
    if not isinstance(document.data, dict):
        raise document_error(document, (), "settings are keys with values, for example `watchlists: [../watchlists]`")
    document = _substituted(document, environ)
    written = strictyaml.validate(SettingsFile, document)
    files = [path]
    if isinstance(written.feeds, str):
        feeds_path = (path.parent / written.feeds).resolve()
        files.append(feeds_path)
        feeds_document = _substituted(strictyaml.load(feeds_path), environ)
        feeds = strictyaml.validate(FEEDS_FILE, feeds_document, feeds_document.data or [])
        _check_feeds(feeds, feeds_document, ())
    else:
        feeds = written.feeds
        _check_feeds(feeds, document, ("feeds",))
    channels = written.channels or (ConsoleChannel(id="terminal", type="console"),)
    routes = written.routes or (Route(id="all", channels=tuple(channel.id for channel in channels)),)
    _check_channels(written, channels, routes, document)
    channels = tuple(_placed(channel, path) for channel in channels)
    web = written.web
    if not web.base_url and web.port:
        host = "127.0.0.1" if web.host in {"0.0.0.0", "::"} else web.host
        web = web.model_copy(update={"base_url": f"http://{host}:{web.port}"})
    return Settings(
        path=path,
        files=tuple(files),
        storage=written.storage,
        watchlists=tuple(_watchlists(path, written, document)),
        feeds=feeds,
        polling=written.polling,
        matching=written.matching,
        alerts=written.alerts,
        channels=channels,
        routes=routes,
        decisions=written.decisions,
        web=web,
        log=written.log,
        retention=written.retention,
        cluster=written.cluster,
        templates=_templates(path, written, document),
    )


def document_error(document: Document, location: strictyaml.Location, message: str) -> FileProblems:
    return FileProblems([document.problem(location, message)])


def _placed(channel: Channel, path: Path) -> Channel:
    """The channel with its file's path made absolute."""
    if isinstance(channel, AtomChannel):
        return channel.model_copy(update={"path": str((path.parent / Path(channel.path).expanduser()).resolve())})
    return channel


def _watchlists(path: Path, written: SettingsFile, document: Document) -> Iterator[Path]:
    for number, entry in enumerate(written.watchlists):
        found = (path.parent / entry).resolve()
        if not found.exists():
            raise document_error(document, ("watchlists", number), f"no such file or directory: {entry} ({found})")
        yield found


def _check_feeds(feeds: tuple[FeedSource, ...], document: Document, at: strictyaml.Location) -> None:
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    for number, feed in enumerate(feeds):
        parts = urlsplit(feed.url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            problems.append(
                document.problem(
                    (*at, number, "url"), f"{feed.url!r} is not an address; it starts with https:// or http://"
                )
            )
        elif wrong := template_problem(feed, [other.id for other in feeds if other.search]):
            problems.append(document.problem((*at, number, "url"), wrong))
        if feed.id in seen:
            first, _ = document.position((*at, seen[feed.id]))
            problems.append(document.problem((*at, number), f"the id {feed.id!r} is that of the feed on line {first}"))
        seen.setdefault(feed.id, number)
    if problems:
        raise FileProblems(problems)


def _check_channels(
    written: SettingsFile, channels: tuple[Channel, ...], routes: tuple[Route, ...], document: Document
) -> None:
    problems: list[Problem] = []
    ids = [channel.id for channel in channels]
    for number, channel in enumerate(written.channels):
        at = ("channels", number)
        if channel.id in ids[:number]:
            problems.append(document.problem(at, f"the channel id {channel.id!r} is taken by another"))
        if channel.type == "slack":
            webhook, token = channel.webhook_url.get_secret_value(), channel.token.get_secret_value()
            if bool(webhook) == bool(token) or (token and not channel.channel):
                problems.append(
                    document.problem(at, f"{channel.id}: Slack needs `webhook_url:`, or `token:` and `channel:`")
                )
        if channel.fallback and channel.fallback not in ids:
            said = f"{channel.id} falls back to {channel.fallback!r}; there are: {', '.join(ids)}"
            problems.append(document.problem((*at, "fallback"), said))
        elif channel.id in _fallbacks(channel, channels):
            said = f"{channel.id} falls back to itself in the end; leave one `fallback:` out"
            problems.append(document.problem((*at, "fallback"), said))
    for number, route in enumerate(routes):
        problems += [
            document.problem(
                ("routes", number, "channels"),
                f"route {route.id!r} names the channel {name!r}; there are: {', '.join(ids)}",
            )
            for name in route.channels
            if name not in ids
        ]
        if route.id in [other.id for other in routes[:number]]:
            problems.append(document.problem(("routes", number), f"the route id {route.id!r} is taken by another"))
    if problems:
        raise FileProblems(problems)


def _templates(path: Path, written: SettingsFile, document: Document) -> Own:
    """The templates in `alerts.templates`, each tried on samples so that a fault shows now and not in an alert."""
    if not written.alerts.templates:
        return ()
    at = ("alerts", "templates")
    directory = (path.parent / written.alerts.templates).resolve()
    if not directory.is_dir():
        raise document_error(document, at, f"no such directory: {written.alerts.templates} ({directory})")
    found: list[tuple[str, str]] = []
    for file in sorted(directory.glob("*.j2")):
        if file.name not in NAMES:
            raise document_error(document, at, f"{file}: no message is made of it; there are: {', '.join(NAMES)}")
        try:
            with file.open(encoding="utf-8") as source:
                found.append((file.name, source.read(_MAX_TEMPLATE)))
        except (OSError, UnicodeDecodeError) as error:
            raise document_error(document, at, f"{file} cannot be read: {error}") from error
    for name, problem in template_problems(tuple(found)):
        raise document_error(document, at, f"{directory / name}: {problem}")
    return tuple(found)


def _fallbacks(channel: Channel, channels: tuple[Channel, ...]) -> list[str]:
    """The channels that are told in turn when this one, and then they, fail."""
    of = {one.id: one.fallback for one in channels}
    found: list[str] = []
    after = channel.fallback
    while after and after not in found:
        found.append(after)
        after = of.get(after, "")
    return found


def _substituted(document: Document, environ: Mapping[str, str]) -> Document:
    """The document with `${NAME}` replaced. Raises FileProblems naming each variable that is not set, and where."""
    problems: list[Problem] = []

    def walk(value: Any, location: strictyaml.Location) -> Any:
        if isinstance(value, dict):
            return {key: walk(inner, (*location, key)) for key, inner in value.items()}
        if isinstance(value, list):
            return [walk(inner, (*location, number)) for number, inner in enumerate(value)]
        if isinstance(value, str) and "${" in value:
            return _VARIABLE.sub(lambda found: look_up(found[1], location), value)
        return value

    def look_up(name: str, location: strictyaml.Location) -> str:
        if name in environ:
            return environ[name]
        file = environ.get(f"{name}_FILE")
        if not file:
            message = f"the environment has no {name}; set {name}, or {name}_FILE to the path of a file that holds it"
            problems.append(document.problem(location, message))
            return ""
        try:
            with Path(file).open(encoding="utf-8") as secret:
                return secret.read(_MAX_SECRET).strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "not text"
            problems.append(document.problem(location, f"{name}_FILE: {file} cannot be read: {reason}"))
            return ""

    data = walk(document.data, ())
    if problems:
        raise FileProblems(problems)
    return Document(document.path, document.text, data)
