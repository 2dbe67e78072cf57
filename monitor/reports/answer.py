"""The first sentence of a report, and those that stand beside it: what the reader came to ask. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal

from monitor.alerts.render.clean import one_line
from monitor.alerts.times import MONTHS, say_duration, say_time
from monitor.model.coverage import Gap, Outage
from monitor.reports.report import Finding, Report

Kind = Literal["found", "nothing", "unwatched", "blind"]
"""Hits; none; whom it was asked for stood on no list; nothing was looked at."""

SHOWN = 5
"""Feeds named in a sentence; the others are counted."""

LEAD = "A hit is a lead, not a finding; no hit is not clearance."


@dataclass(frozen=True, slots=True)
class Answer:
    kind: Kind
    headline: str
    facts: tuple[str, ...]
    cautions: tuple[str, ...]  # what keeps it from being the whole answer

    @property
    def lines(self) -> tuple[str, ...]:
        return self.facts + self.cautions


def answer(report: Report) -> Answer:
    kind = _kind(report)
    return Answer(kind, _headline(report, kind), (*_FACTS[kind](report), *_whole(report)), tuple(_cautions(report)))


def period(start: datetime, end: datetime) -> str:
    """`on 22 Nov 2026`, `from 22 to 24 Nov 2026`, or between two times, all UTC."""
    if start.time() == end.time() == time():
        last = end - timedelta(days=1)
        if last.date() == start.date():
            return f"on {_day(start)} (UTC)"
        return f"from {_day(start)} to {_day(last)} (UTC)"
    return f"between {say_time(start)} and {say_time(end)}"


def _day(moment: datetime) -> str:
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}"


def _kind(report: Report) -> Kind:
    if report.findings:
        return "found"
    if not report.good_polls and not report.texts.articles and not report.texts.full:
        return "blind"
    asked = report.asked
    if asked and (
        (asked.added is not None and asked.added >= report.end)
        or (asked.removed is not None and asked.removed <= report.start)
    ):
        return "unwatched"
    return "nothing"


def _headline(report: Report, kind: Kind) -> str:
    when = period(report.start, report.end)
    name = one_line(report.asked.name) if report.asked else ""
    if kind == "found":
        articles = _count(len({finding.record.article.id for finding in report.findings}), "article")
        if name:
            return f"Yes: {name} was found in {articles} {when}."
        names = len({finding.record.subject for finding in report.findings})
        return f"{_count(len(report.findings), 'hit')} {when}: {_count(names, 'watched name')} in {articles}."
    if kind == "blind":
        return f"Nothing can be said: no feed was read {when}."
    if kind == "unwatched":
        return f"{name} was on no list {when}, and was not looked for."
    return f"Nothing was found {f'about {name} ' if name else ''}{when}."


def _found(report: Report) -> Iterable[str]:
    first = report.findings[0]
    article = first.record.article
    published = article.published
    after = ""
    if published and timedelta() <= first.record.found_at - published < timedelta(days=30):
        after = f", {say_duration(first.record.found_at - published)} after it was published"
    yield (
        f"First known {say_time(first.record.found_at)}{after}: “{one_line(article.title, 200)}” (feed {article.feed})."
    )
    yield _told(report.findings)
    yield _decided(report.findings)
    if report.asked and report.asked.before and report.asked.first:
        yield f"Known before: {_count(report.asked.before, 'earlier hit')}, the first {say_time(report.asked.first)}."
    yield looked_at(report)


def _told(findings: Iterable[Finding]) -> str:
    sent = [(one.sent_at, one.channel) for finding in findings for one in finding.told if one.sent_at]
    if sent:
        channels = ", ".join(dict.fromkeys(channel for _, channel in sorted(sent)))
        others = f" (in all: {channels})" if "," in channels else ""
        return f"First told {say_time(min(sent)[0])}, over {min(sent)[1]}{others}."
    if any(finding.told for finding in findings):
        return "Messages about it were made, but none had gone out when this report was made."
    return "Nobody was told of it by a message."


def _decided(findings: tuple[Finding, ...]) -> str:
    decided = [(finding.history[-1], finding) for finding in findings if finding.history]
    if not decided:
        return "Nobody has decided about it." if len(findings) == 1 else "Nobody has decided about any of them."
    last, finding = max(decided, key=lambda one: one[0].at)
    said = f": “{one_line(last.reason, 200)}”" if last.reason else ""
    of = "" if len(findings) == 1 else f"{len(decided)} of {len(findings)} decided about; the latest: "
    became = last.became.value.replace("_", " ")
    who = f"{one_line(last.who, 100)}, {say_time(last.at)} (hit {finding.record.id})"
    return f"{of or 'Decided: '}{became} by {who}{said}."


def _nothing(report: Report) -> Iterable[str]:
    yield looked_at(report)
    asked = report.asked
    if asked is None:
        return
    if asked.before and asked.first:
        yield f"Known before: {_count(asked.before, 'earlier hit')}, the first {say_time(asked.first)}."
    if asked.after and asked.then:
        yield f"Found later: {_count(asked.after, 'hit')}, the first {say_time(asked.then)}."
    if asked.added and asked.added > report.start:
        yield f"It came onto a list only {say_time(asked.added)}, and was looked for from then on."
    if asked.removed and asked.removed < report.end:
        yield f"It went from the last of its lists {say_time(asked.removed)}."


def _unwatched(report: Report) -> Iterable[str]:
    asked = report.asked
    assert asked is not None
    if asked.added and asked.added >= report.end:
        yield f"It came onto a list {say_time(asked.added)}."
    else:
        yield f"It went from the last of its lists {say_time(asked.removed or report.start)}."
    if asked.after and asked.then:
        yield f"Found later: {_count(asked.after, 'hit')}, the first {say_time(asked.then)}."
    yield looked_at(report)


def _blind(report: Report) -> Iterable[str]:
    yield f"{_count(len(report.feeds), 'feed')} {'was' if len(report.feeds) == 1 else 'were'} to be polled."


_FACTS = {"found": _found, "nothing": _nothing, "unwatched": _unwatched, "blind": _blind}


def looked_at(report: Report) -> str:
    """What was screened, with how much text, against what."""
    texts = report.texts
    polled = [feed for feed in report.feeds if feed.polls > feed.failed]
    lists = {one.watchlist for one in report.lists}
    against = f"{_count(len(lists), 'list')} ({_names(sorted(lists))})" if lists else "no list that is recorded"
    return (
        f"Looked at: {_count(texts.articles, 'article')} of {_count(len(polled), 'feed')}, {texts.full:,} of them with "
        f"their page's full text, {texts.characters:,} characters, against {against}."
    )


def _whole(report: Report) -> Iterable[str]:
    if report.gaps and not report.open_gaps:
        yield f"{_count(len(report.gaps), 'gap')} between polls, each caught up by the next one: nothing was missed."
    elif report.feeds and not report.gaps:
        yield "Every feed was polled throughout; there is no gap."


def _cautions(report: Report) -> Iterable[str]:
    if report.outages:
        yield f"The monitor was not running: {'; '.join(map(stretch, report.outages[:SHOWN]))}{_more(report.outages)}."
    gaps = report.open_gaps
    if gaps:
        feeds = list(dict.fromkeys(gap.feed for gap in gaps))
        yield f"Not proven to be covered: {_count(len(gaps), 'gap')} in {_count(len(feeds), 'feed')} ({_names(feeds)})."
    if not report.over:
        yield f"The period is not over: this is how it stood {say_time(report.made)}."


def stretch(one: Gap | Outage) -> str:
    """`22 Nov 2026, 14:02 UTC to 17:45 UTC (3 h 43 min)`."""
    if one.until is None:
        return f"since {say_time(one.since)}, still"
    same = one.since.date() == one.until.date()
    until = f"{one.until:%H:%M} UTC" if same else say_time(one.until)
    return f"{say_time(one.since)} to {until} ({say_duration(one.until - one.since)})"


def _names(names: list[str]) -> str:
    return ", ".join(one_line(name, 60) for name in names[:SHOWN]) + _more(names)


def _more(all_of_them: Iterable[object]) -> str:
    rest = len(list(all_of_them)) - SHOWN
    return f" and {rest} more" if rest > 0 else ""


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
