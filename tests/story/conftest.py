"""The story, told once for all tests of this folder, on databases of its own."""

import io
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from rich.console import Console

from avrop.demo.story import tell
from avrop.packs import load_pack
from tests.sources import PROFILE, place
from tests.story.readback import Account


@dataclass(frozen=True, kw_only=True)
class Told:
    """A told story: where it lies, its databases, every fact and every line that it printed."""

    home: Path
    urls: Mapping[str, str]
    facts: Mapping[str, str | int]
    text: str

    @property
    def lines(self) -> list[str]:
        """The printed lines that say anything."""
        return [line.strip() for line in self.text.split("\n") if line.strip()]

    def account(self) -> Account:
        """What stands in the databases now, read by SQL alone."""
        return Account.read(self.urls)

    def again(self) -> "Told":
        """Tell it once more in the same home: everything is done already."""
        return tell_in(self.home, self.urls)


def tell_in(home: Path, urls: Mapping[str, str]) -> Told:
    out = io.StringIO()
    teller = tell(home, load_pack(), console=Console(file=out, width=200), profile=PROFILE, database_urls=urls)
    return Told(home=home, urls=urls, facts=dict(teller.facts), text=out.getvalue())


@pytest.fixture(scope="session")
def told(fresh_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    home = tmp_path_factory.mktemp("story")
    place(home)
    yield tell_in(home, {name: fresh_database(name) for name in ("provider", "receiver", "commons", "witness_03")})
    shutil.rmtree(home, ignore_errors=True)
