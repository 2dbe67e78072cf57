"""Adding to a hand-written list without touching what stands there: comments, layout and line endings stay. Pure.

Text is inserted at the places that the YAML parser names; what comes out is read back, and unless every other entity is
what it was and the new names are there, the edit is refused: a list that an editor has garbled is worse than none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from monitor import strictyaml
from monitor.errors import ConfigError, UsageError
from monitor.model.watchlists import Entity, Watchlist
from monitor.watchlists import yaml_list

HEAD = "# yaml-language-server: $schema=watchlist.schema.json\nwatchlist: {id}\nentities:\n"

Node = Any
"""A node of PyYAML, whose types tell less than they know."""

_PLAIN = re.compile(r"[^\W\d_][\w .'()/+&-]*(?<! )")
_WORDS = {"true", "false", "null", "yes", "no", "on", "off"}


@dataclass(frozen=True, slots=True)
class Addition:
    """What is to stand in the list: an entity, or further names of one that is there."""

    name: str
    id: str = ""  # "": made from the name
    aliases: tuple[str, ...] = ()
    weak_aliases: tuple[str, ...] = ()
    scalars: tuple[tuple[str, str], ...] = ()  # other keys with their values: type, severity, notes, url …
    lists: tuple[tuple[str, tuple[str, ...]], ...] = ()  # countries, programmes …


def new_file(path: Path, wanted: Addition) -> str:
    """The text of a new list, whose id is the file's name, that holds this entity alone. Raises ConfigError."""
    return add(path, HEAD.format(id=yaml_list.made_id(path.stem)), wanted)


def add(path: Path, text: str, wanted: Addition) -> str:
    """The file's text with the entity added, or with the names added to the one that has this id or main name.

    Raises UsageError when nothing of it is new or the file is no list of entities, ConfigError when the file is broken
    or the place cannot be found; then nothing is to be written.
    """
    data = strictyaml.parse(path, text).data
    empty = isinstance(data, dict) and "entities" in data and not data["entities"]
    before = None if empty else _read(path, text)
    known = _known(before, wanted) if before else None
    root = _compose(text)
    entities = _value(root, "entities") if isinstance(root, yaml.MappingNode) else None
    if entities is None:
        raise UsageError(f"{path}: has no `entities:`; names can be added to hand-written lists only")
    newline = "\r\n" if "\r\n" in text else "\n"
    if known is None:
        changed = _insert_entity(text, entities, wanted, newline)
    else:
        number = before.entities.index(known) if before else 0
        has = {name.text for name in known.names}
        aliases = [alias for alias in wanted.aliases if alias not in has]
        weak = [alias for alias in wanted.weak_aliases if alias not in has]
        if not aliases and not weak:
            raise UsageError(f"{path}: {known.id} stands there already, with these names")
        changed = text
        for key, values in (("weak_aliases", weak), ("aliases", aliases)):
            if values:
                entity = _value(_compose(changed), "entities").value[number]
                changed = _insert_names(changed, entity, key, values, newline)
    _verify(path, before, _read(path, changed), known, wanted)
    return changed


def _read(path: Path, text: str) -> Watchlist:
    document = strictyaml.parse(path, text)
    row = yaml_list.parse(document)
    if row.source is not None:
        raise UsageError(f"{path}: is an official list's file; names can be added to hand-written lists only")
    return yaml_list.to_watchlist(row, document)


def _known(watchlist: Watchlist, wanted: Addition) -> Entity | None:
    id = wanted.id or yaml_list.made_id(wanted.name)
    by_name = [entity for entity in watchlist.entities if entity.name.casefold() == wanted.name.casefold()]
    return watchlist.by_id.get(id) or (by_name[0] if by_name and not wanted.id else None)


def _verify(path: Path, before: Watchlist | None, after: Watchlist, known: Entity | None, wanted: Addition) -> None:
    old = before.entities if before else ()
    others = [entity for entity in old if entity is not known]
    kept = [after.by_id.get(entity.id) for entity in others] == others
    new = after.by_id.get(known.id if known else wanted.id or yaml_list.made_id(wanted.name))
    names = {name.text for name in new.names} if new else set()
    count = len(old) + (known is None)
    if not kept or len(after.entities) != count or not {*wanted.aliases, *wanted.weak_aliases} <= names:
        raise ConfigError(
            f"{path}: laid out in a way that cannot be added to without risk; add {wanted.name!r} by hand"
        )


