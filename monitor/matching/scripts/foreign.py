"""A word in Latin letters among words of another script: there it is a name, whatever it means in English. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.matching.scripts.sounds import script_of

AROUND = 3
"""Words on either side that are looked at."""

ENOUGH = 2
"""Of these so many, and most, are in another script."""


def is_foreign(form: str) -> bool:
    """Whether a folded word is in another script than Latin."""
    return form[:1] > "z" and script_of(form) not in ("latin", "")


def among_others(forms: Sequence[str], first: int, last: int) -> bool:
    """Whether the words `first` … `last` are in Latin letters, and most around them are not."""
    if any(script_of(form) != "latin" for form in forms[first : last + 1] if form):
        return False
    near = [form for form in (*forms[max(0, first - AROUND) : first], *forms[last + 1 : last + 1 + AROUND]) if form]
    foreign = sum(map(is_foreign, near))
    return foreign >= ENOUGH and 2 * foreign > sum(form.isalpha() for form in near)
