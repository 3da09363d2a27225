"""KUDAF's two metadata documents, for anybody: what we publish ourselves, and what publishers told us as a commons.

Providers and commons answer the same addresses, so an installation that is both answers once, with all of it.
"""

from typing import Any

from fastapi import APIRouter

from avrop.http import kudaf_listings as listings
from avrop.http.problems import DetailRoute
from avrop.system import System
from avrop.web.conditional import conditional


def routes(system: System) -> APIRouter:
    """`/api/metadata/variables` and `/api/metadata/unit-types`."""
    kind = type("Route", (DetailRoute, conditional(system)), {})
    router = APIRouter(prefix="/api/metadata", tags=["metadata"], route_class=kind)

    @router.get("/variables")
    @router.get("/variables/", include_in_schema=False)
    def variables() -> list[dict[str, Any]]:
        """Every variable that may be asked for."""
        return listings.all_variables(system)

    @router.get("/unit-types")
    @router.get("/unit-types/", include_in_schema=False)
    def unit_types() -> list[dict[str, Any]]:
        """The unit types that they name and that are not common to all; code lists are among them."""
        return listings.all_unit_types(system)

    return router
