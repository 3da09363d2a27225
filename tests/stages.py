"""Played homes with the databases of their installations: made once in a run, and copied by whoever changes them."""

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests import databases, kept


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A home, and the database of each installation in it."""

    home: Path
    urls: Mapping[str, str]

    def copy_to(self, home: Path) -> "Stage":
        """The same in another folder and on other databases, to be changed."""
        shutil.copytree(self.home, home, dirs_exist_ok=True)
        return Stage(home=home, urls={name: databases.copied(url, name) for name, url in self.urls.items()})


def stage(
    name: str, installations: tuple[str, ...], play: Callable[[Stage], None], *, after: Stage | None = None
) -> Stage:
    """What stands after `play`, by that name; it begins with empty databases, or `after` another. Nobody changes it, nor
    opens it."""

    def make(folder: Path) -> None:
        home = folder / "home"
        home.mkdir()
        made = after.copy_to(home) if after else Stage(home=home, urls={x: databases.fresh(x) for x in installations})
        play(made)
        (folder / "urls.json").write_text(json.dumps(made.urls))

    folder = kept.once(name, make)
    return Stage(home=folder / "home", urls=json.loads((folder / "urls.json").read_text()))
