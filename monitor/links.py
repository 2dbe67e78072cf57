"""What of an address tells which article is at it. Pure.

Keys of stored entries and stories are made of this: what it changes is read as new by every database there is.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urlsplit

_TRACKING = re.compile(
    r"(?:utm_|at_|ns_|mc_|pk_|hsa_).*|fbclid|gclid|dclid|msclkid|yclid|igshid|cmpid|ocid|xtor|ftag|smid|spm|taid|soc_src",
    re.IGNORECASE,
)
"""Query parameters that say how a reader came, not what is read."""

_PERHAPS_TRACKING = re.compile(
    r"cmp|feed|from|ito|mbid|mod|partner|ref|rss|source|sref|src|traffic_source|wt\..*", re.IGNORECASE
)
"""These do so only with the values of _TRACKING_VALUES: elsewhere they name the article."""

_TRACKING_VALUES = re.compile(r"(?:rss|feed|atom|rssfeed|newsfeed|rss[-_ ].*|.*[-_]rss)?", re.IGNORECASE)


def canonical(url: str) -> str:
    """The address without what does not choose the article: scheme, `www.`, tracking, final slash, fragment."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").removeprefix("www."), parts.port
    except ValueError:
        return url
    query = [
        (name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if not _tracks(name, value)
    ]
    at = host if port in (None, 80, 443) else f"{host}:{port}"
    fragment = f"#{parts.fragment}" if parts.fragment.startswith(("!", "/")) else ""  # a page made by its script
    return f"{at}{parts.path.rstrip('/')}{'?' if query else ''}{urlencode(query)}{fragment}"


def _tracks(name: str, value: str) -> bool:
    if _TRACKING.fullmatch(name):
        return True
    return bool(_PERHAPS_TRACKING.fullmatch(name) and _TRACKING_VALUES.fullmatch(value.strip()))
