"""The story, told once for all tests of this folder, on databases of its own."""

import pytest

from tests.story.telling import Told, told_in


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    return told_in(tmp_path_factory.mktemp("story"))
