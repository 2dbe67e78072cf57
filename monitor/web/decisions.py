"""Decisions as forms bring them: about a hit with its copies in one story, or about many rows of the queue at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from monitor.errors import UsageError
from monitor.model.matches import Disposition, HitRecord
from monitor.store import Outcome
from monitor.web.desk import Desk
from monitor.web.filters import number

MOST = 2000
"""Hits decided about at once: fifty rows with forty copies each."""

NEEDS_REASON = "Say in a few words why this is a false positive: whoever audits the decision will ask."
PROPOSED = "proposed: it holds when a second person confirms"
MEANWHILE = "Somebody else has decided about this hit meanwhile. Look again before you change it."


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one row: the hit it showed, None when there is none, and how it went for each of its hits."""

    record: HitRecord | None
    outcomes: tuple[Outcome, ...]

    @property
    def said(self) -> str:
        done = self.outcomes.count(Outcome.DECIDED)
        proposed = self.outcomes.count(Outcome.PROPOSED)
        if proposed:
            return f"{proposed} of {len(self.outcomes)} proposed: a second person confirms" if done else PROPOSED
        if done == len(self.outcomes):
            return "decided" if done == 1 else f"decided, all {done} copies"
        if Outcome.CHANGED in self.outcomes:
            return f"{done} of {len(self.outcomes)} decided; somebody else has decided about the rest meanwhile"
        return f"{done} of {len(self.outcomes)} decided; the rest is not there"


def disposition(said: str) -> Disposition:
    """Raises UsageError."""
    try:
        return Disposition(said)
    except ValueError as error:
        raise UsageError(f"disposition: one of {', '.join(Disposition)}") from error


def ids(said: str) -> list[int]:
    """`5,3,2`; what is no number is left out, and so is what stands there again."""
    return list(dict.fromkeys(row for row in map(number, said.split(",")[:MOST]) if row))


def rows(values: Iterable[str]) -> list[tuple[Disposition, list[int]]]:
    """Marked rows of the queue, each `open:5,3`: as what it was shown, and its hits. Raises UsageError."""
    found = [(disposition(seen), ids(of)) for seen, _, of in (value.partition(":") for value in values)]
    found = [(seen, of) for seen, of in found if of]
    if sum(len(of) for _, of in found) > MOST:
        raise UsageError(f"at most {MOST} hits can be decided about at once")
    return found


def results(desk: Desk, chosen: list[tuple[Disposition, list[int]]], outcomes: dict[int, Outcome]) -> list[Result]:
    return [Result(desk.store.hit(of[0]), tuple(outcomes[id] for id in of)) for _, of in chosen]
