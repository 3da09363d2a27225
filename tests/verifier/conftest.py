"""One finished story, exported: every test of the verifier changes a copy of it."""

import io
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from rich.console import Console

from avrop.demo import answering, asking, deciding, delivering, opening
from avrop.demo.scene import Scene, open_scene
from avrop.demo.teller import Teller
from avrop.packs import load_pack


@pytest.fixture(scope="session")
def finished(fresh_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """The story played to its end with few people."""
    home = tmp_path_factory.mktemp("finished")
    urls = {name: fresh_database(name) for name in ("provider", "receiver")}
    teller = Teller(Console(file=io.StringIO()))
    with open_scene(home, load_pack(), database_urls=urls) as scene:
        opening.simulate(scene, teller, people=300)
        opening.agree(scene, teller)
        opening.describe_and_load(scene, teller)
        answering.hold_checkpoint(scene, teller)
        asking.submit_first(scene, teller)
        asking.find_and_narrow(scene, teller)
        deciding.decide_all(scene, teller)
        delivering.disclose_first(scene, teller)
        delivering.receive_first(scene, teller)
        delivering.revoke(scene, teller)
        answering.export_and_verify(scene, teller)
        yield scene


@pytest.fixture
def bundle(finished: Scene, tmp_path: Path) -> Path:
    """A copy of the bundle, with the keys and the old checkpoint that a holder has."""
    shutil.copytree(finished.home / "bundle", tmp_path / "bundle")
    for name in ("public-keys.json", "old-checkpoint.txt"):
        shutil.copy(finished.home / "controllers" / name, tmp_path / name)
    return tmp_path / "bundle"
