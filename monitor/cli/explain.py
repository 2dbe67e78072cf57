"""`monitor explain`: why it matched, token by token, and what nearly matched."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from monitor.cli.common import config_option, json_option, load_settings, open_store
from monitor.cli.output import print_json
from monitor.errors import UsageError
from monitor.matching import Explained, Outcome
from monitor.model.articles import Article
from monitor.model.matches import Match
from monitor.model.serial import mention_json
from monitor.screening import THRESHOLD, Screener
from monitor.shelf import of_this_user

SAYS = {
    Outcome.HIT: "HIT",
    Outcome.BELOW: "no hit: below the threshold of {threshold:.0f}",
    Outcome.BEATEN: "no hit: these words are better read as {instead}",
}


@click.command()
@click.argument("text", required=False)
@click.option(
    "--watchlist", "watchlists", multiple=True, type=click.Path(path_type=Path), metavar="PATH",
    help="A YAML watchlist, a directory of them, or an official list's file (may be given again).",
)  # fmt: skip
@click.option("--threshold", type=click.FloatRange(50, 100), default=THRESHOLD, show_default=True,
              help="For lists and entities that set none.")  # fmt: skip
@click.option("--nearly", type=click.FloatRange(0, 100), default=60.0, show_default=True,
              help="Show what scored at least this.")  # fmt: skip
@click.option("--hit", "hit_id", type=int, help="Explain this stored hit instead of a text.")
@config_option
@json_option
def explain(
    text: str | None,
    watchlists: tuple[Path, ...],
    threshold: float,
    nearly: float,
    hit_id: int | None,
    config_path: Path | None,
    as_json: bool,
) -> int:
    """Explain how TEXT ("-": standard input) reads against watchlists: what matches, what nearly does, and why.

    Exit code 1 when nothing matches.
    """
    if hit_id is not None:
        return _stored(hit_id, config_path, as_json)
    if text is None or not watchlists:
        raise UsageError("give a text and --watchlist, or --hit; see `monitor explain --help`")
    article = Article(id="", title="", text=sys.stdin.read() if text == "-" else text)
    screener = Screener.from_paths(watchlists, threshold=threshold, shelf=of_this_user())
    found = screener.matcher.explain(article, nearly=nearly)
    if as_json:
        print_json([_json(one) for one in found])
    else:
        for one in found:
            says = SAYS[one.outcome].format(threshold=one.threshold, instead=one.instead or "another name")
            click.echo(f"{one.entity.name}  ({one.entity.watchlist}/{one.entity.id}): {says}")
            _tell(one.match)
        if not found:
            click.echo(f"nothing in this text scores {nearly:.0f} or more; --nearly shows what scores less")
    return 0 if any(one.outcome is Outcome.HIT for one in found) else 1


def _stored(hit_id: int, config_path: Path | None, as_json: bool) -> int:
    store = open_store(load_settings(config_path))
    try:
        record = store.hit(hit_id)
    finally:
        store.close()
    if record is None:
        raise UsageError(f"no hit {hit_id}; `monitor hits list` shows those there are")
    hit = record.hit
    if as_json:
        print_json([{"entity": hit.entity.id, "watchlist": hit.entity.watchlist, **_match(one)} for one in hit.matches])
        return 0
    click.echo(f"{hit.entity.name}  ({hit.entity.watchlist}/{hit.entity.id}) in “{record.article.title}”")
    click.echo(f"list version {hit.list_version}, matcher version {hit.matcher_version}")
    for match in hit.matches:
        _tell(match)
    return 0


def _tell(match: Match) -> None:
    snippet = match.snippet
    marked = (
        f"{snippet.text[: snippet.start]}⟦{snippet.text[snippet.start : snippet.end]}⟧{snippet.text[snippet.end :]}"
    )
    click.echo(f"  {marked}")
    for reason in match.reasons:
        points = f"{reason.points:+6.1f}" if reason.points else "      "
        click.echo(f"  {points}  {reason.text}")
    click.echo(f"  ={match.score:5.1f}\n")


def _json(one: Explained) -> dict[str, Any]:
    return {
        "entity": one.entity.id,
        "watchlist": one.entity.watchlist,
        "entity_name": one.entity.name,
        "outcome": one.outcome.value,
        "threshold": one.threshold,
        "instead": one.instead,
        **_match(one.match),
    }


def _match(match: Match) -> dict[str, Any]:
    reasons = [{"rule": r.rule, "text": r.text, "points": round(r.points, 2)} for r in match.reasons]
    return {**mention_json(match), "kind": match.name.kind.value, "sentence": match.snippet.text, "reasons": reasons}
