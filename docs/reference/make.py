"""Write the reference pages from the code, so that they cannot tell something else: `make reference`.

Commands as `--help` tells them; settings and watchlist keys from the models that read the files, each with the remark
that stands beside it there; metrics from what an empty service exposes.
"""

from __future__ import annotations

import importlib
import inspect
import re
import tempfile
import textwrap
import types
import typing
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import click
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from monitor.cli.main import COMMANDS
from monitor.config import SettingsFile
from monitor.model.settings import FeedSource
from monitor.store import Store
from monitor.watchlists.yaml_list import WatchlistFile
from monitor.web.metrics import Live, exposition

HERE = Path(__file__).parent
NOTE = "<!-- made by `make reference`; change the code instead -->\n"
COMMANDS_ARE = """\
`monitor COMMAND`, or `python -m monitor COMMAND`. Exit codes: 0 fine, 1 the work found a problem, 2 wrong usage or
configuration. Errors are one line on stderr."""
SETTINGS_ARE = """\
Of `config/monitor.yaml`, `feeds.yaml` and watchlists. Durations are written with a unit (`90s`, `10m`, `6h`, `1d`),
sizes too (`500KB`, `10MB`); `${NAME}` reads the environment, or the file that `NAME_FILE` names."""
METRICS_ARE = "At `/metrics`, in Prometheus' text format; `deploy/` has alert rules and a dashboard."
_STEPS = {"duration": (("d", 86400), ("h", 3600), ("m", 60), ("s", 1)), "size": (("MB", 10**6), ("KB", 1000), ("B", 1))}
_REMARK = re.compile(r"^    (\w+)\s*:[^#\n]*?(?:#\s*(.+))?$")


def commands() -> str:
    lines = ["# Commands", "", NOTE, COMMANDS_ARE, ""]
    for name, (module, attribute) in COMMANDS.items():
        command = getattr(importlib.import_module(f"monitor.cli.{module}"), attribute)
        lines += _command(command, f"monitor {name}", depth=2)
    return "\n".join(lines).rstrip() + "\n"


def _command(command: click.Command, path: str, depth: int) -> Iterator[str]:
    yield f"{'#' * depth} {path}"
    yield ""
    context = click.Context(command, info_name=path)
    if command.help:
        yield _prose(command.help)
        yield ""
    if isinstance(command, click.Group):
        for name in command.commands:
            yield from _command(command.commands[name], f"{path} {name}", depth + 1)
        return
    usage = " ".join(command.collect_usage_pieces(context))
    yield f"```\n{path} {usage}\n```"
    yield ""
    rows = [record for parameter in command.get_params(context) if (record := parameter.get_help_record(context))]
    options = [(f"`{name}`", _prose(told)) for name, told in rows if "--help" not in name]
    if options:
        yield "| option | |"
        yield "|---|---|"
        for name, told in options:
            yield f"| {name.replace('|', chr(92) + '|')} | {told.replace('|', chr(92) + '|')} |"
        yield ""


def _prose(text: str) -> str:
    return "\n\n".join(" ".join(part.split()) for part in inspect.cleandoc(text).replace("\b", "").split("\n\n"))


def settings() -> str:
    told = ["# Settings", "", NOTE, SETTINGS_ARE, ""]
    seen: list[type[BaseModel]] = []
    pages = (("monitor.yaml", SettingsFile), ("feeds.yaml, a list of rows", FeedSource), ("a watchlist", WatchlistFile))
    for title, model in pages:
        told += [f"## {title}", ""]
        told += _model(model, seen)
    return "\n".join(told).rstrip() + "\n"


def _model(model: type[BaseModel], seen: list[type[BaseModel]]) -> Iterator[str]:
    seen.append(model)
    if model.__doc__ and model.__doc__ != BaseModel.__doc__ and not model.__doc__.startswith("Frozen; an unknown"):
        yield _prose(model.__doc__)
        yield ""
    yield "| key | value | if left out | |"
    yield "|---|---|---|---|"
    remarks = _remarks(model)
    inner: list[type[BaseModel]] = []
    for name, field in model.model_fields.items():
        key = field.alias or name
        inner += [one for one in _models(field.annotation) if one not in seen and one not in inner]
        unit = _unit(field)
        cells = (f"`{key}`", unit or _kind(field.annotation), _default(field, unit), remarks.get(name, ""))
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
    yield ""
    for one in inner:
        if one not in seen:
            yield f"### {_title(one)}"
            yield ""
            yield from _model(one, seen)


