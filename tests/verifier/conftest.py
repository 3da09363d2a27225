"""One finished story, exported: every test of the verifier changes a copy of it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from avrop.demo.scene import Scene, open_scene
from avrop.packs import load_pack
from tests.story.telling import told_in


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """The story told to its end with few people."""
    told = told_in(tmp_path_factory.mktemp("finished"))
    with open_scene(told.home, load_pack(), database_urls=told.urls) as scene:
        yield scene


@pytest.fixture
def bundle(finished: Scene, tmp_path: Path) -> Path:
    """A copy of the bundle, with the keys and the old checkpoint that a holder has."""
    shutil.copytree(finished.home / "bundle", tmp_path / "bundle")
    for name in ("public-keys.json", "old-checkpoint.txt"):
        shutil.copy(finished.home / "controllers" / name, tmp_path / name)
    return tmp_path / "bundle"
