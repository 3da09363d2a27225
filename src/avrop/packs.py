"""Finds and loads packs by name, so that nothing imports one: a sub-package with a module `pack` is a pack."""

import importlib
import importlib.util
import pkgutil
from functools import cache
from pathlib import Path
from typing import cast

from avrop.catalogue.packform import Pack
from avrop.errors import Missing


def packs() -> tuple[str, ...]:
    """The names of the packs that are installed."""
    home = str(Path(__file__).parent)
    names = (module.name for module in pkgutil.iter_modules([home]) if module.ispkg)
    return tuple(name for name in names if importlib.util.find_spec(f"avrop.{name}.pack"))


def load_pack(name: str | None = None) -> Pack:
    """The pack of that name; without a name, the only one. Raises `pack.unknown` (Missing)."""
    known = packs()
    chosen = name or (known[0] if len(known) == 1 else "")
    if chosen not in known:
        raise Missing("pack.unknown", f"The packs are: {', '.join(known)}.", hint="Name one of them.")
    return _read(chosen)


@cache
def _read(name: str) -> Pack:
    """Some hundred files, which every search would read again for its synonyms."""
    return cast("Pack", importlib.import_module(f"avrop.{name}.pack").pack())
