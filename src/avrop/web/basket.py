"""The cart's page and its file: what is in it, what it would expose, whether it holds together."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from avrop.actions import look, referring
from avrop.catalogue.search.cards import Card
from avrop.catalogue.unittypes import Language
from avrop.errors import Conflict
from avrop.system import System
from avrop.web import cart
from avrop.web.conditional import kept_pages_of
from avrop.web.ownforms import own_form
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
        return page(
            system, request, "cart.html", language=language, cards=cards, told=told(cards, Speech(language)),
            datasets=referring.of(system, cards),
        )  # fmt: skip

    def exported(request: Request) -> Response:
        cards = look.cards(system, cart.in_cart(request))
        return JSONResponse(
            handed_over(cards, language, system), headers={"Content-Disposition": 'attachment; filename="cart.json"'}
        )

    async def changed(request: Request) -> Response:
        form = await own_form(request, _LARGEST_FORM)
        said = {name: values[-1] for name, values in form.items()}
        ids = cart.in_cart(request)
        if "tidy" in said:
            there = {card.id for card in look.cards(system, ids)}
            ids = tuple(one for one in ids if one in there)
        ids = cart.changed(ids, add=said.get("add", ""), remove=said.get("remove", ""), clear="clear" in said)
        return cart.kept(request, ids, back=_back(said.get("back", ""), language))

    known = kept_pages_of(system)
    router.add_api_route(f"/{language}/handlekurv", shown, route_class_override=known)
    router.add_api_route(f"/{language}/handlekurv.json", exported)
    router.add_api_route(f"/{language}/handlekurv", changed, methods=["POST"])


def _back(asked: str, language: Language) -> str:
    """A page of ours to go back to."""
    own = asked.startswith(tuple(f"/{code}/" for code in LANGUAGES))
    return asked if own and "\\" not in asked else f"/{language}/handlekurv"


def require_handed_over(found: referring.Referred) -> None:
    """Refuse to hand over a cart without the publisher's number: whoever gets it takes none. Errors: `cart.no_number`
    (Conflict)."""
    if not found.number:
        raise Conflict(
            "cart.no_number",
            "The publisher of what is in the cart has told no organisation number, and without one an application "
            "takes no cart.",
            hint="Ask whoever runs this catalogue to name its publisher (`publisher` of [serve]); or take out what "
            "others have published.",
            dataset=found.iri,
        )


def handed_over(cards: Sequence[Card], language: Language, system: System) -> list[dict[str, Any]]:
    """The cart in the form in which catalogues hand carts over to an application: one for each dataset of its
    variables, which are named beside it. Errors: `cart.no_number` (Conflict)."""
    serve = system.settings.serve
    base = serve.public_url if serve else ""
    named = referring.of(system, cards)
    for found, _ in named:
        require_handed_over(found)
    return [
        {
            "orgnr": found.number, "language": language, "hintIsPublic": found.is_open, "hintIsOrg": False,
            "hintIsPrePublicationData": found.is_to_come, "system": "avrop",
            "dataDef": {
                "urlToResource": f"{base}{found.page(language)}", "id": found.id, "type": "datasets",
                "orgnr": found.number, "resourceName": str(Speech(language).of(found.title)), "uri": found.iri,
            },
            "variables": [card.name for card in chosen],
        }
        for found, chosen in named
    ]  # fmt: skip
