"""Assess: findings, intake, measured exposure, and the opening of the controllers' cases."""

from collections.abc import Mapping

from avrop.errors import Conflict, Refusal
from avrop.governance import commands as c
from avrop.governance import events as e
from avrop.governance.calloff import CallOffState
from avrop.governance.controllercase import APPROVING, ControllerState, ControllerStatus
from avrop.governance.facts import Facts
from avrop.governance.workdays import add_working_days


def record_findings(state: CallOffState, command: c.RecordFindings, facts: Facts) -> tuple[e.Event, ...]:
    """Findings belong to the version that stands."""
    if state.findings == command.findings or state.version is None:
        return ()
    return (
        e.FindingsRecorded(
            version=state.version,
            findings=command.findings,
            notes=command.notes,
            questions=command.questions,
            stops=command.stops,
        ),
    )


def return_call_off(state: CallOffState, command: c.ReturnCallOff, facts: Facts) -> tuple[e.Event, ...]:
    """Back to the receiver, with a reason."""
    return (e.CallOffReturned(reason=command.reason),)


def accept_intake(state: CallOffState, command: c.AcceptIntake, facts: Facts) -> tuple[e.Event, ...]:
    """Measuring is processing: only controllers with a live instruction are measured."""
    if state.findings is None:
        raise Refusal("assess.no_findings", "The checks have not run on this version.", hint="Run the checks first.")
    today = facts.now.date()
    live = {name for name in state.controllers if facts.account.controllers[name].may_measure(today)}
    return (
        e.IntakeAccepted(
            measured=tuple(name for name in state.controllers if name in live),
            unmeasured=tuple(name for name in state.controllers if name not in live),
        ),
    )


def record_exposure(state: CallOffState, command: c.RecordExposure, facts: Facts) -> tuple[e.Event, ...]:
    """Only what may be measured was measured."""
    measured = {name for name, _ in command.controller_views}
    if not measured <= set(state.measured) or state.version is None:
        raise Refusal("assess.not_instructed", "A controller was measured without a live instruction.")
    return (
        e.ExposureMeasured(
            version=state.version,
            snapshot=command.snapshot,
            report=command.report,
            requester_view=command.requester_view,
            controller_views=command.controller_views,
        ),
    )


def open_controllers(state: CallOffState, command: c.OpenControllers, facts: Facts) -> tuple[e.Event, ...]:
    """No open stop may reach the controllers; each is asked to decide its own slice plan."""
    if state.stops:
        raise Refusal(
            "assess.open_stops",
            f"{state.stops} findings stop this version.",
            hint="Return it to the receiver; a narrower version can be submitted.",
            case=facts.case,
        )
    if state.version is None or set(facts.slice_plans) != set(state.controllers):
        raise Conflict("assess.plans_incomplete", "There is not one slice plan per addressed controller.")
    return (
        e.ControllersOpened(
            version=state.version,
            slice_plans=tuple(sorted(facts.slice_plans.items())),
            cut_off=add_working_days(facts.now.date(), facts.limits.cut_off_working_days),
            preparer=facts.actor.person,
        ),
    )


def ask(state: ControllerState, command: c.Ask, facts: Facts) -> tuple[e.Event, ...]:
    """The first time it asks; after a wider version it voids; after a narrower one it asks to reaffirm."""
    call_off, controller = facts.call_off, facts.case.rsplit("/", 1)[-1]
    opened = controller in call_off.slice_plans
    if call_off.version is None or call_off.findings is None or call_off.cut_off is None or not opened:
        raise Conflict("assess.not_open", "The call-off has not been opened to the controllers.", case=facts.case)
    if state.version == call_off.version:
        return ()
    kind = _kind_of_question(state, call_off.direction)
    return (
        kind(
            version=call_off.version,
            slice_plan=call_off.slice_plans[controller],
            findings=call_off.findings,
            risk_view=call_off.controller_views.get(controller),
            cut_off=call_off.cut_off,
        ),
    )


def _kind_of_question(
    state: ControllerState, direction: str
) -> type[e.ControllerAsked] | type[e.DecisionVoided] | type[e.ReaffirmationAsked]:
    if state.status in APPROVING or state.status is ControllerStatus.REAFFIRM:
        return e.ReaffirmationAsked if direction == "narrower" else e.DecisionVoided
    return e.ControllerAsked


TRANSITIONS: Mapping[type[c.Command], object] = {
    c.RecordFindings: record_findings,
    c.ReturnCallOff: return_call_off,
    c.AcceptIntake: accept_intake,
    c.RecordExposure: record_exposure,
    c.OpenControllers: open_controllers,
    c.Ask: ask,
}
