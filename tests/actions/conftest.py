"""A scene with real tables and real databases, played up to where the controllers are asked."""

from collections.abc import Iterator

import pytest

from avrop.demo.scene import Scene
from tests.scenes import ASKED, played


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Two installations; the call-off is with the controllers. Tests only try what is refused."""
    with played(tmp_path_factory.mktemp("scene"), *ASKED) as scene:
        yield scene
