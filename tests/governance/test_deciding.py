"""A decision holds only if the controller itself made it, on what stands, sealed to exactly what would run."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from avrop.actors import CLOCK, OrganisationId, Role
from avrop.canonical import digest
from avrop.errors import AvropError, Conflict, Mistake, Refusal, Tampered
from avrop.governance import commands as c
from avrop.governance.controllercase import ControllerStatus
from avrop.governance.grants import slice_is_valid
from avrop.governance.slices import Coarsening, SliceTerms
from tests.governance.world import CONTROLLERS, CUSTODIAN, KEYS, OPERATOR, REF, World, decider, version, wanted


def _decide(world: World, actor, made, *, key: str = "A") -> None:
    world.do(actor, f"{REF}/A", c.Decide(signed=KEYS[key].sign("decision", made)))


def test_a_controller_decides_for_itself(asked: World) -> None:
    asked.decide("A")
    assert asked.case("A").status is ControllerStatus.APPROVED
    assert asked.case("A").slice_plan == asked.plan("A")


@pytest.mark.parametrize(
    "actor",
    [
        decider("B"),
        OPERATOR,
        replace(OPERATOR, organisation=OrganisationId("A")),
        replace(decider("A"), role=Role.DPO),
        replace(decider("A"), role=Role.CASE_HANDLER),
        CUSTODIAN,
        CLOCK,
    ],
    ids=["another", "processor", "operator as A", "A's officer", "A's handler", "receiver", "clock"],
)
def test_nobody_else_decides_for_a_controller(asked: World, actor) -> None:
    with pytest.raises(Refusal) as no:
        _decide(asked, actor, asked.decision("A", decided_by=actor.person))
    assert no.value.code in ("rules.organisation", "rules.role")
    assert asked.case("A").status is ControllerStatus.ASKED


def test_another_key_than_the_controllers_own_is_refused(asked: World) -> None:
    for key in ("B", "provider", "receiver"):
        with pytest.raises(Refusal) as no:
            _decide(asked, decider("A"), asked.decision("A"), key=key)
        assert no.value.code == "decision.signature"


def test_one_kind_of_signed_document_never_passes_for_another(asked: World) -> None:
    signed = KEYS["A"].sign("revocation", asked.decision("A"))
    with pytest.raises(Refusal):
        asked.do(decider("A"), f"{REF}/A", c.Decide(signed=replace(signed, kind="decision")))


def test_a_person_without_delegated_authority_today_is_refused(asked: World) -> None:
    stranger = replace(decider("A"), person="x@A")
    with pytest.raises(Refusal) as no:
        _decide(asked, stranger, asked.decision("A", decided_by="x@A"))
    assert no.value.code == "decision.no_authority"


def test_a_decision_on_a_stale_version_is_a_conflict(asked: World) -> None:
    stale = asked.decision("A")
    asked.submit(version(2, retention=replace(version().retention, until=date(2027, 1, 1))))
    asked.ask_all()
    with pytest.raises(Conflict) as no:
        _decide(asked, decider("A"), stale)
    assert no.value.code == "decision.stale"


def test_a_decision_sealed_to_another_plan_is_refused(asked: World) -> None:
    terms = SliceTerms(coarsen=(Coarsening(dataset="EVENTS", variable="CODE", level="two"),))
    with pytest.raises(Tampered) as no:
        _decide(asked, decider("A"), asked.decision("A", slice_plan=asked.plan("A", terms)))
    assert no.value.code == "decision.plan_differs"


def test_a_decision_on_less_than_what_the_case_holds_is_a_conflict(asked: World) -> None:
    with pytest.raises(Conflict) as no:
        _decide(asked, decider("A"), asked.decision("A", seen=asked.case("A").seen[:1]))
    assert no.value.code == "decision.seen"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"outcome": "rejected"}, "decision.reasons"),
        ({"outcome": "approved with conditions"}, "decision.outcome"),
        ({"conditions": ("No maps.",)}, "decision.outcome"),
        ({"valid_to": date(2030, 1, 1)}, "decision.validity"),
        ({"valid_from": date(2026, 12, 1), "valid_to": date(2026, 12, 31)}, "decision.validity"),
    ],
)
def test_an_unsound_decision_is_a_mistake(asked: World, changes: dict, code: str) -> None:
    with pytest.raises(Mistake) as no:
        _decide(asked, decider("A"), asked.decision("A", **changes))
    assert no.value.code == code


def test_after_the_time_limit_nothing_can_be_decided(asked: World) -> None:
    asked.now += timedelta(days=60)
    with pytest.raises(AvropError) as no:
        _decide(asked, decider("A"), asked.decision("A"))
    assert no.value.code == "decision.too_late"


def test_terms_can_only_narrow(asked: World) -> None:
    finer = SliceTerms(coarsen=(Coarsening(dataset="EVENTS", variable="CODE", level="full"),))
    with pytest.raises(Mistake) as no:
        asked.plan("A", finer)
    assert no.value.code == "plan.terms_widen"


def test_silence_lapses_and_never_approves(asked: World) -> None:
    with pytest.raises(Refusal):
        asked.do(CLOCK, f"{REF}/A", c.Lapse())
    asked.now += timedelta(days=60)
    asked.do(CLOCK, f"{REF}/A", c.Lapse())
    assert asked.case("A").status is ControllerStatus.LAPSED


def test_the_preparer_cannot_countersign(asked: World) -> None:
    for name in CONTROLLERS:
        asked.decide(name)
    asked.do(CLOCK, REF, c.ReachOutcome())
    leader = replace(CUSTODIAN, person="leader", role=Role.LEADER)
    asked.do(leader, REF, c.ConfirmSubset(statement="Enough.", harmonised=True))
    with pytest.raises(Refusal) as no:
        asked.do(OPERATOR, REF, c.Countersign(grant=digest(asked.grant())))
    assert no.value.code == "grant.same_operator"


def test_a_variable_more_is_a_wider_request_and_voids(active_before_grant: World) -> None:
    world = active_before_grant
    world.submit(version(2, variables=(wanted("CODE", "four"), wanted("EXTRA"))))
    world.ask_all()
    assert {world.case(name).status for name in CONTROLLERS} == {ControllerStatus.ASKED}
    assert all(world.events[f"{REF}/{name}"][-1].type == "DecisionVoided" for name in CONTROLLERS)


def test_a_coarser_request_asks_to_reaffirm_and_voids_nothing_without_notice(active_before_grant: World) -> None:
    world = active_before_grant
    world.submit(version(2, variables=(wanted("CODE", "two"),)))
    world.ask_all()
    assert {world.case(name).status for name in CONTROLLERS} == {ControllerStatus.REAFFIRM}
    assert all(world.events[f"{REF}/{name}"][-1].type == "ReaffirmationAsked" for name in CONTROLLERS)


def test_another_purpose_is_a_wider_request_even_with_less_data(active_before_grant: World) -> None:
    world = active_before_grant
    purpose = replace(version().purpose, statement="To know something else entirely, about whoever is in there.")
    world.submit(version(2, purpose=purpose, variables=(wanted("CODE", "two"),)))
    world.ask_all()
    assert all(world.events[f"{REF}/{name}"][-1].type == "DecisionVoided" for name in CONTROLLERS)


def test_a_wider_version_that_nobody_saw_still_counts(active_before_grant: World) -> None:
    """Wider, then narrower again before the controllers are asked: together it is wider than what they approved."""
    world = active_before_grant
    world.submit(version(2, variables=(wanted("CODE", "full"), wanted("EXTRA"))))
    world.submit(version(3, variables=(wanted("CODE", "full"),)))
    world.ask_all()
    assert all(world.events[f"{REF}/{name}"][-1].type == "DecisionVoided" for name in CONTROLLERS)


def test_an_approval_of_an_older_version_neither_closes_the_outcome_nor_enters_a_grant(
    active_before_grant: World,
) -> None:
    """The controllers are opened anew, and one of them has not been asked yet: what it said before does not count."""
    world = active_before_grant
    world.submit(version(2, variables=(wanted("CODE", "four"), wanted("EXTRA"))))
    world.do(OPERATOR, REF, c.RecordFindings(findings=digest([]), notes=0, questions=0, stops=0))
    world.do(OPERATOR, REF, c.AcceptIntake())
    measured = c.RecordExposure(
        snapshot=digest([0]), report=digest([1]), requester_view=digest([2]), controller_views=()
    )
    world.do(OPERATOR, REF, measured)
    world.do(OPERATOR, REF, c.OpenControllers())
    assert world.case("A").status is ControllerStatus.APPROVED
    with pytest.raises(Refusal) as no:
        world.do(CLOCK, REF, c.ReachOutcome())
    assert no.value.code == "outcome.open_cases"
    assert not slice_is_valid(world.call_off, world.case("A"), today=world.now.date())


@pytest.fixture
def active_before_grant(asked: World) -> World:
    for name in CONTROLLERS:
        asked.decide(name)
    return asked