def _insert_entity(text: str, entities: Node, wanted: Addition, newline: str) -> str:
    rows = [("id", scalar(wanted.id or yaml_list.made_id(wanted.name))), ("name", scalar(wanted.name))]
    for key, values in (("aliases", wanted.aliases), ("weak_aliases", wanted.weak_aliases), *wanted.lists):
        if values:
            rows.append((key, f"[{', '.join(map(scalar, values))}]"))
    given = dict(wanted.scalars)
    if kind := given.pop("type", ""):
        rows.insert(1, ("type", kind))
    rows += [(key, scalar(value)) for key, value in given.items() if value]
    block = isinstance(entities, yaml.SequenceNode) and not entities.flow_style and entities.value
    if isinstance(entities, yaml.SequenceNode) and entities.flow_style and entities.value:
        return _into_flow(text, entities, "{" + ", ".join(f"{key}: {value}" for key, value in rows) + "}")
    indent = entities.start_mark.column if block else 2
    lines = [f"{'- ' if not number else '  '}{key}: {value}" for number, (key, value) in enumerate(rows)]
    written = "".join(f"{' ' * indent}{line}{newline}" for line in lines)
    if not block:  # `entities:` with nothing, or with []
        head, tail = text[: entities.start_mark.index], text[entities.end_mark.index :]
        return f"{head.rstrip(' ')}{newline}{written}{tail.lstrip(' ').removeprefix(newline)}"
    at = _line_after(text, _last(entities))
    blank = newline if len(entities.value) > 1 and _blank_between(text, entities.value) else ""
    head = text[:at] if text[:at].endswith("\n") else text[:at] + newline
    return f"{head}{blank}{written}{text[at:]}"


def _insert_names(text: str, entity: Node, key: str, values: Iterable[str], newline: str) -> str:
    value = _value(entity, key)
    said = ", ".join(map(scalar, values))
    if isinstance(value, yaml.SequenceNode) and value.flow_style:
        return _into_flow(text, value, said)
    if isinstance(value, yaml.SequenceNode):
        at = _line_after(text, _last(value))
        indent = " " * value.start_mark.column
        head = text[:at] if text[:at].endswith("\n") else text[:at] + newline
        return head + "".join(f"{indent}- {scalar(one)}{newline}" for one in values) + text[at:]
    if isinstance(value, yaml.ScalarNode) and value.value:
        start, end = value.start_mark.index, value.end_mark.index
        return f"{text[:start]}[{scalar(value.value)}, {said}]{text[end:]}"
    if entity.flow_style:
        return _into_flow(text, entity, f"{key}: [{said}]")
    at = _line_after(text, _last(_value(entity, "name")))
    head = text[:at] if text[:at].endswith("\n") else text[:at] + newline
    return f"{head}{' ' * entity.start_mark.column}{key}: [{said}]{newline}{text[at:]}"


def _into_flow(text: str, node: Node, written: str) -> str:
    """Before the closing bracket, after the last value."""
    at = _last(node.value[-1][1] if isinstance(node, yaml.MappingNode) else node.value[-1]) if node.value else 0
    if not node.value:
        at = node.start_mark.index + 1
        return f"{text[:at]}{written}{text[at:]}"
    return f"{text[:at]}, {written}{text[at:]}"


def _compose(text: str) -> Node:
    return yaml.compose(text, Loader=yaml.SafeLoader)


def _value(node: Node, key: str) -> Node:
    """None when it is not there."""
    return next((value for name, value in node.value if name.value == key), None)


def _last(node: Node) -> int:
    """Where the last thing written in a node ends: a block's own end lies behind the comments that follow it."""
    if isinstance(node, yaml.ScalarNode) or node.flow_style or not node.value:
        return int(node.end_mark.index)
    inner = node.value[-1]
    return _last(inner[1] if isinstance(node, yaml.MappingNode) else inner)


def _line_after(text: str, at: int) -> int:
    """The beginning of the line after the one that holds what ends at `at`."""
    while at > 0 and text[at - 1] in "\r\n":  # a folded text ends with its line breaks
        at -= 1
    end = text.find("\n", at)
    return len(text) if end < 0 else end + 1


def _blank_between(text: str, items: list[Node]) -> bool:
    between = text[len(text[: _last(items[-2])].rstrip()) : items[-1].start_mark.index]
    return re.search(r"\n[ \t]*\r?\n", between) is not None


def scalar(text: str) -> str:
    """A text as YAML, in quotes where it needs them; as right inside brackets as outside."""
    if _PLAIN.fullmatch(text) and text.casefold() not in _WORDS and ": " not in text:
        return text
    return json.dumps(text, ensure_ascii=False)
