"""What happens at the same moment, or after a generation was built: nobody is overtaken, and nobody stays in by mistake."""

import csv
import secrets
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from avrop.actions import account, decide, disclose, publish, receive
from avrop.actions import facts as f
from avrop.actions.tasks import TASKS, tick
from avrop.actors import Role
from avrop.canonical import canonical
from avrop.demo.asking import reference
from avrop.demo.opening import refresh_lists
from avrop.demo.scene import Scene
from avrop.disclosure.pseudonyms import pseudonymiser
from avrop.errors import AvropError, Conflict, Refusal, Tampered
from avrop.governance.calloff import CallOffStatus
from avrop.store import db
from avrop.verifier.verify import verify
from avrop.worker import run_until_idle
from tests.scenes import ASKED, build, played

pytestmark = pytest.mark.slow


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """A generation is built and not handed over; controller 11 is in it."""
    with played(tmp_path / "scene", *ASKED, build) as scene:
        yield scene


def revoke(scene: Scene, code: str = "11") -> None:
    ref, decider = reference(scene), scene.person(code, Role.DECIDER)
    draft = decide.draft_revocation(scene.provider, decider, ref, reason="wrong", recall=False)
    signed = scene.keys_of(code).sign(f"controller-{code}", "revocation", draft)
    decide.revoke(scene.provider, decider, ref, signed)


def faults(scene: Scene, tmp_path: Path) -> list[str]:
    account.export_bundle(scene.provider, tmp_path / "bundle")
    (tmp_path / "keys.json").write_bytes(canonical(account.public_keys(scene.provider)))
    return verify(tmp_path / "bundle", keys=tmp_path / "keys.json").faults


def outbox(tmp_path: Path) -> Path:
    folder = tmp_path / "outbox"
    folder.mkdir()
    return folder


def test_a_revocation_does_not_overtake_the_look_at_the_grant(scene: Scene, tmp_path: Path) -> None:
    """Another session revokes between the look and the entry: it waits, and then nothing gets a name in the outbox."""
    case, operator, out = f"{reference(scene)}/delivery/1", scene.person("provider", Role.OPERATOR), outbox(tmp_path)
    revoking = threading.Thread(target=revoke, args=(scene,))

    def random(count: int) -> bytes:
        if not revoking.ident:
            revoking.start()
            revoking.join(1.0)
            assert revoking.is_alive(), "it must wait for the log"
        return secrets.token_bytes(count)

    def reach(point: str) -> None:
        if point == "send.copied":
            revoking.join(30)

    with pytest.raises(Refusal) as no:
        disclose.send(replace(scene.provider, random=random, reach=reach), operator, case, out)
    assert no.value.code == "delivery.closed"
    assert list(out.iterdir()) == []
    assert faults(scene, tmp_path) == []


def test_a_person_who_is_protected_after_the_build_is_not_handed_over(scene: Scene, tmp_path: Path) -> None:
    ref, operator = reference(scene), scene.person("provider", Role.OPERATOR)
    case = f"{ref}/delivery/1"
    people = [
        row["PERSON_ID"] for row in csv.DictReader((scene.home / "sources" / "PERSON-1.csv").read_text().splitlines())
    ]
    by_pseudonym = dict(zip(pseudonymiser(scene.provider.keys.scope_key(ref))(people), people, strict=True))
    rows = pq.read_table(disclose.served(scene.provider, case) / "ENROLMENT.parquet").column("pseudonym").to_pylist()
    longer = tmp_path / "protected.csv"
    listed = (scene.home / "sources" / "lists" / "protected.csv").read_text()
    longer.write_text(f"{listed.rstrip()}\n{by_pseudonym[rows[0]]}\n")
    publish.load_list(scene.provider, operator, "protected", longer, as_of=scene.clock())
    with pytest.raises(Refusal) as no:
        disclose.send(scene.provider, operator, case, outbox(tmp_path))
    assert no.value.code == "lists.changed_since"
    assert disclose.close_stale(scene.provider) == (case,)
    disclose.plan_delivery(scene.provider, operator, ref)
    run_until_idle(scene.provider, TASKS)
    after = pq.read_table(disclose.served(scene.provider, f"{ref}/delivery/2") / "ENROLMENT.parquet").column(
        "pseudonym"
    )
    assert rows[0] not in set(after.to_pylist())


def test_a_list_that_says_the_same_closes_nothing(scene: Scene) -> None:
    refresh_lists(scene, scene.person("provider", Role.OPERATOR))
    assert disclose.close_stale(scene.provider) == ()
    assert disclose.served(scene.provider, f"{reference(scene)}/delivery/1").is_dir()


def test_another_list_of_the_same_moment_is_a_conflict(scene: Scene, tmp_path: Path) -> None:
    operator, moment = scene.person("provider", Role.OPERATOR), scene.clock()
    given = scene.home / "sources" / "lists" / "protected.csv"
    publish.load_list(scene.provider, operator, "protected", given, as_of=moment)
    publish.load_list(scene.provider, operator, "protected", given, as_of=moment)
    shorter = tmp_path / "shorter.csv"
    shorter.write_text("\n".join(given.read_text().split()[:-1]) + "\n")
    with pytest.raises(Conflict) as no:
        publish.load_list(scene.provider, operator, "protected", shorter, as_of=moment)
    assert no.value.code == "lists.same_moment"


def test_when_every_decision_has_expired_all_is_closed_and_due_for_deletion(scene: Scene, tmp_path: Path) -> None:
    ref, operator = reference(scene), scene.person("provider", Role.OPERATOR)
    disclose.send(scene.provider, operator, f"{ref}/delivery/1", outbox(tmp_path))
    scene.clock.advance(to=scene.clock() + timedelta(days=400))
    refresh_lists(scene, operator)
    assert ref in tick(scene.provider)
    run_until_idle(scene.provider, TASKS)
    with db.transaction(scene.provider.database) as connection:
        delivery = f.deliveries(connection, ref)[f"{ref}/delivery/1"]
        assert (delivery.open, delivery.status.value) == (False, "deletion due")
        assert f.call_off(connection, ref).status is CallOffStatus.ENDING


def test_only_the_custodian_takes_in_and_deletes_and_a_deleted_package_stays_deleted(
    scene: Scene, tmp_path: Path
) -> None:
    case, operator = f"{reference(scene)}/delivery/1", scene.person("provider", Role.OPERATOR)
    folder = disclose.send(scene.provider, operator, case, outbox(tmp_path))
    applicant, custodian = scene.person("receiver", Role.APPLICANT), scene.person("receiver", Role.CUSTODIAN)

    def refused(code: str, kind: type[AvropError], attempt: Callable[[], object]) -> None:
        with pytest.raises(kind) as no:
            attempt()
        assert no.value.code == code

    refused("receive.role", Refusal, lambda: receive.take_in(scene.receiver, applicant, folder))
    receipt = receive.take_in(scene.receiver, custodian, folder)
    assert receive.take_in(scene.receiver, custodian, folder) == receipt
    file = folder / "ENROLMENT.parquet"
    whole = file.read_bytes()
    file.write_bytes(whole[:50] + bytes([whole[50] ^ 1]) + whole[51:])
    refused("package.changed", Tampered, lambda: receive.take_in(scene.receiver, custodian, folder))
    file.write_bytes(whole)
    refused(
        "receive.role", Refusal, lambda: receive.delete(scene.receiver, applicant, case, trigger="end", kept="nothing")
    )
    receive.delete(scene.receiver, custodian, case, trigger="end", kept="nothing")
    refused("package.deleted", Refusal, lambda: receive.take_in(scene.receiver, custodian, folder))
