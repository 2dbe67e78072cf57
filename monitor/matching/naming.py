"""Rules about the name: what is spelt otherwise, left off, added, out of order or broken up. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rapidfuzz.distance import Levenshtein

from monitor.matching import signs, surroundings, tables, words
from monitor.matching.assign import Found
from monitor.matching.pattern import OPTIONAL, Role
from monitor.matching.scripts.inflection import bases
from monitor.matching.scripts.kin import told
from monitor.matching.scripts.sounds import script_of
from monitor.matching.similar import DECLINED, SERVANT
from monitor.matching.situation import Situation
from monitor.model.matches import Reason


def spelling(it: Situation) -> Iterator[Reason]:
    """What is spelt otherwise costs in proportion to its share of the name's letters."""
    total = sum(len(part.form) for place, part in enumerate(it.pattern.parts) if place in it.assignment.reading.parts)
    if signs.has_legal_form(it):  # it is spelt as on the list, and part of the name
        total += sum(len(part.form) for part in it.pattern.parts if part.role is Role.LEGAL)
    if it.known_as:
        said = " ".join(it.known_as).title()
        yield Reason("known-as", f"“{it.part.tokens.surface(it.first, it.last)}” is how {said} is written", -2.0)
        return
    for found in it.assignment.found:
        rule = found.likeness.rule
        if rule == "equal":
            continue
        if (
            found.first_part < found.last_part
            and found.first < found.last
            and len(it.part.tokens.forms[found.first]) > 1
        ):
            if _space_has_moved(it, found):
                yield Reason("space-moved", f"“{it.surface(found)}”: the space is a letter off", -6.0)
                continue
            yield Reason("token-joined", f"“{it.surface(found)}” is read word by word", -100.0)
            return
        part = it.pattern.parts[found.first_part]
        name = "".join(it.pattern.parts[place].form for place in range(found.first_part, found.last_part + 1))
        lost = 3.0 if rule == "initial" else 100.0 * (1.0 - found.likeness.value) * len(name) / total
        surface = it.surface(found)
        form = it.part.tokens.forms[found.first]
        says = told(form, name) if rule in DECLINED else _SAYS[rule]
        yield Reason(f"token-{rule}", f"“{surface}” for “{name}”: {says}", -round(lost, 2))
        if rule in ("spelling", "typo") and form in tables.places().known:
            yield Reason("known-word", f"“{surface}” is a place", -12.0)
        elif rule == "spelling" and len(it.assignment.found) == 1 and words.word(form).df >= 3:
            yield Reason("known-word", f"“{surface}” is a word or name of its own", -8.0)
        if rule == "typo":
            if form[0] != name[0]:
                lost = -2.5 if len(it.assignment.found) > 1 else -12.0
                yield Reason("first-letter", f"“{surface}” begins with another letter than “{name}”", lost)
            if part.role in (Role.GIVEN, Role.MIDDLE) and {form, name} <= tables.given_names().keys():
                yield Reason("other-given-name", f"“{surface}” is another given name than “{name}”", -20.0)
            elif words.known(form):
                yield Reason("known-word", f"“{surface}” is a word or name of its own", -3.5)


def _space_has_moved(it: Situation, found: Found) -> bool:
    """Whether two words are the name's two, but for a letter that stands with the wrong one: Arefullaha Ref."""
    mine, theirs = it.part.tokens.forms[found.first], it.pattern.parts[found.first_part].form
    return found.last == found.first + 1 and abs(len(mine) - len(theirs)) == 1


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
    if not it.pattern.person:
        return
    left = [it.pattern.parts[place] for place in it.left_off()]
    dropped = [part.form for part in left if part.role in (Role.MIDDLE, Role.PATRONYMIC)]
    other = (
        [it.part.tokens.surface(at, at) for at in it.names_inside()] or _initial_behind(it) or _patronymic_behind(it)
    )
    if dropped and other:
        if not any(name[0].lower() == form[0] for name in other for form in dropped):
            yield Reason("other-middle-name", f"“{other[0]}”: another middle name than the list's", -20.0)
        else:
            yield Reason("other-middle-name", f"“{other[0]}” where the list has another middle name", -15.0)
    if any(part.role is Role.GIVEN for part in left):
        yield from _other_given_name(it)
    gone = set(it.left_off())
    for found in it.assignment.found:
        if it.pattern.parts[found.last_part].form in _FATHER and found.last_part + 1 in gone:
            yield Reason("kunya", f"“{it.surface(found)}” without whose father or mother that is", -25.0)
    first = {it.pattern.parts[found.first_part].form for found in it.assignment.found}
    if len(first - SERVANT) == 1 and first & SERVANT and any(part.role is Role.GIVEN for part in left):
        yield Reason("single-name", "one name of a person: Abd al- begins it", -25.0)


