"""What has happened to a call-off."""

from datetime import date
from typing import Literal

from avrop.canonical import Digest, document

EndReason = Literal["expired", "all revoked", "ended by receiver"]


@document
class CallOffSubmitted:
    """The receiver submitted a version; `version` is the digest of its CallOffVersion document."""

    version: Digest
    number: int
    catalogue: Digest
    controllers: tuple[str, ...]
    minimum_controllers: int
    direction: Literal["first", "narrower", "wider"]
    type: Literal["CallOffSubmitted"] = "CallOffSubmitted"


@document
class CallOffReturned:
    """Intake returned it to the receiver with a question."""

    reason: str
    type: Literal["CallOffReturned"] = "CallOffReturned"


@document
class IntakeAccepted:
    """Intake found it complete; exposure can be measured for these controllers (live instruction), not for others."""

    measured: tuple[str, ...]
    unmeasured: tuple[str, ...]
    type: Literal["IntakeAccepted"] = "IntakeAccepted"


@document
class FindingsRecorded:
    """The checks ran on this version: number of findings by severity; `findings` is the document's digest."""

    version: Digest
    findings: Digest
    notes: int
    questions: int
    stops: int
    type: Literal["FindingsRecorded"] = "FindingsRecorded"


@document
class ExposureMeasured:
    """Risk reports exist for this version: digest of the full report, and of each measured controller's own view."""

    version: Digest
    snapshot: Digest
    report: Digest
    requester_view: Digest
    controller_views: tuple[tuple[str, Digest], ...]
    type: Literal["ExposureMeasured"] = "ExposureMeasured"


@document
class ControllersOpened:
    """A case was opened for each addressed controller, with the digest of the slice plan it is asked to decide."""

    version: Digest
    slice_plans: tuple[tuple[str, Digest], ...]
    cut_off: date
    preparer: str
    type: Literal["ControllersOpened"] = "ControllersOpened"


@document
class OutcomeReached:
    """Every controller's case is closed: who approved, who refused, who lapsed."""

    approved: tuple[str, ...]
    rejected: tuple[str, ...]
    lapsed: tuple[str, ...]
    outcome: Literal["ready", "coverage hold", "no grant"]
    type: Literal["OutcomeReached"] = "OutcomeReached"


@document
class SubsetConfirmed:
    """The receiver's leader confirmed in writing that the purpose is still met with the subset, taken harmonised."""

    statement: str
    controllers: tuple[str, ...]
    harmonised: bool
    type: Literal["SubsetConfirmed"] = "SubsetConfirmed"


@document
class GrantCountersigned:
    """A second operator, not the preparer, countersigned the grant as it stands; deliveries may begin."""

    grant: Digest
    prepared_by: str
    type: Literal["GrantCountersigned"] = "GrantCountersigned"


@document
class CallOffWithdrawn:
    """The receiver withdrew before any grant."""

    reason: str
    type: Literal["CallOffWithdrawn"] = "CallOffWithdrawn"


@document
class CallOffEnded:
    """No further delivery: expired, all revoked, or ended early. What was delivered is due for deletion."""

    reason: EndReason
    type: Literal["CallOffEnded"] = "CallOffEnded"


@document
class CallOffClosed:
    """Every delivery is confirmed deleted: read-only from here."""

    type: Literal["CallOffClosed"] = "CallOffClosed"


CallOffEvent = (
    CallOffSubmitted
    | CallOffReturned
    | IntakeAccepted
    | FindingsRecorded
    | ExposureMeasured
    | ControllersOpened
    | OutcomeReached
    | SubsetConfirmed
    | GrantCountersigned
    | CallOffWithdrawn
    | CallOffEnded
    | CallOffClosed
)
