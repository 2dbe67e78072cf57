"""rescreen: what is new on the lists is written down, and held against the articles that are stored.

    lists as taken up ─compare*→ changes, new names ── one transaction: contents, changes, names to look for ──
    stored articles, a block at a time ─match, judge→ hits by a new name ── one transaction: hits, how far it is ──

A list that is seen for the first time has no changes; all its names are new. What a killed process had not looked at is
looked at by the next one. Nobody is alerted hit by hit: a change's findings are told in one summary.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b

from monitor.matching import Matcher
from monitor.model import listchanges
from monitor.model.alerts import Notice
from monitor.model.listchanges import ListChange
from monitor.model.matches import Hit, HitRecord
from monitor.model.watchlists import Name, Severity, Watchlist
from monitor.pipeline.health import tell
from monitor.pipeline.lists import Loaded
from monitor.pipeline.service import Service
from monitor.store import Rescreen, Store, Taken

BLOCK = 200
"""Articles looked at between two transactions."""

PROGRESS = 5_000
"""Articles after which a person is told how far it is."""

SENTENCES = 20
"""Findings told one by one in a summary; the rest are counted."""


@dataclass(frozen=True, slots=True)
class Noted:
    """What taking up lists came to."""

    changes: tuple[ListChange, ...] = ()
    new_names: int = 0


@dataclass(frozen=True, slots=True)
class Rescreened:
    """One finished rescreen: its hits, and how many articles were looked at."""

    rescreen: Rescreen
    articles: int
    hits: tuple[HitRecord, ...]


def note_lists(store: Store, lists: Iterable[Watchlist], *, window: float, now: datetime) -> Noted:
    """Compare the lists that are taken up with what they were, and write down what is new.

    window: seconds; how old a stored article may be to be looked at again, 0 for none. A list that is empty because it
    was not downloaded yet is passed over: nobody was taken off it. Raises StorageError.
    """
    before = store.taken_lists()
    taken: dict[str, Taken] = {}
    changes: list[ListChange] = []
    names: dict[tuple[str, str], Sequence[str]] = {}
    for watchlist in lists:
        old = before.get(watchlist.id)
        if not watchlist.entities or (old is not None and old.version == _version(watchlist)):
            continue
        one = Taken(_version(watchlist), {e.id: (_texts(e.names), e.programmes) for e in watchlist.entities})
        taken[watchlist.id] = one
        if old is not None:
            changes += differences(watchlist.id, old.records, one.records, now)
        known = old.records if old is not None else {}
        for id, (texts, _) in one.records.items():
            had = known.get(id, ((), ()))[0]
            if new := [text for text in texts if text not in had]:
                names[watchlist.id, id] = new
    if taken:
        since = now - timedelta(seconds=window)
        wanted = names if window and store.count_texts(since=since) else {}
        store.take_lists(taken, changes, wanted, since=since, now=now)
        return Noted(tuple(changes), sum(map(len, wanted.values())))
    return Noted()


Records = Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]


def differences(watchlist: str, old: Records, new: Records, at: datetime) -> list[ListChange]:
    """By the publisher's id, in the order of the lists. Pure."""
    changes: list[ListChange] = []
    for id, (names, programmes) in new.items():
        if id not in old:
            changes.append(ListChange(watchlist, id, names[0], "added", at, programmes))
            continue
        had, ran = old[id]
        change = ListChange(
            watchlist,
            id,
            names[0],
            "changed",
            at,
            programmes,
            old_name=had[0] if had[0] != names[0] else "",
            names_added=tuple(name for name in names if name not in had),
            names_dropped=tuple(name for name in had if name not in names),
            programmes_added=tuple(one for one in programmes if one not in ran),
            programmes_dropped=tuple(one for one in ran if one not in programmes),
        )
        if change != ListChange(watchlist, id, names[0], "changed", at, programmes):
            changes.append(change)
    changes += [
        ListChange(watchlist, id, names[0], "removed", at, programmes)
        for id, (names, programmes) in old.items()
        if id not in new
    ]
    return changes


def take_up(service: Service, loaded: Loaded, *, window: float) -> None:
    """Screen with these lists from now on; write down and tell what changed on them. Raises StorageError.

    window: seconds, how old a stored article may be to be held against names that are new.
    """
    now = service.clock()
    noted = note_lists(service.store, loaded.lists, window=window, now=now)
    service.matcher, service.lists = loaded.matcher, loaded.lists
    if noted.changes:
        _tell(service, changes_notice(noted.changes), key=f"lists {now.isoformat()}")