_FATHER = frozenset(("abu", "abou", "abo", "umm", "ben", "bin", "ibn", "ابو", "ام", "بن", "ابن"))
"""Beginnings of Arabic surnames: Abu Layth is nobody's without Layth."""


def _other_given_name(it: Situation) -> Iterator[Reason]:
    """Another given name right before a mention that has none of the list's."""
    forms, before = it.part.tokens.forms, it.first - 1
    while before >= 0 and not it.part.gap(before).strip(" -\u00a0"):
        if forms[before] not in tables.titles().particles:
            surface = it.part.tokens.surface(before, before)
            if forms[before] in tables.given_names() and it.part.shape(before) in ("title", "upper"):
                yield Reason("other-given-name", f"“{surface}” stands where the list has another given name", -15.0)
            return
        before -= 1


def _initial_behind(it: Situation) -> list[str]:
    """The initial of a middle name behind a name whose surname comes first: Frost, William G."""
    after = it.last + 1
    forms = it.part.tokens.forms
    behind = max(it.assignment.found, key=lambda found: found.first)
    if it.pattern.parts[behind.first_part].role is not Role.GIVEN or after >= len(forms) or it.part.gap(it.last) != " ":
        return []
    surface = it.part.tokens.surface(after, after)
    return [surface] if len(surface) == 1 and surface.isupper() and it.part.gap(after)[:1] == "." else []


def _patronymic_behind(it: Situation) -> list[str]:
    surface = surroundings.behind_the_given_name(it)
    return [surface] if surface else []


def liberties(it: Situation) -> Iterator[Reason]:
    """One thing that differs is how names vary; several at once is how names differ."""
    found = it.assignment.found
    taken = [
        it.pattern.person and any(one.likeness.rule in ("given", "initial") for one in found),
        any(one.likeness.rule == "typo" for one in found),
        it.assignment.reading.cost > 1.0 and not it.slips(),
        it.pattern.person and bool(it.names_inside()),
    ]
    if sum(taken) > 1:
        yield Reason("liberties", "several differences at once", -3.0 * (sum(taken) - 1))


def _generation(form: str) -> str:
    """Which of a family a word says, in any case: младшего; "" for other words."""
    kinds = tables.titles().generation
    return next((kinds[base] for base in (form, *bases(form)) if base in kinds), "")


def generation(it: Situation) -> Iterator[Reason]:
    """Father and son, the third and the fourth are different people."""
    if not it.pattern.person:
        return
    kinds = tables.titles().generation
    own = {kinds[part.form] for part in it.pattern.parts if part.form in kinds and part.role is Role.NUMBER}
    after = it.last + 1
    forms = it.part.tokens.forms
    joint = it.part.gap(it.last).strip(" ,\u00a0-")
    there = _generation(forms[after]) if after < len(forms) and not joint else ""
    if there and own and there not in own:
        yield Reason("other-generation", f"“{it.part.tokens.surface(after, after)}”: another of the family", -30.0)
    elif own and not there and script_of(forms[it.first]) == "cyrillic":
        yield Reason("generation", "which of the family is always said in this script, and is not here", -13.0)
    elif there and not own:
        yield Reason("generation", f"“{it.part.tokens.surface(after, after)}” is not on the list", -3.0)


