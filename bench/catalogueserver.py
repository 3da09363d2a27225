"""A commons of many publishers for a benchmark: `python -m bench.catalogueserver FOLDER VARIABLES` fills it, serves the
catalogue's face on a free port of loopback, and prints the port."""

import socket
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import sqlalchemy as sa
import uvicorn

from avrop.actions.gathered import keep
from avrop.catalogue import kudaf
from avrop.catalogue.commons import DatasetEntry, UnitTypeEntry, VariableEntry, Words
from avrop.catalogue.files import read_catalogue
from avrop.catalogue.told import Told, ToldDataset
from avrop.http.app import create_app
from avrop.http.server import at_once
from avrop.packs import load_pack
from avrop.settings import ServeSetting, Settings
from avrop.store import db
from avrop.system import System, open_system

PUBLISHERS, CATALOGUES = 200, 1000
_DAY = date(2026, 1, 1)


def main() -> None:
    """Fill, serve, and stop when standard input ends."""
    folder, count = Path(sys.argv[1]), int(sys.argv[2])
    settings = Settings(
        name="commons", organisation="commons", home=folder / "home", keys_home=folder / "keys", demo=True,
        embedded_home=folder / "postgres",
        serve=ServeSetting(faces=("catalogue",), public_url="https://commons.example.no/"),
    )  # fmt: skip
    with open_system(settings) as system:
        _fill(system, count)
        config = uvicorn.Config(
            create_app(system, faces=("catalogue",)), lifespan="off", access_log=False, log_level="error"
        )
        with at_once(socket.socket()) as listening:
            listening.bind(("127.0.0.1", 0))
            sys.stdout.write(f"{listening.getsockname()[1]}\n")
            sys.stdout.flush()
            uvicorn.Server(config).run(sockets=[listening])


def _fill(system: System, count: int) -> None:
    """Publishers whose variables are the pack's, each called after its publisher; and others' empty catalogues."""
    ours = read_catalogue(load_pack().catalogue)
    entries = [entry for dataset in ours.datasets for entry in kudaf.variables(ours, dataset, on=_DAY)]
    units = kudaf.unit_types(ours, on=_DAY)
    for number in range(PUBLISHERS):
        wanted = [entries[(number * 7 + place) % len(entries)] for place in range(count // PUBLISHERS)]
        variables = {f"{entry.name}_{place}": _named(entry, number, place) for place, entry in enumerate(wanted)}
        title = (Words(language="no", value=f"Datasett {number}"),)
        dataset = ToldDataset(entry=DatasetEntry(title=title), variables=tuple(variables.values()))
        row = SimpleNamespace(name=f"Katalog {number}", publisher=f"Utgiver {number}")
        with db.transaction(system.database) as connection:
            keep(connection, row, Told(datasets=(dataset,), units=_named_by(wanted, units)))
    for number in range(PUBLISHERS, CATALOGUES):
        row = SimpleNamespace(name=f"Katalog {number}", publisher=f"Utgiver {number}")
        with db.transaction(system.database) as connection:
            keep(connection, row, Told(datasets=()))
    with system.database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("VACUUM ANALYZE search_cards"))


def _named_by(entries: Sequence[VariableEntry], units: Sequence[UnitTypeEntry]) -> tuple[UnitTypeEntry, ...]:
    names = {measure.unit_type for entry in entries for measure in entry.measures}
    return tuple(unit for unit in units if unit.name in names)


def _named(entry: VariableEntry, number: int, place: int) -> VariableEntry:
    label = tuple(replace(words, value=f"{words.value} {number}") for words in entry.measures[0].label)
    return replace(entry, name=f"{entry.name}_{place}", measures=(replace(entry.measures[0], label=label),))


if __name__ == "__main__":
    main()
