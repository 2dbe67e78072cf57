"""A report, asked of the store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from rapidfuzz import fuzz, process

from monitor.errors import UsageError
from monitor.matching.text import tokenise
from monitor.model.coverage import FeedCoverage, Outage, Texts, WatchedFeed
from monitor.model.listchanges import ListChange
from monitor.reports.coverage import FeedTracker, OutageTracker, within
from monitor.reports.report import Asked, Finding, Report
from monitor.store import HitQuery, Store

CHANGES = 100_000
"""List changes looked through for one entity: some years of every official list."""


ALIKE = 80.0
"""0–100. Names from here on are suggested where nobody has the name that was asked for."""

SUGGESTED = 3


def build(store: Store, start: datetime, end: datetime, *, now: datetime, entity: str = "") -> Report:
    """What was looked at from `start` on and before `end`, and what was found; all times aware.

    entity: an id, `watchlist/id` or a name; only its hits then. Raises StorageError, and UsageError where nobody on any
    list, now or before, is called that, and for a period that ends before it begins or has not begun.
    """
    if end <= start:
        raise UsageError("the period ends before it begins; see --from and --to")
    if start > now:
        raise UsageError("the period has not begun yet")
    asked = _asked(store, entity, start, end) if entity else None
    texts, sets = store.texts_screened(start, end)
    feeds, outages, polled = _coverage(store, start, end, now)
    for list_set, (first, last) in polled.items():
        known = sets.get(list_set, (first, last))
        sets[list_set] = (min(first, known[0]), max(last, known[1]))
    lists, matchers = store.lists_used(sets)
    return Report(
        start=start,
        end=end,
        made=now,
        asked=asked,
        feeds=tuple(_with(feed, texts) for feed in feeds),
        outages=outages,
        lists=tuple(lists),
        matchers=tuple(matchers),
        looked_again=tuple(store.looked_again(start, end)),
        findings=_findings(store, start, end, asked),
    )


def _with(feed: FeedCoverage, texts: Mapping[str, Texts]) -> FeedCoverage:
    return replace(feed, texts=texts.get(feed.feed.id, Texts()))


Span = tuple[datetime, datetime]


def _coverage(
    store: Store, start: datetime, end: datetime, now: datetime
) -> tuple[list[FeedCoverage], tuple[Outage, ...], dict[int, Span]]:
    """Of the feeds that were watched in that time; outages; list set → when it was first and last in use."""
    watched = {feed.id: feed for feed in store.watched_feeds()}
    trackers = {id: FeedTracker(feed, start, end) for id, feed in watched.items()}
    outages = OutageTracker(store.poll_before(start))
    sets: dict[int, Span] = {}
    for poll in store.polls_between(start, end):
        trackers[poll.feed].add(poll)
        if poll.finished < start:
            outages.expect(poll, watched[poll.feed])
        elif poll.finished < end:
            outages.add(poll, watched[poll.feed])
            if poll.list_set is not None:
                first, _ = sets.get(poll.list_set, (poll.finished, poll.finished))
                sets[poll.list_set] = (first, poll.finished)
    out = within(outages.close(store.poll_from(end), now), start, end)
    found = [tracker.close(now, out) for tracker in trackers.values()]
    return [one for one in found if one.polls or _was_watched(one.feed, start, end)], out, sets


def _was_watched(feed: WatchedFeed, start: datetime, end: datetime) -> bool:
    return feed.since < end and (feed.until is None or feed.until > start)


def _findings(store: Store, start: datetime, end: datetime, asked: Asked | None) -> tuple[Finding, ...]:
    records = store.hits_between(start, end, asked.entities if asked else None)
    ids = [record.id for record in records]
    told, kept_back, histories = store.told(ids), store.kept_back(ids), store.histories(ids)
    return tuple(
        Finding(
            record,
            tuple(histories.get(record.id, ())),
            tuple(told.get(record.id, ())),
            tuple(kept_back.get(record.id, ())),
        )
        for record in records
    )


def _asked(store: Store, words: str, start: datetime, end: datetime) -> Asked:
    """Who is meant. Raises UsageError where nobody is."""
    wanted = words.strip().casefold()
    listed = {
        (watchlist, id): names
        for watchlist, taken in store.taken_lists().items()
        for id, (names, _) in taken.records.items()
    }  # names, the main one first
    known = {key: names for key, names in listed.items() if _is_called(key, names, wanted)}
    if not known:  # in another order, without accents or points
        same = _sorted_words(words)
        known = {
            key: names for key, names in listed.items() if same and any(_sorted_words(name) == same for name in names)
        }
    on_list = set(known)
    changes = [change for change in store.list_changes(limit=CHANGES) if _is_about(change, wanted, known)][::-1]
    for change in changes:
        known.setdefault((change.watchlist, change.entity), (change.name,))
    if not known:
        for record in store.hits(HitQuery(entity=words.strip(), limit=1)):  # of a list that is used no more
            known[record.hit.entity.key] = tuple(name.text for name in record.hit.entity.names)
    if not known:
        raise UsageError(
            f"nobody on a list that was ever in use is called {words.strip()!r}; "
            + (_nearest(words, listed) or "`monitor names watchlists` shows who is watched")
        )
    before, first, after, then = store.found_outside(start, end, known)
    added = {(c.watchlist, c.entity): c.at for c in changes if c.kind == "added"}
    removed = {(c.watchlist, c.entity): c.at for c in changes if c.kind == "removed"}
    return Asked(
        words=words.strip(),
        name=next(iter(known.values()))[0],
        entities=tuple(known),
        names=tuple(dict.fromkeys(name for names in known.values() for name in names)),
        added=min(added.values()) if set(added) == set(known) else None,
        removed=max(removed.values()) if not on_list and set(removed) == set(known) else None,
        changes=tuple(changes),
        before=before,
        first=first,
        after=after,
        then=then,
    )


def _is_called(key: tuple[str, str], names: Iterable[str], wanted: str) -> bool:
    return wanted in {key[1].casefold(), "/".join(key).casefold(), *(name.casefold() for name in names)}


def _sorted_words(name: str) -> list[str]:
    return sorted(tokenise(name).forms)


def _nearest(words: str, listed: Mapping[tuple[str, str], tuple[str, ...]]) -> str:
    """Who may have been meant, in words; "" where no name is like it."""
    spellings = [(key, name, " ".join(_sorted_words(name))) for key, names in listed.items() for name in names]
    asked = " ".join(_sorted_words(words))
    likely = process.extract(asked, [one for _, _, one in spellings], scorer=fuzz.WRatio, score_cutoff=ALIKE, limit=20)
    found = {spellings[at][0]: spellings[at][1] for _, _, at in reversed(likely)}  # the best name of each stays
    shown = [f"{name} ({'/'.join(key)})" for key, name in reversed(found.items())][:SUGGESTED]
    return f"did you mean {' or '.join(shown)}?" if shown else ""


def _is_about(change: ListChange, wanted: str, known: Mapping[tuple[str, str], object]) -> bool:
    key = f"{change.watchlist}/{change.entity}".casefold()
    said = {change.entity.casefold(), key, change.name.casefold(), change.old_name.casefold()}
    return (change.watchlist, change.entity) in known or wanted in said
