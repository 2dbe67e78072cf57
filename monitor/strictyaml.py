"""YAML read strictly, and errors that name file, line and column.

The scalars are those of YAML 1.2's core schema (https://yaml.org/spec/1.2.2/#103-core-schema): only `true` and
`false` are booleans, so that `countries: [no]` is Norway, and dates and `22:30` stay text. A key given twice is an
error. Files are read with libyaml where it is built in (13,821 entities: 1.3 s, against 4.7 s without); positions are
looked up only when something is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import yaml
from pydantic import BaseModel, TypeAdapter, ValidationError
from rapidfuzz import fuzz, process

from monitor.errors import ConfigError

MAX_BYTES = 100_000_000
"""The largest official list is about 30 MB as YAML; what is larger than this is a mistake."""

MAX_DEPTH = 50
"""Of nesting; the formats here use five levels."""

MAX_NODES = 20_000_000
"""Values after aliases are expanded: an alias bomb makes billions of a few hundred bytes."""

_ALIAS = re.compile(r"(?:^|[\s,\[{])\*\w", re.MULTILINE)
_DEEP_LINE = re.compile(rf"^[ ?:-]{{{MAX_DEPTH},}}", re.MULTILINE)
_BRACKETS = re.compile(r"[\[\]{}]")

T = TypeVar("T")
Location = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a file. Line and column count from 1; 0 where there is no place to name."""

    path: Path
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        place = f":{self.line}:{self.column}" if self.line else ""
        return f"{self.path}{place}: {self.message}"


