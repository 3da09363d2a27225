"""Every no of the transitions: the smallest history that has it, and the code that it is told with.

`docs/mutations.md` names, for each check, what was changed in the code to see its row fail.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from avrop.actors import CLOCK, OrganisationId, PersonId
from avrop.canonical import digest
from avrop.errors import AvropError
from avrop.governance import commands as c
from avrop.governance import purposes as p
from avrop.governance.cases import ACCOUNT
from avrop.governance.events import CataloguePublished
from avrop.governance.rules import RULES
from tests.governance.histories import officer
from tests.governance.world import (
    APPLICANT,
    CATALOGUE,
    CONTROLLERS,
    KEYS,
    LEADER,
    OPERATOR,
    POLICY,
    REF,
    RULE,
    SECOND,
    World,
    decider,
    version,
    wanted,
)

NO = digest(["nothing of the kind"])
Attempt = Callable[[World], object]
OTHER = replace(decider("A"), person=PersonId("x@A"))
"""Another person of A."""


def refused(world: World, attempt: Attempt) -> str:
    """The code that it is refused with; nothing happens then in the case of a controller or a delivery."""
    before = recorded(world)
    with pytest.raises(AvropError) as no:
        attempt(world)
    assert recorded(world) == before
    return no.value.code


def recorded(world: World) -> dict[str, int]:
    """How much happened in each case under the call-off; an attempt may prepare itself in the call-off and account."""
    return {name: len(happened) for name, happened in world.events.items() if "/" in name and happened}


def delegate(world: World, person: str) -> None:
    world.do(OPERATOR, ACCOUNT, c.Delegate(
        controller="A", person=person, valid_from=date(2026, 1, 1), valid_to=date(2027, 1, 1),
    ))  # fmt: skip


def as_other(world: World) -> None:
    """A decision that one person of A made, handed in by another of A; both may decide."""
    delegate(world, OTHER.person)
    signed = KEYS["A"].sign("decision", world.decision("A"))
    world.do(OTHER, f"{REF}/A", c.Decide(signed=signed))


def on_an_older_version(world: World) -> None:
    """The next version is opened to the controllers, and A was not asked about it yet."""
    world.submit(version(2, variables=(wanted("CODE", "two"),)))
    world.open()
    world.decide("A")


def after_a_withdrawal(world: World) -> None:
    world.do(APPLICANT, REF, c.WithdrawCallOff(reason="Not needed."))
    world.decide("A")


ASKED: list[tuple[str, Attempt, str]] = [
    ("a decision of another call-off", lambda w: w.decide("A", w.decision("A", call_off="2026-002")), "decision.other_case"),
    ("a decision of another controller", lambda w: w.decide("A", w.decision("A", controller="B")), "decision.other_case"),
    ("a decision handed in by another than made it", as_other, "decision.other_case"),
    ("a decision after the call-off was withdrawn", after_a_withdrawal, "decision.closed"),
    ("a decision on the version asked, when the next one stands", on_an_older_version, "decision.stale"),
    (
        "advice of no known kind",
        lambda w: w.do(officer("A"), f"{REF}/A", c.Advise(advice="approved", text="x")),
        "advice.unknown",
    ),
    ("a revocation of what was not approved", lambda w: w.revoke("A"), "rules.state"),
]  # fmt: skip


@pytest.mark.parametrize(("attempt", "code"), [x[1:] for x in ASKED], ids=[x[0] for x in ASKED])
def test_a_controller_that_was_asked_cannot(asked: World, attempt: Attempt, code: str) -> None:
    assert refused(asked, attempt) == code


def revoked_by(world: World, key: str) -> None:
    world.do(decider("A"), f"{REF}/A", c.Revoke(signed=KEYS[key].sign("revocation", world.revocation("A"))))


def without_authority(world: World) -> None:
    made = world.revocation("A", decided_by=OTHER.person)
    world.do(OTHER, f"{REF}/A", c.Revoke(signed=KEYS["A"].sign("revocation", made)))


def revoked_for_another(world: World) -> None:
    delegate(world, OTHER.person)
    world.do(OTHER, f"{REF}/A", c.Revoke(signed=KEYS["A"].sign("revocation", world.revocation("A"))))


def countersign(world: World, grant: str) -> None:
    world.do(SECOND, REF, c.Countersign(grant=grant))  # type: ignore[arg-type]


ACTIVE: list[tuple[str, Attempt, str]] = [
    ("a revocation by another controller's key", lambda w: revoked_by(w, "B"), "revocation.signature"),
    ("a revocation by the provider's key", lambda w: revoked_by(w, "provider"), "revocation.signature"),
    ("a revocation without authority", without_authority, "decision.no_authority"),
    ("a revocation handed in by another than made it", revoked_for_another, "decision.other_case"),
    ("a revocation of another call-off", lambda w: w.revoke("A", w.revocation("A", call_off="x")), "decision.other_case"),
    ("a revocation of another decision", lambda w: w.revoke("A", w.revocation("A", decision=NO)), "revocation.decision"),
]  # fmt: skip


@pytest.mark.parametrize(("attempt", "code"), [x[1:] for x in ACTIVE], ids=[x[0] for x in ACTIVE])
def test_a_controller_that_approved_cannot(active: World, attempt: Attempt, code: str) -> None:
    assert refused(active, attempt) == code


def confirmed(world: World) -> World:
    """All three approved, and the leader confirmed."""
    for name in CONTROLLERS:
        world.decide(name)
    world.do(CLOCK, REF, c.ReachOutcome())
    world.do(LEADER, REF, c.ConfirmSubset(statement="Still enough.", harmonised=True))
    return world


def test_a_confirmation_says_why(asked: World) -> None:
    for name in CONTROLLERS:
        asked.decide(name)
    asked.do(CLOCK, REF, c.ReachOutcome())
    for empty in ("", " \n"):
        confirm = c.ConfirmSubset(statement=empty, harmonised=True)
        assert refused(asked, lambda w, said=confirm: w.do(LEADER, REF, said)) == "confirmation.statement"


@pytest.mark.parametrize(("approving", "outcome"), [(3, "ready"), (2, "ready"), (1, "coverage hold"), (0, "no grant")])
def test_too_few_for_the_purpose_hold_the_call_off(approving: int, outcome: str) -> None:
    """The call-off says that two are needed. What is held cannot be confirmed."""
    world = World().begin()
    world.submit(version(coverage=p.Coverage(minimum_controllers=2, consequence="nothing")))
    world.ask_all()
    for number, name in enumerate(CONTROLLERS):
        said = {} if number < approving else {"outcome": "rejected", "reasons": "No."}
        world.decide(name, world.decision(name, **said))
    (reached,) = world.do(CLOCK, REF, c.ReachOutcome())
    assert reached.outcome == outcome
    if outcome != "ready":
        confirm = c.ConfirmSubset(statement="Enough.", harmonised=True)
        assert refused(world, lambda w: w.do(LEADER, REF, confirm)) == "rules.state"


def test_a_grant_that_was_not_looked_at_is_not_countersigned(asked: World) -> None:
    """One controller revoked between the look and the signature."""
    world = confirmed(asked)
    seen = digest(world.grant())
    world.revoke("C")
    assert refused(world, lambda w: countersign(w, seen)) == "grant.differs"
    assert refused(world, lambda w: countersign(w, NO)) == "grant.differs"
    countersign(world, digest(world.grant()))


def test_nothing_is_planned_before_a_second_operator_countersigned(asked: World) -> None:
    assert refused(confirmed(asked), lambda w: w.plan_delivery()) == "delivery.not_active"


def record(world: World, case: str, grant: str) -> None:
    world.do(OPERATOR, case, world.manifest(built_on=grant))  # type: ignore[arg-type]


def test_what_was_planned_on_one_grant_is_not_recorded_on_the_next(active: World) -> None:
    """It says that it was built on today's grant; it was planned on yesterday's, with one controller more."""
    case = active.plan_delivery()
    active.revoke("A")
    assert refused(active, lambda w: record(w, case, digest(w.grant()))) == "delivery.grant_changed"


def a_day_later(world: World) -> None:
    world.now += timedelta(hours=25)


def test_nothing_is_recorded_or_handed_over_with_lists_that_became_old(active: World) -> None:
    case = active.plan_delivery()
    a_day_later(active)
    assert refused(active, lambda w: record(w, case, digest(w.grant()))) == "lists.stale"
    active.refresh_lists()
    record(active, case, digest(active.grant()))
    a_day_later(active)
    assert refused(active, lambda w: w.do(OPERATOR, case, c.Send(channel="folder"))) == "lists.stale"
    active.refresh_lists()
    active.do(OPERATOR, case, c.Send(channel="folder"))


def test_what_was_closed_is_not_handed_over_again_though_the_grant_is_the_same(active: World) -> None:
    case = active.send_first()
    active.do(CLOCK, case, c.CloseGeneration(reason="the lists were too old"))
    assert refused(active, lambda w: w.do(OPERATOR, case, c.Send(channel="folder"))) == "delivery.closed"


def test_the_key_of_a_destroyed_scope_is_not_made_again(active: World) -> None:
    active.do(OPERATOR, ACCOUNT, c.MakeScope(scope=REF))
    active.do(OPERATOR, ACCOUNT, c.DestroyScope(scope=REF))
    assert refused(active, lambda w: w.do(OPERATOR, ACCOUNT, c.MakeScope(scope=REF))) == "scope.destroyed"


# --- assess ---


def findings(world: World, *, stops: int = 0) -> None:
    world.do(OPERATOR, REF, c.RecordFindings(findings=digest([stops]), notes=0, questions=0, stops=stops))


@pytest.fixture
def submitted() -> World:
    world = World().begin()
    world.submit(version())
    return world


def test_only_those_with_a_live_instruction_are_measured(submitted: World) -> None:
    """B took its instruction back; C's has ended; what was measured of either is not recorded."""
    submitted.do(decider("B"), ACCOUNT, c.WithdrawMeasuring(controller="B"))
    ends = submitted.now.date() + timedelta(days=1)
    submitted.do(decider("C"), ACCOUNT, c.InstructMeasuring(controller="C", valid_to=ends))
    submitted.now += timedelta(days=1)
    findings(submitted)
    (taken,) = submitted.do(OPERATOR, REF, c.AcceptIntake())
    assert (taken.measured, taken.unmeasured) == (("A",), ("B", "C"))
    for others in (("A", "B"), ("C",)):
        measured = submitted.exposure(*others)
        assert refused(submitted, lambda w, x=measured: w.do(OPERATOR, REF, x)) == "assess.not_instructed"
    submitted.do(OPERATOR, REF, submitted.exposure("A"))


