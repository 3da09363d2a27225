"""The witness face: a controller's people look, answer and take back with its own key, and watch the log."""

from fastapi import APIRouter

from avrop.actions import facts as f
from avrop.actions import witness
from avrop.actions.forms import Advice, Answer, Proposal, TakingBack
from avrop.actions.remote import Remote, remote
from avrop.canonical import document
from avrop.governance.decisions import Decision, Revocation
from avrop.governance.slices import SliceTerms
from avrop.http.who import Who
from avrop.store import db
from avrop.system import System


@document
class Watched:
    """What the witness found in the account: counts and faults, and the size of the log that it countersigned."""

    checks: tuple[tuple[str, int], ...]
    faults: tuple[str, ...]
    countersigned: int


def routes(system: System) -> APIRouter:
    """`/api/v1/witness/…`."""
    router = APIRouter(prefix="/api/v1/witness", tags=["witness"])

    @router.post("/call-offs/{reference}/slice")
    def look(who: Who, reference: str, terms: SliceTerms) -> Proposal:
        """What the controller is asked to let out on these terms."""
        return witness.look(_provider(system), who, reference, terms=terms)

    @router.post("/call-offs/{reference}/decision")
    def answer(who: Who, reference: str, body: Answer) -> Decision:
        """Sign this answer with the controller's own key, and hand it in."""
        return witness.answer(_provider(system), who, reference, body)

    @router.post("/call-offs/{reference}/advice", status_code=204)
    def advise(who: Who, reference: str, body: Advice) -> None:
        """Hand in the data protection officer's advice."""
        witness.advise(_provider(system), who, reference, advice=body.advice, text=body.text)

    @router.post("/call-offs/{reference}/revocation")
    def take_back(who: Who, reference: str, body: TakingBack) -> Revocation:
        """Sign the taking back with the controller's own key, and hand it in."""
        return witness.take_back(_provider(system), who, reference, reason=body.reason, recall=body.recall)

    @router.post("/watch")
    def watch(who: Who) -> Watched:
        """Check the whole account alone, and countersign its checkpoint if it is sound."""
        report, size = witness.watch(system, who)
        return Watched(checks=tuple(report.checks), faults=tuple(report.faults), countersigned=size)

    return router


def _provider(system: System) -> Remote:
    with db.transaction(system.database) as connection:
        agreement = f.agreed(f.account(connection))
    return remote(system, agreement.provider)