def legal_form(it: Situation) -> Iterator[Reason]:
    """A legal form beside the name that the body on the list cannot have: an association is no company."""
    legal, forms = tables.legal_forms(), it.part.tokens.forms
    own = [part.form for part in it.pattern.parts if part.role is Role.LEGAL]
    mine = {kind for at in range(len(own)) for kind in legal.kinds_at(own, at)}
    if not mine:
        return
    after, before = it.last + 1, it.first - 1
    for at, gap in ((after, it.part.gap(it.last)), (before, it.part.gap(before))):
        if 0 <= at < len(forms) and gap in (" ", ", ") and it.part.shape(at) == "upper" and len(forms[at]) > 2:
            theirs = legal.kinds_at(forms, at)
            if theirs and not any(legal.agree(one, other) for one in mine for other in theirs):
                surface = it.part.tokens.surface(at, at)
                yield Reason("other-legal-form", f"“{surface}”: another kind of body than the list's", -15.0)


def order(it: Situation) -> Iterator[Reason]:
    """Surname first is as good as surname last; other orders are not how a name is written."""
    by_text = _as_written(it)
    inside = {it.part.tokens.forms[at] for at in it.extras()}
    descent = tables.titles().descent
    if it.pattern.person and not inside.isdisjoint(descent):
        left = [it.pattern.parts[place] for place in it.left_off()]
        own = not descent.isdisjoint(part.form for part in it.pattern.parts)  # BIN LADIN, Usama: Usama bin Ladin
        turned = by_text != sorted(by_text) and not (own and by_text == it.pattern.as_spoken(by_text))
        if turned or any(part.form in inside for part in left if part.role is Role.GIVEN):
            yield Reason("order", "the son of the one is not the son of the other", -20.0)
            return
    if by_text == sorted(by_text) or len(by_text) < 2:
        return
    if any(found.likeness.rule == "translation" for found in it.assignment.found):  # Estado Islâmico
        return
    if it.pattern.person and rotated(it) is not None:
        yield Reason("order", "surname and given name have changed places", -0.5)
        return
    if it.pattern.person:
        if not _says_which_is_the_surname(it) and all(
            it.part.tokens.forms[found.first] in tables.given_names() for found in it.assignment.found
        ):
            yield Reason("order", "either name may be the surname: it may be another person", -13.0)
            return
        surname = (Role.SURNAME, Role.LATER)
        family = [place for place in by_text if it.pattern.parts[place].role in surname]
        given = [place for place in by_text if place not in family]
        if by_text in ([*family, *given], [*given, *family]) and given == sorted(given) and family == sorted(family):
            yield Reason("order", "surname and given name have changed places", -0.5)
            return
    places = [place for place in by_text if it.pattern.parts[place].role is not Role.PLACE]
    if len(places) < len(by_text) and places == sorted(places):
        lower = any(it.part.shape(found.first) == "lower" for found in it.assignment.found)
        yield Reason("order", "the place stands elsewhere in it", -12.0 if lower else -1.0)  # the city of Manchester
    else:
        yield Reason("order", "the words stand in another order", -5.0)


def _as_written(it: Situation) -> list[int]:
    """The parts found, as they stand in the text; of two that have the same initial the first stands first."""
    found = sorted(it.assignment.found, key=lambda one: one.first)
    places = [one.first_part for one in found]
    forms = it.part.tokens.forms
    for at, one in enumerate(found[:-1]):
        following = found[at + 1]
        alike = one.likeness.rule == following.likeness.rule == "initial" and forms[one.first] == forms[following.first]
        if alike and places[at] > places[at + 1]:
            places[at], places[at + 1] = places[at + 1], places[at]
    return places


def _says_which_is_the_surname(it: Situation) -> bool:
    """Whether the list does so, by a comma, by capitals or by a particle."""
    written = it.name.text.replace("-", " ").split()
    capitals = [one.isupper() for one in written if len(one) > 1]
    return (
        "," in it.name.text
        or (any(capitals) and not all(capitals))
        or any(part.role is Role.PARTICLE for part in it.pattern.parts)
    )


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


