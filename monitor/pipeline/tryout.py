"""try_list: what a list would have found in the stored articles, name by name. Nothing is stored."""

from __future__ import annotations

import hashlib
import tempfile
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from monitor import strictyaml
from monitor.errors import ConfigError, MonitorError, SourceError
from monitor.matching import Matcher
from monitor.model.articles import ArticleRef
from monitor.model.matches import Match
from monitor.model.watchlists import Entity, EntityType, Name, Severity, Watchlist
from monitor.store import Store
from monitor.watchlists import os_names, yaml_list
from monitor.watchlists.read import HEAD, READERS

PASTED = "pasted"
"""The id of a list of bare names."""

MOST_NAMES = 5_000
"""Of a list that is sent to be tried: compiled in a second, tried on an hour's articles in another."""


@dataclass(frozen=True, slots=True)
class Found:
    """What one name would have found: in how many articles, with the newest of them as examples."""

    watchlist: str
    entity: str  # its id
    name: str
    articles: int
    examples: tuple[tuple[ArticleRef, Match], ...]


@dataclass(frozen=True, slots=True)
class Tried:
    names: tuple[Found, ...]  # those that find most first; those that find nothing are left out
    hits: int  # articles × entities
    articles: int  # looked at
    whole: bool  # False: time was over before all of them were


def try_list(
    store: Store, matcher: Matcher, *, since: datetime, examples: int, stop: Callable[[], bool] = lambda: False
) -> Tried:
    """Hold a list against the articles first seen since then, until all are seen or `stop` says so."""
    found: dict[tuple[str, str, str], dict[int, tuple[ArticleRef, Match]]] = defaultdict(dict)
    hits: set[tuple[str, str, int]] = set()
    seen: set[int] = set()
    whole = True
    for block in store.stored_texts(since=since, block=50):
        if stop():
            whole = False
            break
        seen.update(text.ref.id for text in block)
        for text, there in zip(block, matcher.screen_many([text.article for text in block]), strict=True):
            for hit in there:
                hits.add((*hit.entity.key, text.ref.id))
                for match in hit.matches:
                    found[(*hit.entity.key, match.name.text)].setdefault(text.ref.id, (text.ref, match))
    names = [
        Found(watchlist, entity, name, len(where), tuple(list(where.values())[-examples:]))
        for (watchlist, entity, name), where in found.items()
    ]
    return Tried(tuple(sorted(names, key=lambda one: -one.articles)), len(hits), len(seen), whole)


def found_json(one: Found) -> dict[str, Any]:
    """One object of `monitor watchlist try --json`."""
    examples = [
        {
            "article": article.id,
            "title": article.title,
            "url": article.url,
            "surface": match.mention.surface,
            "score": round(match.score, 2),
            "sentence": match.snippet.text,
        }
        for article, match in one.examples
    ]
    kept = {"watchlist": one.watchlist, "entity": one.entity, "name": one.name, "articles": one.articles}
    return kept | {"examples": examples}


def pasted(text: str) -> Watchlist:
    """A list as somebody sends it: our YAML, one publisher's file, or a name on each line.

    Raises ConfigError or SourceError, which name lines but no path of this machine; and for more than MOST_NAMES.
    """
    listed = _read(text)
    names = sum(len(entity.names) for entity in listed.entities)
    if not names:
        raise ConfigError("the list has no names: write one on each line, or paste a watchlist in YAML")
    if names > MOST_NAMES:
        raise ConfigError(f"the list has {names:,} names; at most {MOST_NAMES:,} are tried here: try a part of it")
    return listed


def _read(text: str) -> Watchlist:
    head = text[:HEAD]
    if yaml_list.looks_like_ours(head):
        document = strictyaml.parse(Path("list"), text)
        row = yaml_list.parse(document)
        if row.source is not None:  # it would name files and downloads of this machine
            raise ConfigError("list: a list with `source:` cannot be tried here; paste the publisher's file itself")
        return yaml_list.to_watchlist(row, document)
    for looks_like_it, read in READERS:
        if looks_like_it(head) and read is not os_names.read:
            with tempfile.TemporaryDirectory() as scratch:
                path = Path(scratch) / "list"
                path.write_text(text, encoding="utf-8")
                try:
                    return read(path)
                except MonitorError as error:
                    raise SourceError(str(error).replace(str(path), "list")) from error
    return _bare(text)


def _bare(text: str) -> Watchlist:
    entities: dict[str, Entity] = {}
    for number, line in enumerate(text.splitlines(), 1):
        name = " ".join(line.split())
        if not name:
            continue
        if len(name) > yaml_list.MAX_NAME or not any(character.isalnum() for character in name):
            raise ConfigError(f"list:{number}: not a name; write one on each line, or a watchlist in YAML")
        id = yaml_list.made_id(name)
        entities.setdefault(id, Entity(PASTED, id, EntityType.UNKNOWN, (Name(name),)))
    version = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:12]
    return Watchlist(PASTED, tuple(entities.values()), severity=Severity.MEDIUM, version=version)
