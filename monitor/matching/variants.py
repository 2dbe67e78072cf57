"""What a name may look like in a text: its parts, their roles, and the readings that leave some of them off. Pure.

A reading is a choice of parts that must all be found, in any order and however spelt (`similar`). Function words,
particles, titles and legal forms are never required. What a reading leaves off costs points, for the judge to take.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import combinations

from monitor.matching import tables
from monitor.matching.text import Tokens, tokenise
from monitor.model.watchlists import EntityType

MAX_PARTS = 14
"""Required parts of a name; the longest official names have more, and are cut: nobody writes them out."""

MAX_READINGS = 24


class Role(Enum):
    GIVEN = "given name"
    MIDDLE = "middle name"
    PATRONYMIC = "patronymic"
    SURNAME = "surname"
    LATER = "second surname"
    CORE = "distinctive word"
    GENERIC = "generic word"
    PLACE = "place"
    NUMBER = "number"
    PARTICLE = "particle"
    TITLE = "title"
    LEGAL = "legal form"


OPTIONAL = frozenset((Role.PARTICLE, Role.TITLE, Role.LEGAL))
GIVEN_ROLES = frozenset((Role.GIVEN, Role.MIDDLE))


@dataclass(frozen=True, slots=True)
class Part:
    """One word of a name, folded."""

    form: str
    role: Role


@dataclass(frozen=True, slots=True)
class Reading:
    """Parts (by their place) that must be found; what leaving off the others costs, in points, and in words."""

    parts: tuple[int, ...]
    key: int = 0  # the part around whose occurrences mentions are looked for: the rarest, of a person's the surname
    cost: float = 0.0
    says: str = ""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A name made ready: its parts in order, and how it may be read."""

    parts: tuple[Part, ...]
    readings: tuple[Reading, ...]
    person: bool
    contiguous: bool  # scripts without spaces: the parts are letters, and stand side by side in order
    joins: tuple[tuple[int, str], ...]  # places whose part may be written together with the next, and how
    legal: str = ""  # the class of its legal form, "" without one
    syllables: bool = False  # a Chinese, Korean or Vietnamese person's: nothing may be left off or stand between

    @property
    def content(self) -> tuple[int, ...]:
        """The parts that a full mention has."""
        return self.readings[0].parts


def variants(name: str, kind: EntityType) -> Pattern | None:
    """The pattern of a list's name; None for one without letters or digits.

    >>> [r.says for r in variants("Nicolas MADURO MOROS", EntityType.PERSON).readings]
    ['', 'without the second surname moros']
    """
    tokens = tokenise(name)
    if not any(tokens.forms):
        return None
    described = not _DESCRIBES.isdisjoint(tokens.forms)  # "President of the United States", "Elizabeth I of England"
    if not described and (kind is EntityType.PERSON or (kind is EntityType.UNKNOWN and _reads_like_a_person(tokens))):
        parts, legal = _person_parts(name, tokens), ""
        readings = _person_readings(parts)
        person = True
    else:
        parts, legal = _body_parts(tokens)
        readings = _body_readings(parts)
        person = False
    content = readings[0].parts
    contiguous = all(len(parts[place].form) == 1 and not parts[place].form.isascii() for place in content)
    joins = () if contiguous else _joins(parts, content)
    syllables = person and is_east_asian(parts)
    return Pattern(tuple(parts), tuple(readings[:MAX_READINGS]), person, contiguous, joins, legal, syllables)


_DESCRIBES = frozenset(("of", "the", "and", "for"))


def _joins(parts: Sequence[Part], content: tuple[int, ...]) -> tuple[tuple[int, str], ...]:
    """Neighbouring parts that may be written as one word: Gazprom Bank, Jong Un."""
    return tuple(
        (place, parts[place].form + parts[place + 1].form)
        for place in content
        if place + 1 in content and len(parts[place].form) > 1 and len(parts[place].form + parts[place + 1].form) >= 6
    )


def _rarest(parts: Sequence[Part], places: tuple[int, ...]) -> int:
    """The part that is rarest in running news; of equals the longest, then the first."""
    return max(sorted(places), key=lambda place: (tables.bits(parts[place].form), len(parts[place].form)))