def inserted(it: Situation) -> Iterator[Reason]:
    titles, generic = tables.titles(), tables.generic()
    own = {part.form for place, part in enumerate(it.pattern.parts) if part.role in OPTIONAL or place in it.left_off()}
    particles = [part.form for part in it.pattern.parts if part.role is Role.PARTICLE]
    for at in it.extras():
        form, surface = it.part.tokens.forms[at], it.part.tokens.surface(at, at)
        if form in (titles.particles if it.pattern.person else tables.signs().between) or form in own:
            continue
        if at in it.slips():
            continue
        if not it.pattern.person and (form in generic.company or tables.legal_forms().at([form], 0)[0]):
            yield Reason("inserted", f"“{surface}” stands inside the name", -6.0)
        elif any(abs(len(form) - len(one)) == 1 and Levenshtein.distance(form, one) == 1 for one in particles):
            yield Reason("inserted", f"“{surface}” stands for a particle of the name", -5.0)
        elif it.part.shape(at) == "lower":
            yield Reason("inserted", f"the word “{surface}” stands inside the name", -20.0)
        else:
            cost = -15.0 if it.pattern.syllables else -3.0 if it.pattern.person else -13.0
            yield Reason("inserted", f"“{surface}” stands inside the name", cost)


_POSSESSIVE = re.compile(r"['’][sS] $")


_QUOTES = re.compile("[\"'«»„“”‘’]")
_LINE = re.compile("[\n\r]")
_AS_LISTED = frozenset(',"()')
"""Signs inside a body's name that count for nothing where the list has them: министерство культуры, СМИ и спорта."""


def _signs(text: str) -> frozenset[str]:
    """The signs between words, all quotation marks as one."""
    return frozenset(letter for letter in _QUOTES.sub('"', text) if not letter.isalnum() and not letter.isspace())


def _in_full(it: Situation, at: int) -> bool:
    """Whether the token is a person's name of two letters or more, written out: no full stop belongs to it.

    “Wm.” and “Md.” stand for longer words; in “Sou. A minha crença” a sentence ends.
    """
    size = len(it.part.tokens.forms[at])
    return it.pattern.person and any(
        found.first <= at <= found.last
        and found.likeness.rule not in _SHORTENED
        and 1 < size >= len(it.pattern.parts[found.first_part].form) - 1
        for found in it.assignment.found
    )


_SHORTENED = frozenset({"initial", "given"})
"""Rules by which a word stands for a longer one."""


def punctuation(it: Situation) -> Iterator[Reason]:
    listed = it.name.text.casefold()
    signs_listed = _signs(listed) & _AS_LISTED
    for at in range(it.first, it.last):
        gap = it.part.gap(at)
        if not gap.strip() and "\n\n" not in gap:
            continue
        abbreviated = gap == ". " and (
            (len(it.part.tokens.forms[at]) <= 3 and it.part.tokens.forms[at].isalpha() and not _in_full(it, at))
            or f"{it.part.tokens.forms[at]}." in listed
        )
        if not it.pattern.person and _signs(gap) <= signs_listed and not _LINE.search(gap):
            continue
        if it.part.starts_sentence(at + 1) and not abbreviated:
            yield Reason("punctuation", "a sentence or line ends inside it", -30.0)
        elif "," in gap and not (it.pattern.person and (rotated(it) == at or _surname_before(it, at))):
            yield Reason("punctuation", "a comma stands inside it", -12.0)
        elif (
            it.pattern.person
            and gap == "-"
            and {at, at + 1}.isdisjoint(it.extras())
            and it.name.text.find("-") < 0
            and not it.pattern.syllables
        ):
            yield Reason("punctuation", "a hyphen joins what the list writes apart", -6.0)
        elif gap.strip(" -–‑./&'’,·・‧\u00a0") and not _POSSESSIVE.match(gap):
            yield Reason("punctuation", f"“{gap.strip()}” stands inside it", -4.0 if it.pattern.person else -10.0)
