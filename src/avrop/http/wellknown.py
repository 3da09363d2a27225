"""What any installation says of itself to anybody: that it is up, whose it is, and its keys."""

from fastapi import APIRouter, Response

from avrop import __version__
from avrop.actions import publishedkeys
from avrop.canonical import canonical
from avrop.store import db
from avrop.system import System


def routes(system: System) -> APIRouter:
    """`/health` and `/.well-known/avrop-keys.json`."""
    router = APIRouter(tags=["installation"])

    @router.get("/health")
    def health() -> dict[str, str]:
        """Up, with its database. 503 is never said: a database that is away is the fault `database.unavailable`."""
        with db.transaction(system.database):
            return {"organisation": system.settings.organisation, "version": __version__}

    @router.get("/.well-known/avrop-keys.json")
    def keys() -> Response:
        """The keys of this installation, as a document signed with its key in force. 404 while none are published."""
        return Response(canonical(publishedkeys.published(system)), media_type="application/json")

    return router
