"""JSON Schemas for editors: `python -m monitor.config_schema` (make schema) writes them beside the files they describe.

They are made from the models that read the files, so they cannot tell something else. Each shipped YAML file names its
schema in its first line, which editors with a YAML language server (https://github.com/redhat-developer/yaml-language-server)
understand: keys are completed, explained, and marked when wrong.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from monitor.config import FEEDS_FILE, SettingsFile
from monitor.watchlists.yaml_list import WatchlistFile

SCHEMAS: dict[str, tuple[TypeAdapter[Any], str]] = {
    "config/monitor.schema.json": (TypeAdapter(SettingsFile), "Settings of the sanctions watchlist monitor"),
    "config/feeds.schema.json": (FEEDS_FILE, "Feeds of the sanctions watchlist monitor"),
    "watchlists/watchlist.schema.json": (TypeAdapter(WatchlistFile), "Watchlist of the sanctions watchlist monitor"),
}

_ALSO = {"string": "number", "number": "string", "integer": "string"}


class _AsWritten(GenerateJsonSchema):
    """What may stand in the file, where a validator accepts more than the value it makes.

    One text for a list of one, `10m` for seconds, `10MB` for bytes, a number where text is meant.
    """

    def function_before_schema(self, schema: core_schema.BeforeValidatorFunctionSchema) -> JsonSchemaValue:
        inner = super().function_before_schema(schema)
        kind = inner.get("type")
        if kind == "array":
            return {"anyOf": [inner, inner.get("items", {})]}
        if isinstance(kind, str) and kind in _ALSO:
            return {**inner, "type": [kind, _ALSO[kind]]}
        return inner


def schema(name: str) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of one of SCHEMAS."""
    adapter, title = SCHEMAS[name]
    made = adapter.json_schema(by_alias=True, schema_generator=_AsWritten, mode="validation")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **_bounds(made), "title": title}


def _bounds(value: Any) -> Any:
    """Limits under their JSON Schema names, where pydantic leaves its own because a text may stand there too."""
    if isinstance(value, dict):
        names = {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum"}
        return {names.get(key, key): _bounds(inner) for key, inner in value.items()}
    return [_bounds(inner) for inner in value] if isinstance(value, list) else value


def text(name: str) -> str:
    """The schema as its file holds it."""
    return json.dumps(schema(name), ensure_ascii=False, indent=1) + "\n"


def main() -> None:
    for name in SCHEMAS:
        Path(name).write_text(text(name), encoding="utf-8")


if __name__ == "__main__":
    main()
