"""One finished story, exported: every test of the verifier changes a copy of it."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from avrop.demo import answering, asking, deciding, delivering, opening
from avrop.demo.scene import Scene
from tests.scenes import played


@pytest.fixture(scope="session")
def finished(fresh_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """The story played to its end with few people."""
    plays = (
        opening.agree, opening.describe_and_load, answering.hold_checkpoint, asking.submit_first, asking.find_and_narrow,
        deciding.decide_all, delivering.disclose_first, delivering.receive_first, delivering.revoke,
        answering.export_and_verify,
    )  # fmt: skip
    with played(tmp_path_factory.mktemp("finished"), fresh_database, *plays) as scene:
        yield scene


@pytest.fixture
def bundle(finished: Scene, tmp_path: Path) -> Path:
    """A copy of the bundle, with the keys and the old checkpoint that a holder has."""
    shutil.copytree(finished.home / "bundle", tmp_path / "bundle")
    for name in ("public-keys.json", "old-checkpoint.txt"):
        shutil.copy(finished.home / "controllers" / name, tmp_path / name)
    return tmp_path / "bundle"