class FileProblems(ConfigError):
    """A file that cannot be used, with every problem found in it; its text is the first of them."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        more = len(self.problems) - 1
        super().__init__(f"{self.problems[0]}" + (f" (and {more} more: see `monitor check`)" if more else ""))


_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[misc]  # the base is chosen at run time
    """YAML 1.2 scalars; duplicate keys refused."""

    yaml_implicit_resolvers: ClassVar[dict[str, list[tuple[str, re.Pattern[str]]]]] = {}

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        if not isinstance(node, yaml.MappingNode):
            return super().construct_mapping(node, deep)
        seen: dict[str, yaml.Mark] = {}
        for key, _ in node.value:
            if key.value == "<<" or not isinstance(key, yaml.ScalarNode):
                continue
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key.value!r} stands here again (first on line {seen[key.value].line + 1})",
                    key.start_mark,
                )  # fmt: skip
            seen[key.value] = key.start_mark
        return super().construct_mapping(node, deep)  # type: ignore[no-any-return]


for tag, pattern, first in (
    ("tag:yaml.org,2002:bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("tag:yaml.org,2002:null", r"~|null|Null|NULL|", "~nN\0"),
    ("tag:yaml.org,2002:int", r"[-+]?(?:0|[1-9][0-9]*)", "-+0123456789"),
    ("tag:yaml.org,2002:float", r"[-+]?(?:0|[1-9][0-9]*)\.[0-9]+(?:[eE][-+]?[0-9]+)?", "-+0123456789"),
    ("tag:yaml.org,2002:merge", r"<<", "<"),
):
    for character in first:
        key = "" if character == "\0" else character
        _Loader.yaml_implicit_resolvers.setdefault(key, []).append((tag, re.compile(rf"^(?:{pattern})$")))


@dataclass(frozen=True)
class Document:
    """A YAML file, read. `data` is plain: dicts, lists, text, numbers, booleans, None."""

    path: Path
    text: str
    data: Any

    def position(self, location: Location, *, key: bool = False) -> tuple[int, int]:
        """Line and column (from 1) of the value at `location` (of its key, with `key`), or of its nearest parent."""
        node, mark = self._root, None
        for step in location:
            if isinstance(node, yaml.MappingNode):
                found = next(((k, v) for k, v in node.value if k.value == str(step)), None)
                if found is None:
                    break
                mark, node = found[0].start_mark, found[1]
            elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
                node = node.value[step]
                mark = node.start_mark
            else:
                break
        if node is not None and not (key and mark):
            mark = node.start_mark
        return (mark.line + 1, mark.column + 1) if mark else (1, 1)

    def problem(self, location: Location, message: str, *, key: bool = False) -> Problem:
        return Problem(self.path, *self.position(location, key=key), message)

    @cached_property
    def _root(self) -> yaml.Node | None:
        return yaml.compose(self.text, Loader=_Loader)


def load(path: Path) -> Document:
    """Read a YAML file. Raises FileProblems (a ConfigError) when it cannot be read as one."""

    def refuse(message: str, line: int = 0, column: int = 0) -> FileProblems:
        return FileProblems([Problem(path, line, column, message)])

    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise refuse(f"has {size} bytes; at most {MAX_BYTES} are read")
        raw = path.read_bytes()
    except FileNotFoundError:
        raise refuse("no such file") from None
    except OSError as error:
        raise refuse(f"cannot be read: {error.strerror}") from error
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise refuse(f"byte {raw[error.start]:#04x} is not UTF-8; save the file as UTF-8", line, 1) from error
    return parse(path, text)


def parse(path: Path, text: str) -> Document:
    """Read YAML text that came from `path`. Raises FileProblems."""
    try:
        _check_bounds(text)
        data = yaml.load(text, Loader=_Loader)  # derived from SafeLoader: plain data only
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = " ".join(part for part in (error.context, error.problem) if part)
        lines = text.split("\n")
        if mark and mark.line < len(lines) and lines[mark.line][mark.column : mark.column + 1] == "\t":
            what = "a tab where only spaces may indent"
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        raise FileProblems([Problem(path, line, column, what)]) from error
    except yaml.reader.ReaderError as error:
        at = error.position if isinstance(error.position, int) else 0
        line = text.count("\n", 0, at) + 1
        message = f"the character U+{ord(text[at]) if at < len(text) else 0:04X} may not stand in YAML"
        raise FileProblems([Problem(path, line, 1, message)]) from error
    except (RecursionError, _TooMuch) as error:
        raise FileProblems([Problem(path, 0, 0, str(error) or "nested too deeply")]) from error
    return Document(path, text, data)


class _TooMuch(ValueError):
    pass


def _check_bounds(text: str) -> None:
    """Refuse deep nesting and alias bombs before anything is built of them.

    Walking the events costs as much as reading the file, so it is done only where the text looks as if it were needed.
    """
    if not (_ALIAS.search(text) or _DEEP_LINE.search(text) or _bracket_depth(text) > MAX_DEPTH):
        return
    depth = nodes = 0
    sizes: dict[str, int] = {}
    open_anchors: list[tuple[str | None, int]] = []
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.AliasEvent):
            nodes += sizes.get(event.anchor or "", 1)
        elif isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            nodes += 1
            open_anchors.append((event.anchor, nodes))
            if depth > MAX_DEPTH:
                raise _TooMuch(f"nested more than {MAX_DEPTH} levels deep")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
            anchor, before = open_anchors.pop()
            if anchor:
                sizes[anchor] = nodes - before + 1
        elif isinstance(event, yaml.ScalarEvent):
            nodes += 1
        if nodes > MAX_NODES:
            raise _TooMuch("its aliases expand to more values than any list has")


def _bracket_depth(text: str) -> int:
    """How deep brackets stand in one another; those inside quoted text count too, which errs on the careful side."""
    depth = deepest = 0
    for found in _BRACKETS.finditer(text):
        depth = depth + 1 if found[0] in "[{" else max(0, depth - 1)
        deepest = max(deepest, depth)
    return deepest


def validate(model: type[T] | TypeAdapter[T], document: Document, data: Any = None, at: Location = ()) -> T:
    """The document's data (or its part `data`, which stands at `at`) as `model`. Raises FileProblems naming each."""
    adapter: TypeAdapter[T] = model if isinstance(model, TypeAdapter) else TypeAdapter(model)
    try:
        return adapter.validate_python(document.data if data is None else data)
    except ValidationError as error:
        whole = document.data if data is None else data
        problems = [
            _problem(document, whole, at, detail, model)  # type: ignore[arg-type]
            for detail in error.errors(include_url=False, include_context=True)
        ]
        raise FileProblems(dict.fromkeys(problems)) from error


