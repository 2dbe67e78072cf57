"""How much must sound alike before a name is read in another script: what chance does not bring about. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.matching import tables, words
from monitor.matching.scripts.kin import PER_DIFFERENCE, TRANSLITERATED, kin
from monitor.matching.scripts.sounds import script_of, sounds

ENOUGH, ENOUGH_OF_FEW = 4, 5
"""Consonants of all the words together; more where short vowels are not written."""

ENOUGH_ALONE, ENOUGH_ALONE_OF_FEW = 3, 4
"""Of a single word."""

MORE_IN_LATIN = 2
"""More of them where the text is in Latin letters: who is meant has mostly a name in Latin letters on the list too."""

ENOUGH_OF_A_BODY = 8
"""Of all the words of a body's name in a script whose spelling tells little (few vowels, or Hangul)."""

MEAN_OF_LOOSE = 0.03
"""How far apart the words may sound on average where the spelling tells little."""

MEAN = 0.13
"""How far apart all the words may sound on average, weighted by consonants …"""

MEAN_IN_LATIN = 0.06
"""… and in Latin letters."""

ORDINARY, MOSTLY_ORDINARY = 5, 50
"""Percentage of uses in lower case from which a Latin word is an ordinary one: all words may not be, none mostly."""


def convincing(pairs: Sequence[tuple[str, str, float]], *, parts: int, person: bool, in_order: bool) -> bool:
    """Whether words of one script are enough like a name in another.

    pairs: (the text's word, the name's word, their likeness 0–1) of those that only sound alike; parts: how many words
    of the name are found in all; in_order: they stand side by side, the surname last.
    """
    consonants = lost = 0.0
    few = latin = False
    for word, name, value in pairs:
        mine, theirs = sounds(word), sounds(name)
        count = max((len(one.consonants) for one in theirs), default=1)
        consonants += count
        lost += count * max(0.0, TRANSLITERATED - value) / PER_DIFFERENCE
        few = few or any(one.few for one in (*mine, *theirs))
        if person and _is_nobodys(word, name):
            return False
        if script_of(word) == "latin":
            latin = True
            if script_of(name) in ("hangul", "han") and parts == 1:
                return False
            if words.word(word).lower >= MOSTLY_ORDINARY or word in tables.generic().function:
                return False
    if latin and all(words.word(word).lower >= ORDINARY for word, _, _ in pairs):
        return False
    hangul = any(script_of(word) == "hangul" for word, _, _ in pairs)
    if (few or hangul) and not (
        in_order and (person or consonants >= ENOUGH_OF_A_BODY) and lost / consonants <= MEAN_OF_LOOSE
    ):
        return False
    known = person and all(_is_known(word, name) for word, name, _ in pairs)
    enough = ENOUGH_OF_FEW if few and not known else ENOUGH
    if len(pairs) < parts:  # the other words are the name's own
        enough -= 2
    elif parts == 1:
        enough = ENOUGH_ALONE_OF_FEW if few else ENOUGH_ALONE
    if latin:
        enough += MORE_IN_LATIN
    return consonants >= enough and lost / consonants <= (MEAN_IN_LATIN if latin else MEAN)


def _is_nobodys(word: str, name: str) -> bool:
    """Whether the word, or what is left of it without what is attached, is in the news every day and nobody's name."""
    if name in tables.titles().particles:
        return False
    base = _base(word, name)
    return words.is_nobodys(base) or (words.is_nobodys(word) and base not in words.written_names())


def _is_known(word: str, name: str) -> bool:
    return _base(word, name) in words.written_names()


def _base(word: str, name: str) -> str:
    """The word without what is attached to it."""
    related = kin(word, name)
    return related.base if related else word
