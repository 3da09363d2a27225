import json
import shutil
from collections.abc import Iterator

import pytest

from avrop.store import embedded
from tests.faults.player import Player
from tests.sources import place


@pytest.fixture(scope="session")
def player(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Player]:
    folder = tmp_path_factory.mktemp("faults")
    yield Player(folder)
    for home in folder.iterdir():
        if (home / "postgres").is_dir():
            embedded.stop(home / "postgres")
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def undisturbed(player: Player) -> dict[str, str | int]:
    """The facts of a story that nobody disturbed, and the names of all points that it reached."""
    home = player.folder / "undisturbed"
    place(home)
    done = player.play(home)
    assert done.returncode == 0, done.stderr
    facts: dict[str, str | int] = json.loads(done.stdout)
    return facts
