"""A served provider for the tests that change nothing, played once."""

import shutil
from collections.abc import Iterator

import pytest

from avrop.packs import load_pack
from tests.http import serving
from tests.http.publisher import SMALL, Publisher
from tests.http.serving import Served
from tests.publishing import published


@pytest.fixture(scope="session")
def datasource(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home, pack = tmp_path_factory.mktemp("datasource"), serving.asking_for_days(load_pack())
    with serving.served(home, serving.played(home, pack).urls, pack=pack) as running:
        yield running
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="module")
def publisher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Publisher]:
    """A provider that has published a small catalogue, and may publish it elsewhere."""
    with published(tmp_path_factory.mktemp("publisher"), catalogue=SMALL) as system:
        yield Publisher(system=system)