def test_a_version_with_an_open_stop_reaches_no_controller(submitted: World) -> None:
    findings(submitted, stops=1)
    submitted.do(OPERATOR, REF, c.AcceptIntake())
    submitted.do(OPERATOR, REF, submitted.exposure())
    assert refused(submitted, lambda w: w.do(OPERATOR, REF, c.OpenControllers())) == "assess.open_stops"


def test_no_controller_is_asked_before_the_version_is_opened_to_it(asked: World) -> None:
    """The next version has its findings, and the plans of the one before are gone."""
    asked.submit(version(2, variables=(wanted("CODE", "two"),)))
    assert refused(asked, lambda w: w.do(OPERATOR, f"{REF}/A", c.Ask())) == "assess.not_open"
    findings(asked)
    assert refused(asked, lambda w: w.do(OPERATOR, f"{REF}/A", c.Ask())) == "assess.not_open"


@pytest.mark.parametrize(
    ("third", "told"),
    [
        (version(3, variables=(wanted("CODE", "two"),), retention=replace(version().retention, until=date(2027, 1, 1))), "ReaffirmationAsked"),
        (version(3, variables=(wanted("CODE", "four"),)), "DecisionVoided"),
    ],
    ids=["narrower again", "wider again"],
)  # fmt: skip
def test_a_controller_that_has_not_reaffirmed_yet_is_told_again(
    asked: World, third: p.CallOffVersion, told: str
) -> None:
    for name in CONTROLLERS:
        asked.decide(name)
    asked.submit(version(2, variables=(wanted("CODE", "two"),)))
    asked.ask_all()
    asked.submit(third)
    asked.ask_all()
    assert [event.type for event in asked.events[f"{REF}/A"]][-2:] == ["ReaffirmationAsked", told]


