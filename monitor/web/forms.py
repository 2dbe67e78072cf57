"""Bodies of forms."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, Request

from monitor.errors import UsageError
from monitor.web.gate import MAX_FIELDS


async def fields(request: Request) -> list[tuple[str, str]]:
    """An url-encoded body (Starlette's own parser wants one more dependency, even for these). Raises UsageError."""
    try:
        return parse_qsl((await request.body()).decode(), keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError as error:
        raise UsageError("the form was not understood") from error


Fields = Annotated[list[tuple[str, str]], Depends(fields)]


def form(given: Fields) -> dict[str, str]:
    """The last value of each field."""
    return dict(given)


Form = Annotated[dict[str, str], Depends(form)]
