"""The story, told once for all tests of this folder, on databases of its own."""

import pytest

from tests.story.telling import Told, told_once


@pytest.fixture(scope="session")
def told() -> Told:
    return told_once()
