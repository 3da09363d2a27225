"""Deliveries over HTTP: countersigned, planned, handed over; and the receiver's signed papers that come back."""

from fastapi import APIRouter

from avrop.actions import disclose, receive, standing
from avrop.actions.forms import Duty, Planned
from avrop.governance.grants import Grant
from avrop.http.who import Who
from avrop.signed import Signed
from avrop.system import System


def routes(system: System) -> APIRouter:
    """Grants, deliveries, receipts and confirmations of deletion, under `/api/v1`."""
    router = APIRouter(prefix="/api/v1", tags=["deliveries"])

    @router.get("/call-offs/{reference}/grant")
    def grant(who: Who, reference: str) -> Grant:
        """Today's grant: every slice that is valid now."""
        standing.require_party(system, who, reference)
        return disclose.grant(system, reference)

    @router.post("/call-offs/{reference}/countersignature", status_code=204)
    def countersign(who: Who, reference: str) -> None:
        """A second operator countersigns today's grant."""
        disclose.countersign(system, who, reference)

    @router.post("/call-offs/{reference}/deliveries")
    def plan(who: Who, reference: str) -> Planned:
        """Plan the next generation; it is built by the worker."""
        return Planned(delivery=disclose.plan_delivery(system, who, reference))

    @router.get("/call-offs/{reference}/duties")
    def duties(who: Who, reference: str) -> tuple[Duty, ...]:
        """What left and must be deleted, and by when."""
        standing.require_party(system, who, reference)
        return tuple(Duty(delivery=name, status=s, due=due) for name, s, due in receive.duties(system, reference))

    @router.post("/receipts", status_code=204)
    def receipt(who: Who, signed: Signed) -> None:
        """The receiver's signed receipt. Sent again it changes nothing."""
        receive.accept_receipt(system, who, signed)

    @router.post("/deletions", status_code=204)
    def deletion(who: Who, signed: Signed) -> None:
        """The receiver's signed confirmation of deletion. Sent again it changes nothing."""
        receive.confirm_deletion(system, who, signed)

    return router
