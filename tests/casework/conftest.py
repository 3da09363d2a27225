"""A scene whose installations answer one another in this process; the controllers are asked, and two have a witness."""

from collections.abc import Iterator

import pytest

from avrop.demo.scene import Scene
from tests.scenes import ASKED, played


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with played(tmp_path_factory.mktemp("casework"), *ASKED) as scene:
        yield scene
