"""Bodies of requests: what a form's fields say, however the browser packed them."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from urllib.parse import parse_qsl

from starlette.datastructures import Headers
from starlette.formparsers import MultiPartException, MultiPartParser

MAX_FIELDS = 300

MAX_LIST = 1_000_000
"""Bytes of a watchlist, or of a text to be screened, that is sent here; the longest articles have a tenth of that."""

LARGE = ("/watchlists", "/api/v1/watchlists/", "/api/v1/screen")
"""Beginnings of addresses whose bodies may have MAX_LIST bytes, as forms send them."""


async def fields_of(headers: Headers, body: bytes) -> list[tuple[str, str]]:
    """The fields of a form; a file is a field with its text. Raises ValueError for what is no form."""
    if not headers.get("content-type", "").startswith("multipart/form-data"):
        return parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MAX_FIELDS)

    async def stream() -> AsyncGenerator[bytes, None]:
        yield body

    try:
        form = await MultiPartParser(
            headers, stream(), max_files=4, max_fields=MAX_FIELDS, max_part_size=MAX_LIST
        ).parse()
    except (MultiPartException, KeyError, UnicodeError) as error:
        raise ValueError("not understood") from error
    fields = []
    for name, value in form.multi_items():
        if not isinstance(value, str):
            value = (await value.read()).decode("utf-8-sig", "replace")
        fields.append((name, value))
    await form.close()
    return fields
