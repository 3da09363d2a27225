"""A generation that stands, for the tests of what it can be exported as."""

from collections.abc import Callable, Iterator

import pytest

from tests.export.playing import Scene, delivered


@pytest.fixture(scope="module")
def scene(fresh_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with delivered(fresh_database, tmp_path_factory.mktemp("export")) as opened:
        yield opened
