"""The story, told on planted tables until the receipt, and then to its end."""

import io
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from rich.console import Console

from avrop.catalogue.packform import Pack
from avrop.demo.story import tell
from avrop.store import embedded
from tests.canary.planting import people_of, planted_pack
from tests.sources import PROFILE


@dataclass(frozen=True, kw_only=True)
class Planted:
    """The home after the whole story; which extracts stood there before the revocation; what was planted and printed."""

    home: Path
    pack: Pack
    urls: Mapping[str, str]
    planted: Counter[str]
    people: set[str]
    early: set[str]
    text: str

    @property
    def extracts(self) -> Path:
        """Where the provider keeps its extracts."""
        return self.home / "provider" / "zone" / "extracts"

    def generation(self, number: int) -> Path:
        """A generation in the provider's zone."""
        return self.home / "provider" / "zone" / "generations" / f"2026-001-delivery-{number}"


@pytest.fixture(scope="session")
def told(fresh_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planted]:
    home = tmp_path_factory.mktemp("canary")
    given = "AVROP_TEST_DATABASE_URL" in os.environ
    names = ("provider", "receiver")
    urls = {name: fresh_database(name) if given else embedded.start(home / "postgres", name) for name in names}
    planted: Counter[str] = Counter()
    pack = planted_pack(planted)
    out = io.StringIO()

    def play(until: int) -> None:
        tell(home, pack, console=Console(file=out, width=200), profile=PROFILE, until=until, database_urls=urls)

    play(7)
    early = {path.name for path in (home / "provider" / "zone" / "extracts").iterdir()}
    play(10)
    yield Planted(
        home=home, pack=pack, urls=urls, planted=planted, people=people_of(home / "sources"), early=early,
        text=out.getvalue(),
    )  # fmt: skip
    if not given:
        embedded.stop(home / "postgres")
    shutil.rmtree(home, ignore_errors=True)
