"""The pilot's story in ten steps, on real components: one call-off, fifteen decisions, one account.

Each step can be begun again where it was interrupted: what is done stays done, and nothing is done twice.
"""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from rich.console import Console

from avrop.catalogue.packform import Pack
from avrop.demo import answering, asking, deciding, delivering, opening
from avrop.demo.cast import acting_person, configuration, environment
from avrop.demo.scene import Scene, open_scene
from avrop.demo.teller import Teller
from avrop.store import embedded

PROFILE = "small"
LAST_LINE = "Where to look next: "


STEPS: tuple[tuple[str, tuple[Callable[[Scene, Teller], None], ...]], ...] = (
    ("Tables of nobody", (opening.agree,)),
    (
        "Variables described, checked and frozen; the tables loaded against them",
        (opening.describe_and_load, answering.hold_checkpoint),
    ),
    ("The receiver calls off", (asking.submit_first,)),
    ("Findings, a narrower request, and exposure measured before and after", (asking.find_and_narrow,)),
    ("Fifteen controllers decide, each for its own", (deciding.decide_all,)),
    ("The subset is confirmed, countersigned, extracted, merged and sealed", (delivering.disclose_first,)),
    ("The receiver verifies and signs a receipt", (delivering.receive_first, delivering.pull)),
    ("A controller revokes", (delivering.revoke,)),
    ("The timeline and the register", (answering.show,)),
    ("Anyone can check the whole account alone", (answering.watch_alone, answering.export_and_verify)),
)
"""Each step's title, and what it plays."""


def tell(
    home: Path,
    pack: Pack,
    *,
    console: Console,
    profile: str = PROFILE,
    workers: int = 1,
    until: int = len(STEPS),
    served: bool = False,
    names: tuple[str, ...] | None = None,
    stay: Callable[[Scene, Teller], None] | None = None,
    database_urls: Mapping[str, str] | None = None,
    fault_point: str | None = None,
    fault_trace: Path | None = None,
) -> Teller:
    """Play and tell it in `home`, all or until a step. Returns the teller with every fact that was printed.

    `served` plays it between processes, over HTTP on loopback; without it the same requests stay in this process.
    `stay` is called at the end, while everything is still open.
    """
    teller = Teller(console)
    with open_scene(
        home,
        pack,
        served=served,
        names=names,
        database_urls=database_urls,
        fault_point=fault_point,
        fault_trace=fault_trace,
        listen=teller.listen,
    ) as scene:
        for number, (title, parts) in enumerate(STEPS[:until], start=1):
            with teller.step(number, title):
                if number == 1:
                    opening.simulate(scene, teller, profile=profile, workers=workers)
                for part in parts:
                    part(scene, teller)
        if until == len(STEPS):
            _write_environments(scene)
            _summarise(teller, home)
            if stay is not None:
                stay(scene, teller)
    return teller


def clear(home: Path, *, keep: str) -> None:
    """Empty the folder of an earlier demo but for the file `keep`, its embedded PostgreSQL stopped first."""
    embedded.stop(home / "postgres")
    for found in home.iterdir():
        if found.is_dir():
            shutil.rmtree(found)
        elif found.name != keep:
            found.unlink()


def _write_environments(scene: Scene) -> None:
    """For each installation a configuration and a file to source, so that every `avrop` command can be tried on what
    the story left."""
    for name, system in scene.systems.items():
        config = scene.home / name / "avrop.toml"
        config.write_text(configuration(system.settings))
        text = environment(config, clock=scene.home / "clock.txt", person=acting_person(scene.parties, name))
        (scene.home / f"{name}.env").write_text(text)


def _summarise(teller: Teller, home: Path) -> None:
    teller.table("Summary", ("step", "seconds"), [(title, f"{seconds:.1f}") for title, seconds in teller.seconds])
    shown, here = _seen_from(home, Path.cwd()), Path(".venv/bin/avrop")
    program = here if here.exists() else "avrop"
    also = ", docs/flow.md" if Path("docs/flow.md").exists() else ""
    teller.console.print(
        f"{LAST_LINE}`. {shown}/provider.env && {program} account timeline`, {shown}/bundle{also}",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )


def _seen_from(home: Path, here: Path) -> Path:
    """The folder as somebody who stands `here` writes it; one beside it or above it is written in full."""
    return home.relative_to(here) if home.is_relative_to(here) and home != here else home
