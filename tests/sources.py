"""The simulated source tables that scenes play on: made once in a run, and copied."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

from avrop.packs import load_pack
from tests import kept

PROFILE = "sample"


def _simulate(folder: Path) -> None:
    counted = load_pack().simulate(folder / "sources", PROFILE, 1, 1)
    (folder / "counts.json").write_text(json.dumps(counted))


def _simulated() -> Path:
    return kept.once("sources", _simulate)


def made() -> Path:
    """A folder with the files of all datasets and the lists; nobody changes it."""
    return _simulated() / "sources"


def counts() -> Mapping[str, int]:
    """Rows by dataset and people by list, as the simulator says."""
    return dict(json.loads((_simulated() / "counts.json").read_text()))


def place(home: Path) -> Path:
    """A copy as `sources` in a home, where the story finds it and simulates nothing. Gives the folder."""
    home.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copytree(made(), home / "sources"))
