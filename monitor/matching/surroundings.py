"""Rules about the place: letters' case, longer names around, phrases that the list excludes. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.matching import tables, words
from monitor.matching.pattern import Role
from monitor.matching.persons import is_surely_patronymic
from monitor.matching.scene import Part
from monitor.matching.scripts.inflection import bases
from monitor.matching.scripts.sounds import script_of
from monitor.matching.similar import DECLINED
from monitor.matching.situation import Situation
from monitor.model.matches import Reason


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
            if it.is_lower(found) and (found.first == it.first or "-" not in it.part.gap(found.first - 1)):
                lower.append(it.surface(found))
    if not lower:
        return
    others = [found.first for found in it.assignment.found if it.part.shape(found.first) in ("title", "upper")]
    if len(lower) == cased or all(it.part.starts_sentence(at) for at in others):
        rare = all(
            _is_a_name_only(it.part.tokens.forms[found.first], len(it.assignment.found))
            and found.likeness.rule not in DECLINED
            for found in it.assignment.found
        )
        yield Reason(
            "lower-case",
            f"“{' '.join(lower)}” is written without a capital",
            (-15.0 if len(lower) == 1 else -6.0) if rare else -35.0,
        )
    else:
        each = -12.0 if it.pattern.person or it.left_off() else -2.0
        yield Reason("lower-case", f"“{' '.join(lower)}” is written without a capital", each * len(lower))


def _is_a_name_only(form: str, count: int) -> bool:
    """Whether a word is in no text, or, being one of several, in lower case hardly ever: alexander lukashenko."""
    word = words.word(form)
    return word.df == 0 or (count > 1 and word.lower < _HARDLY)


_HARDLY = 2
"""Per cent of its uses in lower case from which a word may be an ordinary one."""


def neighbours(it: Situation) -> Iterator[Reason]:
    """A longer proper name around the mention is another name."""
    if it.part.regime(it.first, it.last) != "normal":
        return
    forms = it.part.tokens.forms
    single = len(it.assignment.found) == 1 or all(
        it.pattern.parts[found.first_part].role is Role.GENERIC for found in it.assignment.found
    )
    own = {part.form for part in it.pattern.parts}
    after = it.last + 1
    if after < len(forms) and it.part.gap(it.last).strip(" -\u00a0") == "" and forms[after] not in own:
        surface = it.part.tokens.surface(after, after)
        if _is_followed_by_a_person(it, after):
            pass
        elif _extended(it, after) and not any((form,) in tables.places().extends_after for form in own):
            yield Reason("longer-name", f"“{surface}” makes it the name of something else", -25.0)
        elif it.pattern.person and it.leaves_off(Role.LATER) and _is_written_as_a_name(it, after):
            yield Reason("other-surname", f"“{surface}” follows: another second surname than the list's", -15.0)
        elif single and it.part.shape(after) in ("title", "upper") and len(forms[after]) > 1 and forms[after].isalpha():
            legal = tables.legal_forms().at(forms, after)[0] or tables.legal_forms().nearly_at(forms[after])
            named = (forms[after],) in tables.titles().before or legal
            if named or is_small(forms[after]):
                return
            if _is_name(it, after) or not it.part.starts_sentence(after):
                soft = "-" in it.part.gap(it.last) or forms[after] in tables.generic().company
                yield Reason("longer-name", f"“{surface}” follows: a longer name", -6.0 if soft else -18.0)
        elif behind_the_given_name(it):
            yield Reason("patronymic", f"“{surface}” follows: the patronymic, which the list does not have", -3.0)
        elif _is_name(it, after) and not tables.legal_forms().at(forms, after)[0]:
            given = it.pattern.person and forms[it.last] in tables.given_names()
            yield Reason("longer-name", f"“{surface}” follows: a longer name", -15.0 if given else -8.0)
    before = it.first - 1
    if _is_cut_from_an_abbreviation(it):
        surface = it.part.tokens.surface(before, it.first)
        yield Reason("longer-name", f"“{surface}” is an abbreviation, and no initial", -20.0)
        return
    if it.pattern.person and before > 0 and forms[before] in tables.titles().descent and _is_name(it, before - 1):
        child = it.part.tokens.surface(before - 1, before)
        yield Reason("longer-name", f"“{child}” stands before it: who bears the name is the parent", -20.0)
        return
    if before >= 0 and it.part.gap(before).strip(" -\u00a0") == "" and forms[before] not in own:
        surface = it.part.tokens.surface(before, before)
        two = tuple(forms[before - 1 : before + 1]) if before else ()
        extenders = tables.places().extends_before
        if it.part.shape(before) in ("title", "upper") and (forms[before],) in extenders:
            yield Reason("longer-name", f"“{surface}” makes it the name of something else", -25.0)
            return
        if single and forms[before].isdigit() and _is_model(it, before):
            yield Reason("longer-name", f"“{surface}” stands before it: a model of something", -25.0)  # C-130 Hercules
            return
        if two in extenders and it.part.shape(before - 1) in ("title", "upper"):
            yield Reason("longer-name", f"“{it.part.tokens.surface(before - 1, before)}” makes it another name", -25.0)
            return
        if it.part.starts_sentence(before) and (
            words.word(forms[before]).lower > 20 or _is_a_form_of_some_word(forms[before])
        ):
            return
        if _is_name(it, before) and (forms[before],) not in tables.titles().before:
            place = (forms[before],) in tables.places().country_of and (forms[before],) not in tables.places().cities
            if place or tables.legal_forms().at(forms, before)[0]:
                return
            if it.pattern.person and forms[before] in tables.places().known:  # In Moscow V. V. Putin said
                return
            if it.pattern.person and forms[before] in tables.given_names():
                yield Reason("longer-name", f"“{surface}” stands before it: a longer name", -12.0)
            else:
                yield Reason("longer-name", f"“{surface}” stands before it: a longer name", -18.0 if single else -5.0)


def behind_the_given_name(it: Situation) -> str:
    """The patronymic behind a name whose surname comes first, Putin Vladimir Vladimirovich; "" when there is none."""
    after, forms = it.last + 1, it.part.tokens.forms
    if not it.pattern.person or after >= len(forms) or it.part.gap(it.last).strip(" \u00a0") or it.first == it.last:
        return ""
    behind = max(it.assignment.found, key=lambda found: found.first)
    given = it.pattern.parts[behind.first_part].role is Role.GIVEN
    return it.part.tokens.surface(after, after) if given and is_surely_patronymic(forms[after]) else ""


def _is_cut_from_an_abbreviation(it: Situation) -> bool:
    """Whether the mention begins with the last letter of one: U.S. Oil; V.V. Putin begins with the first."""
    first = min(it.assignment.found, key=lambda found: found.first)
    forms, before = it.part.tokens.forms, it.first - 1
    return (
        first.likeness.rule == "initial"
        and before >= 0
        and len(forms[before]) == len(forms[it.first]) == 1
        and it.part.gap(before) == "."
        and forms[before] != forms[it.first]
    )


def _is_followed_by_a_person(it: Situation, after: int) -> bool:
    """Whether given name and surname of someone follow a body: глава Минфина Филип Хаммонд, szef Rady Donald Tusk.

    So it is where names have cases, because a genitive needs no comma behind it.
    """
    forms = it.part.tokens.forms
    if it.pattern.person or after + 1 >= len(forms) or it.part.gap(after).strip(" -\u00a0"):
        return False
    if it.part.shape(after) != "title" or it.part.shape(after + 1) != "title":
        return False
    known, extends = tables.places().known, tables.places().extends_after
    if any(
        form in known or (form,) in extends or form in tables.generic().company for form in forms[after : after + 2]
    ):
        return False
    if script_of(forms[after]) in ("cyrillic", "greek"):
        return script_of(forms[after + 1]) == script_of(forms[after])
    given = tables.given_names()
    return bool(it.scene.declines) and any(form in given for form in (forms[after], *bases(forms[after])))


def stands_beside_a_name(part: Part, at: int) -> bool:
    """Whether a word with a capital stands right before or behind this one, as another name of the person would."""
    for other, gap in ((at + 1, part.gap(at)), (at - 1, part.gap(at - 1))):
        if not 0 <= other < len(part.tokens) or gap.strip(" .-\u00a0") or "." in gap.strip()[1:]:
            continue
        form = part.tokens.forms[other]
        if part.shape(other) not in ("title", "upper") or is_small(form) or ("." in gap and len(form) > 1):
            continue
        if (
            other < at
            and part.starts_sentence(other)
            and (words.word(form).lower > 20 or _is_a_form_of_some_word(form))
        ):
            continue
        return True
    return False


def _is_model(it: Situation, at: int) -> bool:
    """Whether a letter or two and a hyphen stand before a number: C-130."""
    letters = it.part.tokens.forms[at - 1] if at else ""
    return len(letters) <= 2 and letters.isalpha() and it.part.gap(at - 1) == "-"


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
        and (words.word(it.part.tokens.forms[at]).lower < 40 or it.part.tokens.forms[at] in words.name_classes())
        and len(it.part.tokens.forms[at]) > 1
        and it.part.tokens.forms[at].isalpha()
        and it.part.tokens.forms[at] not in tables.titles().particles
        and not is_small(it.part.tokens.forms[at])
    )


def _is_written_as_a_name(it: Situation, at: int) -> bool:
    """A capital within a sentence, and no title, month or function word: Nicolas Maduro Guerra."""
    form = it.part.tokens.forms[at]
    return (
        it.part.shape(at) in ("title", "upper")
        and not it.part.starts_sentence(at)
        and len(form) > 1
        and form.isalpha()
        and form not in tables.titles().particles
        and (form,) not in tables.titles().before
        and not is_small(form)
    )


def _is_a_form_of_some_word(form: str) -> bool:
    """A word that the statistics do not know, in a script whose words decline: at the start of a sentence no name."""
    return script_of(form) in ("cyrillic", "greek") and not words.word(form).df and form not in tables.given_names()


def excluded(it: Situation) -> Iterator[Reason]:
    forms = it.part.tokens.forms
    for written in it.entity.exclude:
        phrase = tables.phrase(written)
        for start in range(max(0, it.first - len(phrase) + 1), it.last + 1):
            if phrase and tuple(forms[start : start + len(phrase)]) == phrase:
                yield Reason("excluded", f"“{written}” is excluded by the list", -100.0)
                return
