"""The page of a cart that another catalogue handed over: what it refers to, and which of its variables we have.

Looking takes nothing, so that a preview of the address does not either; the form takes the cart out, once.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from avrop.actions import carts
from avrop.actions.carts import Waiting
from avrop.catalogue.commons import Said, Words
from avrop.catalogue.unittypes import Language
from avrop.errors import AvropError, Missing, Mistake
from avrop.system import System
from avrop.web import cart
from avrop.web.ownforms import Form, own_form
from avrop.web.pages import page, pages_of
from avrop.web.texts import LANGUAGES

PLACE = "handlekurv/mottatt"
_SAID = ("cart.gone", "cart.nothing_ticked", "cart.full")


async def _form(request: Request) -> Form:
    return await own_form(request)


def routes(system: System) -> APIRouter:
    """`/handlekurv/mottatt/{token}` in each language, and its form."""
    router = APIRouter(include_in_schema=False, route_class=pages_of(system))
    for language in LANGUAGES:
        _add(router, system, language)
    return router


def _add(router: APIRouter, system: System, language: Language) -> None:
    def shown(request: Request, token: str) -> Response:
        return _shown(system, request, language, token)

    def put(request: Request, token: str, form: Annotated[Form, Depends(_form)]) -> Response:
        ticked = form.get("add", ())
        try:
            made = carts.put(system, token, ticked, standing=cart.in_cart(request), fits=cart.fits)
        except (Mistake, Missing) as failure:
            if failure.code not in _SAID:
                raise
            return _shown(system, request, language, token, failure=failure, ticked=tuple(ticked))
        return cart.kept(request, made, back=f"/{language}/handlekurv")

    router.add_api_route(f"/{language}/{PLACE}/{{token}}", shown, methods=["GET"])
    router.add_api_route(f"/{language}/{PLACE}/{{token}}", put, methods=["POST"])


def _shown(
    system: System, request: Request, language: Language, token: str, *, failure: AvropError | None = None,
    ticked: tuple[str, ...] | None = None,
) -> Response:  # fmt: skip
    """The cart, or that it is there no more; with what went wrong, if something did."""
    try:
        waiting = carts.look(system, token)
    except Missing as gone:
        return page(system, request, "received_gone.html", language=language, status=gone.status)
    return page(
        system, request, "received.html", language=language, status=failure.status if failure else _status(waiting),
        waiting=waiting, failed=failure.code if failure else "", unnamed=_unnamed(waiting), **_told(waiting, ticked),
    )  # fmt: skip


def _told(waiting: Waiting, ticked: tuple[str, ...] | None) -> dict[str, Any]:
    """What the thing is called, by us or by the resolver, and which of its variables are ticked."""
    ours, answered = waiting.ours, waiting.answered
    if ours is not None:
        names = {card.id for card in waiting.cards if {card.id, card.name} & set(waiting.chosen)}
        return {"title": ours.title, "description": ours.description, "ticked": ticked if ticked is not None else names}
    title, description = (answered.title, answered.description) if answered else ("", "")
    return {"title": _in(waiting, title), "description": _in(waiting, description), "ticked": ()}


def _in(waiting: Waiting, text: str) -> Said:
    return (Words(language=waiting.language, value=text),) if text else ()


def _unnamed(waiting: Waiting) -> str:
    """Why nobody says what it is called: no resolver, no answer, not known to it, or without a title; else nothing."""
    if waiting.ours is not None:
        return ""
    if waiting.answered is None:
        return "failed" if waiting.resolver else "nobody"
    if not waiting.answered.known:
        return "unknown"
    return "" if waiting.answered.title else "untitled"


def _status(waiting: Waiting) -> int:
    return {"unknown": 404, "failed": 502}.get(_unnamed(waiting), 200)
