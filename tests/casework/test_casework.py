"""The casework face: each organisation's people see and do what is theirs, over the same requests as over a network."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from avrop.actions import remote as wire
from avrop.actions import witness
from avrop.actions.forms import Answer, Confirmation
from avrop.actors import Actor, Role
from avrop.canonical import build, plain
from avrop.demo.asking import reference
from avrop.demo.deciding import VALID_TO
from avrop.demo.desk import desk
from avrop.demo.scene import Scene
from avrop.errors import AvropError, Missing, Refusal, Stranger, Tampered
from avrop.governance.decisions import Decision
from avrop.store import db
from avrop.store import events as event_store

YES = Answer(outcome="approved", valid_to=VALID_TO)


def entries(scene: Scene) -> int:
    with db.transaction(scene.provider.database) as connection:
        return len(event_store.all_entries(connection))


def refused(scene: Scene, code: str, kind: type[AvropError], attempt: Callable[[], object]) -> AvropError:
    """The attempt raises that error, and the log is as it was."""
    before = entries(scene)
    with pytest.raises(kind) as no:
        attempt()
    assert no.value.code == code
    assert entries(scene) == before
    return no.value


def test_a_controller_sees_its_own_case_and_the_receiver_all_of_them(scene: Scene) -> None:
    ref = reference(scene)
    own = scene.as_controller("11", scene.parts["provider"])
    seen = own.ask(scene.person("11", Role.CASE_HANDLER), "GET", f"api/v1/call-offs/{ref}")
    assert [case["controller"] for case in seen["cases"]] == ["11"]
    whole = scene.as_receiver().ask(scene.person("receiver", Role.APPLICANT), "GET", f"api/v1/call-offs/{ref}")
    assert len(whole["cases"]) == 15
    assert whole["status"] == "with controllers"


def test_the_timeline_leaves_the_other_controllers_cases_out(scene: Scene) -> None:
    ref = reference(scene)
    own = scene.as_controller("11", scene.parts["provider"])
    lines = own.ask(scene.person("11", Role.CASE_HANDLER), "GET", f"api/v1/account/timeline/{ref}")
    assert {line["case"] for line in lines} == {ref, f"{ref}/11"}


@pytest.mark.parametrize("name", ["2026-404", "account", "2026-001%2F03", ".."])
def test_a_call_off_that_is_not_there_is_missing(scene: Scene, name: str) -> None:
    with pytest.raises((Missing, AvropError)) as no:
        scene.as_receiver().ask(scene.person("receiver", Role.APPLICANT), "GET", f"api/v1/call-offs/{name}")
    assert no.value.code in ("call_off.unknown", "remote.failed")


def test_another_controllers_key_does_not_speak_for_this_one(scene: Scene) -> None:
    ref, theirs = reference(scene), scene.as_controller("15", scene.parts["provider"])
    who = scene.person("11", Role.DECIDER)
    refused(
        scene,
        "call.not_genuine",
        Stranger,
        lambda: theirs.ask(who, "POST", f"api/v1/call-offs/{ref}/decision-draft", YES),
    )


def test_an_organisation_vouches_for_its_own_people_only(scene: Scene) -> None:
    own = scene.as_controller("15", scene.parts["provider"])
    borrowed = Actor(person=scene.person("11", Role.DECIDER).person, organisation="15", role=Role.DECIDER)
    refused(
        scene, "call.not_theirs", Stranger, lambda: own.ask(borrowed, "GET", f"api/v1/call-offs/{reference(scene)}")
    )


def test_nobody_without_a_credential_is_let_in(scene: Scene) -> None:
    for path in (f"api/v1/call-offs/{reference(scene)}", "api/v1/account/bundle"):
        reply = scene.provider.outbound.request(
            "GET", scene.parts["provider"].url + path, limit_bytes=10_000, timeout_seconds=5
        )
        assert reply.status == 401
        assert reply.headers["www-authenticate"] == "Bearer"


def test_register_agreement_keys_and_checkpoint_are_for_anybody(scene: Scene) -> None:
    for path in ("register", "account/agreement", "account/public-keys", "account/checkpoint"):
        url = f"{scene.parts['provider'].url}api/v1/{path}"
        reply = scene.provider.outbound.request("GET", url, limit_bytes=1_000_000, timeout_seconds=5)
        assert (reply.status, len(reply.body) > 10) == (200, True)


def test_the_rules_refuse_over_the_wire_what_they_refuse_here(scene: Scene) -> None:
    ref, form = reference(scene), Confirmation(statement="Enough.")
    refused(
        scene, "rules.role", Refusal,
        lambda: scene.as_receiver().ask(
            scene.person("receiver", Role.APPLICANT), "POST", f"api/v1/call-offs/{ref}/confirmation", form
        ),
    )  # fmt: skip
    refused(
        scene, "plan.not_yours", Refusal,
        lambda: scene.as_receiver().ask(scene.person("receiver", Role.APPLICANT), "POST", f"api/v1/call-offs/{ref}/slice", {}),
    )  # fmt: skip


def test_a_broken_file_is_a_mistake_with_its_place(scene: Scene) -> None:
    no = refused(
        scene, "call_off.yaml", AvropError,
        lambda: scene.as_receiver().ask(
            scene.person("receiver", Role.APPLICANT), "POST", "api/v1/call-offs", "reference: 2026-009\nnumber: [\n"
        ),
    )  # fmt: skip
    assert no.where["line"]


class Lying(wire.Remote):
    """A provider that shows one thing and drafts another."""

    def ask(self, actor: Actor, method: str, path: str, body: object = None) -> wire.Json:
        told = super().ask(actor, method, path, body)
        if path.endswith("decision-draft"):
            draft = build(Decision, told, what="The draft")
            return plain(replace(draft, slice_plan="sha256:" + "0" * 64))
        return told


def test_a_witness_signs_nothing_but_what_it_saw(scene: Scene) -> None:
    ref = reference(scene)
    honest = scene.as_controller("15", scene.parts["provider"])
    lying = Lying(**{name: getattr(honest, name) for name in ("called", "url", "sign", "outbound", "clock")})
    refused(
        scene, "witness.draft_differs", Tampered,
        lambda: witness.answer(lying, scene.person("15", Role.DECIDER), ref, YES),
    )  # fmt: skip


def test_a_witness_answers_through_its_own_installation(scene: Scene) -> None:
    ref, who = reference(scene), scene.person("03", Role.DECIDER)
    own = desk(scene, "03")
    assert own.own is not None
    seen = own.look(scene.person("03", Role.CASE_HANDLER), ref)
    assert ("Controller", "03") in seen.readable
    own.answer(who, ref, YES)
    standing = own.provider.ask(who, "GET", f"api/v1/call-offs/{ref}")
    assert (standing["cases"][0]["status"], standing["cases"][0]["slice_plan"]) == ("approved", seen.digest)


def test_a_witness_watches_the_log_alone_and_countersigns_what_it_checked(scene: Scene) -> None:
    system, who = scene.witness("03"), scene.person("03", Role.CASE_HANDLER)
    assert system is not None
    report, size = witness.watch(system, who)
    assert (report.faults, size) == ([], entries(scene))
    again, later = witness.watch(system, who)
    assert (again.faults, later) == ([], entries(scene))
    assert ("entries under the old checkpoint", size) in again.checks


def test_a_witness_stops_at_public_keys_that_changed(scene: Scene, tmp_path: Path) -> None:
    system, who = scene.witness("03"), scene.person("03", Role.CASE_HANDLER)
    assert system is not None
    witness.watch(system, who)
    held = system.settings.home / "public-keys.json"
    was = held.read_bytes()
    held.write_bytes(was.replace(b'"receiver":"', b'"receiver":"x'))
    with pytest.raises(Tampered) as no:
        witness.watch(system, who)
    held.write_bytes(was)
    assert no.value.code == "witness.keys_differ"


def test_an_answer_that_is_no_json_is_a_fault_that_keeps_it_to_itself() -> None:
    assert wire._error(b"<html>secret</html>", 502).code == "remote.failed"
    assert "secret" not in str(wire._error(b"<html>secret</html>", 502))
