"""A report as one table: what a row is stands in its first column. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from monitor.model.coverage import FeedCoverage, Gap
from monitor.model.serial import time_json
from monitor.reports.answer import answer
from monitor.reports.report import Finding, Report

COLUMNS = (
    "row", "from", "to", "feed", "watchlist", "entity", "name", "score", "severity", "disposition", "decided_at",
    "decided_by", "reason", "told_at", "title", "url", "published", "sentence", "list_version", "matcher_version",
    "polls", "failed_polls", "articles", "full_texts", "characters", "caught_up", "note",
)  # fmt: skip
"""`row`: answer, hit, feed, gap, outage, list, matcher or rescreen; what a column has nothing to say of is empty."""


def to_csv(report: Report) -> str:
    """UTF-8 text with a header row and CRLF, as RFC 4180 has it; cells cannot become formulas."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, restval="")
    writer.writeheader()
    for row in _rows(report):
        writer.writerow({column: safe(str(value)) for column, value in row.items() if value is not None})
    return out.getvalue()


def safe(cell: str) -> str:
    """A cell that a spreadsheet would run as a formula is quoted (titles come from outside)."""
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell


Row = dict[str, object]


def _rows(report: Report) -> Iterator[Row]:
    said = answer(report)
    texts = report.texts
    yield {
        "row": "answer",
        "from": time_json(report.start),
        "to": time_json(report.end),
        "name": report.asked.name if report.asked else None,
        "polls": report.polls,
        "failed_polls": report.polls - report.good_polls,
        "articles": texts.articles,
        "full_texts": texts.full,
        "characters": texts.characters,
        "note": " ".join((said.headline, *said.lines)),
    }
    yield from map(_hit, report.findings)
    for feed in report.feeds:
        yield _feed(feed)
        yield from map(_gap, feed.gaps)
    for outage in report.outages:
        yield {
            "row": "outage",
            "from": time_json(outage.since),
            "to": time_json(outage.until),
            "note": "the monitor was not running",
        }
    for used in report.lists:
        yield {
            "row": "list",
            "from": time_json(used.first),
            "to": time_json(used.last),
            "watchlist": used.watchlist,
            "title": used.title,
            "url": used.origin,
            "list_version": used.version,
            "note": used.licence,
        }
    for matcher in report.matchers:
        times = {"from": time_json(matcher.first), "to": time_json(matcher.last)}
        yield {"row": "matcher", **times, "matcher_version": matcher.version}
    for again in report.looked_again:
        yield {
            "row": "rescreen",
            "from": time_json(again.made),
            "to": time_json(again.finished),
            "articles": again.articles,
            "note": f"{again.names} new names held against stored articles since {time_json(again.since)}: "
            f"{again.hits} hits",
        }


def _hit(finding: Finding) -> Row:
    record, hit = finding.record, finding.record.hit
    last = finding.history[-1] if finding.history else None
    return {
        "row": "hit",
        "from": time_json(record.found_at),
        "feed": record.article.feed,
        "watchlist": hit.entity.watchlist,
        "entity": hit.entity.id,
        "name": hit.entity.name,
        "score": f"{hit.score:.1f}",
        "severity": hit.severity.value,
        "disposition": record.disposition.value,
        "decided_at": time_json(last.at) if last else None,
        "decided_by": last.who if last else None,
        "reason": last.reason if last else None,
        "told_at": time_json(finding.told_at),
        "title": record.article.title,
        "url": record.article.url,
        "published": time_json(record.article.published),
        "sentence": hit.best.snippet.text,
        "list_version": hit.list_version,
        "matcher_version": hit.matcher_version,
        "note": f"hit {record.id}",
    }


def _feed(one: FeedCoverage) -> Row:
    return {
        "row": "feed",
        "from": time_json(one.feed.since),
        "to": time_json(one.feed.until),
        "feed": one.feed.id,
        "title": one.feed.title,
        "url": one.feed.url,
        "polls": one.polls,
        "failed_polls": one.failed,
        "articles": one.texts.articles,
        "full_texts": one.texts.full,
        "characters": one.texts.characters,
        "note": "polled throughout" if one.healthy else "not proven throughout: see its gaps",
    }


def _gap(gap: Gap) -> Row:
    return {
        "row": "gap",
        "from": time_json(gap.since),
        "to": time_json(gap.until),
        "feed": gap.feed,
        "failed_polls": gap.failed,
        "caught_up": {True: "yes", False: "no", None: "not known"}[gap.caught_up],
        "note": "; ".join(filter(None, ("the monitor was not running" if gap.down else "", gap.said))),
    }
