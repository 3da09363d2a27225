"""Call-offs over HTTP: submitted as the file that people write, checked, taken in, put before the controllers."""

from typing import Annotated

from fastapi import APIRouter, Body

from avrop.actions import apply, assess, decide, standing
from avrop.actions.forms import Confirmation, Reason, Submitted
from avrop.actions.standing import Standing
from avrop.canonical import digest
from avrop.catalogue.findings import Finding
from avrop.http.who import Who
from avrop.measure.reports import RequesterView
from avrop.system import System

Yaml = Annotated[str, Body(media_type="application/yaml", description="A call-off as docs/flow.md shows one.")]


def routes(system: System) -> APIRouter:
    """`/api/v1/call-offs` and what stands under one."""
    router = APIRouter(prefix="/api/v1/call-offs", tags=["call-offs"])

    @router.post("")
    def submit(who: Who, text: Yaml) -> Submitted:
        """Submit a version: the first, or the next one of the same reference."""
        version = apply.read_version(system, text, file="the call-off")
        apply.submit(system, who, version)
        return Submitted(reference=version.reference, version=digest(version))

    @router.get("/{reference}")
    def show(who: Who, reference: str) -> Standing:
        """Where a call-off, its controllers' cases and its deliveries stand."""
        return standing.show(system, who, reference)

    @router.get("/{reference}/findings")
    def findings(who: Who, reference: str) -> tuple[Finding, ...]:
        """What the checks found on the version that stands."""
        standing.require_party(system, who, reference)
        return assess.findings(system, reference)

    @router.get("/{reference}/exposure")
    def exposure(who: Who, reference: str) -> tuple[RequesterView, ...]:
        """The rounded view of every measured version, oldest first."""
        standing.require_party(system, who, reference)
        return assess.exposure_views(system, reference)

    @router.post("/{reference}/withdrawal", status_code=204)
    def withdraw(who: Who, reference: str, body: Reason) -> None:
        """The receiver takes it back before it is granted."""
        apply.withdraw(system, who, reference, reason=body.reason)

    @router.post("/{reference}/return", status_code=204)
    def send_back(who: Who, reference: str, body: Reason) -> None:
        """The provider sends it back with a reason."""
        assess.return_call_off(system, who, reference, reason=body.reason)

    @router.post("/{reference}/intake", status_code=204)
    def take_in(who: Who, reference: str) -> None:
        """The provider takes it in; exposure is then measured."""
        assess.accept_intake(system, who, reference)

    @router.post("/{reference}/opening", status_code=204)
    def open_controllers(who: Who, reference: str) -> None:
        """The provider asks every addressed controller."""
        assess.open_controllers(system, who, reference)

    @router.post("/{reference}/confirmation", status_code=204)
    def confirm(who: Who, reference: str, body: Confirmation) -> None:
        """The receiver's leader confirms that the subset serves the purpose."""
        decide.confirm_subset(system, who, reference, statement=body.statement, harmonised=body.harmonised)

    return router
