"""What comes next in each state of each machine: the hint of a refusal, in the words of the prompt."""

from collections.abc import Mapping

from avrop.governance.calloff import CallOffStatus as S
from avrop.governance.controllercase import ControllerStatus as K
from avrop.governance.delivery import DeliveryStatus as D

_REVOKE = "It is decided. The controller can take it back: `avrop decide revoke`."
_CLOSED_CASE = "It is answered for this version; only another version is put before the controller again."
_OVER = "It is over. Another call-off needs another reference."

NEXT: Mapping[str, Mapping[str, str]] = {
    "account": {
        "none": "Put the framework agreement in force first: `avrop account sign-agreement`.",
        "in force": "The framework agreement is in force.",
    },
    "call-off": {
        S.NONE: "There is no such call-off yet. The receiver submits it: `avrop apply submit`.",
        S.SUBMITTED: "Take it in, `avrop assess accept`, or send it back, `avrop assess return`.",
        S.RETURNED: "The receiver submits another version: `avrop apply submit`.",
        S.MEASURING: "Exposure is being measured: `avrop work` does what waits.",
        S.ASSESSING: "Ask the controllers, `avrop assess open`, or send it back, `avrop assess return`.",
        S.WITH_CONTROLLERS: "It is with the controllers, until each has answered or the time limit has passed.",
        S.OUTCOME_READY: "The receiver's leader confirms that the subset serves the purpose: `avrop decide confirm`.",
        S.COVERAGE_HOLD: "Too few approved. The receiver submits another version or withdraws: `avrop apply withdraw`.",
        S.NO_GRANT: _OVER,
        S.GRANTED: "A second operator countersigns the grant: `avrop disclose countersign`.",
        S.ACTIVE: "Deliver: `avrop disclose build`.",
        S.ENDING: "It closes when everything that was delivered is confirmed deleted: `avrop receive duties`.",
        S.CLOSED: _OVER,
        S.WITHDRAWN: _OVER,
    },
    "controller case": {
        K.NONE: "The controller has not been asked: `avrop assess open`.",
        K.ASKED: "The controller answers: `avrop decide draft`.",
        K.REAFFIRM: "The call-off was narrowed; the controller answers again: `avrop decide draft`.",
        K.APPROVED: _REVOKE,
        K.APPROVED_CONDITIONS: _REVOKE,
        K.APPROVED_PART: _REVOKE,
        K.REJECTED: _CLOSED_CASE,
        K.LAPSED: _CLOSED_CASE,
        K.REVOKED: "The controller took it back, and stays out.",
    },
    "delivery": {
        D.NONE: "There is no such delivery yet. Plan and build one: `avrop disclose build`.",
        D.PLANNED: "It is being built: `avrop work` does what waits.",
        D.MANIFESTED: "Hand it over: `avrop disclose send`.",
        D.SENT: "The receiver takes it in, `avrop receive take`, and its receipt is recorded, "
        "`avrop receive acknowledge`.",
        D.RECEIPTED: "It was received. Nothing is due until it must be deleted.",
        D.DELETION_DUE: "The receiver deletes it, `avrop receive delete`, and the confirmation is recorded, "
        "`avrop receive confirm`.",
        D.DELETED: "It is confirmed deleted.",
        D.CLOSED_UNSENT: "It was closed before it was handed over. Build another: `avrop disclose build`.",
    },
}
"""One sentence per machine and state."""
