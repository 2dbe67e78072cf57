"""Links in messages prove which message they came from."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from monitor.alerts.seals import is_seal, seal, sealed_delivery


@given(st.binary(min_size=32, max_size=32), st.integers(1, 10**17), st.text(max_size=40), st.text(max_size=60))
def test_a_seal_is_one_message_alone(key: bytes, delivery: int, uid: str, other: str) -> None:
    said = seal(key, delivery, uid)
    assert sealed_delivery(said) == delivery
    assert re.fullmatch(r"[0-9]+\.[A-Za-z0-9_-]{22}", said), "fit for an address as it is"
    assert is_seal(key, said, delivery, uid)
    assert not is_seal(key, said, delivery + 1, uid)
    assert not is_seal(key, said, delivery, uid + "x")
    assert not is_seal(key[::-1] + b"x", said, delivery, uid)
    assert not is_seal(key, other, delivery, uid) or other == said
    assert sealed_delivery(other) is None or "." in other
