"""Where a call-off stands, as the one who asks may see it: the parties see the whole, a controller its own case."""

from sqlalchemy import Connection

from avrop.accounts.timeline import Line
from avrop.actions import account
from avrop.actions import facts as f
from avrop.actors import Actor
from avrop.canonical import document
from avrop.errors import Missing
from avrop.governance.calloff import CallOffState, CallOffStatus
from avrop.governance.cases import machine
from avrop.governance.controllercase import ControllerState
from avrop.governance.delivery import DeliveryState
from avrop.store import db
from avrop.system import System


@document
class CaseStanding:
    """One controller's case."""

    controller: str
    status: str
    slice_plan: str | None
    decision: str | None
    cut_off: str | None


@document
class DeliveryStanding:
    """One delivery."""

    delivery: str
    generation: int
    status: str
    open: bool
    manifest: str | None
    receipt: str | None
    deletion_due: str | None


@document
class Standing:
    """A call-off: which version stands, what was found, the cases and the deliveries."""

    reference: str
    status: str
    number: int
    version: str | None
    stops: int
    checked: bool
    cut_off: str | None
    cases: tuple[CaseStanding, ...]
    deliveries: tuple[DeliveryStanding, ...]


def show(system: System, actor: Actor, reference: str) -> Standing:
    """Where it stands. A controller's people see their own controller's case only. Errors: `call_off.unknown`."""
    with db.transaction(system.database) as connection:
        state = _seen(connection, actor, reference)
        cases = f.controller_cases(connection, reference, state.controllers)
        deliveries = f.deliveries(connection, reference)
        parties = _parties(connection)
    mine = cases if actor.organisation in parties else {actor.organisation: cases[actor.organisation]}
    return Standing(
        reference=reference,
        status=state.status.value,
        number=state.number,
        version=state.version,
        stops=state.stops,
        checked=state.findings is not None,
        cut_off=_text(state.cut_off),
        cases=tuple(_case(name, case) for name, case in mine.items()),
        deliveries=tuple(_delivery(name, x) for name, x in deliveries.items()),
    )


def timeline(system: System, actor: Actor, reference: str) -> tuple[Line, ...]:
    """What happened in it, as `show` lets the asker see its cases."""
    with db.transaction(system.database) as connection:
        state = _seen(connection, actor, reference)
        whole = actor.organisation in _parties(connection)
    others = {f"{reference}/{name}" for name in state.controllers if not whole and name != actor.organisation}
    return tuple(line for line in account.show_timeline(system, reference) if line.case not in others)


def require_party(system: System, actor: Actor, reference: str) -> None:
    """Refuse whoever is neither provider, receiver nor an addressed controller, as if there were no such call-off.

    Errors: `call_off.unknown` (Missing).
    """
    with db.transaction(system.database) as connection:
        _seen(connection, actor, reference)


def require_any_party(system: System, actor: Actor) -> None:
    """Refuse whoever is of no organisation of the agreement. Errors: `account.unknown` (Missing)."""
    with db.transaction(system.database) as connection:
        standing = f.account(connection)
        known = {*_parties(connection), *standing.controllers}
    if actor.organisation not in known:
        raise Missing("account.unknown", "There is no account of yours here.", hint="Adhere to the agreement first.")


def _seen(connection: Connection, actor: Actor, reference: str) -> CallOffState:
    state = f.call_off(connection, reference) if machine(reference) == "call-off" else CallOffState()
    if state.status is CallOffStatus.NONE or actor.organisation not in {*_parties(connection), *state.controllers}:
        raise Missing(
            "call_off.unknown", "There is no such call-off.", hint="See `avrop account register`.", case=reference
        )
    return state


def _parties(connection: Connection) -> frozenset[str]:
    agreement = f.account(connection).agreement
    return frozenset() if agreement is None else frozenset({agreement.provider, agreement.receiver})


def _case(name: str, case: ControllerState) -> CaseStanding:
    return CaseStanding(
        controller=name, status=case.status.value, slice_plan=case.slice_plan or case.asked_plan,
        decision=case.decision, cut_off=_text(case.cut_off),
    )  # fmt: skip


def _delivery(name: str, state: DeliveryState) -> DeliveryStanding:
    return DeliveryStanding(
        delivery=name,
        generation=state.generation,
        status=state.status.value,
        open=state.open,
        manifest=state.manifest,
        receipt=state.receipt,
        deletion_due=_text(state.deletion_due),
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)
