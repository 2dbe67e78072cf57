"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/). Pure."""

from __future__ import annotations

import json
from typing import Any

from monitor.errors import ParseError
from monitor.feeds.entries import Document, Draft


def read_json(text: str) -> Document:
    """The feed in a JSON document. Raises ParseError when it is none."""
    try:
        root = json.loads(text)
    except (ValueError, RecursionError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise ParseError(f"JSON that cannot be read ({reason}), not a feed") from error
    if not isinstance(root, dict) or not isinstance(root.get("items"), list):
        raise ParseError("JSON that is no JSON Feed: it has no list of `items`")
    if "jsonfeed.org" not in _string(root, "version") and not any(map(_is_item, root["items"])):
        raise ParseError("JSON that is no JSON Feed: neither its `version` nor its items are those of one")
    drafts = [_draft(item) for item in root["items"] if isinstance(item, dict)]
    odd = len(root["items"]) - len(drafts)
    problems = (f"{odd} of {len(root['items'])} items are no objects",) if odd else ()
    return Document(_string(root, "title"), _string(root, "language"), drafts, problems)


def _is_item(item: Any) -> bool:
    return isinstance(item, dict) and any(key in item for key in ("content_text", "content_html", "title"))


def _draft(item: dict[str, Any]) -> Draft:
    return Draft(
        guid=_string(item, "id"),
        url=_string(item, "url") or _string(item, "external_url"),
        title=_string(item, "title"),
        texts=[_string(item, key) for key in ("content_html", "content_text", "summary")],
        published=_string(item, "date_published"),
        updated=_string(item, "date_modified"),
        lang=_string(item, "language"),
    )


def _string(node: dict[str, Any], key: str) -> str:
    """Numbers are taken for their text: ids are often written so."""
    value = node.get(key, "")
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return value if isinstance(value, str) else str(value)
