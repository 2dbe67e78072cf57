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


def judge(situation: Situation, floor: float = HOPELESS) -> Verdict:
    """The candidate's score and how it came about; of one below `floor` (0–100) only that it is."""
    reasons: list[Reason] = []
    score = 100.0
    if len(situation.assignment.found) == 1 and floor > HOPELESS:  # most are ambiguous: looked at first
        owed = -sum(reason.points for reason in ambiguity.doubts(situation))
        if owed > 100.0 - floor and owed - _most(situation) > 100.0 - floor:
            return Verdict(0.0, ())
    for rule in RULES:
        found = list(rule(situation))
        reasons += found
        score += sum(reason.points for reason in found)
        if score < floor:  # no rule adds to what an earlier one took
            break
    else:
        found = list(doubts(situation, score - floor))
        reasons += found
        score += sum(reason.points for reason in found)
    return Verdict(min(100.0, max(0.0, score)), tuple(reasons))


def doubts(it: Situation, spare: float) -> Iterator[Reason]:
    """What makes the name ambiguous, less what stands in the article and speaks for it.

    Signs are not looked for where they cannot make good all but `spare` points.
    """
    found = list(ambiguity.doubts(it))
    yield from found
    owed = -sum(reason.points for reason in found)
    if owed > 0 and owed - _most(it) <= spare:
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
)
"""What nothing can make good, so that hopeless candidates are soon done with; `doubts` come after it."""


def _most(it: Situation) -> float:
    """The points that signs can give at most."""
    return signs.most(it) + signs.of_legal_form(it)


def possible_alone(it: Situation) -> tuple[float, float]:
    """The most that a reading of one word can score, 0–100, beside a legal form and without one.

    `it` has nothing but the word in its text; its `part.regime` may say anything.
    """
    score = 100.0 - it.assignment.reading.cost
    owed = -sum(reason.points for reason in ambiguity.doubts(it)) - signs.most(it)
    legal = signs.WHOLE_FORM if it.pattern.legal and not it.pattern.person else 0.0
    return score - max(0.0, owed - legal), score - max(0.0, owed)
