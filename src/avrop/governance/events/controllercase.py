"""What has happened in one controller's case."""

from datetime import date
from typing import Literal

from avrop.canonical import Digest, document

AdviceKind = Literal["no remark", "remarks", "advises against"]


@document
class ControllerAsked:
    """The controller is asked to decide on this version and slice plan before the cut-off."""

    version: Digest
    slice_plan: Digest
    findings: Digest
    risk_view: Digest | None
    cut_off: date
    type: Literal["ControllerAsked"] = "ControllerAsked"


@document
class AdviceGiven:
    """The data protection officer's advice on what was seen; advice is not a decision."""

    seen: Digest
    advice: AdviceKind
    text: str
    type: Literal["AdviceGiven"] = "AdviceGiven"


@document
class ControllerDecided:
    """The controller decided; `decision` is the digest of the Signed decision document, sealed to `slice_plan`."""

    decision: Digest
    outcome: Literal["approved", "approved with conditions", "approved in part", "rejected"]
    version: Digest
    slice_plan: Digest
    valid_to: date
    type: Literal["ControllerDecided"] = "ControllerDecided"


@document
class ControllerLapsed:
    """No decision before the cut-off: the controller is left out. Silence never approves."""

    cut_off: date
    type: Literal["ControllerLapsed"] = "ControllerLapsed"


@document
class DecisionVoided:
    """The request widened after the decision: it no longer holds, the case is open again."""

    version: Digest
    slice_plan: Digest
    findings: Digest
    risk_view: Digest | None
    cut_off: date
    type: Literal["DecisionVoided"] = "DecisionVoided"


@document
class ReaffirmationAsked:
    """The request narrowed after the decision: the controller is told, and must reaffirm before it holds again."""

    version: Digest
    slice_plan: Digest
    findings: Digest
    risk_view: Digest | None
    cut_off: date
    type: Literal["ReaffirmationAsked"] = "ReaffirmationAsked"


@document
class SliceRevoked:
    """The controller revoked: nothing of it is built or served from now. With recall, what left must be deleted."""

    reason: str
    recall: bool
    revocation: Digest
    type: Literal["SliceRevoked"] = "SliceRevoked"


ControllerEvent = (
    ControllerAsked
    | AdviceGiven
    | ControllerDecided
    | ControllerLapsed
    | DecisionVoided
    | ReaffirmationAsked
    | SliceRevoked
)
