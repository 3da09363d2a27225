"""A commons of its own, empty again after each test, and its clock."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from avrop.actions import gathering
from avrop.settings import Settings
from avrop.system import System, open_system
from tests.conftest import Fresh
from tests.gathering.scene import OPERATOR, Clock, contents


@pytest.fixture(scope="module")
def opened(fresh_database: Fresh, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[System, Clock]]:
    home: Path = tmp_path_factory.mktemp("gathering")
    settings = Settings(
        name="commons", organisation="commons", home=home / "zone", keys_home=home / "keys", demo=True,
        database_url=fresh_database("gathering"),
    )  # fmt: skip
    clock = Clock()
    with open_system(settings, clock=clock) as system:
        yield system, clock


@pytest.fixture
def clock(opened: tuple[System, Clock]) -> Clock:
    return opened[1]


@pytest.fixture
def commons(opened: tuple[System, Clock]) -> Iterator[System]:
    system, _ = opened
    yield system
    for source in gathering.sources(system):
        gathering.remove_source(system, OPERATOR, source.name)
    assert contents(system) == {}
