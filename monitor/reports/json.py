"""A report as the JSON object that scripts read. Keys are only ever added. Pure."""

from __future__ import annotations

from typing import Any

from monitor.model.coverage import FeedCoverage, Gap, Told
from monitor.model.listchanges import change_json
from monitor.model.serial import hit_json, time_json
from monitor.reports.answer import LEAD, answer
from monitor.reports.report import Asked, Finding, Report

Json = dict[str, Any]


def to_json(report: Report) -> Json:
    """What `monitor report --format json` prints; never an article's text."""
    said = answer(report)
    texts = report.texts
    return {
        "note": LEAD,
        "from": time_json(report.start),
        "to": time_json(report.end),
        "made": time_json(report.made),
        "over": report.over,
        "answer": {"kind": said.kind, "headline": said.headline, "lines": list(said.lines)},
        "entity": _asked(report.asked) if report.asked else None,
        "coverage": {
            "feeds": len(report.feeds),
            "healthy_feeds": sum(feed.healthy for feed in report.feeds),
            "polls": report.polls,
            "failed_polls": report.polls - report.good_polls,
            "articles": texts.articles,
            "full_texts": texts.full,
            "characters": texts.characters,
            "gaps": len(report.gaps),
            "open_gaps": len(report.open_gaps),
        },
        "feeds": [_feed(feed) for feed in report.feeds],
        "outages": [{"from": time_json(one.since), "to": time_json(one.until)} for one in report.outages],
        "lists": [
            {
                "watchlist": one.watchlist,
                "version": one.version,
                "title": one.title or None,
                "licence": one.licence or None,
                "origin": one.origin or None,
                "entities": one.entities,
                "names": one.names,
                "first_used": time_json(one.first),
                "last_used": time_json(one.last),
            }
            for one in report.lists
        ],
        "matchers": [
            {"version": one.version, "first_used": time_json(one.first), "last_used": time_json(one.last)}
            for one in report.matchers
        ],
        "rescreens": [
            {
                "made": time_json(one.made),
                "finished": time_json(one.finished),
                "articles_since": time_json(one.since),
                "names": one.names,
                "articles": one.articles,
                "hits": one.hits,
            }
            for one in report.looked_again
        ],
        "hits": [_finding(finding) for finding in report.findings],
    }


def _asked(asked: Asked) -> Json:
    return {
        "asked": asked.words,
        "name": asked.name,
        "ids": [f"{watchlist}/{id}" for watchlist, id in asked.entities],
        "names": list(asked.names),
        "added": time_json(asked.added),
        "removed": time_json(asked.removed),
        "changes": [change_json(change) for change in asked.changes],
        "hits_before": asked.before,
        "first_hit_before": time_json(asked.first),
        "hits_after": asked.after,
        "first_hit_after": time_json(asked.then),
    }


def _feed(one: FeedCoverage) -> Json:
    return {
        "id": one.feed.id,
        "url": one.feed.url,
        "title": one.feed.title,
        "healthy": one.healthy,
        "watched_since": time_json(one.feed.since),
        "watched_until": time_json(one.feed.until),
        "polls": one.polls,
        "failed_polls": one.failed,
        "unchanged": one.unchanged,
        "new_entries": one.entries,
        "edited_entries": one.edited,
        "articles": one.texts.articles,
        "full_texts": one.texts.full,
        "characters": one.texts.characters,
        "last_success": time_json(one.last_success),
        "gaps": [_gap(gap) for gap in one.gaps],
    }


def _gap(gap: Gap) -> Json:
    return {
        "from": time_json(gap.since),
        "due": time_json(gap.due),
        "to": time_json(gap.until),
        "failed_polls": gap.failed,
        "last_error": gap.said or None,
        "monitor_down": gap.down,
        "caught_up": gap.caught_up,
    }


def _finding(finding: Finding) -> Json:
    return {
        **hit_json(finding.record),
        "history": [
            {
                "at": time_json(one.at),
                "who": one.who,
                "was": one.was.value,
                "became": one.became.value,
                "reason": one.reason,
            }
            for one in finding.history
        ],
        "told": [_told(one) for one in finding.told],
        "not_told": list(finding.kept_back),
    }


def _told(one: Told) -> Json:
    return {
        "channel": one.channel,
        "recipient": one.recipient,
        "state": one.state,
        "sent_at": time_json(one.sent_at),
    }
