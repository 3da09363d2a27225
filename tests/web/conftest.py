"""A provider whose pages are read."""

from collections.abc import Iterator

import pytest

from avrop.system import System
from tests.conftest import Fresh
from tests.publishing import published


@pytest.fixture(scope="module")
def provider(fresh_database: Fresh, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with published(fresh_database, tmp_path_factory.mktemp("web")) as system:
        yield system