# --- receive ---

RECEIPTS = [
    ("other files", {"files": (("d.parquet", NO),)}, "receipt.differs"),
    ("no files", {"files": ()}, "receipt.differs"),
    ("another manifest", {"manifest": NO}, "receipt.other_delivery"),
    ("another delivery", {"delivery": f"{REF}/delivery/2"}, "receipt.other_delivery"),
]


@pytest.mark.parametrize(("changes", "code"), [x[1:] for x in RECEIPTS], ids=[x[0] for x in RECEIPTS])
def test_a_receipt_for_something_else_is_refused(active: World, changes: dict, code: str) -> None:
    case = active.send_first()
    assert refused(active, lambda w: w.accept(case, w.receipt(case, **changes))) == code
    assert refused(active, lambda w: w.accept(case, key="provider")) == "receipt.signature"
    active.accept(case)


def test_a_confirmation_of_deletion_for_something_else_or_by_another_is_refused(active: World) -> None:
    case = active.send_first()
    active.demand_deletion(case)
    for changes in ({"manifest": NO}, {"delivery": f"{REF}/delivery/2"}):
        said = active.deletion(case, **changes)
        assert refused(active, lambda w, x=said: w.confirm_deletion(case, x)) == "deletion.other_delivery"
    for key in ("provider", "A"):
        assert refused(active, lambda w, x=key: w.confirm_deletion(case, key=x)) == "deletion.signature"
    active.confirm_deletion(case)


