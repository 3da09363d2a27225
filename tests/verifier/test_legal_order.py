"""What each entry needs before it, who may record it, and when: a provider that signs the log alone cannot leave it out."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from avrop.governance import events as e
from avrop.governance.calloff import CallOffStatus
from avrop.governance.controllercase import ControllerStatus
from avrop.governance.delivery import DeliveryStatus
from avrop.governance.rules import RULES
from avrop.verifier.machines import STEPS, Step, follow
from tests.verifier.making import REF, Account, deliver, grant, make, public, revoke
from tests.verifier.test_bundle_claims import actor, assert_found, at, body, event, found, never

ADMISSIBLE = {"none", "in force", *CallOffStatus, *ControllerStatus, *DeliveryStatus}
SIDES = {"controller": "the controller itself", "clock": "the clock"}
Change = Callable[[dict[str, Any]], Any]


def ask_again(made: Account) -> None:
    """The provider asks c2 once more, on what it was asked before."""
    asked = e.ControllerAsked(
        version=made.made["version"],
        slice_plan=made.made["plan c2 county"],
        findings=made.made["findings"],
        risk_view=None,
        cut_off=date(2026, 3, 20),
    )
    made.say("asked again", f"{REF}/c2", asked)


def replay(made: Account, name: str = "replayed") -> None:
    """The provider records the decision that c2 signed once more."""
    decided = e.ControllerDecided(
        decision=made.made["decision c2"],
        outcome="approved in part",
        version=made.made["version"],
        slice_plan=made.made["sealed c2"],
        valid_to=date(2026, 12, 1),
    )
    made.say(name, f"{REF}/c2", decided, "decider@c2 decider")


@pytest.mark.parametrize("asks", [False, True], ids=["not asked again", "asked again"])
def test_a_revoked_decision_that_is_recorded_again_lets_nothing_out(tmp_path: Path, asks: bool) -> None:
    def cheat(made: Account) -> None:
        if asks:
            ask_again(made)
        replay(made)
        deliver(made, 3, ("c1", "c2"))

    made = make(then={"receipted 2": cheat})
    faults = found(tmp_path, made)
    if asks:
        assert_found(made, faults, "asked again", "ControllerAsked is not possible in a case that is 'revoked'")
        assert_found(made, faults, "asked again", "it asks once more on a version that was asked before")
    assert_found(made, faults, "replayed", "ControllerDecided is not possible in a case that is 'revoked'")
    assert_found(made, faults, "replayed", "its decision was recorded before")
    for step in ("manifested 3", "sent 3"):
        assert_found(made, faults, step, "controller c2 had not approved that slice plan then")


def test_a_decision_is_recorded_once_also_under_another_digest(tmp_path: Path) -> None:
    """The same signed text in a document of other bytes is the same decision."""

    def cheat(made: Account) -> None:
        made.changes = {"document other": lambda _: made.documents[made.made["decision c2"]] + b" "}
        made.made["decision c2"] = made.document("other", {})
        replay(made)

    made = make(then={"decided c2": cheat})
    assert_found(made, found(tmp_path, made), "replayed", "its decision was recorded before")


def test_an_erased_entry_can_have_been_a_revocation(tmp_path: Path) -> None:
    def cheat(made: Account) -> None:
        made.made["decision c2"] = made.made["kept"]
        deliver(made, 3, ("c1", "c2"))

    def remember(made: Account) -> None:
        made.made["kept"] = made.made["decision c2"]

    made = make(then={"decided c2": remember, "receipted 2": cheat})
    place = made.places["revoked c2"]
    made.entries[place] = replace(made.entries[place], payload=None, salt=None)
    assert_found(made, found(tmp_path, made), "manifested 3", "controller c2 had not approved that slice plan then")


def test_a_generation_with_rows_and_no_slice_is_found(tmp_path: Path) -> None:
    made = make(then={"receipted 2": lambda x: deliver(x, 3, ())})
    faults = found(tmp_path, made)
    assert_found(made, faults, "manifested 3", "the manifest has no slice")
    assert_found(made, faults, "planned 3", "it is planned on something else than what was granted then")


def test_a_generation_of_some_of_the_granted_slices_is_found(tmp_path: Path) -> None:
    made = make(then={"countersigned": lambda x: deliver(x, 3, ("c1",))})
    said = "the manifest is of other slices than those that were granted then"
    assert_found(made, found(tmp_path, made), "manifested 3", said)


def test_a_delivery_that_is_dated_back_to_before_an_expiry_is_found(tmp_path: Path) -> None:
    def cheat(made: Account) -> None:
        made.changes = {
            "say late": at("2027-06-01T00:00:00Z"),
            **{f"say {step} 3": at("2026-11-30T00:00:00Z") for step in ("planned", "manifested", "sent", "receipted")},
        }
        late = e.PersonListLoaded(list="protected", as_of=datetime(2027, 6, 1, tzinfo=UTC))
        made.say("late", "account", late)
        deliver(made, 3, ("c1",))

    made = make(then={"receipted 2": cheat})
    faults = found(tmp_path, made)
    assert_found(made, faults, "planned 3", "it is more than five minutes earlier than an entry before it in the log")


@pytest.mark.parametrize(("time", "sound"), [("2026-03-01T08:55:00Z", True), ("2026-03-01T08:54:59Z", False)])
def test_the_log_goes_back_by_no_more_than_clocks_differ(tmp_path: Path, time: str, sound: bool) -> None:
    """The first entry of a case, five minutes before the entry of another case that stands before it."""
    changes = {"say adhered c1": at("2026-03-01T09:00:00Z"), "say moved": at(time)}
    submitted = e.CallOffSubmitted(
        version="sha256:" + "0" * 64, number=1, catalogue="sha256:" + "0" * 64, controllers=(), minimum_controllers=0,
        direction="first",
    )  # fmt: skip
    moved = {"adhered c1": lambda x: x.say("moved", "2026-009", submitted, "applicant@receiver applicant")}
    made = make(changes=changes, then=moved)
    said = "it is more than five minutes earlier"
    assert any(said in fault for fault in found(tmp_path, made)) is not sound


def test_a_generation_that_is_handed_over_after_it_was_closed_is_found(tmp_path: Path) -> None:
    def cheat(made: Account) -> None:
        case = f"{REF}/delivery/2"
        made.say("closed 2", case, e.GenerationClosed(reason="the lists are too old"), "clock@clock clock")
        sent = e.GenerationSent(grant=grant(made, ("c1",)), channel="folder", sent_on=date(2026, 3, 25))
        made.say("sent again", case, sent)

    made = make(then={"sent 2": cheat})
    assert_found(
        made, found(tmp_path, made), "sent again", "GenerationSent is not possible in a case that is 'sent, closed'"
    )


NEEDED = [
    ("agreement", "adhered c1", "ControllerAdhered is not possible in a case that is 'none'"),
    ("found", "taken in", None),  # an intake without findings: the checks are the provider's own duty to itself
    ("taken in", "measured", "ExposureMeasured is not possible in a case that is 'submitted'"),
    ("measured", "opened", "ControllersOpened is not possible in a case that is 'measuring'"),
    ("opened", "asked c1", "it asks something else than what was opened to the controllers"),
    ("opened", "reached", "OutcomeReached is not possible in a case that is 'assessing'"),
    ("asked c1", "decided c1", "ControllerDecided is not possible in a case that is 'none'"),
    ("decided c2", "revoked c2", "SliceRevoked is not possible in a case that is 'asked'"),
    ("decided c2", "reached", "those it names are not those that had approved"),
    ("reached", "confirmed", "SubsetConfirmed is not possible in a case that is 'with controllers'"),
    ("confirmed", "countersigned", "GrantCountersigned is not possible in a case that is 'outcome ready'"),
    ("confirmed", "manifested 1", "the call-off was not active"),
    ("countersigned", "planned 1", "the call-off was not active"),
    ("countersigned", "manifested 1", "the call-off was not active"),
    ("countersigned", "sent 1", "the call-off was not active"),
    ("planned 1", "manifested 1", "ManifestSigned is not possible in a case that is 'none'"),
    ("planned 1", "manifested 1", "the manifest is of another grant than the one that was planned on"),
    ("manifested 1", "sent 1", "GenerationSent is not possible in a case that is 'planned'"),
    ("sent 1", "receipted 1", "ReceiptAccepted is not possible in a case that is 'manifested'"),
    ("due 1", "deleted 1", "DeletionConfirmed is not possible in a case that is 'receipted, closed'"),
]


@pytest.mark.parametrize(("left_out", "step", "said"), NEEDED)
def test_a_step_without_the_one_that_it_rests_on_is_found(
    tmp_path: Path, left_out: str, step: str, said: str | None
) -> None:
    made = make(changes={f"say {left_out}": never})
    faults = found(tmp_path, made)
    if said is None:
        assert faults == []
    else:
        assert_found(made, faults, step, said)


CLAIMS = [
    ("say opened", event(version="sha256:" + "0" * 64), "opened", "it opens another version than the one that stands"),
    ("say opened", event(preparer="second@provider"), "opened", "it was recorded by another than it says"),
    ("say opened", event(cut_off="2026-03-19"), "asked c1", "it asks something else than what was opened"),
    ("say opened", event(slice_plans=[]), "asked c1", "it asks something else than what was opened"),
    ("say reached", event(approved=["c1", "c2", "c3"]), "reached", "those it names are not those that had approved"),
    ("say submitted", event(minimum_controllers=3), "reached", "fewer controllers had approved than are needed"),
    ("say confirmed", event(controllers=["c1"]), "confirmed", "it confirms others than those whose approval holds"),
    ("say submitted", event(minimum_controllers=3), "confirmed", "it confirms fewer controllers than are needed"),
    ("say countersigned", event(grant="sha256:" + "0" * 64), "countersigned", "it countersigns something else than"),
    ("say countersigned", event(prepared_by="x"), "countersigned", "by the one who prepared it, or it names another"),
    ("say countersigned", actor(person="operator@provider"), "countersigned", "by the one who prepared it"),
    ("say planned 1", event(grant="sha256:" + "0" * 64), "planned 1", "it is planned on something else than what was"),
    ("say planned 1", event(grant="sha256:" + "0" * 64), "manifested 1", "of another grant than the one that was pla"),
    ("say planned 1", event(generation=2), "planned 1", "it is planned for another call-off or generation"),
    ("sign manifest 2", body(slices=[]), "manifested 2", "the manifest has no slice"),
]


@pytest.mark.parametrize(("name", "change", "step", "said"), CLAIMS)
def test_a_false_claim_of_a_call_off_is_found(tmp_path: Path, name: str, change: Change, step: str, said: str) -> None:
    made = make(changes={name: change})
    assert_found(made, found(tmp_path, made), step, said)


RECORDED = {
    "agreement": ("provider", "operator"),
    "adhered c1": ("provider", "operator"),
    "delegated c1": ("provider", "operator"),
    "submitted": ("receiver", "applicant"),
    "found": ("provider", "operator"),
    "asked c1": ("provider", "operator"),
    "advice": ("c1", "dpo"),
    "decided c1": ("c1", "decider"),
    "lapsed": ("clock", "clock"),
    "reached": ("clock", "clock"),
    "confirmed": ("receiver", "leader"),
    "countersigned": ("provider", "operator"),
    "planned 1": ("provider", "operator"),
    "manifested 1": ("provider", "operator"),
    "sent 1": ("provider", "operator"),
    "receipted 1": ("receiver", "custodian"),
    "revoked c2": ("c2", "decider"),
    "closed 1": ("clock", "clock"),
    "deleted 1": ("receiver", "custodian"),
}
OTHERS = {"provider", "receiver", "c1", "c3", "clock"}
ROLES = {"operator", "applicant", "leader", "custodian", "decider", "dpo", "clock"}


@pytest.mark.parametrize("step", RECORDED)
def test_what_another_organisation_or_role_recorded_is_found(tmp_path: Path, step: str) -> None:
    organisation, role = RECORDED[step]
    changes = [actor(organisation=x) for x in OTHERS - {organisation}] + [actor(role=x) for x in ROLES - {role}]
    for number, change in enumerate(changes):
        made = make(changes={f"say {step}": change})
        folder = tmp_path / str(number)
        folder.mkdir()
        assert_found(made, found(folder, made), step, f"it is for the {role}")


def test_an_agreement_with_other_parties_is_found(tmp_path: Path) -> None:
    def cheat(made: Account) -> None:
        agreed = e.AgreementSigned(
            provider="other", provider_name="P", provider_key=public("provider"), receiver="receiver",
            receiver_name="R", receiver_key=public("receiver"), policy=made.made["policy"], rule=made.made["rule"],
            general_purpose="x",
        )  # fmt: skip
        made.say("second agreement", "account", agreed, "operator@other operator")

    made = make(then={"receipted 2": cheat})
    faults = found(tmp_path, made)
    assert_found(made, faults, "second agreement", "it has other parties")
    assert_found(made, faults, "second agreement", "it is for the operator of the provider")


def test_a_second_revocation_and_an_unknown_kind_are_found(tmp_path: Path) -> None:
    def cheat(made: Account) -> None:
        made.changes = {"sign revocation c2": body(reason="Once more.")}
        made.say("unknown", "account", {"type": "Something"})
        revoke(made, "c2")

    made = make(then={"receipted 2": cheat})
    faults = found(tmp_path, made)
    assert_found(made, faults, "unknown", "Something is not possible in a case that is 'in force'")
    assert_found(made, faults, "revoked c2", "SliceRevoked is not possible in a case that is 'revoked'")


@pytest.mark.parametrize("kind", sorted(STEPS))
def test_the_verifiers_table_says_what_the_rules_say(kind: str) -> None:
    """Written twice, on purpose, and held together here: who may cause it, in which states, of which machine."""
    step: Step = STEPS[kind]
    rules = [rule for rule in RULES.values() if kind in rule.events]
    assert {rule.machine for rule in rules} == {step.machine}
    assert {rule.side for rule in rules} == {SIDES.get(step.side, step.side)}
    assert {role.value for rule in rules for role in rule.roles} == {step.role}
    states = {state.removesuffix(", closed") for state in step.moves}
    assert states <= {str(state) for rule in rules for state in rule.states}
    reached = {x.removesuffix(", closed") for x in step.moves.values()} - {""}
    assert reached <= {str(x) for x in ADMISSIBLE}


def test_the_verifiers_table_knows_every_kind_of_entry() -> None:
    assert set(STEPS) == {event for rule in RULES.values() for event in rule.events}
    assert follow("with controllers", "OutcomeReached", "ready") == "outcome ready"
    assert follow("asked", "ControllerDecided", "rejected") == "rejected"
    assert follow("revoked", "ControllerDecided", "approved") is None