# --- persons


def _reads_like_a_person(tokens: Tokens) -> bool:
    """For records that do not say what they are: two to four words, the first of them a given name."""
    return 2 <= len(tokens) <= 4 and tokens.forms[0] in tables.given_names()


def _person_parts(name: str, tokens: Tokens) -> list[Part]:
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
    if count >= 3 and is_patronymic(tokens.forms[last]) and not is_patronymic(tokens.forms[last - 1]):
        return {0}
    hyphenated = {last}
    while last > 0 and name[tokens.ends[last - 1] : tokens.starts[last]] == "-":
        last -= 1
        hyphenated.add(last)
    return hyphenated


def _in_capitals(surface: str) -> bool:
    return len(surface) > 1 and surface.upper() == surface and surface.lower() != surface


def _person_readings(parts: Sequence[Part]) -> list[Reading]:
    def having(*roles: Role) -> tuple[int, ...]:
        return tuple(place for place, part in enumerate(parts) if part.role in roles)

    given, middle = having(Role.GIVEN), having(Role.MIDDLE, Role.PATRONYMIC)
    if middle and is_east_asian(parts):  # Kim Jong Un is not Kim Jong
        full = tuple(place for place, part in enumerate(parts) if part.role not in OPTIONAL)
        return [Reading(full, _rarest(parts, having(Role.SURNAME) or full))]
    surname, later = having(Role.SURNAME), having(Role.LATER)
    full = tuple(sorted((*given, *middle, *surname, *later)))[:MAX_PARTS]
    found: dict[tuple[int, ...], Reading] = {full: Reading(full, _rarest(parts, surname or full))}
    if not given or not surname:
        return list(found.values())
    firsts: list[tuple[tuple[int, ...], float]] = [((place,), 0.0) for place in given]
    firsts += [((place,), 6.0) for place in middle if _can_lead(parts[place])]
    if middle:
        firsts.insert(0, ((*given, *middle), 0.0))
    for lead, lead_cost in firsts:
        for kept in range(len(later), -1, -1):
            chosen = tuple(sorted((*lead, *surname, *later[:kept])))
            left = [place for place in (*given, *middle, *later) if place not in chosen]
            if len(chosen) < 2 or chosen in found:
                continue
            cost = lead_cost + sum(_LEAVING[parts[place].role] for place in left)
            says = ", ".join(f"without the {parts[place].role.value} {parts[place].form}" for place in left)
            found[chosen] = Reading(chosen, _rarest(parts, tuple({*chosen} & {*surname, *later})), cost, says)
    return list(found.values())


_LEAVING = {
    Role.PATRONYMIC: 1.0,
    Role.MIDDLE: 1.5,
    Role.LATER: 2.0,
    Role.GIVEN: 2.0,
    Role.GENERIC: 2.0,
    Role.PLACE: 4.0,
}
"""Points that leaving off a part of this role costs."""


def is_east_asian(parts: Sequence[Part]) -> bool:
    """A Chinese, Korean or Vietnamese name: a surname of there, and given names of one syllable."""
    surnames = tables.surnames("zh", "ko", "vi")
    held = [part for part in parts if part.role not in OPTIONAL]
    return len(held) <= 4 and all(len(part.form) <= 5 for part in held) and any(part.form in surnames for part in held)


def _can_lead(part: Part) -> bool:
    return part.role is Role.MIDDLE and len(part.form) > 1


# --- organisations, ships, aircraft, and records that do not say


def _body_parts(tokens: Tokens) -> tuple[list[Part], str]:
    tokens = _abbreviations_joined(tokens)
    forms = tokens.forms
    legal, kind = _legal_places(tokens)
    generic, places = tables.generic(), tables.places().known
    found: list[Part] = []
    for place, form in enumerate(forms):
        if not form:
            continue
        if place in legal or (form in _CLUBS and len(forms) - len(legal) > 2):
            role = Role.LEGAL
        elif form in generic.function and _is_function(forms, place):
            role = Role.PARTICLE
        elif form.isdigit() or form in _NUMERALS:
            role = Role.NUMBER
        elif form in places:
            role = Role.PLACE
        elif form in generic.company:
            role = Role.GENERIC
        else:
            role = Role.CORE
        found.append(Part(form, role))
    if not any(len(part.form) > 1 and not part.form.isdigit() for part in found if part.role not in OPTIONAL):
        found = [Part(part.form, Role.CORE) for part in found]
    return found, kind


