"""One folder and one database server for a run of the tests, and an empty installation for each test that asks."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from avrop.settings import Settings
from avrop.system import System, open_system
from tests import databases, kept

Fresh = Callable[[str], str]
_OWN_FOLDER = pytest.StashKey[Path]()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """A temporary folder of this run alone. In the one that pytest shares between runs, a run that begins closes the
    parent folder to others, and with it the servers of a run under way (as root, PostgreSQL has a user of its own)."""
    if not hasattr(config, "workerinput"):
        folder = config.stash[_OWN_FOLDER] = kept.begin()
        if config.option.basetemp is None:
            config.option.basetemp = str(folder / "t")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop its server, and remove it."""
    folder = config.stash.get(_OWN_FOLDER, None)
    if folder is not None:
        databases.end(folder)
        kept.end(folder)


LONGEST_FIRST = (
    "simulator/test_small.py", "cli/test_own_tables.py", "story/test_flow.py", "inbox/test_push.py",
    "story/test_story.py", "simulator/test_bases.py", "web/test_conditional.py", "http/test_kudaf_publish.py",
    "export/test_export.py", "http/test_kudaf_datasource.py", "vigo/test_produced.py", "actions/test_bad_input.py",
    "catalogue/test_catalogue.py", "actions/test_at_once.py", "cli/test_commands.py",
    "tokens/test_secrets.py", "canary/test_canaries.py", "canary/test_every_row.py", "canary/test_over_csv.py",
    "engines/test_minimisation.py", "governance/test_invariants.py", "simulator/test_runs.py",
)  # fmt: skip
"""Files whose tests take longest: a process that is left with one of them at the end keeps the others waiting."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest files; the others stay in their order."""
    root = Path(__file__).parent
    rank = {root / name: place for place, name in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: rank.get(item.path, len(rank)))


@pytest.fixture(scope="session")
def empty_database() -> Fresh:
    """A function that makes an empty database for a name and gives the URL of an ordinary role that owns it."""
    return databases.empty


@pytest.fixture(scope="session")
def fresh_database() -> Fresh:
    """The same with our tables."""
    return databases.fresh


@pytest.fixture
def settings(fresh_database: Fresh, tmp_path: Path) -> Settings:
    """Settings of an empty installation."""
    return Settings(
        name="provider",
        organisation="provider",
        home=tmp_path / "zone",
        keys_home=tmp_path / "keys",
        database_url=fresh_database("provider"),
        demo=True,
    )


@pytest.fixture
def system(settings: Settings) -> Iterator[System]:
    """An open, empty installation."""
    with open_system(settings) as opened:
        yield opened
