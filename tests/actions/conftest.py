"""A scene with real tables and real databases, played up to where the controllers are asked."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from rich.console import Console

from avrop.demo import asking, opening
from avrop.demo.scene import Scene, open_scene
from avrop.demo.teller import Teller
from avrop.packs import load_pack

PEOPLE = 400


@pytest.fixture(scope="module")
def scene(fresh_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Two installations; the call-off is with the controllers. Tests only try what is refused."""
    home: Path = tmp_path_factory.mktemp("scene")
    urls = {name: fresh_database(name) for name in ("provider", "receiver")}
    teller = Teller(Console(file=io.StringIO()))
    with open_scene(home, load_pack(), database_urls=urls) as opened:
        opening.simulate(opened, teller, people=PEOPLE)
        opening.agree(opened, teller)
        opening.describe_and_load(opened, teller)
        asking.submit_first(opened, teller)
        asking.find_and_narrow(opened, teller)
        yield opened
