"""Seals on links in messages: whoever comes by one has the message that was sent to this recipient. Pure.

A seal proves where a link came from and opens nothing: who may read a hit is asked all the same. It is the delivery's
number and 128 bits of HMAC-SHA256 (RFC 2104) over its number and uid.
"""

from __future__ import annotations

import hmac
import re
from base64 import urlsafe_b64encode
from hashlib import sha256

KEY = "link seals"
"""Name of the installation's key for them (`Store.secret`)."""

UNSUBSCRIBE = "unsubscribe seals"
"""Of those that ask for no more messages: another key, so that a link to a hit is none to leave by."""

_SEAL = re.compile(r"([1-9]\d{0,17})\.[A-Za-z0-9_-]{22}")


def seal(key: bytes, delivery_id: int, uid: str) -> str:
    """`34.Zk3…`, the same for every try of a delivery."""
    mac = hmac.new(key, f"{delivery_id}\n{uid}".encode(), sha256).digest()[:16]
    return f"{delivery_id}.{urlsafe_b64encode(mac).decode().rstrip('=')}"


def sealed_delivery(said: str) -> int | None:
    """The delivery that a seal speaks of; None for what is no seal. It proves nothing yet."""
    found = _SEAL.fullmatch(said)
    return int(found[1]) if found else None


def is_seal(key: bytes, said: str, delivery_id: int, uid: str) -> bool:
    return hmac.compare_digest(said.encode("utf-8", "replace"), seal(key, delivery_id, uid).encode())
