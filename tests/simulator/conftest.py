from pathlib import Path

import pytest

from avrop.vigo.simulator.run import Order, run


@pytest.fixture(scope="session")
def micro(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of the smallest profile; nobody changes it."""
    folder = tmp_path_factory.mktemp("micro") / "run"
    run(folder, Order(profile="micro"))
    return folder
