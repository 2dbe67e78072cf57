"""Which letters may be the initial of a name in another script: В. for Vladimir, V. for Владимир. Pure."""

from __future__ import annotations

from monitor.matching import tables


@tables.once
def _others() -> dict[str, frozenset[str]]:
    """Letter → the letters of other scripts that a name with this initial may begin with."""
    found: dict[str, set[str]] = {}
    for script, letters in tables.read("initials.yaml").items():
        for letter, latin in letters.items() if script != "sources" else ():
            for one in latin:
                found.setdefault(letter, set()).add(one)
                found.setdefault(one, set()).add(letter)
    return {letter: frozenset(some) for letter, some in found.items()}


def others(letter: str) -> frozenset[str]:
    """The letters of other scripts that a name with this initial (folded) may begin with there."""
    return _others().get(letter, frozenset())
