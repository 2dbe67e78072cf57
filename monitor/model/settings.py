"""The values that a person sets: validated where they enter, frozen from then on, handed to the stages one by one.

Durations are seconds, sizes are bytes; in YAML both may carry a unit (`90s`, `10m`, `6h`, `1d`; `500KB`, `10MB`).
"""

from __future__ import annotations

import re
from ipaddress import ip_network
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

from monitor.model.watchlists import Severity

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)?")
_DURATION_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0, None: 1.0}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kKmMgG]?)i?[bB]?")
_SIZE_UNITS = {"": 1, "k": 1000, "m": 1000**2, "g": 1000**3}
_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def _duration(value: object) -> object:
    if isinstance(value, str):
        found = _DURATION.fullmatch(value.strip())
        if not found:
            raise ValueError("not a duration: write a number and a unit, for example 90s, 10m, 6h or 1d")
        return float(found[1]) * _DURATION_UNITS[found[2]]
    return value


def _size(value: object) -> object:
    if isinstance(value, str):
        found = _SIZE.fullmatch(value.strip())
        if not found:
            raise ValueError("not a size: write a number and a unit, for example 500KB or 10MB")
        return int(float(found[1]) * _SIZE_UNITS[found[2].lower()])
    return value


def _identifier(value: str) -> str:
    if not _IDENTIFIER.fullmatch(value):
        raise ValueError("not an id: use at most 100 letters, digits, '-', '_' or '.', a letter or digit first")
    return value


def _timezone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("not a time zone: write its IANA name, for example Europe/London or UTC") from error
    return value


def _text(value: object) -> object:
    """YAML reads `id: 17022` as a number; where text is meant, a number is its text."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _network(value: str) -> str:
    try:
        return str(ip_network(value))
    except ValueError as error:
        raise ValueError("not an address or a network: write for example 127.0.0.1 or 10.1.0.0/16") from error


def _list(value: object) -> object:
    return [value] if isinstance(value, str) else value


_CLOCK = r"^([01]\d|2[0-3]):[0-5]\d$"
_RATE = r"^([1-9]\d{0,5}/[mhd])?$"


def _clock(value: object) -> object:
    if isinstance(value, str) and not re.match(_CLOCK, value):
        raise ValueError('not a time of day: write it as "07:00", in quotes')
    return value


def _rate(value: object) -> object:
    if isinstance(value, str) and not re.match(_RATE, value):
        raise ValueError("not a rate: write how many messages in a minute, an hour or a day, for example 20/h")
    return value


Clock = Annotated[str, BeforeValidator(_clock), Field(pattern=_CLOCK)]
Rate = Annotated[str, BeforeValidator(_rate), Field(pattern=_RATE)]
Duration = Annotated[float, BeforeValidator(_duration), Field(ge=0)]
Size = Annotated[int, BeforeValidator(_size), Field(gt=0)]
Identifier = Annotated[str, BeforeValidator(_text), AfterValidator(_identifier)]
Text = Annotated[str, BeforeValidator(_text)]
Texts = Annotated[tuple[Text, ...], BeforeValidator(_list)]
Networks = Annotated[tuple[Annotated[str, AfterValidator(_network)], ...], BeforeValidator(_list)]
Timezone = Annotated[str, AfterValidator(_timezone)]


class Strict(BaseModel):
    """Frozen; an unknown key is an error, never ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class FeedSearch(Strict):
    """A row of feeds.yaml is then no feed but a template: one is made for each entity of these watchlists."""

    watchlists: Annotated[tuple[Text, ...], BeforeValidator(_list), Field(min_length=1)]
    limit: int = Field(100, ge=1, le=1000)  # entities at most, the first of the lists


class FeedSource(Strict):
    """A feed as configured."""

    id: Identifier
    url: str
    title: str = ""
    interval: Duration | None = None  # None: polling.interval
    full_text: bool = True
    tags: Texts = ()
    enabled: bool = True
    lang: str = ""  # BCP 47; only where the feed itself does not say
    search: FeedSearch | None = None  # `url` then holds {name}


class SearchFeed(FeedSource):
    """What a template became for one entity."""

    of: Identifier  # the template's id


class Polling(Strict):
    interval: Duration = 900.0
    timeout: Duration = Field(30.0, gt=0)  # of one whole fetch: connect, headers, redirects and body
    max_bytes: Size = 10_000_000  # decompressed
    concurrency: int = Field(16, ge=1, le=256)
    per_host: int = Field(1, ge=1, le=256)
    min_gap: Duration = 1.0  # between two requests to one host
    user_agent: str = "sanctions-watchlist-monitor/0.1 (+news monitoring; set polling.user_agent to your contact)"
    allow_private: bool = False
    proxy: SecretStr = SecretStr("")  # http://user:password@host:port, for feeds, pages and lists; "": none


class Matching(Strict):
    threshold: float = Field(88.0, ge=50, le=100)
    rescreen: Duration = 7_776_000.0  # 90 days: how old stored articles may be to be held against names that are new


class AlertPolicy(Strict):
    burst: int = Field(10, ge=1)  # alerts a channel gets one by one in a tick; more become one summary
    cooldown: Duration = 21600.0  # a subject that comes again within it goes to the thread or the digest
    fallback_after: Duration = 1800.0  # a channel's fallback is told when it would take longer than this
    digest_at: str = Field("07:00", pattern=r"^([01]\d|2[0-3]):[0-5]\d$")  # of a daily digest; a weekly one: Mondays
    timezone: Timezone = "UTC"  # IANA name; the one that digest_at is meant in
    heartbeat: Literal["hourly", "daily", "weekly"] | None = None  # a sign of life over every channel; daily: digest_at
    heartbeat_url: SecretStr = SecretStr("")  # asked for every five minutes while all is well
    templates: str = ""  # a directory of your own templates, relative to the settings file
    severity: Literal["listed", "weighed"] = "listed"
    """What routes go by: the list's word, or that raised or lowered by where and how a name is mentioned."""


