"""The inbox over HTTP: a provider pushes sealed bytes, goes on where it was cut, and gets the receipt."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from avrop.actions import inbox
from avrop.actions.inbox import LARGEST_PIECE, Arrival
from avrop.errors import Mistake
from avrop.http.who import Sender
from avrop.signed import Signed
from avrop.system import System


async def _piece(request: Request) -> bytes:
    """The body, refused before it is read if it says that it is too large, and cut off where it lies."""
    said = request.headers.get("content-length", "")
    if not said.isascii() or not said.isdigit() or int(said) > LARGEST_PIECE:
        raise Mistake("inbox.piece_too_large", f"A piece has at most {LARGEST_PIECE} bytes.", hint="Send smaller ones.")
    return await request.body()


def routes(system: System) -> APIRouter:
    """`/api/v1/inbox/{package}`. Who sends is the organisation that signed the call."""
    router = APIRouter(prefix="/api/v1/inbox", tags=["inbox"])

    @router.get("/{package}")
    def look(sender: Sender, package: str) -> Arrival:
        """How the package stands here: from which byte to go on, or its receipt."""
        return inbox.look(system, sender, package)

    @router.post("/{package}/bytes", openapi_extra={"requestBody": {"content": {"application/octet-stream": {}}}})
    def take_piece(
        data: Annotated[bytes, Depends(_piece)], sender: Sender, package: str, offset: Annotated[int, Query(ge=0)]
    ) -> Arrival:
        """The bytes from an offset on, at most 8 MiB. Bytes that are here are passed over."""
        return inbox.take_piece(system, sender, package, offset=offset, data=data)

    @router.post("/{package}/acceptance")
    def accept(sender: Sender, package: str) -> Signed:
        """Open, verify and keep it; the answer is the receiver's signed receipt, the same again."""
        return inbox.accept(system, sender, package)

    @router.delete("/{package}", status_code=204)
    def drop(sender: Sender, package: str) -> None:
        """The sender gives the package up: what came of it is removed."""
        inbox.drop(system, sender, package)

    return router
