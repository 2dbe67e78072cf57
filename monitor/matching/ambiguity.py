"""How much a name proves by itself. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from monitor.matching import surroundings, tables, words
from monitor.matching.pattern import Part, Role
from monitor.matching.scripts.inflection import bases
from monitor.matching.scripts.sounds import script_of
from monitor.matching.signs import countries
from monitor.matching.similar import DECLINED, SPELLING, WHOLE
from monitor.matching.situation import Situation
from monitor.model.matches import Reason
from monitor.model.watchlists import EntityType, NameKind


def doubts(it: Situation) -> Iterator[Reason]:
    """What the name does not prove by itself."""
    found = it.assignment.found
    if it.name.kind is NameKind.WEAK:
        yield Reason("weak-alias", "a weak alias on its list", -13.0)
    if it.known_as:
        return
    if len(found) == 1 and found[0].first == found[0].last and not it.pattern.contiguous:
        yield from _one_word(it)
        return
    if it.pattern.person:
        yield from _person(it)
    else:
        yield from _body(it)


def _person(it: Situation) -> Iterator[Reason]:
    found, forms = it.assignment.found, it.part.tokens.forms
    initials = [
        one for one in found if one.likeness.rule == "initial" and it.pattern.parts[one.first_part].role is Role.GIVEN
    ]
    if initials:
        others = any(one.likeness.rule == "initial" and one not in initials for one in found)
        rare = all(words.name_bits(forms[one.first]) >= words.UNSEEN_BITS for one in found if one not in initials)
        usual = it.scene.declines or script_of(forms[it.last]) != "latin"  # elsewhere so write tables of results
        lost = -5.0 if others else -7.0 if rare and usual else -10.0
        yield Reason("initial", "only an initial for a given name", lost)
    told = sum(words.name_bits(form) for one in found for form in forms[one.first : one.last + 1])
    told -= 6.0 * len(initials)
    exact = not any(len(it.pattern.parts[p].form) > 1 for p in it.left_off()) and all(
        one.likeness.rule in WHOLE or one.likeness.rule == "spelling" for one in found
    )
    if all(forms[one.first] in tables.given_names() for one in found) and it.assignment.reading.cost:
        yield Reason("given-names-only", "given names only: the surname is left off", -10.0)
    need, rate = (18.0, 0.5) if exact else (24.0, 3.0)
    if told < need:
        yield Reason("common", "common names: others may bear them", -round((need - told) * rate, 2))
    spelt = any(one.likeness.rule not in WHOLE for one in found)
    surname = [one for one in found if it.pattern.parts[one.first_part].role is Role.SURNAME]
    if spelt and len(found) == 2 and surname and words.name_bits(forms[surname[0].first]) < 10.0:
        yield Reason("very-common", "a very common surname, and another spelling", -13.0)


@cache
def institutions() -> frozenset[str]:
    """Words that bodies of many countries have in common, in all languages of the translations."""
    return _in_all_languages(tables.signs().institutions)


@cache
def compass() -> frozenset[str]:
    """Where things lie, in all languages of the translations."""
    return _in_all_languages(tables.signs().compass)


def _in_all_languages(own: frozenset[str]) -> frozenset[str]:
    groups, members = tables.translations(), tables.translation_members()
    return own | {form for word in own for group, _ in groups.get(word, ()) for form in members[group]}


def _body(it: Situation) -> Iterator[Reason]:
    found, parts, forms = it.assignment.found, it.pattern.parts, it.part.tokens.forms
    held = [parts[one.first_part] for one in found]
    told = sum(
        min(words.bits(part.form), words.bits(forms[one.first]))
        * (0.5 if part.role in (Role.GENERIC, Role.PLACE) else 1.0)
        for one, part in zip(found, held, strict=True)
    )
    left = it.left_off()
    country = tables.places().country_of.get(tuple(parts[place].form for place in left))
    whole = (
        (all(parts[place].form in tables.signs().holding for place in left) or country in it.scene.countries)
        and all(one.likeness.value >= SPELLING and not it.is_lower(one) for one in found)
        and (it.part.regime(it.first, it.last) in ("normal", "none") or len(held) > 2)
    )
    texts = [forms[one.first] for one in found]
    if all(text.isdigit() or text in tables.calendar() for text in texts):
        yield Reason("date", "it is a date too", -45.0)
    if tuple(texts) in tables.places().phrases:
        yield Reason("place", "it is a place too", -30.0)
    if compass().issuperset(texts) and (left or any(one.likeness.rule != "equal" for one in found)):
        yield Reason("compass", "it says where something lies", -30.0)
    if any(
        len(text) == 1 and it.part.shape(one.first) == "lower" and not it.as_listed(it.surface(one))
        for one, text in zip(found, texts, strict=True)
    ):
        yield Reason("letter", "a letter in lower case", -30.0)
    numbered = any(part.role is Role.NUMBER for part in held)
    exact = whole and not (numbered and any(one.likeness.rule not in WHOLE for one in found))
    if all(part.role in (Role.GENERIC, Role.NUMBER) for part in held) and not exact:
        yield Reason("generic", "words that name nobody by themselves, and not exactly so", -15.0)
    if all(
        not institutions().isdisjoint((part.form, text)) or (part.role is Role.GENERIC and not whole)
        for part, text in zip(held, texts, strict=True)
    ):
        near = set(it.part.tokens.forms[max(0, it.first - 8) : it.last + 9])
        known = tables.places().country_of
        own = countries(it.entity)
        if own.isdisjoint(it.scene.languages) and not any(known.get((form,)) in own for form in near):
            yield Reason("institution", "many countries have one of this name", -30.0)
    unique = not it.assignment.reading.cost and any(part.role is Role.PLACE for part in held)  # Central Bank of Iran
    if told < 14.0 and not (unique and len(held) > 1) and not it.part.among_others(it.first, it.last):
        lost = min(12.0 if left else 9.0, 14.0 - told) if whole else (14.0 - told) * 2.0
        yield Reason("common", "common words: others may use them", -round(lost, 2))
    if not any(words.is_rare(part.form) for part in held):
        yield from _of_ordinary_words(it, held, told)
    if len(held) == 2 and forms[it.first] in tables.given_names() and forms[it.last] in words.name_classes():
        yield Reason("name-of-a-person", "it is the name of a person too", -13.0)


def _of_ordinary_words(it: Situation, held: Sequence[Part], told: float) -> Iterator[Reason]:
    """A name whose every word is in the news every day: what is not exactly it may be anything."""
    found = it.assignment.found
    by_text = [one.first_part for one in sorted(found, key=lambda one: one.first)]
    turned = by_text != sorted(by_text)
    translated = any(one.likeness.rule == "translation" for one in found)
    if any(part.role is Role.PLACE for part in held):
        return
    if (turned or translated) and any((part.form,) in tables.places().extends_after for part in held):
        yield Reason("place", "places are called so, and it is not exactly the name", -13.0)
    elif it.pattern.legal and any((part.form,) in tables.places().extends_after for part in held):
        yield Reason("place", "places are called so, and its legal form is missing", -8.0)
    elif turned and not translated and len(held) == 2:
        yield Reason("turned", "two ordinary words in another order", -8.0)
    if it.entity.type in _SHIPS and told < 24.0:
        yield Reason("ship", "a ship's name of ordinary words", -13.0)


_SHIPS = (EntityType.VESSEL, EntityType.AIRCRAFT)


SURE = 15
"""Texts of 10,000 from which the word statistics can say what a word mostly stands beside."""


_SHORT = {4: -10.0, 5: -4.0, 6: -2.0}
"""Points that an abbreviation of so many letters costs; shorter ones cost 18."""


def _one_word(it: Situation) -> Iterator[Reason]:
    doubts = list(_doubts(it))
    yield from doubts
    long = [reason.rule for reason in doubts] == ["short-form"] and doubts[0].points >= _SHORT[4]  # IRGC
    if doubts and it.entity.context and not long:
        yield Reason("no-context", "an ambiguous name whose list gives words to look for", -8.0)


WHOLE_IN_ONE = frozenset({"CJK", "HANGUL", "HIRAGANA", "KATAKANA"})
"""Scripts that write a person's whole name without a space."""


