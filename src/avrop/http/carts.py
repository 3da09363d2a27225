"""Carts between catalogues: one that is handed to us, and what one that we handed out refers to.

The contract is that of the national catalogue. It has no login, so whatever is odd is refused, and little is taken.
"""

from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Depends, Request
from starlette.requests import ClientDisconnect

from avrop.actions import carts, referring
from avrop.catalogue.unittypes import Language
from avrop.errors import Missing, Mistake
from avrop.http.problems import ProblemRoute
from avrop.system import System
from avrop.web.texts import Speech

_JSON = {"requestBody": {"required": True, "content": {"application/json": {}}}}


class _Route(ProblemRoute):
    statuses: ClassVar = {"cart.too_often": 429, "cart.too_large": 413, "cart.media_type": 415, "cart.cut": 400}


async def _body(request: Request) -> bytes:
    """The body, read no further than it may be long.

    Errors: `cart.media_type`, `cart.too_large`, `cart.cut` (Mistake).
    """
    kind, _, more = request.headers.get("content-type", "").lower().partition(";")
    charset = more.partition("charset=")[2].strip(' "')
    if kind.strip() != "application/json" or charset not in ("", "utf-8") or "content-encoding" in request.headers:
        raise Mistake("cart.media_type", "The body is not application/json in UTF-8.", hint="Send it so.")
    body = b""
    try:
        async for piece in request.stream():
            body += piece
            if len(body) > carts.LARGEST:
                raise Mistake("cart.too_large", f"The body has more than {carts.LARGEST} bytes.", hint="Send less.")
    except ClientDisconnect:
        raise Mistake("cart.cut", "The body has no end.", hint="Send it whole.") from None
    return body


Body = Annotated[bytes, Depends(_body)]


def routes(system: System) -> APIRouter:
    """`/cart` takes a cart in; `/datadef-resolver/{language}` says what one of ours refers to."""
    router = APIRouter(tags=["carts"], route_class=_Route)

    @router.post("/cart", openapi_extra=_JSON)
    def take_in(request: Request, body: Body) -> dict[str, str]:
        """Take a cart in, and say where to send its reader: once, and within a quarter of an hour."""
        caller = request.client.host if request.client else ""
        return {"redirectUrl": carts.take_in(system, body, caller=caller)}

    @router.post("/datadef-resolver/{language}", openapi_extra=_JSON)
    def resolve(language: Language, body: Body) -> dict[str, Any]:
        """What a reference (`dataDef`) of a cart refers to, if our catalogue has it."""
        reference = carts.read_reference(body)
        found = referring.find(system, reference)
        if found is None:
            raise Missing("cart.not_ours", "Our catalogue has no such dataset.", hint="Ask the catalogue that has it.")
        speech = Speech(language)
        serve = system.settings.serve
        return {
            "dataResourceId": reference.id,
            "title": str(speech.of(found.title)),
            "description": str(speech.of(found.description)),
            "urlToResource": f"{serve.public_url if serve else '/'}{found.page(language)}",
            "hintIsPrePublicationData": found.is_to_come,
        }

    return router
