"""Scenes for tests: the pilot's story, played by real verbs on real databases up to a named place."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from avrop.actions import decide, disclose
from avrop.actions.tasks import TASKS
from avrop.actors import Role
from avrop.demo import asking, deciding, delivering, opening
from avrop.demo.asking import reference
from avrop.demo.opening import refresh_lists
from avrop.demo.scene import Scene, open_scene
from avrop.demo.teller import Teller
from avrop.packs import load_pack
from avrop.worker import run_until_idle
from tests.sources import PROFILE, place
from tests.stages import Stage, stage

Play = Callable[[Scene, Teller], None]

INSTALLATIONS = ("provider", "receiver", "witness_03")
"""One of the controllers has an installation of its own here."""

ASKED: tuple[Play, ...] = (
    opening.agree, opening.describe_and_load, asking.submit_first, asking.find_and_narrow
)  # fmt: skip
"""The call-off is narrowed, and with the controllers."""
OPEN: tuple[Play, ...] = (*ASKED, deciding.decide_all, delivering.disclose_first)
"""The first generation is built, and may be handed over."""


def quiet() -> Teller:
    """A teller that nobody hears."""
    return Teller(Console(file=io.StringIO()))


@contextmanager
def played(home: Path, *plays: Play) -> Iterator[Scene]:
    """The installations in `home`, each on a database of its own, after these steps of the story."""
    copied = _after(plays).copy_to(home)
    with open_scene(home, load_pack(), database_urls=copied.urls) as scene:
        yield scene


def _after(plays: tuple[Play, ...]) -> Stage:
    """What stands after them. What begins as ASKED does goes on from there."""
    before = _after(ASKED) if plays[: len(ASKED)] == ASKED and plays != ASKED else None
    left = plays[len(ASKED) :] if before else plays

    def play(made: Stage) -> None:
        if before is None:
            place(made.home)
        with open_scene(made.home, load_pack(), database_urls=made.urls) as scene:
            if before is None:
                opening.simulate(scene, quiet(), profile=PROFILE)
            for each in left:
                each(scene, quiet())

    return stage("-".join(each.__name__ for each in plays), INSTALLATIONS, play, after=before)


def plan(scene: Scene, _teller: Teller) -> None:
    """Confirmed, countersigned, and the first generation planned: the worker has not run."""
    ref = reference(scene)
    decide.confirm_subset(scene.provider, scene.person("receiver", Role.LEADER), ref, statement="Enough.")
    disclose.countersign(scene.provider, scene.person("provider", Role.OPERATOR, nth=1), ref)
    refresh_lists(scene, scene.person("provider", Role.OPERATOR))
    disclose.plan_delivery(scene.provider, scene.person("provider", Role.OPERATOR), ref)


def build(scene: Scene, teller: Teller) -> None:
    """All have decided, and the first generation is built by the worker; controller 11 is in it."""
    deciding.decide_all(scene, teller)
    plan(scene, teller)
    run_until_idle(scene.provider, TASKS)
