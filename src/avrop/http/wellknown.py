"""What any installation says of itself to anybody: that it is up, and whose it is."""

from fastapi import APIRouter

from avrop import __version__
from avrop.store import db
from avrop.system import System


def routes(system: System) -> APIRouter:
    """`/health`."""
    router = APIRouter(tags=["installation"])

    @router.get("/health")
    def health() -> dict[str, str]:
        """Up, with its database. 503 is never said: a database that is away is the fault `database.unavailable`."""
        with db.transaction(system.database):
            return {"organisation": system.settings.organisation, "version": __version__}

    return router