def _is_sole(it: Situation) -> bool:
    """Whether the only name of a person stands by itself in the whole article, where capitals show it.

    In Cyrillic and Greek: in Latin letters too many things are called like people, and other scripts have no capitals.
    """
    found = it.assignment.found[0]
    form = it.part.tokens.forms[found.first]
    if not it.pattern.person or it.name.kind is not NameKind.PRIMARY or len(it.pattern.content) > 1:
        return False
    if found.likeness.rule not in WHOLE or script_of(form) not in ("cyrillic", "greek"):
        return False
    alike = {form, it.pattern.parts[found.first_part].form}
    return it.part.shape(found.first) == "title" and not any(
        surroundings.stands_beside_a_name(part, at)
        for part in it.scene.parts
        for at, other in enumerate(part.tokens.forms)
        if other in alike
    )


def _doubts(it: Situation) -> Iterator[Reason]:
    found = it.assignment.found[0]
    form, surface = it.part.tokens.forms[found.first], it.surface(found)
    word = words.word(form)
    regime = it.part.regime(it.first, it.last)
    foreign = not it.pattern.person and it.part.among_others(it.first, it.last)
    sole = _is_sole(it)
    short = regime == "normal" and it.part.shape(found.first) == "upper" and len(form) <= 6
    if short and form.isalpha():
        lost = _SHORT.get(len(form), -18.0)
        if it.name.kind is NameKind.PRIMARY and not it.pattern.legal:  # what it is mostly called
            lost = max(lost, -11.0)
        yield Reason("short-form", f"“{surface}” is an abbreviation that others use", lost)
    elif it.part.is_mixed(found.first) or foreign:  # iTunes, PdVSA
        pass
    elif form in tables.calendar() or word.lower >= 30:
        yield Reason("ordinary-word", f"“{surface}” is an ordinary word", -45.0)
    elif word.lower >= 5:
        yield Reason("ordinary-word", f"“{surface}” is often an ordinary word", -25.0 if word.lower >= 15 else -12.0)
    elif word.df and word.lower < 0:
        yield Reason("unsure", f"“{surface}” is not known to stand alone", -12.0)
    elif sole:
        pass
    elif word.df and word.chain >= 40:
        lost = -22.0 if word.df >= SURE else -8.0
        yield Reason("part-of-names", f"“{surface}” mostly stands in longer names", lost)
    elif word.df and word.chain >= 20:
        yield Reason("part-of-names", f"“{surface}” often stands in longer names", -8.0)
    cases = () if it.pattern.person else bases(form)  # Ивановым is Mr Ivanov, though Ivanovo is a place
    if not foreign and any(base in tables.places().known for base in (form, *cases)):
        yield Reason("place", f"“{surface}” is a place", -25.0)
    if found.likeness.rule == "transliterated" and it.part.shape(found.first) == "lower" and regime != "lower":
        yield Reason("lower-case", f"“{surface}” is written without a capital", -25.0)
    borne = form in tables.given_names() or form in words.name_classes()
    listed = it.pattern.parts[found.first_part].form
    own_case = it.part.is_mixed(found.first) and it.surface(found) in it.name.text  # DuPont
    if sole or (it.pattern.person and found.likeness.rule in DECLINED and it.name.kind is NameKind.PRIMARY):
        common = not sole and "very-common" in (words.name_classes().get(form), words.name_classes().get(listed))
        yield Reason("single-name", "one name of a person, as its list has it", -25.0 if common else -8.0)
    elif own_case and not it.pattern.person:
        pass
    elif borne and not short and not words.is_known_alone(form):
        yield Reason("single-name", "one name of a person", -25.0)
    elif it.pattern.person and not (it.name.script in WHOLE_IN_ONE and not it.assignment.reading.cost):
        yield Reason("single-name", "one name of a person", -8.0 if words.is_rare(form) else -25.0)
    if not (short and form.isalpha()) and len(form) <= 4:
        short_by = -5.0 if len(form) == 4 or not form.isalpha() else -13.0
        yield Reason("short", f"“{surface}” is short", short_by)
    if it.leaves_off(Role.GENERIC):
        left = {it.pattern.parts[place].form for place in it.left_off()}
        itself = words.is_known_alone(form) and left <= tables.signs().holding | tables.signs().mainstay
        yield Reason("bare", "one word of a longer name", -6.0 if itself else -26.0)
    elif it.pattern.legal:
        known = word.df > words.RARE
        yield Reason("bare", "without its legal form", -13.0 if known else -6.0 if word.df else -3.0)
    names = [words.word(one) for one in (form, it.pattern.parts[found.first_part].form)]
    if found.likeness.rule == "translation" and any(one.lower >= 5 for one in names):
        yield Reason("translated", "one word, translated", -30.0)
    elif it.pattern.legal and it.scene.nouns_have_capitals:
        yield Reason("case-says-nothing", "all nouns have capitals in this language", -13.0)
    same_start = form[0] == it.pattern.parts[found.first_part].form[0]
    if found.likeness.rule not in WHOLE:
        yield Reason("inexact", "one word, and not exactly it", -6.0 if len(form) > 6 and same_start else -15.0)
    if regime in ("title", "upper") and word.df:
        yield Reason("case-says-nothing", "all words around have capitals too", -4.0)
    if it.entity.type in _SHIPS:
        yield Reason("ship", "a ship's name of one word", -13.0 if words.is_rare(form) else -15.0)
