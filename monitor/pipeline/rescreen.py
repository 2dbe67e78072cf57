"""rescreen: what is new on the lists is written down, and held against the articles that are stored.

    lists as taken up ─compare*→ changes, new names ── one transaction: contents, changes, names to look for ──
    stored articles, a block at a time ─match, judge→ hits by a new name ── one transaction: hits, how far it is ──

A list that is seen for the first time has no changes; all its names are new. What a killed process had not looked at is
looked at by the next one. Nobody is alerted hit by hit: a change's findings are told in one summary.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b

from monitor.matching import Matcher
from monitor.model.alerts import Message, Notice
from monitor.model.listchanges import ListChange
from monitor.model.matches import Hit
from monitor.model.suppressions import Suppression, fingerprint
from monitor.model.watchlists import Name, Watchlist
from monitor.pipeline import listnews
from monitor.pipeline.listnews import Rescreened
from monitor.pipeline.lists import Loaded
from monitor.pipeline.service import Service
from monitor.store import Rescreen, Store, Taken

BLOCK = 200
"""Articles looked at between two transactions."""

PROGRESS = 5_000
"""Articles after which a person is told how far it is."""


@dataclass(frozen=True, slots=True)
class Noted:
    """What taking up lists came to."""

    changes: tuple[ListChange, ...] = ()
    new_names: int = 0


def note_lists(
    store: Store,
    lists: Iterable[Watchlist],
    *,
    window: float,
    now: datetime,
    messages: Callable[[Sequence[ListChange]], Sequence[Message]] = lambda _changes: (),
) -> Noted:
    """Compare the lists that are taken up with what they were, and write down what is new, with messages about it.

    window: seconds; how old a stored article may be to be looked at again, 0 for none. A list that is empty because it
    was not downloaded yet is passed over: nobody was taken off it. Raises StorageError.
    """
    lists = tuple(lists)
    store.note_list_versions(lists, now)
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
            changes += [
                _described(change, watchlist) for change in differences(watchlist.id, old.records, one.records, now)
            ]
        known = old.records if old is not None else {}
        for id, (texts, _) in one.records.items():
            had = known.get(id, ((), ()))[0]
            if new := [text for text in texts if text not in had]:
                names[watchlist.id, id] = new
    if taken:
        since = now - timedelta(seconds=window)
        wanted = names if window and store.count_texts(since=since) else {}
        store.take_lists(taken, changes, wanted, since=since, now=now, messages=messages(changes) if changes else ())
        return Noted(tuple(changes), sum(map(len, wanted.values())))
    return Noted()


def reopen_suppressions(store: Store, lists: Iterable[Watchlist], *, now: datetime) -> list[Suppression]:
    """End the suppressions whose list record is not the one that was judged; their hits are for people again.

    A list that is empty because it was not downloaded yet says nothing. Raises StorageError.
    """
    standing = {one.key for one, _ in store.suppressions(now)}
    by_id = {watchlist.id: watchlist.by_id for watchlist in lists if watchlist.entities} if standing else {}
    records: dict[tuple[str, str], str | None] = {}
    for watchlist, entity in standing:
        if watchlist in by_id:
            listed = by_id[watchlist].get(entity)
            records[watchlist, entity] = fingerprint(listed) if listed else None
    return store.reopen_changed(records, now)


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

    def messages(changes: Sequence[ListChange]) -> list[Message]:
        return listnews.changes_messages(changes, service.routes, service.channels)

    now = service.clock()
    noted = note_lists(service.store, loaded.lists, window=window, now=now, messages=messages)
    service.matcher, service.lists = loaded.matcher, loaded.lists
    for one in reopen_suppressions(service.store, loaded.lists, now=now):
        service.echo(f"suppression {one.id} ({one.watchlist}/{one.entity}) is over: the list record has changed")
    if noted.changes:
        _echo(service, listnews.changes_notice(noted.changes))


def rescreen(service: Service, *, stopping: Callable[[], bool] = lambda: False) -> None:
    """Hold new names against stored articles, and tell what was found, once for each change. Raises StorageError."""

    def progress(pending: Rescreen, done: int, total: int) -> None:
        if done // PROGRESS > (done - BLOCK) // PROGRESS:
            service.echo(f"rescreen: {done} of {total} stored articles looked at, since {pending.since:%Y-%m-%d}")

    def finish(done: Rescreened) -> None:
        now = service.clock()
        names = sum(map(len, done.rescreen.names.values()))
        service.echo(f"rescreen: {names} new names, {done.articles} stored articles, {len(done.hits)} hits")
        told = listnews.findings_messages(
            done,
            service.routes,
            service.channels,
            tags={feed.id: feed.tags for feed in service.feeds.values()},
            silences=service.store.silences(now),
            now=now,
        )
        if told:
            _echo(service, listnews.findings_notice(done))
        service.store.add_notices(
            [message for message, _ in told],
            key=f"rescreen {done.rescreen.id}",
            now=now,
            about={channel: hits for (_, channel, _), hits in told},
        )

    rescreen_pending(
        service.store, service.matcher, clock=service.clock, stopping=stopping, progress=progress, finish=finish
    )


def _echo(service: Service, notice: Notice) -> None:
    """To whoever runs the service."""
    service.echo(notice.title)
    for line in notice.lines:
        service.echo(f"  {line}")


def rescreen_pending(
    store: Store,
    matcher: Matcher,
    *,
    clock: Callable[[], datetime],
    stopping: Callable[[], bool] = lambda: False,
    progress: Callable[[Rescreen, int, int], None] = lambda _rescreen, _done, _total: None,
    finish: Callable[[Rescreened], None] = lambda _done: None,
) -> list[Rescreened]:
    """Do what is pending, the oldest first; what `stopping` interrupts goes on where it was, next time.

    progress is told (the rescreen, articles looked at, articles in all) after each block. finish is called with all
    that one found, before it is noted as finished: a process killed between the two calls it again.
    Raises StorageError.
    """
    done: list[Rescreened] = []
    for pending in store.pending_rescreens():
        total = store.count_texts(since=pending.since)
        looked_at = pending.articles
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
            store.record_rescreen(pending, found, after=block[-1].ref.id, articles=articles, now=clock())
            looked_at += articles
            progress(pending, looked_at, total)
        done.append(Rescreened(pending, looked_at, tuple(store.rescreened_hits(pending))))
        finish(done[-1])
        store.record_rescreen(pending, (), after=0, articles=0, now=clock(), finished=True)
    return done


def _described(change: ListChange, watchlist: Watchlist) -> ListChange:
    entity = watchlist.by_id.get(change.entity)
    return replace(
        change,
        title=watchlist.title or watchlist.id,
        url=entity.url if entity is not None else "",
        severity=(entity.severity if entity is not None else None) or watchlist.severity,
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
