"""Which entries are the same, within a feed and from one poll to the next. Pure.

Feeds change their ids, give one id to everything, move their articles and edit their headlines. So an entry has
several keys, and a key that does not tell the entries of its own document apart is not used there at all.

    guid        the feed's id, where it is more than the link again
    link+title  survives new ids
    text        title, text and day: survives new ids and new addresses
    link        survives a new headline
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitor.links import canonical
from monitor.model.articles import Entry
from monitor.model.feeds import KnownEntry

GUID, LINK_TITLE, TEXT, LINK, WHOLE = "guid ", "link+title ", "text ", "link ", "whole "
_KINDS = (GUID, LINK_TITLE, TEXT, LINK, WHOLE)


@dataclass(frozen=True, slots=True)
class Decision:
    """What an entry is: seen before as `known`, or new (None)."""

    known: KnownEntry | None
    edited: bool  # known, and its title or text is no longer the same
    reason: str


def keys(entries: Sequence[Entry]) -> list[tuple[str, ...]]:
    """The identity keys of each entry of one document, the strongest first; never empty.

    A key that several of these entries share is left out for all of them: a guid that everything has, the one link of
    a live page. An entry left without any is known by all that it says.
    """
    wanted = [_keys(entry) for entry in entries]
    shared = Counter(key for some in wanted for key in set(some))
    return [
        tuple(key for key in some if shared[key] == 1) or (_key(WHOLE, entry.guid, entry.url, digest(entry)),)
        for entry, some in zip(entries, wanted, strict=True)
    ]


def decide(entry: Entry, keys: Sequence[str], known: Mapping[str, KnownEntry]) -> Decision:
    """Whether the entry was seen before. `keys` are its own, `known` those of them that the database has.

    In doubt it is new: an article told twice is a nuisance, one never told is what this service exists to prevent.
    """
    has = {kind: key for key in keys for kind in _KINDS if key.startswith(kind)}
    by = {kind: known[key] for kind, key in has.items() if key in known}
    for kind, reason in (
        (GUID, "same id"),
        (LINK_TITLE, "same link and title"),
        (TEXT, "same title, text and day"),
        (WHOLE, "the same in everything"),
    ):
        if kind in by:
            return _seen(by[kind], entry, reason)
    if LINK in by and GUID not in has:
        return _seen(by[LINK], entry, "same link")
    if LINK in by:
        return Decision(None, False, "new id and new title at a known link")
    return Decision(None, False, "new")


def digest(entry: Entry) -> str:
    """Of what is screened, the feed's own title and text: it changes when, and only when, those do (hex)."""
    return _hash(" ".join(entry.title.split()), " ".join(entry.summary.split()))


def _keys(entry: Entry) -> list[str]:
    link, title = canonical(entry.url), " ".join(entry.title.split()).casefold()
    found = []
    if entry.guid and canonical(entry.guid) != link:
        found.append(_key(GUID, entry.guid))
    if link and title:
        found.append(_key(LINK_TITLE, link, title))
    if title or entry.summary:
        day = f"{entry.published:%Y-%m-%d}" if entry.published else ""
        found.append(_key(TEXT, title, digest(entry), day))
    if link:
        found.append(_key(LINK, link))
    return found


def _seen(known: KnownEntry, entry: Entry, reason: str) -> Decision:
    return Decision(known, digest(entry) != known.digest, reason)


def _key(kind: str, *parts: str) -> str:
    return kind + _hash(*parts)


def _hash(*parts: str) -> str:
    state = hashlib.blake2b(digest_size=16)
    for part in parts:
        encoded = part.encode("utf-8", "surrogatepass")
        state.update(len(encoded).to_bytes(8, "big"))
        state.update(encoded)
    return state.hexdigest()
