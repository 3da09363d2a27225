"""The small pack's call-off, played by the real verbs until its generation stands."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from rich.console import Console

from avrop.actions import apply, assess, decide, disclose
from avrop.actions.tasks import TASKS
from avrop.actors import Role
from avrop.demo import opening
from avrop.demo.scene import Scene, open_scene
from avrop.demo.teller import Teller
from avrop.worker import run_until_idle
from tests.export.small_pack import REFERENCE, small_pack

DELIVERY = f"{REFERENCE}/delivery/1"


@contextmanager
def delivered(fresh_database: Callable[[str], str], home: Path) -> Iterator[Scene]:
    """A scene in which both controllers said yes and the first generation is built and open."""
    urls = {name: fresh_database(name) for name in ("provider", "receiver")}
    with open_scene(home, small_pack(), database_urls=urls) as scene:
        teller = Teller(Console(file=io.StringIO()))
        opening.simulate(scene, teller, people=12)
        opening.agree(scene, teller)
        opening.describe_and_load(scene, teller)
        _ask(scene)
        _decide(scene)
        disclose.plan_delivery(scene.provider, scene.person("provider", Role.OPERATOR), REFERENCE)
        run_until_idle(scene.provider, TASKS)
        yield scene


def _ask(scene: Scene) -> None:
    operator = scene.person("provider", Role.OPERATOR)
    version = apply.read_version(scene.provider, scene.pack.call_offs["first.yaml"], file="first.yaml")
    apply.submit(scene.provider, scene.person("receiver", Role.APPLICANT), version)
    run_until_idle(scene.provider, TASKS)
    assess.accept_intake(scene.provider, operator, REFERENCE)
    run_until_idle(scene.provider, TASKS)
    assess.open_controllers(scene.provider, operator, REFERENCE)
    run_until_idle(scene.provider, TASKS)


def _decide(scene: Scene) -> None:
    for code in ("A", "B"):
        decider = scene.person(code, Role.DECIDER)
        draft = decide.draft_decision(
            scene.provider, decider, REFERENCE, outcome="approved", reasons="", valid_to=date(2027, 6, 30)
        )
        signed = scene.keys_of(code).sign(f"controller-{code}", "decision", draft)
        decide.record(scene.provider, decider, REFERENCE, signed)
    run_until_idle(scene.provider, TASKS)
    leader = scene.person("receiver", Role.LEADER)
    decide.confirm_subset(scene.provider, leader, REFERENCE, statement="Both said yes.")
    disclose.countersign(scene.provider, scene.person("provider", Role.OPERATOR, nth=1), REFERENCE)
