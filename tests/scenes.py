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
def played(
    home: Path,
    *plays: Play,
    names: tuple[str, ...] = ("provider", "receiver"),
) -> Iterator[Scene]:
    """The named installations in `home`, each on a database of its own, after these steps of the story."""
    name = "-".join([*(play.__name__ for play in plays), *names])
    played_once = stage(name, names, lambda empty: _play(empty, plays))
    copied = played_once.copy_to(home)
    with open_scene(home, load_pack(), database_urls=copied.urls) as scene:
        yield scene


def _play(empty: Stage, plays: tuple[Play, ...]) -> None:
    place(empty.home)
    with open_scene(empty.home, load_pack(), database_urls=empty.urls) as scene:
        opening.simulate(scene, quiet(), profile=PROFILE)
        for play in plays:
            play(scene, quiet())


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
