"""A controller's answers over HTTP: it sees its slice plan, fetches the document to sign, hands in what it signed."""

from fastapi import APIRouter

from avrop.actions import account, decide
from avrop.actions import facts as f
from avrop.actions.forms import Advice, Answer, Proposal, TakingBack, Until
from avrop.disclosure.readable import readable
from avrop.governance.decisions import Decision, Revocation
from avrop.governance.slices import SliceTerms
from avrop.http.who import Who
from avrop.signed import Signed
from avrop.store import db
from avrop.system import System


def routes(system: System) -> APIRouter:
    """What a controller's own people ask and answer under `/api/v1`. Which controller follows from who asks."""
    router = APIRouter(prefix="/api/v1", tags=["decisions"])

    @router.post("/call-offs/{reference}/slice")
    def propose(who: Who, reference: str, terms: SliceTerms) -> Proposal:
        """What the controller would let out on these terms. Nothing is recorded."""
        plan, sealed = decide.propose(system, who, reference, terms=terms)
        with db.transaction(system.database) as connection:
            catalogue = f.catalogue(connection, f.digest_of(plan.catalogue))
        return Proposal(plan=plan, digest=sealed, readable=readable(plan, catalogue))

    @router.post("/call-offs/{reference}/decision-draft")
    def draft(who: Who, reference: str, body: Answer) -> Decision:
        """The decision that the controller is to sign, sealed to what it sees now. Nothing is recorded."""
        return decide.draft_decision(
            system, who, reference, outcome=body.outcome, reasons=body.reasons, valid_to=body.valid_to,
            terms=body.terms, conditions=body.conditions,
        )  # fmt: skip

    @router.post("/call-offs/{reference}/decisions", status_code=204)
    def record(who: Who, reference: str, signed: Signed) -> None:
        """Record the signed decision."""
        decide.record(system, who, reference, signed)

    @router.post("/call-offs/{reference}/advice", status_code=204)
    def advise(who: Who, reference: str, body: Advice) -> None:
        """Record the data protection officer's advice."""
        decide.advise(system, who, reference, advice=body.advice, text=body.text)

    @router.post("/call-offs/{reference}/revocation-draft")
    def draft_revocation(who: Who, reference: str, body: TakingBack) -> Revocation:
        """The revocation that the controller is to sign. Nothing is recorded."""
        return decide.draft_revocation(system, who, reference, reason=body.reason, recall=body.recall)

    @router.post("/call-offs/{reference}/revocations", status_code=204)
    def revoke(who: Who, reference: str, signed: Signed) -> None:
        """Record the signed revocation: from then on today's grant is without it."""
        decide.revoke(system, who, reference, signed)

    @router.post("/measuring", status_code=204)
    def instruct(who: Who, body: Until) -> None:
        """The controller instructs the provider to measure exposure on its rows until a day."""
        account.instruct_measuring(system, who, until=body.until)

    @router.delete("/measuring", status_code=204)
    def withdraw(who: Who) -> None:
        """The controller takes that instruction back."""
        account.withdraw_measuring(system, who)

    return router
