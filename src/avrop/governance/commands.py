"""What somebody wants to happen: commands in the imperative, one per thing that a person, or the clock, can do."""

from dataclasses import dataclass
from datetime import datetime

from avrop.canonical import Digest
from avrop.governance.accountcommands import Adhere as Adhere
from avrop.governance.accountcommands import Delegate as Delegate
from avrop.governance.accountcommands import DestroyScope as DestroyScope
from avrop.governance.accountcommands import InstructMeasuring as InstructMeasuring
from avrop.governance.accountcommands import MakeScope as MakeScope
from avrop.governance.accountcommands import PublishCatalogue as PublishCatalogue
from avrop.governance.accountcommands import RecordPersonList as RecordPersonList
from avrop.governance.accountcommands import RecordSnapshot as RecordSnapshot
from avrop.governance.accountcommands import SignAgreement as SignAgreement
from avrop.governance.accountcommands import WithdrawMeasuring as WithdrawMeasuring
from avrop.governance.command import Command as Command
from avrop.governance.keycommands import EndKey as EndKey
from avrop.governance.keycommands import Reissue as Reissue
from avrop.governance.keycommands import RenewKey as RenewKey
from avrop.governance.keycommands import ReplaceKey as ReplaceKey
from avrop.governance.purposes import CallOffVersion
from avrop.signed import Signed

# --- apply ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Submit(Command):
    """Submit a version of a call-off; also the way to narrow or widen one before it is granted."""

    version: CallOffVersion


@dataclass(frozen=True, kw_only=True, slots=True)
class WithdrawCallOff(Command):
    """Take a call-off back before it is granted."""

    reason: str


# --- assess --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordFindings(Command):
    """Record what the checks found on the current version."""

    findings: Digest
    notes: int
    questions: int
    stops: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ReturnCallOff(Command):
    """Send a call-off back to the receiver with a question."""

    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AcceptIntake(Command):
    """Take a complete call-off in for measuring."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordExposure(Command):
    """Record the measured exposure of the current version."""

    snapshot: Digest
    report: Digest
    requester_view: Digest
    controller_views: tuple[tuple[str, Digest], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenControllers(Command):
    """Ask every addressed controller to decide."""


# --- decide --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Ask(Command):
    """Put the current version before one controller; again after a new version."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Advise(Command):
    """The data protection officer's advice on what the controller was shown."""

    advice: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Decide(Command):
    """The controller's signed Decision."""

    signed: Signed


@dataclass(frozen=True, kw_only=True, slots=True)
class Lapse(Command):
    """The cut-off passed without a decision."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Revoke(Command):
    """The controller's signed Revocation."""

    signed: Signed


@dataclass(frozen=True, kw_only=True, slots=True)
class ReachOutcome(Command):
    """Every controller's case is closed: say what came of it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ConfirmSubset(Command):
    """The receiver's leader confirms that the subset that approved still serves the purpose."""

    statement: str
    harmonised: bool


# --- disclose ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Countersign(Command):
    """A second operator countersigns the grant as it stands, named by its digest."""

    grant: Digest


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanDelivery(Command):
    """Plan the next generation from today's grant and a snapshot."""

    generation: int
    snapshot: Digest


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordManifest(Command):
    """Record the signed manifest of a built generation. `built_on` is the grant's digest it was built on; `made_at` the
    moment that the manifest names."""

    signed: Signed
    made_at: datetime
    built_on: Digest
    controllers: tuple[str, ...]
    files: int
    rows: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Send(Command):
    """Hand the generation over."""

    channel: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CloseGeneration(Command):
    """Stop serving a generation that today's grant no longer covers, or whose lists are too old."""

    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DemandDeletion(Command):
    """What left must be deleted: a recall, or the end of the call-off."""

    trigger: str
    controllers: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class EndCallOff(Command):
    """No further delivery."""

    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CloseCallOff(Command):
    """Everything delivered is confirmed deleted."""


# --- receive -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class AcceptReceipt(Command):
    """The receiver's signed Receipt, and the digests that the manifest gives for its files."""

    signed: Signed


@dataclass(frozen=True, kw_only=True, slots=True)
class ConfirmDeletion(Command):
    """The receiver's signed DeletionConfirmation."""

    signed: Signed


@dataclass(frozen=True, kw_only=True, slots=True)
class RaiseAlarm(Command):
    """A receipt, or a confirmation of deletion, did not come in due time."""
