"""What people decide about a hit, alone or by four eyes. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.model.matches import Disposition, Proposal


class Step(StrEnum):
    """What an entry of a hit's history did."""

    DECIDED = "decided"  # by one person
    PROPOSED = "proposed"  # the hit stays what it was until a second person confirms
    CONFIRMED = "confirmed"  # by the second person


@dataclass(frozen=True, slots=True)
class Decision:
    """One entry of a hit's history."""

    at: datetime
    who: str
    was: Disposition
    became: Disposition  # of a proposal: what it would become
    reason: str
    step: Step = Step.DECIDED


def next_step(wanted: Disposition, who: str, pending: Proposal | None, *, four_eyes: bool) -> Step:
    """What it does when `who` wants this of a hit about which `pending` was proposed.

    By four eyes a hit is dismissed as a false positive by two persons, in either order; everything else that a person
    says (it is a true match, it goes to somebody else, look again) holds at once and takes a proposal back.
    """
    if not four_eyes or wanted is not Disposition.FALSE_POSITIVE:
        return Step.DECIDED
    if pending is None or pending.disposition is not wanted or same_person(pending.who, who):
        return Step.PROPOSED
    return Step.CONFIRMED


def same_person(one: str, other: str) -> bool:
    """Whether both names stand for one person: a program's token acts for its owner, whomever it says it acts for.

    Who gives no name is nobody in particular, and never a second person.
    """
    return person(one) == person(other) or "" in (person(one), person(other))


def person(who: str) -> str:
    """`Ana`, `ana ` and `ana (token night run) for Ben` are one."""
    name = " ".join(who.partition(" (token ")[0].casefold().split())
    return "" if name == "dashboard" else name
