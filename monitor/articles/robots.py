"""What a site's robots.txt allows (RFC 9309). Pure.

Not the standard library's: that knows no wildcards and takes the first rule that fits instead of the longest.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

LONGEST = 500 * 1024
"""Bytes that are read; RFC 9309 asks for no less."""

_PRODUCT = re.compile(r"[A-Za-z_-]+")
_ESCAPE = re.compile(r"%([0-9a-fA-F]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules that hold for us: (pattern, allowed)."""

    rules: tuple[tuple[str, bool], ...] = ()

    def allow(self, path: str) -> bool:
        """Whether a path with its query may be fetched: the longest pattern decides, of equals the allowing one."""
        path = _normal(path)
        fitting = [(len(pattern), allowed) for pattern, allowed in self.rules if _fits(pattern, path)]
        return max(fitting)[1] if fitting else True


def product(user_agent: str) -> str:
    """The name that robots.txt would call a User-Agent by."""
    found = _PRODUCT.match(user_agent)
    return found[0].lower() if found else ""


def read_rules(body: bytes, name: str) -> Rules:
    """The rules of the groups for the product `name`, or, where there is none, of those for `*`."""
    ours: dict[str, list[tuple[str, bool]]] = {}
    agents: list[str] = []
    naming = False
    for line in body[:LONGEST].decode("utf-8-sig", "replace").splitlines():
        key, colon, value = line.partition("#")[0].partition(":")
        key, value = key.strip().lower(), value.strip()
        if not colon:
            continue
        if key == "user-agent":
            agent = "*" if value == "*" else product(value)
            agents = [*agents, agent] if naming else [agent]
            naming = True
            ours.setdefault(agent, [])
        elif key in ("allow", "disallow"):
            naming = False
            for agent in agents:
                if value:
                    ours[agent].append((_normal(value), key == "allow"))
    return Rules(tuple(ours.get(name, ours.get("*", ()))))


def _fits(pattern: str, path: str) -> bool:
    """`*` stands for anything, `$` at the end for the end. Piece by piece: a regex could be made to take for ever."""
    ends = pattern.endswith("$")
    first, *pieces = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    position = len(first)
    if ends and not pieces:
        return position == len(path)
    last = pieces.pop() if ends else ""
    for piece in pieces:
        position = path.find(piece, position)
        if position < 0:
            return False
        position += len(piece)
    return not ends or (path.endswith(last) and len(path) - len(last) >= position)


def _normal(path: str) -> str:
    """One spelling of each path: what needs no escape has none, and escapes are upper case."""

    def respell(found: re.Match[str]) -> str:
        character = chr(int(found[1], 16))
        return character if character in _UNRESERVED else found[0].upper()

    return _ESCAPE.sub(respell, quote(path, safe="%/?:@!$&'()*+,;=[]~#"))
