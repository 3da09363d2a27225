"""A scene whose installations answer one another in this process; the controllers are asked, and two have a witness."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from rich.console import Console

from avrop.demo import asking, opening
from avrop.demo.scene import Scene, open_scene
from avrop.demo.teller import Teller
from avrop.packs import load_pack

PEOPLE = 300
NAMES = ("provider", "receiver", "witness_03")


@pytest.fixture(scope="module")
def scene(fresh_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    home: Path = tmp_path_factory.mktemp("casework")
    urls = {name: fresh_database(name) for name in NAMES}
    teller = Teller(Console(file=io.StringIO()))
    with open_scene(home, load_pack(), database_urls=urls) as opened:
        opening.simulate(opened, teller, people=PEOPLE)
        opening.agree(opened, teller)
        opening.describe_and_load(opened, teller)
        asking.submit_first(opened, teller)
        asking.find_and_narrow(opened, teller)
        yield opened