def _is_function(forms: Sequence[str], place: int) -> bool:
    """Between other words, or an article at the start; a single letter only between words (ISIS-K, O N C U Trading)."""
    if place == 0:
        return len(forms) > 1 and len(forms[0]) > 1
    if place == len(forms) - 1:
        return False
    return len(forms[place]) > 1 or (len(forms[place - 1]) > 2 and len(forms[place + 1]) > 2)


_CLUBS = frozenset("fc cf rfc afc sc ac sv fk bk cd ud hk bsc tsv vfb vfl".split())
"""What sports clubs have for a legal form: said or left off at will."""


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
    grown = True
    while grown:  # what stands before a legal form at the end stands at the end itself: … Refinery Co. Inc.
        grown = False
        left = [place for place in range(len(forms)) if place not in places]
        for place in left:
            size, its_kind = legal.at(forms, place)
            span = range(place, place + size)
            if not size or size == len(forms) or not places.isdisjoint(span) or its_kind in _TELLING:
                continue
            edge = place == left[0] or place + size - 1 == left[-1]
            if (edge or tuple(forms[place : place + size]) not in legal.weak) and forms[place] not in _NUMERALS:
                places.update(span)
                kind = kind or its_kind
                grown = True
                break
    if len(places) == sum(1 for form in forms if form):
        return set(), ""
    return places, kind


_NUMERALS = frozenset(("i", "ii", "iii", "iv", "vi", "vii", "viii", "ix"))


def _tells(parts: Sequence[Part], chosen: tuple[int, ...]) -> bool:
    """Whether what is left of a body's name still names it: a rare word, or a distinctive one beside another."""
    forms = [parts[place].form for place in chosen]
    if tuple(forms) in tables.places().phrases:
        return False
    left = [part for place, part in enumerate(parts) if place not in chosen and part.role not in OPTIONAL]
    if all(part.form in _HOLDING for part in left) and sum(len(form) > 2 for form in forms) > 1:
        return True
    core = [
        part for place, part in enumerate(parts) if place in chosen and part.role is Role.CORE and len(part.form) > 3
    ]
    if len(core) > 1 and len(left) == 1 and left[0].role is Role.GENERIC:
        return True
    if len(forms) == 1 and all(part.role is Role.PLACE for part in left):
        return tables.stands_alone(forms[0])
    if len(forms) == 1 and any((part.form,) in tables.places().extends_after for part in left):
        return False  # University of Southampton, Hotel Koryo
    rare = [form for form in forms if tables.is_rare(form)]
    rare = [form for form in rare if len(form) > 3]
    return bool(rare) and (len(forms) > 1 or len(forms[0]) >= 5)


_HOLDING = frozenset(("group", "holding", "holdings", "company", "corporation", "enterprises", "international"))
"""Words that a firm's name is written with or without."""


_TELLING = frozenset(("group", "foundation", "association", "state", "fund", "branch", "cooperative"))
"""Legal forms which are part of what a body is called: left off at a cost, as other generic words are."""


def _body_readings(parts: Sequence[Part]) -> list[Reading]:
    full = tuple(place for place, part in enumerate(parts) if part.role not in OPTIONAL)[:MAX_PARTS]
    found: dict[tuple[int, ...], Reading] = {full: Reading(full, _rarest(parts, full))}
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
                        cost = sum(_LEAVING[parts[place].role] for place in left)
                        says = "without " + ", ".join(f"the {parts[p].role.value} {parts[p].form}" for p in left)
                        found[chosen] = Reading(chosen, _rarest(parts, chosen), cost, says)
    return list(found.values())
