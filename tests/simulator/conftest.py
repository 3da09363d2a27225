from pathlib import Path

import pytest

from avrop.catalogue.packform import Simulation
from avrop.vigo.simulator.run import run


@pytest.fixture(scope="session")
def micro(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of the smallest profile; nobody changes it."""
    folder = tmp_path_factory.mktemp("micro") / "run"
    run(folder, Simulation(profile="micro"))
    return folder
