"""Bodies of forms, for routes."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from monitor.errors import UsageError
from monitor.web.bodies import fields_of


async def fields(request: Request) -> list[tuple[str, str]]:
    """Every field of a form's body, in order. Raises UsageError."""
    try:
        return await fields_of(request.headers, await request.body())
    except ValueError as error:
        raise UsageError("the form was not understood") from error


Fields = Annotated[list[tuple[str, str]], Depends(fields)]


def form(given: Fields) -> dict[str, str]:
    """The last value of each field."""
    return dict(given)


Form = Annotated[dict[str, str], Depends(form)]
