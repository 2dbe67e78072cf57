"""Thai and Khmer words in Cyrillic letters, as they sound: what stands between two spaces is one word. Pure.

Vowels are signs at their consonants there, before which some of them are written. Who writes a foreign name puts spaces
around its words; titles and verbs that are written together with it are cut off.
"""

from __future__ import annotations

from typing import NamedTuple

from monitor.matching import tables

LONGEST = 24
"""Code points of the longest word of a name; sentences are written without spaces too."""

CLUSTERS = frozenset("รลว")
"""Second letters of Thai words that begin with two consonants; between any other two a vowel is said."""

CARRIER = "อ"
"""What a vowel stands on that has no consonant; by itself a vowel."""

SILENT = "\u0e4c"
LEADING = "ห"
LED = frozenset("งญนมยรลว")
"""Before these the letter ho only tells the tone."""


class Table(NamedTuple):
    consonants: dict[str, str]
    vowels: dict[str, str]
    before: dict[str, str]
    inherent: str
    titles: tuple[str, ...]
    behind: tuple[str, ...]


@tables.once
def _scripts() -> dict[str, Table]:
    return {
        script: Table(
            row["consonants"], row["vowels"], row["before"], row["inherent"], tuple(row["titles"]), tuple(row["behind"])
        )
        for script, row in tables.read("abugidas.yaml").items()
        if script != "sources"
    }


def bare(text: str, script: str) -> tuple[int, int]:
    """Where in a word its name begins and ends: without a title before it and a verb behind it."""
    table, start, end = _scripts()[script], 0, len(text)
    for title in table.titles:
        if text.startswith(title) and len(text) > len(title) + 2:
            start = len(title)
            break
    for word in table.behind:
        at = text.find(word, start + 3)
        if at > 0:
            end = min(end, at)
    return start, end


def sounded(text: str, script: str) -> str:
    """The word in Cyrillic letters; "" for one that is too long for a name, or has other signs in it."""
    if not 2 <= len(text) <= LONGEST:
        return ""
    table = _scripts()[script]
    found: list[str] = []
    waiting = ""  # a vowel that is written before its consonant
    last = ""  # the consonant before, as long as it has no vowel
    for place, letter in enumerate(text):
        following = text[place + 1 : place + 2]
        if letter in table.before:
            found.append(waiting)
            waiting, last = table.before[letter], ""
        elif letter in table.vowels:
            found.append(table.vowels[letter])
            waiting, last = "", ""
        elif letter == CARRIER and not waiting and following not in table.vowels:
            if text[max(0, place - 2) : place - 1] != "เ":  # with that it is one vowel
                found.append("о" if found else "а")
            last = ""
        elif letter in table.consonants:
            if letter == LEADING and following in LED:
                continue
            second = len(found) == 1 and bool(last) and not waiting and following != SILENT
            if script == "thai" and second and letter not in CLUSTERS:
                found.append(table.inherent)
            cluster = bool(waiting) and following in CLUSTERS and text[place + 2 : place + 3] not in ("", SILENT)
            found.append(table.consonants[letter])
            if waiting and not cluster:
                found.append(waiting)
                waiting, last = "", ""
            else:
                last = letter
    found.append(waiting)
    return "".join(found)
