"""Errors in one line that give nothing away: they are stored, printed and served as JSON."""

from __future__ import annotations

import base64
from urllib.parse import urlsplit

from monitor.alerts.render.clean import one_line

ERROR = 300  # characters


def say(what: object, *secrets: str) -> str:
    """`what` as one line of at most 300 characters in which no secret is left, plain, in base64 or as a URL's path."""
    text = str(what)
    for secret in sorted(filter(None, _forms(secrets)), key=len, reverse=True):
        text = text.replace(secret, "***")
    return one_line(text, ERROR)


def _forms(secrets: tuple[str, ...]) -> set[str]:
    forms = set(secrets)
    for secret in secrets:
        forms.add(base64.b64encode(secret.encode("utf-8", "replace")).decode("ascii"))
        parts = _split(secret)
        if parts:
            forms |= {part for part in parts if len(part) > 1}
    return forms


def _split(secret: str) -> tuple[str, ...]:
    if "://" not in secret:
        return ()
    try:
        url = urlsplit(secret)
        path = url.path + (f"?{url.query}" if url.query else "")
        return (path, url.query, url.password or "", url.username or "")
    except ValueError:
        return ()


def origin(url: str) -> str:
    """`https://host:port` of a URL: what an error may say of an address whose path or query may be a secret."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "its URL"
    return f"{parts.scheme}://{parts.hostname or ''}{port}"
