"""Whether a candidate is a mention, and how sure that is: every rule gives or takes points and says why. Pure.

The score starts at 100. Rules about the *name* take off for what is spelt otherwise, left off, added or out of order;
rules about *ambiguity* for names that are ordinary words, common names, short, or weak on their list, unless a second
sign stands in the article; rules about the *place* for letters' case, punctuation and longer names around.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from monitor.matching import ambiguity, tables
from monitor.matching.assign import Assignment, Found
from monitor.matching.scene import Part, Scene
from monitor.matching.variants import OPTIONAL, Pattern, Role
from monitor.model.matches import Reason
from monitor.model.watchlists import Entity, Name


@dataclass(frozen=True)
class Situation:
    """One candidate, with all that the rules look at."""

    entity: Entity
    name: Name
    pattern: Pattern
    assignment: Assignment
    part: Part
    scene: Scene

    @property
    def first(self) -> int:
        return self.assignment.first

    @property
    def last(self) -> int:
        return self.assignment.last

    def surface(self, found: Found) -> str:
        return self.part.tokens.surface(found.first, found.last)

    def extras(self) -> list[int]:
        """The words inside the mention that are no part of the name."""
        taken = {at for found in self.assignment.found for at in range(found.first, found.last + 1)}
        return [at for at in range(self.first, self.last + 1) if at not in taken]

    def left_off(self) -> list[int]:
        """The parts that the reading leaves off and that a full mention has."""
        return [place for place in self.pattern.content if place not in self.assignment.reading.parts]

    def leaves_off(self, role: Role) -> bool:
        """Whether the reading leaves off a part of this role."""
        return any(self.pattern.parts[place].role is role for place in self.left_off())

    def names_inside(self) -> list[int]:
        """Of these the ones that may be names: no particles, no ordinary words."""
        forms = self.part.tokens.forms
        return [
            at for at in self.extras() if forms[at] not in tables.titles().particles and self.part.shape(at) != "lower"
        ]


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


# --- the name


def spelling(it: Situation) -> Iterator[Reason]:
    """What is spelt otherwise costs in proportion to its share of the name's letters."""
    total = sum(len(part.form) for place, part in enumerate(it.pattern.parts) if place in it.assignment.reading.parts)
    for found in it.assignment.found:
        rule = found.likeness.rule
        if rule == "equal":
            continue
        part = it.pattern.parts[found.first_part]
        name = "".join(it.pattern.parts[place].form for place in range(found.first_part, found.last_part + 1))
        lost = 3.0 if rule == "initial" else 100.0 * (1.0 - found.likeness.value) * len(name) / total
        surface = it.surface(found)
        yield Reason(f"token-{rule}", f"“{surface}” for “{name}”: {_SAYS[rule]}", -round(lost, 2))
        form = it.part.tokens.forms[found.first]
        if rule == "spelling" and form in tables.places().known:
            yield Reason("known-word", f"“{surface}” is a place", -12.0)
        elif rule == "spelling" and len(it.assignment.found) == 1 and tables.word(form).df >= 3:
            yield Reason("known-word", f"“{surface}” is a word or name of its own", -8.0)
        if rule == "typo":
            if form[0] != name[0]:
                yield Reason("first-letter", f"“{surface}” begins with another letter than “{name}”", -3.0)
            if part.role in (Role.GIVEN, Role.MIDDLE) and {form, name} <= tables.given_names().keys():
                yield Reason("other-given-name", f"“{surface}” is another given name than “{name}”", -20.0)
            elif ambiguity.known(form):
                yield Reason("known-word", f"“{surface}” is a word or name of its own", -5.0)


_SAYS = {
    "spelling": "another spelling of it",
    "typo": "within one or two letters",
    "initial": "its initial",
    "given": "a form of the same given name",
    "joined": "written as one word or as two",
    "translation": "a word of the same meaning",
}


