"""A push: recorded before it is tried, tried again when the other is away, stopped by a revocation, sealed anew."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from avrop.actions import decide, push, receive, sealingkeys
from avrop.actions import facts as f
from avrop.actions.tasks import TASKS
from avrop.actors import Role
from avrop.demo.asking import reference
from avrop.demo.scene import Scene
from avrop.errors import Fault, Refusal
from avrop.outbound.guard import Answer, Outbound
from avrop.store import db
from avrop.store import events as event_store
from avrop.worker import run_until_idle
from tests.scenes import ASKED, build, played

pytestmark = pytest.mark.slow


@dataclass(frozen=True, kw_only=True)
class Cut(Outbound):
    """A network that is cut at one request, after the other end did what was asked or before it heard of it."""

    real: Outbound
    at: str
    heard: bool
    sent: list[tuple[str, int]] = field(default_factory=list)
    done: list[bool] = field(default_factory=list)

    def request(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None,
        content: bytes | Iterable[bytes] | None = None, limit_bytes: int, timeout_seconds: float,
    ) -> Answer:  # fmt: skip
        cut = self.at in url and not self.done
        if not cut or self.heard:
            self.sent.append((url, len(content) if isinstance(content, bytes) else 0))
            answer = self.real.request(
                method, url, headers=headers, content=content, limit_bytes=limit_bytes, timeout_seconds=timeout_seconds
            )
        if cut:
            self.done.append(True)
            raise Fault("outbound.unavailable", "The connection was cut.", hint="Try again.")
        return answer


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """A generation is built and not handed over; controller 11 is in it."""
    with played(tmp_path / "scene", *ASKED, build) as scene:
        yield scene


def kinds(scene: Scene, case: str) -> list[str]:
    with db.transaction(scene.provider.database) as connection:
        return [p.event.type for p in event_store.payloads(connection, case)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("at", "heard"),
    [("/bytes", False), ("/bytes", True), ("/acceptance", False), ("/acceptance", True)],
)
def test_a_network_that_is_cut_anywhere_gives_one_receipt_in_the_end(scene: Scene, at: str, heard: bool) -> None:
    case, operator = f"{reference(scene)}/delivery/1", scene.person("provider", Role.OPERATOR)
    wire = Cut(real=scene.provider.outbound, at=at, heard=heard)
    cut = replace(scene.provider, outbound=wire)
    push.push(cut, operator, case)
    run_until_idle(cut, TASKS)
    (waiting,) = push.pushes(scene.provider)
    assert (waiting.state, waiting.attempts, waiting.why) == ("sending", 1, "outbound.unavailable")
    push.transmit(cut, case)
    (ended,) = push.pushes(scene.provider)
    assert (ended.state, ended.why) == ("receipted", None)
    assert kinds(scene, case).count("ReceiptAccepted") == 1
    assert kinds(scene, case).count("GenerationSent") == 1
    assert len(receive.packages(scene.receiver)) == 1
    if heard and at == "/bytes":  # what was heard is not sent again
        assert len([url for url, _ in wire.sent if "/bytes" in url]) == 1


def test_a_push_that_is_asked_for_twice_is_one(scene: Scene) -> None:
    case, operator = f"{reference(scene)}/delivery/1", scene.person("provider", Role.OPERATOR)
    assert push.push(scene.provider, operator, case) == push.push(scene.provider, operator, case)
    run_until_idle(scene.provider, TASKS)
    assert kinds(scene, case).count("GenerationSent") == 1


def test_a_revocation_stops_a_push_and_nothing_of_it_is_kept(scene: Scene) -> None:
    ref, operator = reference(scene), scene.person("provider", Role.OPERATOR)
    case, decider = f"{ref}/delivery/1", scene.person("11", Role.DECIDER)

    def reach(point: str) -> None:
        if point == "push.all-sent":
            return
        if point == "push.piece-ready" and not revoked:
            revoked.append(point)
            draft = decide.draft_revocation(scene.provider, decider, ref, reason="wrong", recall=False)
            signed = scene.keys_of("11").sign("controller-11", "revocation", draft)
            decide.revoke(scene.provider, decider, ref, signed)

    revoked: list[str] = []
    push.push(scene.provider, operator, case)
    with pytest.raises(Refusal) as no:
        push.transmit(replace(scene.provider, reach=reach), case)
    assert (no.value.code, bool(revoked)) == ("delivery.closed", True)
    (ended,) = push.pushes(scene.provider)
    assert (ended.state, ended.why) == ("given up", "delivery.closed")
    assert receive.packages(scene.receiver) == ()
    for area in ("incoming", "packages"):
        assert list((scene.receiver.zone.root / area).iterdir()) == []
    push.transmit(scene.provider, case)
    assert "ReceiptAccepted" not in kinds(scene, case)


def test_a_generation_that_is_closed_is_not_sealed_at_all(scene: Scene) -> None:
    ref, operator = reference(scene), scene.person("provider", Role.OPERATOR)
    decider = scene.person("11", Role.DECIDER)
    draft = decide.draft_revocation(scene.provider, decider, ref, reason="wrong", recall=False)
    decide.revoke(scene.provider, decider, ref, scene.keys_of("11").sign("controller-11", "revocation", draft))
    with pytest.raises(Refusal) as no:
        push.push(scene.provider, operator, f"{ref}/delivery/1")
    assert (no.value.code, push.pushes(scene.provider)) == ("delivery.closed", ())


def test_a_lost_sealing_key_is_answered_by_sealing_again_without_a_new_extraction(scene: Scene) -> None:
    case, operator = f"{reference(scene)}/delivery/1", scene.person("provider", Role.OPERATOR)
    extracts = sorted(p.name for p in (scene.provider.zone.root / "extracts").iterdir())
    push.push(scene.provider, operator, case)
    lost = scene.receiver.keys.sealing.current().key_id
    sealingkeys.lose(scene.receiver, lost)
    with pytest.raises(Refusal) as no:
        push.transmit(scene.provider, case)
    assert no.value.code == "package.no_key"
    again = push.seal_again(scene.provider, operator, case)
    run_until_idle(scene.provider, TASKS)
    states = {x.package: x.state for x in push.pushes(scene.provider)}
    assert (states.pop(again), set(states.values())) == ("receipted", {"given up"})
    with db.transaction(scene.provider.database) as connection:
        assert f.deliveries(connection, reference(scene))[case].status.value == "receipted"
    assert sorted(p.name for p in (scene.provider.zone.root / "extracts").iterdir()) == extracts
    assert kinds(scene, case).count("PackageReissued") == 1
