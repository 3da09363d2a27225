"""Each thing that must be true of the account, made false by somebody who could sign what is signed: each is found."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from avrop.verifier.verify import verify
from tests.verifier.making import Account, decide, deliver, make, public, revoke, write

NO = "sha256:" + "0" * 64


def event(**fields: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Other fields in an event."""
    return lambda said: said | {"event": said["event"] | fields}


def body(**fields: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Other fields in a document or a body."""
    return lambda said: said | fields


def actor(**fields: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Another actor."""
    return lambda said: said | {"actor": said["actor"] | fields}


def at(time: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Another time."""
    return lambda said: said | {"at": time}


def never(said: dict[str, Any]) -> None:
    """The step is left out."""


def of_slice(**fields: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Other fields in the manifest's first slice."""
    return lambda said: said | {"slices": [said["slices"][0] | fields, *said["slices"][1:]]}


def again(controller: str, outcome: str) -> Callable[[Account], None]:
    """The controller decides once more."""
    return lambda made: decide(made, controller, outcome, name="second ")


CHANGES = [
    # keys
    ("say agreement", event(provider_key=public("x")), "agreement", "the provider's key is not the one you hold"),
    ("say agreement", event(receiver_key=public("x")), "agreement", "the receiver's key is not the one you hold"),
    ("say adhered c1", event(public_key=public("x")), "adhered c1", "the key of controller c1 is not the one you hold"),
    ("say adhered c3", event(controller="c9"), "adhered c3", "the key of controller c9 is not the one you hold"),
    ("say adhered c1", never, "decided c1", "its decision does not carry the signature of the party it is of"),
    # time
    ("say advice", at("2026-02-28T08:00:00Z"), "advice", "it is earlier than the one before it in its case"),
    ("say advice", at("2026-03-02T08:00:00"), "advice", "does not have the form of its kind"),
    ("say submitted", at("2026-03-02T08:00:00"), "submitted", "does not have the form of its kind"),
    # call-off
    ("document version", body(reference="2026-002"), "submitted", "the version is of another call-off"),
    # decisions
    (
        "say decided c1",
        event(outcome="approved in part"),
        "decided c1",
        "it does not say what the signed decision",
    ),
    ("say decided c1", event(valid_to="2026-12-31"), "decided c1", "it does not say what the signed decision"),
    ("say decided c1", event(version=NO), "decided c1", "it does not say what the signed decision"),
    ("say decided c1", event(slice_plan=NO), "decided c1", "it does not say what the signed decision"),
    ("sign decision c1", body(call_off="2026-002"), "decided c1", "the decision is of another case"),
    ("sign decision c1", body(controller="c2"), "decided c1", "the decision is of another case"),
    ("say asked c1", event(version=NO), "decided c1", "it decides on a version that was not asked"),
    ("say asked c1", never, "decided c1", "it decides on a version that was not asked"),
    ("say asked c1", never, "decided c1", "it came after its time limit, or was never asked"),
    ("say asked c1", event(cut_off="2026-02-28"), "decided c1", "it came after its time limit, or was never asked"),
    ("say asked c1", event(findings=NO), "decided c1", "it was not made on what the controller had been given"),
    ("say asked c1", event(risk_view=NO), "decided c1", "it was not made on what the controller had been given"),
    ("sign decision c1", body(seen=[]), "decided c1", "it was not made on what the controller had been given"),
    ("say asked c1", event(slice_plan=NO), "decided c1", "it has no terms, and its slice plan is not the one"),
    ("say delegated c1", never, "decided c1", "the person who decided had no delegated"),
    (
        "say delegated c1",
        event(valid_to="2026-03-01"),
        "decided c1",
        "the person who decided had no delegated",
    ),
    ("say delegated c1", event(valid_from="2026-06-01"), "decided c1", "the person who decided had no delegated"),
    ("say delegated c1", event(controller="c2"), "decided c1", "the person who decided had no delegated"),
    ("sign decision c1", body(decided_by="x@c1"), "decided c1", "the person who decided had no delegated"),
    ("say decided c1", actor(organisation="provider"), "decided c1", "it was recorded by another than the one who"),
    ("say decided c1", actor(person="operator@provider"), "decided c1", "it was recorded by another than the one who"),
    (
        "sign decision c1",
        body(valid_from="2026-06-01"),
        "decided c1",
        "the decision was not valid when it was",
    ),
    ("document plan c2 land", body(controller="c1"), "decided c2", "its slice plan is another controller's"),
    ("document plan c2 land", body(version=NO), "decided c2", "its slice plan is another controller's"),
    ("document plan c2 land", body(call_off="x"), "decided c2", "its slice plan is another controller's"),
    # manifests
    ("say decided c2", never, "manifested 1", "controller c2 had not approved that slice plan then"),
    ("sign manifest 1", of_slice(slice_plan=NO), "manifested 1", "controller c1 had not approved that slice plan then"),
    ("sign manifest 1", of_slice(decision=NO), "manifested 1", "controller c1 had not approved that slice plan then"),
    ("sign manifest 1", of_slice(controller="c3"), "manifested 1", "controller c3 had not approved that slice plan"),
    (
        "sign manifest 1",
        body(version=NO),
        "manifested 1",
        "the manifest is of another version",
    ),
    ("sign manifest 1", body(grant=NO), "manifested 1", "the manifest's grant is not that of its slices"),
    ("sign manifest 1", body(delivery="2026-001/delivery/2"), "manifested 1", "the manifest is of another delivery"),
    ("sign manifest 1", body(call_off="2026-002"), "manifested 1", "the manifest is of another call-off"),
    ("sign manifest 1", body(log_size=99), "manifested 1", "the manifest rests on entries after it"),
    ("sign manifest 1", body(merge_plan=NO), "manifested 1", f"documents/{'0' * 64}.json, which it names, is missing"),
    ("say manifested 1", event(controllers=["c1"]), "manifested 1", "it does not say what the signed manifest says"),
    ("say manifested 1", event(files=2), "manifested 1", "it does not say what the signed manifest says"),
    ("say manifested 1", event(rows=8), "manifested 1", "it does not say what the signed manifest says"),
    ("say manifested 1", event(grant=NO), "manifested 1", "it does not say what the signed manifest says"),
    (
        "say manifested 1",
        at("2026-12-01T00:00:00Z"),
        "manifested 1",
        "the decision of controller c1 was not valid",
    ),
    ("say manifested 1", never, "sent 1", "it was handed over without a manifest"),
    ("say sent 1", event(grant=NO), "sent 1", "it was handed over on another grant"),
    ("say sent 1", at("2026-12-01T00:00:00Z"), "sent 1", "the decision of controller c1 was not valid"),
    # receipts and deletions
    ("say manifested 1", never, "receipted 1", "its receipt is of another manifest or delivery"),
    ("sign receipt 1", body(manifest=NO), "receipted 1", "its receipt is of another manifest or delivery"),
    ("sign receipt 1", body(delivery="x"), "receipted 1", "its receipt is of another manifest or delivery"),
    ("say receipted 1", event(manifest=NO), "receipted 1", "its receipt is of another manifest or delivery"),
    ("sign receipt 1", body(files=[["d.parquet", NO]]), "receipted 1", "its files are not the manifest's"),
    ("sign receipt 1", body(files=[]), "receipted 1", "its files are not the manifest's"),
    ("sign confirmation 1", body(manifest=NO), "deleted 1", "its deletion is of another manifest or delivery"),
    ("sign confirmation 1", body(delivery="x"), "deleted 1", "its deletion is of another manifest or delivery"),
    ("say deleted 1", event(manifest=NO), "deleted 1", "its deletion is of another manifest or delivery"),
    # revocations
    ("sign revocation c2", body(controller="c1"), "revoked c2", "the revocation is of another case"),
    ("sign revocation c2", body(decision=NO), "revoked c2", "it revokes another decision"),
    ("sign revocation c2", body(recall=False), "revoked c2", "it does not say what the signed revocation says"),
    ("say revoked c2", event(reason="Another."), "revoked c2", "it does not say what the signed revocation says"),
    ("sign revocation c2", body(decided_by="x@c2"), "revoked c2", "the person who decided had no delegated"),
    ("say revoked c2", actor(person="operator@provider"), "revoked c2", "it was recorded by another than the one who"),
]


def found(folder: Path, made: Account) -> list[str]:
    """What the verifier finds."""
    return verify(write(folder, made.files()), keys=folder / "keys.json").faults


def assert_found(made: Account, faults: list[str], step: str, said: str) -> None:
    """One of the faults says this at that step."""
    index = made.places[step]
    one = made.entries[index]
    where = f"entries.jsonl line {index + 1}: entry {index} (case {one.case}, sequence {one.sequence}): "
    assert any(fault.startswith(where) and said in fault for fault in faults), faults


@pytest.mark.parametrize(("name", "change", "step", "said"), CHANGES, ids=lambda x: x if isinstance(x, str) else "")
def test_a_false_claim_is_found_at_its_entry(tmp_path: Path, name: str, change: Any, step: str, said: str) -> None:
    made = make(changes={name: change})
    assert_found(made, found(tmp_path, made), step, said)


@pytest.mark.parametrize("forger", ["provider", "receiver", "c3", "x"])
@pytest.mark.parametrize(
    ("name", "step", "kind"),
    [
        ("decision c1", "decided c1", "decision"),
        ("revocation c2", "revoked c2", "revocation"),
        ("manifest 1", "manifested 1", "manifest"),
        ("receipt 1", "receipted 1", "receipt"),
        ("confirmation 1", "deleted 1", "deletion"),
    ],
)
def test_a_document_signed_by_another_is_found(tmp_path: Path, name: str, step: str, kind: str, forger: str) -> None:
    owner = {"manifest": "provider", "receipt": "receiver", "deletion": "receiver"}.get(kind)
    made = make(keys={name: forger})
    faults = found(tmp_path, made)
    if forger == owner:
        assert faults == []
    else:
        assert_found(made, faults, step, f"its {kind} does not carry the signature of the party it is of")


@pytest.mark.parametrize(
    "change",
    [body(kind="revocation"), body(key="0" * 16), body(signature="AAAA"), body(signature="å"), body(body="{}")],
)
def test_a_signed_document_of_another_kind_key_signature_or_body_is_found(tmp_path: Path, change: Any) -> None:
    made = make(changes={"document decision c1": change})
    assert_found(made, found(tmp_path, made), "decided c1", "its decision does not carry the signature")


def test_a_controllers_key_replaced_in_the_log_does_not_let_another_decide(tmp_path: Path) -> None:
    made = make(changes={"say adhered c1": event(public_key=public("x"))}, keys={"decision c1": "x"})
    assert_found(made, found(tmp_path, made), "decided c1", "its decision does not carry the signature")


def test_a_manifest_after_a_revocation_is_found(tmp_path: Path) -> None:
    made = make(then={"receipted 2": lambda x: deliver(x, 3, ("c1", "c2"))})
    faults = found(tmp_path, made)
    assert_found(made, faults, "manifested 3", "controller c2 had not approved that slice plan then")
    assert_found(made, faults, "sent 3", "controller c2 had not approved that slice plan then")


def test_handing_over_after_a_revocation_is_found(tmp_path: Path) -> None:
    made = make(then={"manifested 2": lambda x: revoke(x, "c1")})
    faults = found(tmp_path, made)
    assert_found(made, faults, "sent 2", "controller c1 had not approved that slice plan then")


def test_a_revocation_that_is_not_signed_takes_the_slice_out_all_the_same(tmp_path: Path) -> None:
    made = make(then={"manifested 2": lambda x: revoke(x, "c1")}, keys={"revocation c1": "x"})
    assert_found(made, found(tmp_path, made), "sent 2", "controller c1 had not approved that slice plan then")


def test_a_manifest_after_the_controller_changed_its_mind_is_found(tmp_path: Path) -> None:
    made = make(then={"decided c1": again("c1", "rejected")})
    assert_found(made, found(tmp_path, made), "manifested 1", "controller c1 had not approved that slice plan then")


@pytest.mark.parametrize("kind", ["DecisionVoided", "ReaffirmationAsked", "ControllerAsked"])
def test_a_manifest_after_the_decision_was_voided_is_found(tmp_path: Path, kind: str) -> None:
    def void(made: Account) -> None:
        asked = {"version": made.made["version"], "slice_plan": made.made["plan c1 county"], "cut_off": "2026-03-20"}
        more = {"type": kind, "findings": made.made["findings"], "risk_view": made.made["risk view"]}
        made.say("voided", "2026-001/c1", asked | more)

    made = make(then={"decided c1": void})
    assert_found(made, found(tmp_path, made), "manifested 1", "controller c1 had not approved that slice plan then")


def test_a_manifest_after_the_controller_lapsed_is_found(tmp_path: Path) -> None:
    lapsed = {"type": "ControllerLapsed", "cut_off": "2026-03-20"}
    made = make(then={"decided c1": lambda x: x.say("late", "2026-001/c1", lapsed, "clock@clock clock")})
    assert_found(made, found(tmp_path, made), "manifested 1", "controller c1 had not approved that slice plan then")


def test_a_manifest_of_a_version_that_was_replaced_is_found(tmp_path: Path) -> None:
    def submit(made: Account) -> None:
        version = made.document("version 2", {"reference": "2026-001", "number": 2})
        event = {"type": "CallOffSubmitted", "version": version, "number": 2, "minimum_controllers": 1}
        made.say("submitted 2", "2026-001", event, "applicant@receiver applicant")

    made = make(then={"lapsed": submit})
    assert_found(made, found(tmp_path, made), "manifested 1", "of another version than the one that stands")


def test_a_second_manifest_for_one_delivery_is_found(tmp_path: Path) -> None:
    made = make(then={"receipted 2": lambda x: deliver(x, 2, ("c1",))})
    assert_found(made, found(tmp_path, made), "manifested 2", "the delivery has a manifest already")


def test_a_rejected_slice_in_a_manifest_is_found(tmp_path: Path) -> None:
    rejected = {"sign decision c1": body(outcome="rejected"), "say decided c1": event(outcome="rejected")}
    made = make(changes=rejected)
    assert_found(made, found(tmp_path, made), "manifested 1", "controller c1 had not approved that slice plan then")
