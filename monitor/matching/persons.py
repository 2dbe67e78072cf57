"""How a person's name is put together, and what of it is left off. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from monitor.matching import tables, words
from monitor.matching.pattern import LEAVING, MAX_PARTS, OPTIONAL, Part, Reading, Role, rarest
from monitor.matching.scripts.inflection import bases
from monitor.matching.similar import SERVANT
from monitor.matching.text import Tokens


def reads_like_a_person(tokens: Tokens) -> bool:
    """For records that do not say what they are: two to four words, the first of them a given name."""
    named = [form for form in tokens.forms if form not in tables.titles().particles]
    return 2 <= len(named) <= 4 and tokens.forms[0] in tables.given_names()


def person_parts(name: str, tokens: Tokens) -> list[Part]:
    forms = tokens.forms
    surname = _surname_places(name, tokens)
    titles = tables.titles()
    found: list[Part] = []
    given_seen = surname_seen = False
    for place, form in enumerate(forms):
        if not form:
            continue
        only = len(forms) == 1
        if form in titles.generation and place > 1 and (len(form) > 3 or form in ("ii", "iii", "iv", "jr", "sr")):
            role = Role.NUMBER
        elif form in titles.particles and not only and _is_particle(name, tokens, place):
            role = Role.PARTICLE
        elif (form,) in titles.before and not only and place == 0 and len(forms) > 2 and place not in surname:
            role = Role.TITLE
        elif place in surname:
            hyphenated = surname_seen and name[tokens.ends[place - 1] : tokens.starts[place]] == "-"
            role = Role.LATER if surname_seen and not (hyphenated and found[-1].role is Role.SURNAME) else Role.SURNAME
            surname_seen = True
        elif not given_seen:
            role, given_seen = Role.GIVEN, True
        else:
            role = Role.PATRONYMIC if is_patronymic(form) else Role.MIDDLE
        bound = found and (found[-1].form in SERVANT or tokens.forms[place + 1 : place + 2] == ["din"])
        if role is not Role.PARTICLE or not bound:  # the article of Abd al-Aziz is no part of its own
            found.append(Part(form, role))
    if all(part.role in OPTIONAL or part.role is Role.NUMBER for part in found):
        found = [Part(part.form, Role.SURNAME) for part in found]
    return found


def _is_particle(name: str, tokens: Tokens, place: int) -> bool:
    """Not at the end of a name, and at its start only where it binds to what follows (Al-, Abu)."""
    if place == len(tokens) - 1:
        return False
    if place == 0 and len(tokens) == 2 and name[tokens.ends[0] : tokens.starts[1]] != "-":  # Al Gore, Abu Omar
        return False
    if tokens.forms[place] in ("abu", "umm"):  # Abu Omar is not Omar
        return False
    return place > 0 or tokens.forms[place] in ("al", "el", "bin", "van", "von", "de")


def is_patronymic(form: str) -> bool:
    return len(form) > 5 and any(form.endswith(ending) for ending in tables.titles().patronymic if len(ending) >= 3)


_SURELY = 4
"""Letters of an ending that surnames hardly have: -ovich, not -ova."""


@tables.once
def _sure_endings() -> tuple[str, ...]:
    return tuple(ending for ending in tables.titles().patronymic if len(ending) >= _SURELY)


@lru_cache(maxsize=10_000)
def is_surely_patronymic(form: str) -> bool:
    """A patronymic in any case, by an ending that tells it from a surname: Владимировичу."""
    endings = _sure_endings()
    return len(form) > 5 and any(base.endswith(endings) for base in (form, *bases(form)))


def may_stand_between(form: str) -> bool:
    """Whether the words of a name in a script with few vowels may have this between them: a patronymic, bin."""
    return is_surely_patronymic(form) or form in tables.titles().particles


def _surname_places(name: str, tokens: Tokens) -> set[int]:
    """Which words are the surname: before a comma, in capitals beside words that are not, or by convention the last."""
    count = len(tokens)
    comma = name.find(",")
    if comma > 0:
        before = {place for place in range(count) if tokens.ends[place] <= comma}
        if 0 < len(before) < count and tokens.forms[-1] not in tables.titles().generation:
            return before
    capitals = {place for place in range(count) if _in_capitals(tokens.surface(place, place))}
    if 0 < len(capitals) < count and any(
        len(tokens.forms[place]) > 1 for place in range(count) if place not in capitals
    ):
        return capitals
    last = count - 1
    while last > 0 and tokens.forms[last] in tables.titles().generation:
        last -= 1
    behind = is_patronymic(tokens.forms[last]) and not is_patronymic(tokens.forms[last - 1])
    if count >= 3 and behind and tokens.forms[0] not in tables.given_names():  # not Adam Bernard Mickiewicz
        return {0}
    hyphenated = {last}
    while last > 0 and name[tokens.ends[last - 1] : tokens.starts[last]] == "-":
        last -= 1
        hyphenated.add(last)
    return hyphenated


def _in_capitals(surface: str) -> bool:
    return len(surface) > 1 and surface.upper() == surface and surface.lower() != surface


def person_readings(parts: Sequence[Part]) -> list[Reading]:
    def having(*roles: Role) -> tuple[int, ...]:
        return tuple(place for place, part in enumerate(parts) if part.role in roles)

    given, middle = having(Role.GIVEN), having(Role.MIDDLE, Role.PATRONYMIC)
    if middle and is_east_asian(parts):  # Kim Jong Un is not Kim Jong
        full = tuple(place for place, part in enumerate(parts) if part.role not in OPTIONAL)
        return [Reading(full, rarest(parts, _keys(parts, having(Role.SURNAME), full)))]
    surname, later = having(Role.SURNAME), having(Role.LATER)
    full = tuple(sorted((*given, *middle, *surname, *later)))[:MAX_PARTS]
    found: dict[tuple[int, ...], Reading] = {full: Reading(full, rarest(parts, _keys(parts, surname, full)))}
    if not given or not surname:
        return list(found.values())
    firsts: list[tuple[tuple[int, ...], float]] = [((place,), 0.0) for place in given]
    firsts += [((place,), 8.0) for place in middle if _can_lead(parts[place])]
    if middle:
        firsts.insert(0, ((*given, *middle), 0.0))
    if len(middle) > 1 and any(_can_lead(parts[place]) for place in middle):
        firsts.append((middle, 8.0))  # Boris de Pfeffel Johnson
    for lead, lead_cost in firsts:
        for kept in range(len(later), -1, -1):
            chosen = tuple(sorted((*lead, *surname, *later[:kept])))
            left = [place for place in (*given, *middle, *later) if place not in chosen]
            if len(chosen) < 2 or chosen in found:
                continue
            cost = lead_cost + _leaving(parts, left)
            says = ", ".join(f"without the {parts[place].role.value} {parts[place].form.title()}" for place in left)
            found[chosen] = Reading(
                chosen, rarest(parts, _keys(parts, tuple({*chosen} & {*surname, *later}), chosen)), cost, says
            )
    family = _double_surname(parts, surname)
    if family:
        left = [place for place in full if place not in family]
        says = ", ".join(f"without the {parts[place].role.value} {parts[place].form.title()}" for place in left)
        found[family] = Reading(family, rarest(parts, family), DOUBLE_SURNAME, says)
    return list(found.values())


DOUBLE_SURNAME = 6.0
"""Points that a double surname costs which stands without a given name: Berners-Lee."""


def _double_surname(parts: Sequence[Part], surname: tuple[int, ...]) -> tuple[int, ...]:
    """The surname, if it is of two words and one is rare: hardly another family has both."""
    forms = [parts[place].form for place in surname]
    told = sorted(words.name_bits(form) for form in forms if len(form) > 2)
    rare = len(told) == 2 and told[1] >= words.UNSEEN_BITS
    return surname if len(surname) == 2 and rare else ()


def _leaving(parts: Sequence[Part], left: Sequence[int]) -> float:
    """What leaving off these parts costs; initials together as much as one name, the fourth middle name twice."""
    initials = [place for place in left if len(parts[place].form) == 1 and parts[place].role is Role.MIDDLE]
    middle = [place for place in left if parts[place].role is Role.MIDDLE and place not in initials[1:]]
    twice = LEAVING[Role.MIDDLE] * len(middle[MOST_LEFT_OFF:])
    return sum(LEAVING[parts[place].role] for place in left if place not in initials[1:]) + twice


MOST_LEFT_OFF = 3
"""Middle names that the press leaves off and still means the same man: of those with more there are several."""


def _keys(parts: Sequence[Part], surname: tuple[int, ...], all_of_it: tuple[int, ...]) -> tuple[int, ...]:
    """Where to look for a mention: at the surname, unless that is a single letter (O, the Korean surname)."""
    return surname if any(len(parts[place].form) > 1 for place in surname) else all_of_it


def is_east_asian(parts: Sequence[Part]) -> bool:
    """A Chinese, Korean or Vietnamese name: a surname of there, and given names of one syllable."""
    surnames = words.surnames("zh", "ko", "vi")
    held = [part for part in parts if part.role not in OPTIONAL]
    return len(held) <= 4 and all(len(part.form) <= 5 for part in held) and any(part.form in surnames for part in held)


def _can_lead(part: Part) -> bool:
    return part.role is Role.MIDDLE and len(part.form) > 1