def rescreen(service: Service, *, stopping: Callable[[], bool] = lambda: False) -> None:
    """Hold new names against stored articles, and tell what was found, once for each change. Raises StorageError."""

    def progress(pending: Rescreen, done: int, total: int) -> None:
        if done // PROGRESS > (done - BLOCK) // PROGRESS:
            service.echo(f"rescreen: {done} of {total} stored articles looked at, since {pending.since:%Y-%m-%d}")

    pending = rescreen_pending(
        service.store, service.matcher, clock=service.clock, stopping=stopping, progress=progress
    )
    for done in pending:
        names = sum(map(len, done.rescreen.names.values()))
        service.echo(f"rescreen: {names} new names, {done.articles} stored articles, {len(done.hits)} hits")
        if done.hits:
            _tell(service, findings_notice(done), key=f"rescreen {done.rescreen.id}")


def _tell(service: Service, notice: Notice, *, key: str) -> None:
    """To whoever runs the service, and to those whose routes ask for it."""
    for line in (notice.title, *(f"  {line}" for line in notice.lines)):
        service.echo(line)
    tell(service, notice, key=key)


def rescreen_pending(
    store: Store,
    matcher: Matcher,
    *,
    clock: Callable[[], datetime],
    stopping: Callable[[], bool] = lambda: False,
    progress: Callable[[Rescreen, int, int], None] = lambda _rescreen, _done, _total: None,
) -> list[Rescreened]:
    """Do what is pending, the oldest first; what `stopping` interrupts goes on where it was, next time.

    progress is told (the rescreen, articles looked at, articles in all) after each block. Raises StorageError.
    """
    done: list[Rescreened] = []
    for pending in store.pending_rescreens():
        total = store.count_texts(since=pending.since)
        looked_at, ids = pending.articles, list[int]()
        for block in store.stored_texts(since=pending.since, after=pending.after, block=BLOCK):
            if stopping():
                return done
            if not block:
                continue
            found = [
                (text, [hit for hit in hits if _by_a_new_name(hit, pending)])
                for text, hits in zip(block, matcher.screen_many([text.article for text in block]), strict=True)
            ]
            articles = len({text.ref.id for text in block})
            ids += store.record_rescreen(pending, found, after=block[-1].ref.id, articles=articles, now=clock())
            looked_at += articles
            progress(pending, looked_at, total)
        store.record_rescreen(pending, (), after=0, articles=0, now=clock(), finished=True)
        records = [record for id in ids if (record := store.hit(id)) is not None]
        done.append(Rescreened(pending, looked_at, tuple(records)))
    return done


def summary(done: Rescreened) -> list[str]:
    """What a rescreen found, in words: a line for each entity with its number of articles and its newest sentence."""
    of: dict[tuple[str, str], list[HitRecord]] = {}
    for record in done.hits:
        of.setdefault(record.hit.entity.key, []).append(record)
    days = max(1, round((done.rescreen.made - done.rescreen.since).total_seconds() / 86_400))
    told = []
    for (watchlist, _), records in sorted(of.items(), key=lambda item: -len(item[1]))[:SENTENCES]:
        last = max(records, key=lambda record: record.article.first_seen)
        times = "once" if len(records) == 1 else f"{len(records)} times"
        told.append(
            f"{last.hit.entity.name} ({watchlist}): in your news {times} in the last {days} days; "
            f"“{' '.join(last.hit.best.snippet.text.split())}” {last.article.url}"
        )
    if len(of) > SENTENCES:
        told.append(f"… and {len(of) - SENTENCES} more")
    return told


def changes_notice(changes: Sequence[ListChange]) -> Notice:
    """The message about what changed on the lists, one for all that was taken up together."""
    watchlists = {change.watchlist for change in changes}
    return Notice(
        topic="lists",
        title=f"Lists changed: {listchanges.title(changes)}",
        severity=Severity.MEDIUM,
        lines=tuple(listchanges.lines(changes)),
        watchlist=watchlists.pop() if len(watchlists) == 1 else "",
    )


def findings_notice(done: Rescreened) -> Notice:
    """The message about what a list's new names found in the articles that are stored."""
    watchlists = {record.hit.entity.watchlist for record in done.hits}
    worst = max((record.hit.severity for record in done.hits), key=lambda severity: severity.rank)
    return Notice(
        topic="lists",
        title=f"Found by rescreening after a list changed: {len(done.hits)} hits in {done.articles} stored articles",
        severity=worst,
        lines=tuple(summary(done)),
        watchlist=watchlists.pop() if len(watchlists) == 1 else "",
    )


def _by_a_new_name(hit: Hit, pending: Rescreen) -> bool:
    new = pending.names.get(hit.entity.key, ())
    return any(match.name.text in new for match in hit.matches)


def _texts(names: Iterable[Name]) -> tuple[str, ...]:
    return tuple(name.text for name in names)


def _version(watchlist: Watchlist) -> str:
    """Of what the list holds here: the file's own version does not tell what filters leave of it."""
    digest = blake2b(digest_size=16)
    for entity in watchlist.entities:
        digest.update(repr((entity.id, _texts(entity.names), entity.programmes)).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
