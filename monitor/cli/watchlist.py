"""`monitor watchlist`: write a list, have it judged, see what it would find."""

from __future__ import annotations

import os
import re
import tempfile
from datetime import timedelta
from pathlib import Path

import click
from pydantic import TypeAdapter, ValidationError

from monitor import strictyaml
from monitor.cli.common import config_option, json_option, load_settings, open_store, utc_now
from monitor.cli.output import print_json, table
from monitor.config import Settings
from monitor.errors import ConfigError, UsageError
from monitor.matching import Matcher
from monitor.model.settings import Duration
from monitor.model.watchlists import EntityType, Severity
from monitor.pipeline import tryout
from monitor.pipeline.lint import lint as judge
from monitor.watchlists import editing
from monitor.watchlists.countries import country_code
from monitor.watchlists.read import list_files, read_paths

EXAMPLES = 3
"""Sentences shown of each name by `try`."""


@click.group()
def watchlist() -> None:
    """Hand-written lists: add, lint, try."""


@watchlist.command()
@click.argument("name")
@config_option
@click.option("--file", "path", type=click.Path(path_type=Path), help="The list; it is made when it does not exist.")
@click.option("--id", "entity_id", default="", help="Stable id (default: made from the name).")
@click.option("--type", "kind", type=click.Choice([t.value for t in EntityType]), help="What it is.")
@click.option("--alias", "aliases", multiple=True, help="Another name (may be given again).")
@click.option("--weak-alias", "weak", multiple=True, help="A name that counts beside a stronger sign only.")
@click.option("--country", "countries", multiple=True, help="ISO 3166-1 alpha-2, or the country's English name.")
@click.option("--programme", "programmes", multiple=True)
@click.option("--severity", type=click.Choice([s.value for s in Severity]))
@click.option("--notes", default="")
@click.option("--url", default="", help="The public source.")
def add(
    name: str,
    config_path: Path | None,
    path: Path | None,
    entity_id: str,
    kind: str | None,
    aliases: tuple[str, ...],
    weak: tuple[str, ...],
    countries: tuple[str, ...],
    programmes: tuple[str, ...],
    severity: str | None,
    notes: str,
    url: str,
) -> None:
    """Add NAME to a list, or aliases to who has this name or --id there. Comments and layout stay as they are."""
    wanted = editing.Addition(
        name=name,
        id=entity_id,
        aliases=aliases,
        weak_aliases=weak,
        scalars=(("type", kind or ""), ("severity", severity or ""), ("notes", notes), ("url", url)),
        lists=(("countries", tuple(map(_country, countries))), ("programmes", programmes)),
    )
    path = path or _own_list(load_settings(config_path))
    if path.exists():
        raw = path.read_bytes()
        text = strictyaml.load(path).text  # refuses what is too large or no UTF-8, with the place
        mark = "\ufeff" if raw.startswith(b"\xef\xbb\xbf") else ""
        changed = mark + editing.add(path, text, wanted)
    else:
        changed = editing.new_file(path, wanted)
    _write(path, changed)
    click.echo(f"{path}: {name} is there; the running service takes it up")


@watchlist.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH…]")
@config_option
@json_option
def lint(paths: tuple[Path, ...], config_path: Path | None, as_json: bool) -> int:
    """Judge every name of these lists (default: those of the settings). Exit 1 when there is something to say."""
    settings = None if paths else load_settings(config_path)
    lists = read_paths(paths or (settings.watchlists if settings else ()))
    findings = list(judge(lists, threshold=settings.matching.threshold if settings else 88.0))
    if as_json:
        keys = ("watchlist", "entity", "name", "rule", "message")
        print_json([{key: getattr(finding, key) for key in keys} for finding in findings])
    else:
        rows = [[f"{f.watchlist}/{f.entity}", f.name, f.rule, f.message] for f in findings]
        names = sum(len(entity.names) for one in lists for entity in one.entities)
        table(["entity", "name", "rule", "what"], rows, empty=f"{names} names, nothing to say about them")
    return 1 if findings else 0


@watchlist.command(name="try")
@click.argument("path", type=click.Path(path_type=Path))
@config_option
@click.option("--since", default="30d", show_default=True, help="How far back: 12h, 30d …")
@json_option
def try_list(path: Path, config_path: Path | None, since: str, as_json: bool) -> None:
    """Show what the list PATH would have found in the stored articles, name by name. Nothing is stored."""
    settings = load_settings(config_path)
    now = utc_now()
    matcher = Matcher.compile(read_paths([path]), threshold=settings.matching.threshold)
    store = open_store(settings)
    try:
        tried = tryout.try_list(store, matcher, since=now - timedelta(seconds=_seconds(since)), examples=EXAMPLES)
    finally:
        store.close()
    if as_json:
        print_json([tryout.found_json(one) for one in tried.names])
        return
    for one in tried.names:
        click.echo(f"{one.articles:6} × {one.name}  ({one.entity})")
        for article, match in one.examples:
            click.echo(f"         {match.score:.4g} {' '.join(match.snippet.text.split())}")
            click.echo(f"             {' '.join(filter(None, (article.title, article.url)))}")
    click.echo(f"{tried.articles} stored articles of the last {since}: {tried.hits} hits by {len(tried.names)} names")


def _country(written: str) -> str:
    """Its code, which is what a list holds."""
    code = written.lower() if re.fullmatch("[A-Za-z]{2}", written) else country_code(written)
    if not code:
        raise UsageError(f"--country {written!r} is no country's code or English name; write a code, for example CY")
    return code


def _own_list(settings: Settings) -> Path:
    """The hand-written list when there is one alone."""
    files = [file for path in settings.watchlists for file in list_files(path)]
    own = [
        file
        for file in files
        if isinstance(data := strictyaml.load(file).data, dict) and isinstance(data.get("entities"), list)
    ]
    if len(own) != 1:
        raise UsageError(f"name the list with --file; there are: {', '.join(map(str, own)) or 'none yet'}")
    return own[0]


def _seconds(text: str) -> float:
    try:
        return TypeAdapter(Duration).validate_python(text)
    except ValidationError as error:
        raise UsageError(
            f"--since {text!r} is no duration: write a number and a unit, for example 12h or 30d"
        ) from error


def _write(path: Path, text: str) -> None:
    """In one step: whoever reads the file meanwhile sees the old one or the new one whole."""
    try:
        handle, beside = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        Path(beside).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        Path(beside).replace(path)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written: {error.strerror}") from error
