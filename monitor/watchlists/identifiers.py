"""Check digits of identifiers. Pure."""

from __future__ import annotations

from collections.abc import Callable


def lei_is_valid(value: str) -> bool:
    """ISO 17442: 20 letters and digits, whose number (A = 10 … Z = 35) leaves 1 modulo 97 (ISO 7064)."""
    return len(value) == 20 and value.isascii() and value.isalnum() and int("".join(map(_digits, value))) % 97 == 1


def imo_is_valid(value: str) -> bool:
    """IMO ship number: seven digits, the last that of the sum of the others weighted 7 … 2 (IMO Res. A.1117(30))."""
    digits = value.upper().removeprefix("IMO").strip()
    if len(digits) != 7 or not (digits.isascii() and digits.isdigit()):
        return False
    return sum(int(digit) * weight for digit, weight in zip(digits, range(7, 1, -1), strict=False)) % 10 == int(
        digits[6]
    )


def isin_is_valid(value: str) -> bool:
    """ISO 6166: country, nine letters or digits, a Luhn digit over all with letters as numbers."""
    if len(value) != 12 or not (value.isascii() and value.isalnum() and value[:2].isalpha()):
        return False
    digits = [int(digit) for digit in "".join(map(_digits, value))]
    doubled = [digit if place % 2 == 0 else sum(divmod(2 * digit, 10)) for place, digit in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0


def _digits(character: str) -> str:
    return str(int(character, 36))


_CHECKS: dict[str, Callable[[str], bool]] = {"lei": lei_is_valid, "imo": imo_is_valid, "isin": isin_is_valid}


def problem(kind: str, value: str) -> str:
    """What is wrong with an identifier, "" when nothing is known to be."""
    check = _CHECKS.get(kind.lower())
    if check is None or check(value.replace(" ", "")):
        return ""
    return f"{kind.upper()} {value!r} is not valid: its check digit does not fit"
