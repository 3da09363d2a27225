"""How a commons reads what its publishers send: the key, not too much of it, and nothing that is no text."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Header, Request, Response
from fastapi.responses import JSONResponse

from avrop.actions import commons_keys
from avrop.actions.commons_keys import KeyHolder
from avrop.canonical import is_writable
from avrop.http.problems import DetailRoute, Handler
from avrop.system import System

_LARGEST_BODY = 4_000_000
_NO_TEXT = (
    "A text of the body holds characters that are no text: control characters other than tabs and line ends, halves of "
    "pairs, or what Unicode keeps for no character."
)
Holder = Callable[..., KeyHolder]


class PublisherRoute(DetailRoute):
    """Turns away a body that is too large before it is read, and one with texts that no database or XML can hold."""

    def get_route_handler(self) -> Handler:
        """The route behind those two."""
        original = super().get_route_handler()

        async def handler(request: Request) -> Response:
            if request.method in ("POST", "PUT"):
                length = request.headers.get("content-length", "")
                if not length.isdecimal() or int(length) > _LARGEST_BODY:
                    return JSONResponse(
                        {"detail": f"A body has at most {_LARGEST_BODY} bytes, and says how many."}, 413
                    )
                if not is_writable(await _read(request)):
                    return JSONResponse({"detail": _NO_TEXT}, 422)
            return await original(request)

        return handler


async def _read(request: Request) -> object:
    """What the body says; None if it is no JSON, which the route itself tells."""
    try:
        return await request.json()
    except (ValueError, RecursionError):
        return None


def holder_by(system: System) -> Holder:
    """Whose key a request shows, for routes that depend on it. Errors: `commons.key` (Stranger)."""

    def holder(authorization: Annotated[str | None, Header()] = None) -> KeyHolder:
        scheme, _, key = (authorization or "").partition(" ")
        if scheme.lower() != "api-key":
            raise commons_keys.unknown_key()
        return commons_keys.holder_of(system, key.strip())

    return holder
