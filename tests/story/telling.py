"""The whole story, told once in a run: where it lies, its databases, and what it printed."""

import io
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console

from avrop.demo.story import tell
from avrop.packs import load_pack
from tests.sources import PROFILE, place
from tests.stages import Stage, stage
from tests.story.readback import Account

INSTALLATIONS = ("provider", "receiver", "commons", "witness_03")
_PRINTED = "printed.json"


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
        return _tell(self.home, self.urls)


def told_in(home: Path) -> Told:
    """The story as it was told, copied to `home`."""
    where = stage("told", INSTALLATIONS, _first)
    copied = where.copy_to(home)
    return Told(home=home, urls=copied.urls, **json.loads((where.home.parent / _PRINTED).read_text()))


def _first(empty: Stage) -> None:
    place(empty.home)
    told = asdict(_tell(empty.home, empty.urls))
    (empty.home.parent / _PRINTED).write_text(json.dumps({name: told[name] for name in ("facts", "text")}))


def _tell(home: Path, urls: Mapping[str, str]) -> Told:
    out = io.StringIO()
    teller = tell(home, load_pack(), console=Console(file=out, width=200), profile=PROFILE, database_urls=urls)
    return Told(home=home, urls=urls, facts=dict(teller.facts), text=out.getvalue())