def raise_alarm(world: World, case: str) -> object:
    return world.do(CLOCK, case, c.RaiseAlarm())


def test_deletion_is_not_demanded_of_what_is_still_served(active: World) -> None:
    case = active.send_first()
    demand = c.DemandDeletion(trigger="grant ended", controllers=CONTROLLERS)
    assert refused(active, lambda w: w.do(CLOCK, case, demand)) == "delivery.open"
    active.do(CLOCK, case, c.CloseGeneration(reason="the grant ended"))
    assert [x.type for x in active.do(CLOCK, case, demand)] == ["DeletionDue"]


def test_what_is_read_by_variable_has_no_receipt_to_wait_for(active: World) -> None:
    case = active.build_first()
    active.do(OPERATOR, case, c.Send(channel="csv"))
    active.now += timedelta(days=POLICY.receipt_due_days + 1)
    assert refused(active, lambda w: raise_alarm(w, case)) == "alarm.not_due"


def test_after_the_receipt_one_variable_may_be_handed_over_and_not_the_whole_again(active: World) -> None:
    case = active.send_first()
    active.accept(case)
    for channel in ("folder", "package"):
        assert refused(active, lambda w, x=channel: w.do(OPERATOR, case, c.Send(channel=x))) == "delivery.receipted"
    active.do(OPERATOR, case, c.Send(channel="dataset BIRTH_DATE"))
    assert refused(active, lambda w: raise_alarm(w, case)) == "rules.state"
    active.demand_deletion(case)


def test_an_alarm_is_raised_on_the_day_after_the_last_one_and_not_on_it(active: World) -> None:
    case = active.send_first()
    active.now += timedelta(days=POLICY.receipt_due_days)
    assert refused(active, lambda w: raise_alarm(w, case)) == "alarm.not_due"
    active.now += timedelta(days=1)
    assert [x.what for x in raise_alarm(active, case)] == ["receipt overdue"]
    active.demand_deletion(case)
    active.now += timedelta(days=POLICY.deletion_due_days)
    assert refused(active, lambda w: raise_alarm(w, case)) == "alarm.not_due"
    active.now += timedelta(days=1)
    assert [x.what for x in raise_alarm(active, case)] == ["deletion overdue"]


