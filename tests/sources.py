"""The simulated source tables that scenes play on: made once for each test process, and copied."""

import atexit
import shutil
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from avrop.packs import load_pack

PROFILE = "sample"


@cache
def _simulated() -> tuple[Path, Mapping[str, int]]:
    folder = Path(tempfile.mkdtemp(prefix="avrop-sources-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder / "sources", load_pack().simulate(folder / "sources", PROFILE, 1, 1)


def made() -> Path:
    """A folder with the files of all datasets and the lists; nobody changes it."""
    return _simulated()[0]


def counts() -> Mapping[str, int]:
    """Rows by dataset and people by list, as the simulator says."""
    return _simulated()[1]


def place(home: Path) -> Path:
    """A copy as `sources` in a home, where the story finds it and simulates nothing. Gives the folder."""
    home.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copytree(made(), home / "sources"))