def left_off(it: Situation) -> Iterator[Reason]:
    reading = it.assignment.reading
    if reading.cost:
        yield Reason("left-off", reading.says, -reading.cost)
    if it.pattern.person and it.names_inside():
        dropped = {Role.MIDDLE, Role.PATRONYMIC} & {
            part.role for place, part in enumerate(it.pattern.parts) if place not in reading.parts
        }
        if dropped:
            yield Reason("other-middle-name", "another middle name than the list's", -15.0)


def liberties(it: Situation) -> Iterator[Reason]:
    """One thing that differs is how names vary; several at once is how names differ."""
    found = it.assignment.found
    taken = [
        it.pattern.person and any(one.likeness.rule in ("given", "initial") for one in found),
        any(one.likeness.rule == "typo" for one in found),
        it.assignment.reading.cost > 1.0,
        it.pattern.person and bool(it.names_inside()),
    ]
    if sum(taken) > 1:
        yield Reason("liberties", "several differences at once", -3.0 * (sum(taken) - 1))


def generation(it: Situation) -> Iterator[Reason]:
    """Father and son, the third and the fourth are different people."""
    if not it.pattern.person:
        return
    kinds = tables.titles().generation
    own = {kinds[part.form] for part in it.pattern.parts if part.form in kinds and part.role is Role.NUMBER}
    after = it.last + 1
    forms = it.part.tokens.forms
    there = kinds.get(forms[after], "") if after < len(forms) and not it.part.gap(it.last).strip(" ,\u00a0") else ""
    if there and own and there not in own:
        yield Reason("other-generation", f"“{it.part.tokens.surface(after, after)}”: another of the family", -30.0)
    elif there and not own:
        yield Reason("generation", f"“{it.part.tokens.surface(after, after)}” is not on the list", -3.0)


def order(it: Situation) -> Iterator[Reason]:
    """Surname first is as good as surname last; other orders are not how a name is written."""
    by_text = [found.first_part for found in sorted(it.assignment.found, key=lambda found: found.first)]
    if by_text == sorted(by_text) or len(by_text) < 2:
        return
    if any(found.likeness.rule == "translation" for found in it.assignment.found):  # Estado Islâmico
        return
    if it.pattern.person and rotated(it) is not None:
        yield Reason("order", "surname and given name have changed places", -0.5)
        return
    if it.pattern.person:
        surname = (Role.SURNAME, Role.LATER)
        family = [place for place in by_text if it.pattern.parts[place].role in surname]
        given = [place for place in by_text if place not in family]
        if by_text in ([*family, *given], [*given, *family]) and given == sorted(given) and family == sorted(family):
            yield Reason("order", "surname and given name have changed places", -0.5)
            return
    places = [place for place in by_text if it.pattern.parts[place].role is not Role.PLACE]
    if len(places) < len(by_text) and places == sorted(places):
        yield Reason("order", "the place stands elsewhere in it", -1.0)
    else:
        yield Reason("order", "the words stand in another order", -5.0)


def rotated(it: Situation) -> int | None:
    """The word after which the name goes on with its beginning, at a comma: “Hyon, Kwang Il” for Kwang Il Hyon."""
    chosen = sorted(it.assignment.found, key=lambda found: found.first)
    places = [found.first_part for found in chosen]
    for cut in range(1, len(places)):
        if places[cut:] + places[:cut] == sorted(places) and "," in it.part.gap(chosen[cut].first - 1):
            return chosen[cut].first - 1
    return None


def _surname_before(it: Situation, at: int) -> bool:
    """Whether the words up to `at` are the surname, and the others are not."""
    family = (Role.SURNAME, Role.LATER)
    return all((it.pattern.parts[one.first_part].role in family) == (one.first <= at) for one in it.assignment.found)


FREE = frozenset(
    "of the and for in at de del della di da do dos das du des la le el al y e et und der die von и в та".split()
)
"""Function words that cost nothing inside an organisation's name."""


