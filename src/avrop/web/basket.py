"""The cart's page and its file: what is in it, what it would expose, whether it holds together."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from avrop.actions import harvest, look
from avrop.catalogue.search.cards import Card
from avrop.catalogue.unittypes import Language
from avrop.errors import Mistake, Refusal
from avrop.system import System
from avrop.web import cart
from avrop.web.conditional import kept_pages_of
from avrop.web.pages import page, pages_of
from avrop.web.rooms import told
from avrop.web.texts import LANGUAGES, Speech

_LARGEST_FORM = 4_000


def routes(system: System) -> APIRouter:
    """`/handlekurv` in each language, and its form: variables are put in, taken out, or all taken out."""
    router = APIRouter(include_in_schema=False, route_class=pages_of(system))
    for language in LANGUAGES:
        _add(router, system, language)
    return router


def _add(router: APIRouter, system: System, language: Language) -> None:
    def shown(request: Request) -> Response:
        cards = look.cards(system, cart.in_cart(request))
        return page(system, request, "cart.html", language=language, cards=cards, told=told(cards, Speech(language)))

    def exported(request: Request) -> Response:
        cards = look.cards(system, cart.in_cart(request))
        return JSONResponse(
            handed_over(cards, language, system), headers={"Content-Disposition": 'attachment; filename="cart.json"'}
        )

    async def changed(request: Request) -> Response:
        length = request.headers.get("content-length", "")
        if not length.isdecimal() or int(length) > _LARGEST_FORM:
            raise Mistake("page.form", "The form is too large.", hint="Put in one variable at a time.")
        _require_own(request)
        form = parse_qs((await request.body()).decode("utf-8", "replace"))
        said = {name: values[-1] for name, values in form.items()}
        ids = cart.changed(
            cart.in_cart(request), add=said.get("add", ""), remove=said.get("remove", ""), clear="clear" in said
        )
        answer = RedirectResponse(_back(said.get("back", ""), language), status_code=303)
        secure = request.url.scheme == "https"
        answer.set_cookie(cart.CART, cart.written(ids), max_age=7_776_000, httponly=True, samesite="lax", secure=secure)
        return answer

    known = kept_pages_of(system)
    router.add_api_route(f"/{language}/handlekurv", shown, methods=["GET"], route_class_override=known)
    router.add_api_route(f"/{language}/handlekurv.json", exported, methods=["GET"])
    router.add_api_route(f"/{language}/handlekurv", changed, methods=["POST"])


def _require_own(request: Request) -> None:
    """Turn away a form of another site: browsers say where it comes from."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Refusal("page.foreign", "The form was sent from another site.", hint="Use the form on our page.")


def _back(asked: str, language: Language) -> str:
    """A page of ours to go back to."""
    own = asked.startswith(tuple(f"/{code}/" for code in LANGUAGES))
    return asked if own and "\\" not in asked else f"/{language}/handlekurv"


def handed_over(cards: Sequence[Card], language: Language, system: System) -> list[dict[str, Any]]:
    """The cart in the form in which catalogues hand carts over to an application: one entry for each variable."""
    serve = system.settings.serve
    base = serve.public_url if serve else ""
    number = harvest.publishing_of(system)[1].number if serve and serve.publisher else ""
    return [
        {
            "orgnr": _number(card, number),
            "language": language, "hintIsPublic": card.sensitivity == "public", "hintIsOrg": False,
            "hintIsPrePublicationData": card.status == "described only", "system": "avrop",
            "dataDef": {
                "urlToResource": f"{base}{language}/variabler/{card.id}", "id": card.id, "type": "variables",
                "orgnr": _number(card, number), "resourceName": str(Speech(language).of(card.label, card.name)),
                "uri": f"{base}api/v1/search/variables/{card.id}",
            },
        }
        for card in cards
    ]  # fmt: skip


def _number(card: Card, number: str) -> str:
    """The publisher's number, which is known of our own variables alone."""
    return "" if "~" in card.id else number
