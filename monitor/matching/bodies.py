"""How the name of an organisation, a ship or an aircraft is put together, and what of it is left off. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from monitor.matching import tables, words
from monitor.matching.pattern import LEAVING, MAX_PARTS, MAX_READINGS, OPTIONAL, Part, Reading, Role, rarest
from monitor.matching.text import Tokens


def body_parts(tokens: Tokens) -> tuple[list[Part], str]:
    tokens = _abbreviations_joined(tokens)
    forms = tokens.forms
    legal, kind = _legal_places(tokens)
    generic, places = tables.generic(), tables.places().known
    countries = _countries(forms)
    found: list[Part] = []
    for place, form in enumerate(forms):
        if not form:
            continue
        if place in legal or (form in tables.signs().clubs and len(forms) - len(legal) > 2):
            role = Role.LEGAL
        elif form in generic.function and _is_function(forms, place):
            role = Role.PARTICLE
        elif form.isdigit() or form in _NUMERALS:
            role = Role.NUMBER
        elif form in places or place in countries:
            role = Role.PLACE
        elif form in generic.company:
            role = Role.GENERIC
        else:
            role = Role.CORE
        found.append(Part(form, role))
    if not any(len(part.form) > 1 and not part.form.isdigit() for part in found if part.role not in OPTIONAL):
        found = [Part(part.form, Role.CORE) for part in found]
    return found, kind


def _countries(forms: Sequence[str]) -> frozenset[int]:
    """Where names of countries of several words stand: Saudi Arabia."""
    known = tables.places().country_of
    spans = (range(at, at + size) for size in (2, 3) for at in range(len(forms) - size + 1))
    return frozenset(place for span in spans if tuple(forms[at] for at in span) in known for place in span)


def _is_function(forms: Sequence[str], place: int) -> bool:
    """Between other words, or an article at the start; a single letter only between words (ISIS-K, O N C U Trading)."""
    if place == 0:
        return len(forms) > 1 and len(forms[0]) > 1 and forms[0] in tables.signs().articles
    if place == len(forms) - 1:
        return False
    return len(forms[place]) > 1 or (len(forms[place - 1]) > 2 and len(forms[place + 1]) > 2)


def _abbreviations_joined(tokens: Tokens) -> Tokens:
    """I.R.G.C. as one word, as a text's abbreviations are read too."""
    forms, starts, ends = tokens.forms, tokens.starts, tokens.ends
    joined = Tokens(tokens.text, [], [], [])
    for place, form in enumerate(forms):
        single = place and len(form) == len(forms[place - 1]) == 1 and form.isascii()
        if single and tokens.text[ends[place - 1] : starts[place]] == ".":
            joined.forms[-1] += form
            joined.ends[-1] = ends[place]
        else:
            joined.forms.append(form)
            joined.starts.append(starts[place])
            joined.ends.append(ends[place])
    return joined


def _legal_places(tokens: Tokens) -> tuple[set[int], str]:
    """Which words are a legal form, and its class. Ordinary words count as one only at an edge, beside other words."""
    forms, legal = tokens.forms, tables.legal_forms()
    places: set[int] = set()
    kind = ""
    nouns = 0
    while nouns < 2:  # what stands before a legal form at the end stands at the end itself: … Refinery Co. Inc.
        nouns += 1  # those that may be nouns are looked at when the others are gone
        left = [place for place in range(len(forms)) if place not in places]
        for place in left:
            size, its_kind = legal.at(forms, place)
            span = range(place, place + size)
            if not size or size == len(forms) or not places.isdisjoint(span):
                continue
            if its_kind in _TELLING and (nouns < 2 or _is_a_noun(forms, place, size, len(left))):
                continue
            edge = place == left[0] or place + size - 1 == left[-1]
            if (edge or tuple(forms[place : place + size]) not in legal.weak) and forms[place] not in _NUMERALS:
                places.update(span)
                kind = kind or its_kind
                nouns = 0
                break
    left = [place for place, form in enumerate(forms) if form and place not in places]
    if not left:
        return set(), ""
    if len(left) == 1 and forms[left[0]] in tables.generic().company:  # of BM Bank JSC, Bank alone would be left
        places -= set(range(left[0]))
    return places, kind if places else ""