def inserted(it: Situation) -> Iterator[Reason]:
    titles, generic = tables.titles(), tables.generic()
    own = {part.form for part in it.pattern.parts if part.role in OPTIONAL}
    for at in it.extras():
        form, surface = it.part.tokens.forms[at], it.part.tokens.surface(at, at)
        if form in (titles.particles if it.pattern.person else FREE) or form in own:
            continue
        if not it.pattern.person and (form in generic.company or tables.legal_forms().at([form], 0)[0]):
            yield Reason("inserted", f"“{surface}” stands inside the name", -6.0)
        elif it.part.shape(at) == "lower":
            yield Reason("inserted", f"the word “{surface}” stands inside the name", -20.0)
        else:
            cost = -15.0 if it.pattern.syllables else -3.0 if it.pattern.person else -12.0
            yield Reason("inserted", f"“{surface}” stands inside the name", cost)


def punctuation(it: Situation) -> Iterator[Reason]:
    listed = it.name.text.casefold()
    for at in range(it.first, it.last):
        gap = it.part.gap(at)
        if not gap.strip() and "\n\n" not in gap:
            continue
        abbreviated = gap == ". " and (
            (len(it.part.tokens.forms[at]) <= 3 and it.part.tokens.forms[at].isalpha())
            or f"{it.part.tokens.forms[at]}." in listed
        )
        if it.part.starts_sentence(at + 1) and not abbreviated:
            yield Reason("punctuation", "a sentence or line ends inside it", -30.0)
        elif "," in gap and not (it.pattern.person and (rotated(it) == at or _surname_before(it, at))):
            yield Reason("punctuation", "a comma stands inside it", -12.0)
        elif it.pattern.person and gap == "-" and it.name.text.find("-") < 0 and not it.pattern.syllables:
            yield Reason("punctuation", "a hyphen joins what the list writes apart", -6.0)
        elif gap.strip(" -–‑./&'’,\u00a0"):
            yield Reason("punctuation", f"“{gap.strip()}” stands inside it", -4.0 if it.pattern.person else -10.0)


# --- the place


def capitals(it: Situation) -> Iterator[Reason]:
    """Names are written with capitals, where the text around uses them."""
    if it.part.regime(it.first, it.last) != "normal":
        return
    lower = []
    cased = 0
    for found in it.assignment.found:
        shape = it.part.shape(found.first)
        if shape:
            cased += 1
            if shape == "lower" and (found.first == it.first or "-" not in it.part.gap(found.first - 1)):
                lower.append(it.surface(found))
    if not lower:
        return
    others = [found.first for found in it.assignment.found if it.part.shape(found.first) in ("title", "upper")]
    if len(lower) == cased or all(it.part.starts_sentence(at) for at in others):
        rare = all(tables.word(it.part.tokens.forms[found.first]).df == 0 for found in it.assignment.found)
        yield Reason(
            "lower-case",
            f"“{' '.join(lower)}” is written without a capital",
            (-15.0 if len(lower) == 1 else -6.0) if rare else -35.0,
        )
    else:
        each = -12.0 if it.pattern.person or it.left_off() else -2.0
        yield Reason("lower-case", f"“{' '.join(lower)}” is written without a capital", each * len(lower))