def test_a_call_off_is_not_closed_while_something_that_left_is_there(active: World) -> None:
    case = active.send_first()
    for name in CONTROLLERS:
        active.revoke(name)
    active.do(CLOCK, case, c.CloseGeneration(reason="not covered"))
    active.do(CLOCK, REF, c.EndCallOff(reason="all revoked"))
    close = c.CloseCallOff()
    assert refused(active, lambda w: w.do(CLOCK, REF, close)) == "call_off.not_deleted"
    active.demand_deletion(case)
    assert refused(active, lambda w: w.do(CLOCK, REF, close)) == "call_off.not_deleted"
    active.confirm_deletion(case)
    active.do(CLOCK, REF, close)


# --- account, apply, publish ---


def agreement(**changes: str) -> c.SignAgreement:
    sound = c.SignAgreement(
        provider="provider", provider_name="P", provider_key=KEYS["provider"].public, receiver="receiver",
        receiver_name="R", receiver_key=KEYS["receiver"].public, policy=digest(POLICY), rule=digest(RULE),
        general_purpose="statistics",
    )  # fmt: skip
    return replace(sound, **changes)


AGREEMENTS = [
    ({"receiver": "other"}, "agreement.parties"),
    ({"provider_key": KEYS["A"].public}, "agreement.key_differs"),
    ({"receiver_key": KEYS["A"].public}, "agreement.key_differs"),
]


@pytest.mark.parametrize(("changes", "code"), AGREEMENTS, ids=["receiver", "provider's key", "receiver's key"])
def test_an_agreement_keeps_its_parties_and_their_keys(changes: dict[str, str], code: str) -> None:
    world = World().begin()
    assert refused(world, lambda w: w.do(OPERATOR, ACCOUNT, agreement(**changes))) == code
    assert world.do(OPERATOR, ACCOUNT, agreement()) == ()


def test_a_controllers_own_key_is_not_taken_over_by_a_second_adhesion() -> None:
    again = c.Adhere(controller="A", name="A", public_key=KEYS["B"].public, competent_body="Council")
    assert refused(World().begin(), lambda w: w.do(OPERATOR, ACCOUNT, again)) == "agreement.key_differs"


def test_a_call_off_addresses_only_controllers_that_adhered() -> None:
    asked = version(controllers=(*version().controllers, OrganisationId("D")))
    assert refused(World().begin(), lambda w: w.submit(asked)) == "call_off.not_adhered"


def test_other_content_under_a_published_version_is_refused_and_an_older_log_that_has_it_still_folds() -> None:
    def published(content: int, version: str = "1") -> c.PublishCatalogue:
        return c.PublishCatalogue(name="c", version=version, catalogue=digest([content]), variables=1)

    world = World().begin()
    world.events[ACCOUNT] += [
        CataloguePublished(name="c", version="1", catalogue=digest([content]), variables=1) for content in (1, 2)
    ]
    assert world.account.catalogue == digest([2])
    assert world.do(OPERATOR, ACCOUNT, published(2)) == ()
    assert refused(world, lambda w: w.do(OPERATOR, ACCOUNT, published(3))) == "catalogue.version_taken"
    assert len(world.do(OPERATOR, ACCOUNT, published(3, version="2"))) == 1
    assert refused(world, lambda w: w.do(OPERATOR, ACCOUNT, published(1))) == "catalogue.version_taken"
    assert len(world.do(OPERATOR, ACCOUNT, published(2))) == 1


def test_a_snapshot_that_was_checked_against_another_catalogue_is_refused() -> None:
    world = World().begin()
    for number, catalogue in (("1", digest(CATALOGUE)), ("2", NO)):
        world.do(OPERATOR, ACCOUNT, c.PublishCatalogue(name="c", version=number, catalogue=catalogue, variables=1))
    loaded = c.RecordSnapshot(snapshot=digest([1]), catalogue=digest(CATALOGUE), tables=1, rows=1)
    assert refused(world, lambda w: w.do(OPERATOR, ACCOUNT, loaded)) == "snapshot.catalogue_changed"


# --- rules ---


def test_only_an_approval_can_be_revoked_and_only_a_ready_outcome_confirmed() -> None:
    assert set(RULES[c.Revoke].states) == {"approved", "approved with conditions", "approved in part"}
    assert RULES[c.ConfirmSubset].states == ("outcome ready",)
