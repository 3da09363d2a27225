"""The facts a transition reads: plain data, loaded and computed before it, so that the transition itself is pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from avrop.actors import Actor
from avrop.canonical import Digest
from avrop.governance.agreements import AccountState
from avrop.governance.calloff import CallOffState
from avrop.governance.controllercase import ControllerState
from avrop.governance.delivery import DeliveryState
from avrop.governance.grants import Grant
from avrop.governance.policy import Policy


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is true when a command is handled.

    `case` is the case's id; `call_off` and `cases` the states around it; `direction` how a submitted version compares
    with the one before; `slice_plans` the digests compiled now from the current version (under the decision's own terms
    when a decision is handled); `grant` today's; `file_digests` what the manifest says of its files; `lists_changed`
    whether a list of people to leave out is another one now than when the generation was built.
    """

    now: datetime
    actor: Actor
    case: str
    account: AccountState
    policy: Policy | None = None
    call_off: CallOffState = field(default_factory=CallOffState)
    cases: Mapping[str, ControllerState] = field(default_factory=dict)
    deliveries: Mapping[str, DeliveryState] = field(default_factory=dict)
    direction: str = "first"
    slice_plans: Mapping[str, Digest] = field(default_factory=dict)
    grant: Grant | None = None
    file_digests: tuple[tuple[str, Digest], ...] = ()
    lists_changed: bool = False

    @property
    def limits(self) -> Policy:
        """The policy in force; a case cannot exist without one."""
        if self.policy is None:
            raise LookupError("no policy is in force")
        return self.policy
