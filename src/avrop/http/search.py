"""The search over HTTP, for anybody: the same question as the catalogue's page, in the same address form, as JSON."""

from fastapi import APIRouter, Request

from avrop.actions import find, look
from avrop.catalogue.search.cards import Card
from avrop.catalogue.search.questions import Answer, read_search
from avrop.system import System
from avrop.web.conditional import conditional


def routes(system: System) -> APIRouter:
    """`/api/v1/search` and `/api/v1/search/variables/{id}`."""
    router = APIRouter(prefix="/api/v1/search", tags=["search"], route_class=conditional(system))

    @router.get("")
    def search(request: Request) -> Answer:
        """Variables by words (`q`), filters (`topic`, `unit`, `values`, `sensitivity`, `status`, `publisher`, `county`,
        `joins`, each as often as wanted), years (`from`, `to`, `years=covers|overlaps`; what has no end goes on
        until this year), `order` and `page`; with how many each further filter would leave."""
        return find.find(system, read_search(request.query_params.multi_items()))

    @router.get("/variables/{variable:path}")
    def variable(variable: str) -> Card:
        """One variable, as a search shows it."""
        return look.card(system, variable)

    return router
