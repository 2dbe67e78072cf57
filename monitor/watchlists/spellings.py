"""The names in one name field of an official list: other names, former ones, abbreviations; and no remarks. Pure.

>>> apart("Jin Tiesan (金铁三)")
('Jin Tiesan', '金铁三')
>>> apart("AERO CARIBE (a.k.a. CARIBE AIR; f.k.a. AEROVIA)")
('AERO CARIBE', 'CARIBE AIR', 'AEROVIA')
>>> apart("Encep Nurjaman (birth name)")
('Encep Nurjaman',)
"""

from __future__ import annotations

import re
import unicodedata

_KNOWN_AS = (
    r"(?:a\.?\s?k\.?\s?a\.?|f\.?\s?k\.?\s?a\.?|n\.?\s?k\.?\s?a\.?|also\s+(?:known|spelt|spelled|written)\s+as"
    r"|(?:formerly|previously|now)(?:\s+known\s+as)?|formerly|alias(?:es)?|dit|original script)(?![\w])[\s:,]*"
)
_BRACKET = re.compile(r"\s*[(（\[]([^()（）\[\]]{1,400})[)）\]]")
_SAYS_NAMES = re.compile(rf"^\s*{_KNOWN_AS}", re.IGNORECASE)
_AND_ALSO = re.compile(rf"\s*(?:[,;/]\s*|\band\s+)?(?<!\w){_KNOWN_AS}|\s*;\s*|,?\s+or\s+", re.IGNORECASE)
_REMARK = re.compile(
    r"^(?:birth name|maiden name|combat name|nom de guerre|nickname|code name|religious name|married name|pseudonym"
    r"|false (?:identity|name)\b.*|name (?:at birth|used)\b.*|previous name|deceased|listed as\b.*)$",
    re.IGNORECASE,
)
_ABBREVIATION = re.compile(r"^[A-Z][A-Z0-9&/.-]{1,9}$")
SHORT = 6
"""Characters. Abbreviations from this length on are hardly another's."""

_WORD = re.compile(r"\w+")
_BORN = re.compile(r",\s*born\s.*$", re.IGNORECASE)
_SEVERAL = re.compile(r"\s+[;/]\s+")
_LISTED = re.compile(r",\s+")


def apart(text: str) -> tuple[str, ...]:
    """The names that `text` holds, the main one first, each once; `text` itself where nothing is apart."""
    aside: list[str] = []

    def bracket(match: re.Match[str]) -> str:
        inside = match[1].strip()
        if _SAYS_NAMES.match(inside):
            parts = (part for one in _AND_ALSO.split(_SAYS_NAMES.sub("", inside)) for part in _listed(one))
            aside.extend(parts)
            return " "
        if _REMARK.match(inside):
            return " "
        before = text[: match.start()]
        if _is_short_for(inside, before) or _script(inside) not in ("", "LATIN", _script(before)):
            aside.append(inside)
            return " "
        return match[0]

    plain = _BRACKET.sub(bracket, _BORN.sub("", text))
    found = [" ".join(one.split()).strip(" ,;") for one in _SEVERAL.split(plain)]
    names = dict.fromkeys(name for name in (*found, *aside) if any(map(str.isalnum, name)))
    return tuple(names) or (text,)


def is_abbreviation(name: str) -> bool:
    """Whether a name is a few capitals, as many others' are too."""
    return len(name) < SHORT and _ABBREVIATION.match(name) is not None


def _is_short_for(inside: str, before: str) -> bool:
    """Whether it abbreviates what stands before it. In a name all in capitals any word looks as if it did: there its
    letters must be first letters, as of IRGC, and not of VTB BANK (AUSTRIA) AG."""
    if not _ABBREVIATION.match(inside):
        return False
    if before != before.upper():
        return True
    initials = iter([word[0] for word in _WORD.findall(before)])
    return all(letter in initials for letter in inside if letter.isalpha())


def _listed(text: str) -> list[str]:
    """Names that commas part; a comma that parts a surname from what goes before it (PUTIN, Vladimir) is left."""
    parts = _LISTED.split(text.strip())
    single = sum(" " not in part for part in parts)
    return [text.strip()] if len(parts) == 2 and single else parts


def _script(text: str) -> str:
    """The script of the first letter: the first word of its name in Unicode; "" without a letter."""
    letter = next((character for character in text if character.isalpha()), "")
    return unicodedata.name(letter, "").split(" ")[0] if letter else ""