def _is_a_noun(forms: Sequence[str], place: int, size: int, count: int) -> bool:
    """Whether such a legal form is part of what the body is called: a word, or words before one word (of `count`)."""
    if size > 1:
        return count - size < 2
    form = forms[place]
    if len(form) > 4 or form in tables.generic().company:
        return True
    return (form,) in tables.legal_forms().weak and count - size < 2


_NUMERALS = frozenset(("i", "ii", "iii", "iv", "vi", "vii", "viii", "ix"))


_TELLING = frozenset(("group", "foundation", "association", "state", "fund", "branch", "cooperative"))
"""Legal forms that are nouns: as part of what a body is called they are left off at a cost, as other generic words."""


def body_readings(parts: Sequence[Part]) -> list[Reading]:
    full = tuple(place for place, part in enumerate(parts) if part.role not in OPTIONAL)[:MAX_PARTS]
    found: dict[tuple[int, ...], Reading] = {full: Reading(full, rarest(parts, full))}
    for left, says in _dispensable(parts, full):
        chosen = tuple(place for place in full if place not in left)
        cost = sum(LEAVING[parts[place].role] for place in left)
        found[chosen] = Reading(chosen, rarest(parts, chosen), cost, says)
    generic = [place for place in full if parts[place].role is Role.GENERIC]
    place_words = [place for place in full if parts[place].role is Role.PLACE]
    if any(parts[place].role is Role.CORE for place in full):
        for also in ([], place_words):
            spare = generic + also
            for size in range(1, len(spare) + 1):
                if len(found) >= MAX_READINGS:
                    break
                for left in combinations(spare, size):
                    chosen = tuple(place for place in full if place not in left)
                    if chosen not in found and _tells(parts, chosen):
                        cost = sum(LEAVING[parts[place].role] for place in left)
                        says = "without " + ", ".join(_named(parts[p]) for p in left)
                        found[chosen] = Reading(chosen, rarest(parts, chosen), cost, says)
    return list(found.values())


def _named(part: Part) -> str:
    return f"the {part.role.value} {part.form.title() if part.role is Role.PLACE else part.form}"


def _dispensable(parts: Sequence[Part], full: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], str]]:
    """What bodies without a distinctive word are called without: Federal Reserve [System], [United States] Securities
    and Exchange Commission."""
    if any(parts[place].role not in (Role.GENERIC, Role.PLACE) for place in full):
        return
    last = full[-1]
    if len(full) > 2 and parts[last].form == "system" and parts[last].role is Role.GENERIC:
        yield (last,), f"without the generic word {parts[last].form}"
    places = tuple(place for place in full if parts[place].role is Role.PLACE)
    whole = tuple(parts[place].form for place in places)
    if len(full) - len(places) > 2 and whole in tables.places().country_of:
        yield places, f"without the place {' '.join(whole).title()}"


def _tells(parts: Sequence[Part], chosen: tuple[int, ...]) -> bool:
    """Whether what is left of a body's name still names it: a rare word, or a distinctive one beside another."""
    forms = [parts[place].form for place in chosen]
    if tuple(forms) in tables.places().phrases:
        return False
    left = [part for place, part in enumerate(parts) if place not in chosen and part.role not in OPTIONAL]
    if all(part.form in tables.signs().holding for part in left) and sum(len(form) > 2 for form in forms) > 1:
        return True
    core = [
        part for place, part in enumerate(parts) if place in chosen and part.role is Role.CORE and len(part.form) > 3
    ]
    if len(core) > 1 and len(left) == 1 and left[0].role is Role.GENERIC:
        return True
    if len(forms) == 1 and all(part.role is Role.PLACE for part in left):
        return words.stands_alone(forms[0])
    if len(forms) == 1 and any((part.form,) in tables.places().extends_after for part in left):
        return False  # University of Southampton, Hotel Koryo
    rare = [form for form in forms if words.is_rare(form)]
    rare = [form for form in rare if len(form) > 3]
    return bool(rare) and (len(forms) > 1 or len(forms[0]) >= 5)