class QuietHours(Strict):
    """When a channel is left in peace, every day: what comes then waits, and comes as one message when they end."""

    from_: Clock = Field(alias="from")
    to: Clock
    timezone: Timezone | None = None  # None: alerts.timezone
    except_: Severity | None = Field(None, alias="except")  # what is this severe, or more, does not wait


_RATE_UNITS = {"m": 60.0, "h": 3600.0, "d": 86400.0}


class _Channel(Strict):
    id: Identifier
    cooldown: Duration | None = None  # None: alerts.cooldown
    burst: int | None = Field(None, ge=1)  # None: alerts.burst
    quiet: QuietHours | None = None
    fallback: str = ""  # the channel that is told what this one could not be told
    rate: Rate = ""  # messages a recipient gets at most, for example 20/h

    @property
    def budget(self) -> tuple[int, float] | None:
        """`rate` as (messages, seconds); None without one."""
        count, _, unit = self.rate.partition("/")
        return (int(count), _RATE_UNITS[unit]) if self.rate else None


class ConsoleChannel(_Channel):
    type: Literal["console"]


class EmailChannel(_Channel):
    type: Literal["email"]
    host: str
    port: int = Field(587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str = ""
    password: SecretStr = SecretStr("")
    sender: str = Field(alias="from")
    recipients: Annotated[tuple[str, ...], BeforeValidator(_list), Field(min_length=1)] = Field(alias="to")
    timeout: Duration = Field(30.0, gt=0)


class SlackChannel(_Channel):
    """An incoming webhook, or a bot token with a channel (which can thread follow-ups)."""

    type: Literal["slack"]
    webhook_url: SecretStr = SecretStr("")
    token: SecretStr = SecretStr("")
    channel: str = ""
    api_url: str = "https://slack.com/api"
    timeout: Duration = Field(30.0, gt=0)


class WebhookChannel(_Channel):
    """Standard Webhooks (https://www.standardwebhooks.com)."""

    type: Literal["webhook"]
    url: str
    secret: SecretStr = SecretStr("")
    timeout: Duration = Field(30.0, gt=0)


class AtomChannel(_Channel):
    """A file that feed readers and portals follow: an Atom feed of the newest hits (RFC 4287)."""

    type: Literal["atom"]
    path: str  # relative to the settings file
    title: str = ""
    entries: int = Field(200, ge=1, le=10_000)  # kept, the newest first


class AppriseChannel(_Channel):
    """One of the services that Apprise knows (https://github.com/caronc/apprise), by its URL."""

    type: Literal["apprise"]
    url: SecretStr


Channel = Annotated[
    ConsoleChannel | EmailChannel | SlackChannel | WebhookChannel | AtomChannel | AppriseChannel,
    Field(discriminator="type"),
]


Topic = Literal["hits", "health", "heartbeat", "lists"]
"""What a message can be about: hits, how the monitor is doing, that it is alive, what changed on lists."""


class RouteMatch(Strict):
    """Every given condition must hold; none given matches everything."""

    watchlists: Texts = ()
    entities: Texts = ()  # entity ids
    feeds: Texts = ()
    tags: Texts = ()  # of the feed; any of them
    languages: Texts = ()
    topics: Annotated[tuple[Topic, ...], BeforeValidator(_list)] = ()
    min_severity: Severity = Severity.LOW
    max_severity: Severity = Severity.CRITICAL


class Route(Strict):
    id: Identifier
    match: RouteMatch = RouteMatch()
    channels: Texts
    digest: Literal["hourly", "daily", "weekly"] | None = None  # None: at once
    continue_: bool = Field(False, alias="continue")


class Decisions(Strict):
    four_eyes: bool = False  # a hit is dismissed as a false positive by two persons


class Web(Strict):
    enabled: bool = True
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65535)
    base_url: str = ""  # "": made from host and port
    users: str = ""  # the file of those who may log in, relative to the settings file; "": nobody logs in
    open: bool = False  # serve other addresses than loopback though nobody logs in
    trusted_proxies: Networks = ()  # whose X-Forwarded-For tells where a request came from; addresses or networks


class Log(Strict):
    format: Literal["text", "json"] = "text"
    """What the service prints: sentences, or a JSON object a line, with ids from feed to delivery."""


class Storage(Strict):
    url: str = "sqlite:///var/monitor.db"


class Cluster(Strict):
    """Workers on other machines that fetch, parse, extract and match for `monitor run`."""

    dask: str = Field("", pattern=r"^((tcp|tls)://\S+:\d+)?$")  # the scheduler's address; "": this process works itself


class Retention(Strict):
    """How long what is kept, by kind. Digests by which entries are known again outlive all of it."""

    articles: Duration = 7_776_000.0  # 90 days: full texts
    entries: Duration = 63_072_000.0  # 2 years: titles and addresses of articles in which nothing was found
    hits: Duration = 316_224_000.0  # 3660 days, ten years: how long US sanctions records are kept (31 CFR 501.601)
    messages: Duration = 63_072_000.0  # 2 years: deliveries that are over
    polls: Duration = 316_224_000.0  # 3660 days: the proof of coverage
    audit: Duration = 316_224_000.0  # 3660 days: what the audit trail says; its digests stay
