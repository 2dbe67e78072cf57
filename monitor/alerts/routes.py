"""Which routes take a hit or a notice. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from monitor.model.alerts import Notice
from monitor.model.matches import HitRecord
from monitor.model.settings import Route, RouteMatch
from monitor.model.watchlists import Severity


def routes_for(
    record: HitRecord, routes: Sequence[Route], tags: Iterable[str], severity: Severity | None = None
) -> list[Route]:
    """The first route that matches, and those after it as far as `continue` leads. `severity`: None for the hit's."""
    tags = tuple(tags)
    return _first(routes, [matches(route.match, record, tags, severity) for route in routes])


def routes_for_notice(notice: Notice, routes: Sequence[Route], tags: Iterable[str] = ()) -> list[Route]:
    """The same for a notice. `tags`: of the feed that it is about."""
    tags = tuple(tags)
    return _first(routes, [matches_notice(route.match, notice, tags) for route in routes])


def matches(match: RouteMatch, record: HitRecord, tags: Iterable[str], severity: Severity | None = None) -> bool:
    """Whether every condition that is given holds. Entities are named `id` or `watchlist/id`, languages by prefix."""
    entity, article = record.hit.entity, record.article
    rank = (severity or record.hit.severity).rank
    return (
        (not match.topics or "hits" in match.topics)
        and (not match.watchlists or entity.watchlist in match.watchlists)
        and (not match.entities or bool({entity.id, f"{entity.watchlist}/{entity.id}"} & set(match.entities)))
        and (not match.feeds or article.feed in match.feeds)
        and (not match.tags or bool(set(tags) & set(match.tags)))
        and (not match.languages or any(_speaks(article.lang, language) for language in match.languages))
        and match.min_severity.rank <= rank <= match.max_severity.rank
    )


def matches_notice(match: RouteMatch, notice: Notice, tags: Iterable[str] = ()) -> bool:
    """What a route asks of a hit, a notice answers as far as it can: one about no feed is on no feed's route."""
    return (
        (not match.topics or notice.topic in match.topics)
        and (not match.entities or bool({notice.entity, f"{notice.watchlist}/{notice.entity}"} & set(match.entities)))
        and not match.languages
        and (not match.watchlists or notice.watchlist in match.watchlists)
        and (not match.feeds or notice.feed in match.feeds)
        and (not match.tags or bool(set(tags) & set(match.tags)))
        and match.min_severity.rank <= notice.severity.rank <= match.max_severity.rank
    )


def _first(routes: Sequence[Route], taken: Sequence[bool]) -> list[Route]:
    found: list[Route] = []
    for route, takes in zip(routes, taken, strict=True):
        if takes:
            found.append(route)
            if not route.continue_:
                break
    return found


def _speaks(lang: str, wanted: str) -> bool:
    """`en` takes `en-GB` in, `en-GB` does not take `en` in; case and `_` do not matter."""
    lang, wanted = (tag.lower().replace("_", "-") for tag in (lang, wanted))
    return lang == wanted or lang.startswith(wanted + "-")
