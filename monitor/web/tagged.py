"""Entity tags (RFC 9110, 8.8): an answer that the asker has already is not sent again."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from hashlib import blake2b
from typing import Any

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.responses import Response

READ = frozenset({"GET", "HEAD"})


def etag(body: bytes) -> str:
    """Quoted, as the header has it."""
    return f'"{blake2b(body, digest_size=12).hexdigest()}"'


def knows(header: str, tag: str) -> bool:
    """Whether an If-Match or If-None-Match names the tag. Ours are strong; a proxy may have weakened one."""
    return header.strip() == "*" or tag in [one.strip().removeprefix("W/") for one in header.split(",")]


class Tagged(APIRoute):
    """Answers to GET carry an ETag of their body; one that the asker names in If-None-Match becomes a 304."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def tagged(request: Request) -> Response:
            response = await handle(request)
            body = getattr(response, "body", None)  # a stream has none
            if request.method not in READ or response.status_code != 200 or not isinstance(body, bytes):
                return response
            tag = etag(body)
            if knows(request.headers.get("if-none-match", ""), tag):
                response = Response(status_code=304)
            response.headers["ETag"] = tag
            response.headers["Cache-Control"] = "private, no-cache"  # kept, but asked about each time
            return response

        return tagged
