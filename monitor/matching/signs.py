"""Second signs: what in the article speaks for an entity whose name proves little by itself. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.matching import tables, words
from monitor.matching.pattern import Role
from monitor.matching.situation import Situation
from monitor.model.matches import Reason
from monitor.model.watchlists import Entity, EntityType


def countries(entity: Entity) -> set[str]:
    """The countries that a record speaks of: its own, and those of its programmes."""
    named = {
        code
        for programme in entity.programmes
        for word, code in tables.signs().programmes.items()
        if word in programme.lower()
    }
    return named | set(entity.countries)


def has_legal_form(it: Situation) -> bool:
    """Whether a legal form stands beside a name whose list writes it with one."""
    if it.pattern.person or not it.pattern.legal:
        return False
    forms, legal, after = it.part.tokens.forms, tables.legal_forms(), it.last + 1
    if after + 1 < len(forms) and forms[after] in _AND and it.part.gap(after) == " ":  # Merck and Co.
        after += 1
    starts = [after] if after < len(forms) and (legal.at(forms, after)[0] or legal.nearly_at(forms[after])) else []
    starts += [it.first - n for n in (1, 2, 3, 4) if it.first >= n and legal.at(forms, it.first - n)[0] == n]
    between = (it.part.gap(after - 1) if at == after else it.part.gap(it.first - 1) for at in starts)
    touching = all(gap.strip("\u00a0") in (" ", ", ", "", "-") for gap in between)
    return touching and any(_is_written_as_a_form(it, at) for at in starts)


_AND = frozenset(("and", "und", "et", "y", "e", "og", "och", "en"))


def is_whole(it: Situation) -> bool:
    """Whether the very legal form that the list gives stands beside the mention."""
    forms = it.part.tokens.forms
    legal = tuple(part.form for part in it.pattern.parts if part.role is Role.LEGAL)
    start = it.last + 2 if forms[it.last + 1 : it.last + 2] and forms[it.last + 1] in _AND else it.last + 1
    after = tuple(forms[start : start + len(legal)])
    before = tuple(forms[max(0, it.first - len(legal)) : it.first])
    return bool(legal) and legal in (after, before)


def _is_written_as_a_form(it: Situation, at: int) -> bool:
    """Short ones are ordinary words of some language too: they count in capitals, or as English writes them (Co)."""
    shape, form = it.part.shape(at), it.part.tokens.forms[at]
    return shape == "upper" or (shape == "title" and (len(form) > 2 or form == "co"))


LEGAL_FORM = 25.0
WHOLE_FORM = 45.0
"""Points that a legal form beside the name gives, and the very one of the list: then the name stands there whole."""


def of_legal_form(it: Situation) -> float:
    """The points that a legal form beside the name gives it."""
    if not has_legal_form(it):
        return 0.0
    return WHOLE_FORM if is_whole(it) else LEGAL_FORM


def most(it: Situation) -> float:
    """The points that signs can give this candidate at most, wherever it stands; with a legal form beside it more."""
    entity = it.entity
    points = 30.0 if entity.context else 0.0
    points += 20.0 if entity.type in (EntityType.VESSEL, EntityType.AIRCRAFT) else 0.0
    points += (6.0 if it.pattern.person else 10.0) if entity.countries or entity.programmes else 0.0
    points += 10.0 if len(entity.names) > 1 else 0.0
    return points + 6.0


def signs(it: Situation) -> Iterator[Reason]:
    """What in the article speaks for this entity, the strongest first."""
    scene, entity = it.scene, it.entity
    near = set(it.part.tokens.forms[max(0, it.first - 40) : it.last + 40])
    for written in entity.context:
        if set(tables.phrase(written)) <= near:
            yield Reason("context", f"“{written}” stands near", 30.0)
            break
    forms = it.part.tokens.forms
    if beside := of_legal_form(it):
        yield Reason("legal-form", "a legal form stands beside it", beside)
    if entity.type in (EntityType.VESSEL, EntityType.AIRCRAFT) and near & tables.signs().ships:
        yield Reason("kind", "a ship is spoken of", 20.0)
    shared = countries(entity) & scene.countries
    if shared:
        named = ", ".join(tables.places().names.get(code, code.upper()) for code in sorted(shared))
        yield Reason("country", f"the article speaks of {named}", 6.0 if it.pattern.person else 10.0)
    own = {form for name in entity.names if name is not it.name for form in tables.phrase(name.text)}
    told = sorted((own & scene.forms) - set(forms[it.first : it.last + 1]))
    told = [form for form in told if len(form) > 3 and words.bits(form) >= 6.0 and form not in tables.generic().company]
    if told:
        yield Reason("own-words", f"words of its other names stand in the article: {', '.join(told[:3])}", 10.0)
    spoken = scene.forms & tables.signs().sanctions
    if spoken and (not it.pattern.person or len(it.assignment.found) == 1):
        yield Reason("sanctions", f"the article speaks of {min(spoken)}", 6.0)
