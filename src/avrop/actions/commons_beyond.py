"""Beyond what an upload tool carries: a publisher says more of its datasets, and takes back what it said.

What is not there any more may be taken back again: nothing happens, and that is told.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from avrop.actions.commons import catalogue_of, writing
from avrop.actions.commons_keys import KeyHolder
from avrop.actions.commons_shown import dataset, entry_of, found_dataset, needed_dataset
from avrop.actions.find import told_origin
from avrop.canonical import plain
from avrop.catalogue.commons import About, DatasetEntry, VariableEntry
from avrop.errors import Conflict
from avrop.store import commons as store
from avrop.store import commons_tables as t
from avrop.store import search_index
from avrop.system import System


def keep_about(system: System, holder: KeyHolder, named: str, about: About) -> bool:
    """Keep that in place of all that was told so of the dataset; whether it says anything else now.

    Errors: `commons.dataset_unknown` (Missing), `commons.not_yours` (Refusal).
    """
    with writing(system) as connection:
        row = needed_dataset(connection, named)
        catalogue_of(connection, holder, row.catalogue)
        entry = plain(replace(entry_of(DatasetEntry, row), about=None if about == About() else about))
        store.change(connection, t.datasets, row, entry=entry)
        return bool(entry != row.entry)


def told_about(system: System, named: str) -> About:
    """What was told so of a dataset. Errors: `commons.dataset_unknown` (Missing)."""
    return dataset(system, named).entry.about or About()


def remove_variable(system: System, holder: KeyHolder, number: int) -> int:
    """Take a variable back; how many went. Errors: `commons.not_yours` (Refusal)."""
    with writing(system) as connection:
        row = store.find(connection, t.variables, id=number)
        if row is None:
            return 0
        catalogue_of(connection, holder, needed_dataset(connection, row.dataset).catalogue)
        return _forget(connection, [row])


def remove_dataset(system: System, holder: KeyHolder, named: str) -> int:
    """Take a dataset back with its variables; how many things went. Errors: `commons.not_yours` (Refusal)."""
    with writing(system) as connection:
        row = found_dataset(connection, named)
        if row is None:
            return 0
        catalogue_of(connection, holder, row.catalogue)
        gone = _forget(connection, store.every(connection, t.variables, dataset=row.id))
        store.remove(connection, t.datasets, row)
        return gone + 1


def remove_unit_type(system: System, holder: KeyHolder, number: int) -> int:
    """Take a unit type of one's own back; how many went. Errors: `commons.not_yours` (Refusal), `commons.in_use`
    (Conflict) while a variable names it."""
    with writing(system) as connection:
        row = store.find(connection, t.unit_types, id=number)
        if row is None:
            return 0
        catalogue_of(connection, holder, row.catalogue)
        for each in store.variables_within(connection, row.catalogue):
            if row.name in _named(entry_of(VariableEntry, each)):
                raise _in_use("unit type", "variables name it")
        store.remove(connection, t.unit_types, row)
        return 1


def remove_catalogue(system: System, holder: KeyHolder, number: int) -> int:
    """Take a catalogue back with its unit types; how many things went. Errors: `commons.not_yours` (Refusal),
    `commons.in_use` (Conflict) while it has datasets."""
    with writing(system) as connection:
        row = store.find(connection, t.catalogues, id=number)
        if row is None:
            return 0
        catalogue_of(connection, holder, row.id)
        if store.every(connection, t.datasets, catalogue=row.id):
            raise _in_use("catalogue", "datasets stand in it")
        own = store.every(connection, t.unit_types, catalogue=row.id)
        for unit in own:
            store.remove(connection, t.unit_types, unit)
        store.remove(connection, t.catalogues, row)
        return len(own) + 1


def _forget(connection: Connection, rows: Sequence[Any]) -> int:
    for row in rows:
        store.remove(connection, t.variables, row)
    search_index.replace(connection, {told_origin(row.id): [] for row in rows})
    return len(rows)


def _named(entry: VariableEntry) -> set[str | None]:
    return {*entry.identified_by, *(measure.unit_type for measure in entry.measures)}


def _in_use(what: str, why: str) -> Conflict:
    return Conflict("commons.in_use", f"The {what} is in use: {why}.", hint="Take those back first.")
