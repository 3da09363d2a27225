"""Our own description whole, for whoever wants all of it: what other contracts cannot carry stands here."""

from fastapi import APIRouter, Request, Response

from avrop.actions import describe
from avrop.http.tagged import tagged
from avrop.system import System


def routes(system: System) -> APIRouter:
    """`/api/v1/catalogue`."""
    router = APIRouter(prefix="/api/v1/catalogue", tags=["catalogue"])

    @router.get("", response_class=Response)
    def catalogue(request: Request) -> Response:
        """The published catalogue as its canonical JSON document: the bytes whose SHA-256 the account names. The tag
        is that digest, so who has it already is told so. `avrop describe import` reads it back."""
        return tagged(request, *describe.published(system))

    return router
