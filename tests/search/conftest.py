"""The pack's own variables in the search of an installation."""

from collections.abc import Iterator

import pytest

from avrop.system import System
from tests.publishing import published


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A provider whose published catalogue is in the search."""
    with published(tmp_path_factory.mktemp("search")) as system:
        yield system