def _problem(document: Document, data: Any, at: Location, detail: dict[str, Any], model: object) -> Problem:
    location = _real(data, detail["loc"])
    kind = detail["type"]
    if kind == "extra_forbidden":
        key = str(detail["loc"][-1])
        near = _nearest(key, _known_keys(model, detail["loc"]))
        hint = f"; did you mean {near!r}?" if near else ""
        return document.problem((*at, *location), f"unknown key {key!r}{hint}", key=True)
    if kind == "missing":
        return document.problem((*at, *location), f"{str(detail['loc'][-1])!r} is missing here")
    message = str(detail["msg"]).removeprefix("Value error, ")
    if kind in {"tuple_type", "list_type"}:
        message = "should be a list: lines that begin with `- `, or [one, another]"
    value = _value(data, location)
    shown = f" (found {_short(value)})" if isinstance(value, str | int | float | bool) or value is None else ""
    name = next((str(step) for step in reversed(location) if isinstance(step, str)), "")
    return document.problem((*at, *location), f"{name}: {message}{shown}" if name else f"{message}{shown}")


def _real(data: Any, loc: Iterable[str | int]) -> Location:
    """pydantic's location without the steps it adds for unions and discriminators."""
    real: list[str | int] = []
    for step in loc:
        if (isinstance(data, dict) and step in data) or (
            isinstance(data, list | tuple) and isinstance(step, int) and step < len(data)
        ):
            real.append(step)
            data = _value(data, (step,))
    return tuple(real)


def _value(data: Any, location: Location) -> Any:
    step: Any
    for step in location:
        data = data[step]
    return data


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}…"


def _nearest(key: str, known: Iterable[str]) -> str:
    found = process.extractOne(key, list(known), scorer=fuzz.ratio, score_cutoff=60)
    return str(found[0]) if found else ""


def _known_keys(model: object, loc: Iterable[str | int]) -> set[str]:
    """The keys that the model at this location knows (its aliases, as YAML writes them)."""
    found: set[str] = set()
    for candidate in _models(model, set()):
        keys = {field.alias or name for name, field in candidate.model_fields.items()}
        found |= keys if _reaches(model, candidate, tuple(loc)) else set()
    return found


def _models(annotation: object, seen: set[object]) -> list[type[BaseModel]]:
    """Every pydantic model inside an annotation, outermost first."""
    if isinstance(annotation, TypeAdapter):
        annotation = annotation._type
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if annotation in seen:
            return []
        seen.add(annotation)
        inner = [model for field in annotation.model_fields.values() for model in _models(field.annotation, seen)]
        return [annotation, *inner]
    return [model for part in getattr(annotation, "__args__", ()) for model in _models(part, seen)]


def _reaches(root: object, model: type[BaseModel], loc: Location) -> bool:
    """Whether the value at `loc` without its last step is a `model`, followed field by field from the root."""
    current: list[object] = [root]
    for step in loc[:-1]:
        following: list[object] = []
        for annotation in current:
            for candidate in _outer(annotation):
                field = next((f for n, f in candidate.model_fields.items() if (f.alias or n) == step), None)
                if field is not None:
                    following.append(field.annotation)
        if following:
            current = following  # list indexes and union tags lead to no field and are passed over
    return any(model in _outer(annotation) for annotation in current)


def _outer(annotation: object) -> list[type[BaseModel]]:
    """The outermost models of an annotation: itself, or the members of a list or union."""
    if isinstance(annotation, TypeAdapter):
        annotation = annotation._type
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in getattr(annotation, "__args__", ()) for model in _outer(part)]
