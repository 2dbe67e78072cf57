"""Whether a candidate is a mention, and how sure that is: every rule gives or takes points and says why. Pure.

The score starts at 100. Rules about the name (`naming`) take off for what is spelt otherwise, left off, added or out of
order; rules about the place (`surroundings`) for letters' case and longer names around; rules about ambiguity for names
that are ordinary words, common names, short, or weak on their list, unless a second sign stands in the article
(`signs`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from monitor.matching import ambiguity, naming, signs, surroundings
from monitor.matching.situation import Situation
from monitor.model.matches import Reason

HOPELESS = 50.0
"""The lowest threshold that a list may set; what has fallen below it is not looked at further."""


@dataclass(frozen=True)
class Verdict:
    score: float  # 0–100
    reasons: tuple[Reason, ...]


def judge(situation: Situation) -> Verdict:
    """The candidate's score and how it came about."""
    reasons: list[Reason] = []
    score = 100.0
    for rule in RULES:
        found = list(rule(situation))
        reasons += found
        score += sum(reason.points for reason in found)
        if score < HOPELESS:  # no rule adds to what an earlier one took
            break
    return Verdict(min(100.0, max(0.0, score)), tuple(reasons))


def doubts(it: Situation) -> Iterator[Reason]:
    """What makes the name ambiguous, less what stands in the article and speaks for it."""
    found = list(ambiguity.doubts(it))
    yield from found
    owed = -sum(reason.points for reason in found)
    if owed > 0:
        for reason in signs.signs(it):
            given = min(owed, reason.points)
            owed -= given
            if given > 0:
                yield Reason(reason.rule, reason.text, given)


RULES = (
    naming.spelling,
    naming.left_off,
    naming.generation,
    naming.legal_form,
    naming.liberties,
    naming.order,
    naming.inserted,
    naming.punctuation,
    surroundings.capitals,
    surroundings.neighbours,
    surroundings.excluded,
    doubts,
)
"""In this order: what nothing can make good first, so that hopeless candidates are soon done with."""
