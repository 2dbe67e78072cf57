"""Hits and deliveries as the JSON objects that scripts read: the one place that knows their keys.

Keys are only ever added. Times are ISO 8601 with a zone, scores 0–100, offsets code points into the named field.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from monitor.model.alerts import Delivery, DeliveryState, Silence, Verdict
from monitor.model.articles import ArticleRef
from monitor.model.attribution import attributions
from monitor.model.audit import Record
from monitor.model.feeds import FeedStatus
from monitor.model.holds import Hold
from monitor.model.matches import Hit, HitRecord, Match, Proposal, Suppressed
from monitor.model.suppressions import Suppression
from monitor.model.watchlists import Owner

Json = dict[str, Any]


def hit_json(record: HitRecord) -> Json:
    """A stored hit: one object of `monitor hits list --json`, `/api/v1/hits` and the webhook's `data.hits`."""
    hit, entity = record.hit, record.hit.entity
    return {
        "id": record.id,
        "entity": entity.id,
        "entity_name": entity.name,
        "watchlist": entity.watchlist,
        "score": _score(hit.score),
        "severity": hit.severity.value,
        "disposition": record.disposition.value,
        "article": article_json(record.article),
        "mentions": [mention_json(match) for match in hit.matches],
        "explanation": hit.explanation,
        "type": entity.type.value,
        "countries": list(entity.countries),
        "programmes": list(entity.programmes),
        "listed": entity.listed.isoformat() if entity.listed else None,
        "born": list(entity.born),
        "record_url": entity.url,
        "attribution": " ".join(attributions([entity.url])) or None,
        "sentence": hit.best.snippet.text,
        "found_at": time_json(record.found_at),
        "list_version": hit.list_version,
        "matcher_version": hit.matcher_version,
        "rescreened": hit.rescreened,
        "subject": record.subject,
        "linked": list(entity.linked),
        "owned_by": [owner_json(owner) for owner in entity.owned_by],
        "proposed": _proposed(record.proposed),
        "suppressed": _suppressed(record.suppressed),
    }


def _proposed(one: Proposal | None) -> Json | None:
    """A decision that waits for a second person."""
    if one is None:
        return None
    return {"disposition": one.disposition.value, "who": one.who, "at": time_json(one.at), "reason": one.reason}


def _suppressed(one: Suppressed | None) -> Json | None:
    """Why nobody is told of the hit."""
    return {"suppression": one.suppression, "who": one.who, "reason": one.reason} if one else None


def owner_json(owner: Owner) -> Json:
    """An owner as a list states it; nothing is concluded from it."""
    return {
        "name": owner.name,
        "share": owner.share,
        "id": owner.id or None,
        "source": owner.source or None,
        "relation": owner.relation or "owned by",
        "said": owner.said,
    }


def article_json(article: ArticleRef) -> Json:
    return {
        "id": article.id,
        "title": article.title,
        "url": article.url,
        "feed": article.feed,
        "published": time_json(article.published),
        "first_seen": time_json(article.first_seen),
        "lang": article.lang,
        "story": article.story,
    }


def screened_json(hit: Hit) -> Json:
    """A hit that is not stored: one line of `monitor screen`."""
    return {
        "article": hit.article,
        "entity": hit.entity.id,
        "watchlist": hit.entity.watchlist,
        "type": hit.entity.type.value,
        "name": hit.entity.name,
        "score": _score(hit.score),
        "mentions": [mention_json(match) for match in hit.matches],
        "explanation": hit.explanation,
        "severity": hit.severity.value,
        "sentence": hit.best.snippet.text,
        "list_version": hit.list_version,
        "matcher_version": hit.matcher_version,
    }


def mention_json(match: Match) -> Json:
    """One mention as `monitor screen` prints it: `field[start:end] == surface`, read as `name` with `score`."""
    mention = match.mention
    return {
        "field": mention.field,
        "start": mention.start,
        "end": mention.end,
        "surface": mention.surface,
        "name": match.name.text,
        "score": _score(match.score),
    }


