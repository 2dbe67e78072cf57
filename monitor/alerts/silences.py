"""Whether a silence covers a hit. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from monitor.model.alerts import Silence
from monitor.model.matches import HitRecord
from monitor.model.suppressions import folded


def silenced(record: HitRecord, silences: Sequence[Silence], now: datetime) -> Silence | None:
    """The silence in force that covers this hit, the one that ends last if there are several."""
    covering = [one for one in silences if one.starts <= now < one.ends and covers(one, record)]
    return max(covering, key=lambda one: one.ends, default=None)


def covers(silence: Silence, record: HitRecord) -> bool:
    """Whether every condition that the silence has holds for the hit; one that has none covers nothing."""
    entity = record.hit.entity
    conditions = [
        (silence.watchlist, silence.watchlist == entity.watchlist),
        (silence.entity, silence.entity in (entity.id, f"{entity.watchlist}/{entity.id}")),
        (silence.feed, silence.feed == record.article.feed),
        (silence.text, _said(silence.text, record)),
    ]
    given = [holds for wanted, holds in conditions if wanted]
    return bool(given) and all(given)


def _said(text: str, record: HitRecord) -> bool:
    """Whether the title or one of the hit's sentences has these words."""
    wanted = folded(text)
    said = (record.article.title, *(match.snippet.text for match in record.hit.matches))
    return bool(wanted) and any(wanted in folded(one) for one in said)
