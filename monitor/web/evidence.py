"""A hit with all that speaks for and against it, as one JSON document to be filed; never the article's text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from monitor.model.articles import ArticleRef
from monitor.model.matches import Disposition, HitRecord, Match
from monitor.model.serial import article_json, hit_json, mention_json, time_json
from monitor.model.watchlists import Entity
from monitor.store import Decision

Json = dict[str, Any]
Sources = Sequence[tuple[ArticleRef, int | None, Disposition | None]]


def evidence(record: HitRecord, history: Sequence[Decision], sources: Sources, now: datetime) -> Json:
    return {
        "note": "A hit is a lead, not a finding; no hit is not clearance.",
        "made": time_json(now),
        "hit": hit_json(record),
        "matches": [_match(match) for match in record.hit.matches],
        "list_record": entity_json(record.hit.entity),
        "history": [
            {
                "at": time_json(one.at),
                "who": one.who,
                "was": one.was.value,
                "became": one.became.value,
                "reason": one.reason,
                "step": one.step.value,
            }
            for one in history
        ],
        "story": [
            {**article_json(article), "hit": hit, "disposition": disposition.value if disposition else None}
            for article, hit, disposition in sources
        ],
    }


def _match(match: Match) -> Json:
    snippet = match.snippet
    return {
        **mention_json(match),
        "kind": match.name.kind.value,
        "sentence": {"text": snippet.text, "start": snippet.start, "end": snippet.end},
        "reasons": [{"rule": r.rule, "text": r.text, "points": round(r.points, 2)} for r in match.reasons],
    }


def entity_json(entity: Entity) -> Json:
    """A list's record."""
    return {
        "watchlist": entity.watchlist,
        "id": entity.id,
        "type": entity.type.value,
        "names": [{"text": name.text, "kind": name.kind.value} for name in entity.names],
        "countries": list(entity.countries),
        "programmes": list(entity.programmes),
        "identifiers": [list(one) for one in entity.identifiers],
        "listed": entity.listed.isoformat() if entity.listed else None,
        "notes": entity.notes,
        "url": entity.url,
    }
