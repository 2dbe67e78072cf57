"""What is known only once the text's language is: whether its words decline. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.matching.assign import FLOOR, Assignment, Found, mean, side_by_side
from monitor.matching.pattern import GIVEN_ROLES, Pattern
from monitor.matching.pattern import Part as Held
from monitor.matching.scene import Part, Scene
from monitor.matching.scripts.convincing import convincing
from monitor.matching.scripts.inflection import cases
from monitor.matching.scripts.kin import TRANSLITERATED
from monitor.matching.scripts.sounds import script_of
from monitor.matching.similar import Likeness, related, spelt_alike

READ_ALOUD = Likeness(TRANSLITERATED, "transliterated")
"""A word that reads exactly as the name's."""


def settled(pattern: Pattern, found: Assignment, part: Part, scene: Scene) -> Assignment | None:
    """The assignment without cases that the text's language does not have; None when it does not hold without them.

    In English Martina is no genitive of Martin: the word then counts as the other spelling or the slip that it may be.
    """
    if part.aloud:
        return _as_read(pattern, found, part)
    rules = {one.likeness.rule for one in found.found}
    if "transliterated" in rules and not holds(pattern, found, part.tokens.forms):
        return None
    if "inflected" not in rules:
        return found
    chosen: list[Found] = []
    for one in found.found:
        if one.likeness.rule == "inflected":
            word, held = part.tokens.forms[one.first], pattern.parts[one.first_part]
            if script_of(word) == "latin" and not _declined(word, held.form, scene.declines):
                plain = _undeclined(word, held, pattern)
                if plain is None:
                    return None
                one = one._replace(likeness=plain)
        chosen.append(one)
    value = mean(pattern, chosen)
    return found._replace(found=tuple(chosen), likeness=value) if value >= FLOOR else None


def _undeclined(word: str, held: Held, pattern: Pattern) -> Likeness | None:
    """What the word is of the name's but for cases: Islâmico is no case of Islamic, but the same word."""
    spelt = spelt_alike(word, held.form)
    if pattern.person and held.role not in GIVEN_ROLES:
        return spelt
    other = related(word, held.form, person=pattern.person)
    return max((one for one in (spelt, other) if one), default=None)


def holds(pattern: Pattern, found: Assignment, forms: Sequence[str]) -> bool:
    """Whether what only sounds alike is enough to go by. forms: the text's words, folded."""
    pairs = [
        (forms[one.first], pattern.parts[one.first_part].form, one.likeness.value)
        for one in found.found
        if one.likeness.rule == "transliterated"
    ]
    if pattern.syllables and any(script_of(word) == "hangul" for word, _, _ in pairs):
        return False  # a Korean name is written together, and read aloud
    initials = sum(one.likeness.rule == "initial" for one in found.found)
    in_order = side_by_side(pattern, found.found, forms)
    return convincing(pairs, parts=len(found.found) - initials, person=pattern.person, in_order=in_order)


_LOOSE = frozenset(("cyrillic", "arabic"))
"""Thai and Khmer, read in Cyrillic: words are whatever stands between two spaces. Arabic: few vowels are written."""


def _as_read(pattern: Pattern, found: Assignment, part: Part) -> Assignment | None:
    """In a reading aloud nothing is misspelt: every word is the name's, or sounds like it."""
    if len(found.found) < 2 and not pattern.contiguous and len(pattern.content) > 1:
        return None
    if sum(one.last - one.first + 1 for one in found.found) != found.last - found.first + 1:
        return None
    first = min(found.found, key=lambda one: one.first)
    if first.likeness.rule != "equal" and script_of(part.tokens.forms[found.last]) == "hangul":
        return None  # which surname it is, is told by the tables
    if script_of(part.tokens.forms[found.first]) in _LOOSE and not holds(pattern, found, part.tokens.forms):
        return None
    chosen = []
    for one in found.found:
        if one.likeness.rule not in ("equal", "joined", "transliterated"):
            return None
        chosen.append(one if one.likeness.rule == "transliterated" else one._replace(likeness=READ_ALOUD))
    return found._replace(found=tuple(chosen), likeness=mean(pattern, chosen))


def _declined(word: str, name: str, language: str) -> bool:
    """Whether the word is a case of the name in this language."""
    return bool(language) and any(not case.languages or language in case.languages for case in cases(word, name))
