"""Search feeds: a row whose address holds `{name}` becomes a feed for each entity of its watchlists. Pure.

A search is asked for at a pace of its own: the searches of one template share its interval evenly, so that a hundred
names are never a hundred requests at once, neither at a start nor after a night without power.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from urllib.parse import quote

from pydantic import ValidationError

from monitor.model.settings import FeedSource, SearchFeed
from monitor.model.watchlists import Entity, EntityType, Watchlist

SLOT = "{name}"

INTERVAL = 21600.0
"""Seconds between two askings of one search, where the template sets no `interval`: search engines are not there for
machines, and what the usual feeds miss is still told within the day."""

LONGEST_ID = 80

AT_ONCE = 20
"""Searches of one template that a single pass (`monitor poll`) catches up with."""


@dataclass(frozen=True, slots=True)
class Expanded:
    """What is polled, and what a person should know of the templates."""

    feeds: tuple[FeedSource, ...]  # the ordinary ones in their order, then the searches; no templates
    problems: tuple[str, ...] = ()


def expand(sources: Iterable[FeedSource], lists: Iterable[Watchlist]) -> Expanded:
    """Every template's searches, of each watchlist's entities in its order. What cannot be searched for is told."""
    sources, by_id = tuple(sources), {watchlist.id: watchlist for watchlist in lists}
    feeds = [source for source in sources if source.search is None]
    problems: list[str] = []
    for template in sources:
        if template.search is not None:
            made, told = _searches(template, template.search.watchlists, template.search.limit, by_id)
            feeds += made
            problems += told
    return Expanded(tuple(feeds), tuple(problems))


def fill(url: str, name: str) -> str:
    """The address with the name in it, escaped for wherever it stands."""
    return url.replace(SLOT, quote(name, safe=""))


def template_problem(source: FeedSource, others: Iterable[str]) -> str:
    """What is wrong with a row as a template or as none, "" when nothing is. `others`: the ids of the other rows."""
    before, slot, _ = source.url.partition(SLOT)
    if source.search is None:
        if slot:
            return f"{SLOT} stands in an address that searches for nothing; add `search: {{watchlists: [...]}}`"
        owner = next((other for other in others if source.id.startswith(f"{other}.")), None)
        return f"ids that begin with {owner!r} and a dot are those of its searches" if owner else ""
    if not slot:
        return f"a search needs {SLOT} in its url, for example https://news.example.org/rss?q={SLOT}"
    if len(source.id) > LONGEST_ID:
        return f"a search's id has at most {LONGEST_ID} letters: those of its entities are added to it"
    if before.count("/") < 3:
        return f"{SLOT} must stand after the host: what is searched for does not choose who is asked"
    return ""


def due_of(
    searches: Sequence[SearchFeed], last: Mapping[str, datetime], now: datetime, *, most: int = 1
) -> Mapping[str, int]:
    """Template → how many of its searches may be asked for now, 0 … `most`.

    last: template → when one of its searches was last asked for. Their interval is shared evenly among them.
    """
    allowed: dict[str, int] = {}
    for template, some in _by_template(searches).items():
        gap = min(source.interval or INTERVAL for source in some) / len(some)
        since = last.get(template)
        passed = most if since is None else int((now - since) / timedelta(seconds=gap)) if gap else most
        allowed[template] = max(0, min(passed, most))
    return allowed


def _by_template(searches: Sequence[SearchFeed]) -> dict[str, list[SearchFeed]]:
    found: dict[str, list[SearchFeed]] = {}
    for source in searches:
        found.setdefault(source.of, []).append(source)
    return found


def _searches(
    template: FeedSource, watchlists: Sequence[str], limit: int, by_id: Mapping[str, Watchlist]
) -> tuple[list[SearchFeed], list[str]]:
    problems = [
        f"search feed {template.id}: there is no watchlist {name!r}; there are: {', '.join(by_id) or 'none'}"
        for name in watchlists
        if name not in by_id
    ]
    entities = [entity for name in watchlists if name in by_id for entity in by_id[name].entities]
    distinct = {_spoken(entity).casefold(): entity for entity in reversed(entities)}  # one on two lists: one search
    wanted = [entity for entity in entities if distinct[_spoken(entity).casefold()] is entity]
    if len(wanted) > limit:
        problems.append(
            f"search feed {template.id}: {len(wanted)} entities, of which the first {limit} are searched for; raise "
            "its `limit:`, or name a smaller watchlist"
        )
    return [_search(template, entity) for entity in wanted[:limit]], problems


def _search(template: FeedSource, entity: Entity) -> SearchFeed:
    name = _spoken(entity)
    values = template.model_dump(exclude={"search"}) | {
        "of": template.id,
        "url": fill(template.url, name),
        "title": f"{template.title or template.id}: {name}",
        "interval": INTERVAL if template.interval is None else template.interval,
        "tags": (*template.tags, template.id),
    }
    try:
        return SearchFeed.model_validate(values | {"id": f"{template.id}.{entity.watchlist}.{entity.id}"})
    except ValidationError:  # an official list's id may be longer, or hold what no id of ours may
        known = f"{entity.watchlist}/{entity.id}".encode("utf-8", "surrogatepass")
        return SearchFeed.model_validate(values | {"id": f"{template.id}.{blake2b(known, digest_size=8).hexdigest()}"})


def _spoken(entity: Entity) -> str:
    """The primary name as newspapers write it: official lists write persons as `LAVROV, Sergei`."""
    family, comma, given = entity.name.partition(",")
    if entity.type is EntityType.PERSON and comma and "," not in given:
        return " ".join(f"{given} {family}".split())
    return " ".join(entity.name.split())