def _title(model: type[BaseModel]) -> str:
    kind = model.model_fields.get("type")
    if kind is not None and typing.get_origin(kind.annotation) is Literal and model.__name__.endswith("Channel"):
        return f"channel of type {typing.get_args(kind.annotation)[0]}"
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", model.__name__).lower().strip("_ ")


def _remarks(model: type[BaseModel]) -> dict[str, str]:
    """The comment beside each field, or the text below it, in the model and those that it extends."""
    found: dict[str, str] = {}
    for base in reversed(model.__mro__):
        if not (isinstance(base, type) and issubclass(base, BaseModel)) or base is BaseModel:
            continue
        try:
            source = textwrap.dedent(inspect.getsource(base))
        except OSError:
            continue
        name = ""
        for line in source.splitlines():
            if matched := _REMARK.match(line):
                name = matched[1]
                if matched[2]:
                    found[name] = matched[2]
            elif name and (below := re.match(r'^    """(.+?)(?:""")?$', line)):
                found.setdefault(name, below[1])
    return found


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in typing.get_args(annotation):
        yield from _models(inner)


def _kind(annotation: Any) -> str:
    origin, inner = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return _kind(inner[0])
    if origin is Literal:
        return ", ".join(f"`{value}`" for value in inner)
    if origin in (typing.Union, types.UnionType):
        kinds = dict.fromkeys(_kind(one) for one in inner if one is not type(None))
        return " or ".join(kinds).replace(" or channel of type ", ", ")
    if origin in (tuple, list):
        return f"list of {_kind(inner[0])}" if inner else "list"
    if origin is dict:
        return "mapping"
    if isinstance(annotation, type):
        if issubclass(annotation, BaseModel):
            return _title(annotation)
        if issubclass(annotation, SecretStr):
            return "secret text"
        if hasattr(annotation, "__members__"):
            return ", ".join(f"`{member.value}`" for member in annotation)  # type: ignore[attr-defined]
        words = {"str": "text", "float": "number", "int": "whole number", "bool": "`true`, `false`"}
        return words.get(annotation.__name__, annotation.__name__)
    return "text"


def _unit(field: FieldInfo) -> str:
    """ "duration" or "size" where a number stands for one."""
    for one in (*field.metadata, *typing.get_args(field.annotation)):
        for part in (one, *getattr(one, "__metadata__", ())):
            name = getattr(getattr(part, "func", None), "__name__", "")
            if name in ("_duration", "_size"):
                return name[1:]
    return ""


def _written(value: float, unit: str) -> str:
    """As a person would write it."""
    mark, step = next((mark, step) for mark, step in _STEPS[unit] if value % step == 0 and (value or step == 1))
    return f"{value / step:g}{mark}"


def _default(field: FieldInfo, unit: str = "") -> str:
    if field.is_required():
        return "must be given"
    value = field.get_default(call_default_factory=True, validated_data={})
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if value is None or value in ("", (), [], {}) or isinstance(value, BaseModel):
        return ""
    if unit:
        return f"`{_written(value, unit)}`"
    if isinstance(value, tuple | list):
        return ", ".join(f"`{one}`" for one in value)
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{getattr(value, 'value', value)}`"


def metrics() -> str:
    lines = ["# Metrics", "", NOTE, METRICS_ARE, ""]
    lines += ["| metric | type | |", "|---|---|---|"]
    now = datetime(2026, 1, 1, tzinfo=UTC)
    with tempfile.TemporaryDirectory() as scratch:
        store = Store.open(f"sqlite:///{scratch}/monitor.db", now=now)
        text = exposition(store, now=now, ready=True, live=Live())
        store.close()
    helps: dict[str, str] = {}
    for line in text.splitlines():
        if line.startswith("# HELP "):
            name, _, told = line[7:].partition(" ")
            helps[name] = told
        elif line.startswith("# TYPE "):
            name, kind = line[7:].split()
            lines.append(f"| `{name}` | {kind} | {helps[name]} |")
    return "\n".join(lines) + "\n"


PAGES = {"commands.md": commands, "settings.md": settings, "metrics.md": metrics}

if __name__ == "__main__":
    for page, make in PAGES.items():
        (HERE / page).write_text(make(), encoding="utf-8")