def delivery_json(delivery: Delivery) -> Json:
    """One object of `monitor alerts list --json` and `/api/v1/alerts`."""
    pending = delivery.state is DeliveryState.PENDING
    return {
        "id": delivery.id,
        "channel": delivery.channel,
        "recipient": delivery.recipient,
        "state": delivery.state.value,
        "attempts": delivery.attempts,
        "next_attempt": time_json(delivery.next_attempt) if pending else None,
        "last_error": delivery.last_error,
        "hits": [record.id for alert in delivery.alerts for record in alert.hits],
        "kind": delivery.kind.value,
        "uid": delivery.uid,
        "created": time_json(delivery.created),
        "sent_at": time_json(delivery.sent_at),
        "note": delivery.note,
        "reasons": [alert.reason for alert in delivery.alerts],
        "title": delivery.notice.title if delivery.notice else None,
    }


def verdict_json(verdict: Verdict) -> Json:
    """One object of `monitor alerts why --json`: what a channel ("": any) was told of a hit, or why it was not."""
    return {
        "hit": verdict.hit_id,
        "at": time_json(verdict.at),
        "channel": verdict.channel,
        "told": verdict.told.value if verdict.told else None,
        "reason": verdict.reason,
        "deliveries": list(verdict.deliveries),
    }


def silence_json(silence: Silence, now: datetime) -> Json:
    """One object of `monitor silence list --json`."""
    return {
        "id": silence.id,
        "watchlist": silence.watchlist,
        "entity": silence.entity,
        "feed": silence.feed,
        "text": silence.text,
        "starts": time_json(silence.starts),
        "ends": time_json(silence.ends),
        "in_force": silence.ends > now,
        "who": silence.who,
        "reason": silence.reason,
    }


def suppression_json(one: Suppression, now: datetime, kept: int) -> Json:
    """One object of `monitor suppress list --json` and `/api/v1/suppressions`. `hits`: kept from people by it."""
    return {
        "id": one.id,
        "watchlist": one.watchlist,
        "entity": one.entity,
        "name": one.name,
        "pattern": one.pattern,
        "starts": time_json(one.starts),
        "ends": time_json(one.ends),
        "in_force": one.in_force(now),
        "ended": time_json(one.ended),
        "ended_why": one.ended_why,
        "who": one.who,
        "reason": one.reason,
        "hit": one.hit,
        "hits": kept,
    }


def hold_json(hold: Hold) -> Json:
    """One object of `monitor hold list --json`."""
    return {
        "id": hold.id,
        "watchlist": hold.watchlist,
        "entity": hold.entity,
        "since": time_json(hold.since),
        "ended": time_json(hold.ended),
        "who": hold.who,
        "reason": hold.reason,
    }


def record_json(record: Record) -> Json:
    """One line of `monitor audit export`: a link of the chain and what it binds; enough to verify the chain by.

    `content` is null where it is gone; where it was erased, its texts are empty and `erased_by` names the deed.
    """
    content = record.content
    return {
        "number": record.number,
        "kind": record.kind.value,
        "row": record.row,
        "content": {name: time_json(v) if isinstance(v, datetime) else v for name, v in content.items()}
        if content is not None
        else None,
        "salt": record.salt,
        "erased_by": record.erased_by,
        "digest": record.digest.hex(),
        "link": record.link.hex(),
    }


def feed_json(status: FeedStatus) -> Json:
    """One object of `monitor feeds list --json` and `/api/v1/feeds`."""
    return {
        "id": status.source.id,
        "url": status.source.url,
        "state": status.state.value,
        "last_polled": time_json(status.last_polled),
        "last_success": time_json(status.last_success),
        "failures": status.failures,
        "last_error": status.last_error,
        "entries": status.entries,
        "title": status.source.title,
        "tags": list(status.source.tags),
        "next_poll": time_json(status.next_poll),
        "moved_to": status.move.to,
        "moved_since": time_json(status.move.since),
        "moved": status.move.followed,
    }


def time_json(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _score(score: float) -> float:
    """Two decimals: what comes after them is noise of the arithmetic."""
    return round(score, 2)