def neighbours(it: Situation) -> Iterator[Reason]:
    """A longer proper name around the mention is another name."""
    if it.part.regime(it.first, it.last) != "normal":
        return
    forms = it.part.tokens.forms
    single = len(it.assignment.found) == 1
    own = {part.form for part in it.pattern.parts}
    after = it.last + 1
    if after < len(forms) and it.part.gap(it.last).strip(" -\u00a0") == "" and forms[after] not in own:
        surface = it.part.tokens.surface(after, after)
        if _extended(it, after) and not any((form,) in tables.places().extends_after for form in own):
            yield Reason("longer-name", f"“{surface}” makes it the name of something else", -25.0)
        elif it.pattern.person and _is_name(it, after) and it.leaves_off(Role.LATER):
            yield Reason("other-surname", f"“{surface}” follows: another second surname than the list's", -15.0)
        elif single and it.part.shape(after) in ("title", "upper") and len(forms[after]) > 1 and forms[after].isalpha():
            named = (forms[after],) in tables.titles().before or tables.legal_forms().at(forms, after)[0]
            if named or is_small(forms[after]):
                return
            if _is_name(it, after) or not it.part.starts_sentence(after):
                soft = "-" in it.part.gap(it.last) or forms[after] in tables.generic().company
                yield Reason("longer-name", f"“{surface}” follows: a longer name", -6.0 if soft else -18.0)
        elif _is_name(it, after) and not tables.legal_forms().at(forms, after)[0]:
            given = it.pattern.person and forms[it.last] in tables.given_names()
            yield Reason("longer-name", f"“{surface}” follows: a longer name", -15.0 if given else -8.0)
    before = it.first - 1
    if before >= 0 and it.part.gap(before).strip(" -\u00a0") == "" and forms[before] not in own:
        surface = it.part.tokens.surface(before, before)
        two = tuple(forms[before - 1 : before + 1]) if before else ()
        extenders = tables.places().extends_before
        if it.part.shape(before) in ("title", "upper") and (forms[before],) in extenders:
            yield Reason("longer-name", f"“{surface}” makes it the name of something else", -25.0)
            return
        if two in extenders and it.part.shape(before - 1) in ("title", "upper"):
            yield Reason("longer-name", f"“{it.part.tokens.surface(before - 1, before)}” makes it another name", -25.0)
            return
        if it.part.starts_sentence(before) and tables.word(forms[before]).lower > 20:
            return
        if _is_name(it, before) and (forms[before],) not in tables.titles().before:
            place = (forms[before],) in tables.places().country_of and (forms[before],) not in tables.places().cities
            if place or tables.legal_forms().at(forms, before)[0]:
                return
            if it.pattern.person and forms[before] in tables.given_names():
                yield Reason("longer-name", f"“{surface}” stands before it: a longer name", -12.0)
            else:
                yield Reason("longer-name", f"“{surface}” stands before it: a longer name", -18.0 if single else -5.0)


def is_small(form: str) -> bool:
    """A function word, a month or a day: no part of a name, whatever its capital."""
    return form in tables.generic().function or form in tables.calendar()


def _extended(it: Situation, after: int) -> bool:
    """Whether the capitalised words that follow make it a stadium, a street, an airport."""
    forms, extenders = it.part.tokens.forms, tables.places().extends_after
    for at in range(after, min(after + 3, len(forms))):
        if it.part.shape(at) not in ("title", "upper") or (at > after and it.part.gap(at - 1).strip(" -")):
            return False
        if (forms[at],) in extenders:
            return True
    return False


def _is_name(it: Situation, at: int) -> bool:
    """A capitalised word that is not an ordinary one."""
    return (
        it.part.shape(at) in ("title", "upper")
        and tables.word(it.part.tokens.forms[at]).lower < 40
        and len(it.part.tokens.forms[at]) > 1
        and it.part.tokens.forms[at].isalpha()
        and it.part.tokens.forms[at] not in tables.titles().particles
        and not is_small(it.part.tokens.forms[at])
    )


def excluded(it: Situation) -> Iterator[Reason]:
    forms = it.part.tokens.forms
    for written in it.entity.exclude:
        phrase = tables.phrase(written)
        for start in range(max(0, it.first - len(phrase) + 1), it.last + 1):
            if phrase and tuple(forms[start : start + len(phrase)]) == phrase:
                yield Reason("excluded", f"“{written}” is excluded by the list", -100.0)
                return


def doubts(it: Situation) -> Iterator[Reason]:
    """What makes the name ambiguous, less what stands in the article and speaks for it."""
    found = list(ambiguity.doubts(it))
    yield from found
    owed = -sum(reason.points for reason in found)
    if owed > 0:
        for reason in ambiguity.signs(it):
            given = min(owed, reason.points)
            owed -= given
            if given > 0:
                yield Reason(reason.rule, reason.text, given)


RULES = (
    spelling,
    left_off,
    generation,
    liberties,
    order,
    inserted,
    punctuation,
    capitals,
    neighbours,
    excluded,
    doubts,
)
