"""A served provider for the tests that change nothing, played once."""

import shutil
from collections.abc import Callable, Iterator

import pytest

from avrop.packs import load_pack
from tests.http import serving
from tests.http.publisher import SMALL, Publisher
from tests.http.serving import Served
from tests.publishing import published


@pytest.fixture(scope="session")
def datasource(fresh_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home, pack = tmp_path_factory.mktemp("datasource"), serving.asking_for_days(load_pack())
    urls = {name: fresh_database(name) for name in ("provider", "receiver")}
    serving.play(home, pack, urls)
    with serving.served(home, urls, pack=pack) as running:
        yield running
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="module")
def publisher(fresh_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Publisher]:
    """A provider that has published a small catalogue, and may publish it elsewhere."""
    with published(fresh_database, tmp_path_factory.mktemp("publisher"), catalogue=SMALL) as system:
        yield Publisher(system=system)
