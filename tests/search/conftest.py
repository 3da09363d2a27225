"""The pack's own variables in the search of an installation."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from avrop.catalogue.files import read_catalogue
from avrop.catalogue.search.cards import own_cards
from avrop.packs import load_pack
from avrop.settings import Settings
from avrop.store import db, search_index
from avrop.system import System, open_system
from tests.conftest import Fresh

COUNTIES = ("Oslo kommune", "Vestland fylkeskommune")


@pytest.fixture(scope="module")
def indexed(fresh_database: Fresh, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    home: Path = tmp_path_factory.mktemp("search")
    settings = Settings(
        name="provider", organisation="provider", home=home / "zone", keys_home=home / "keys",
        database_url=fresh_database("search"), demo=True,
    )  # fmt: skip
    with open_system(settings) as system:
        catalogue = read_catalogue(load_pack().catalogue)
        with db.transaction(system.database) as connection:
            found = own_cards(catalogue, publisher="Provider", counties=COUNTIES, on=date(2026, 9, 1))
            search_index.replace(connection, "own", found)
        yield system
