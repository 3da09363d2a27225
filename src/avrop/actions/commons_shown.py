"""What a data commons tells anybody: catalogues, unit types, datasets and variables, and nothing about keys."""

from dataclasses import dataclass
from typing import Any, TypeVar, cast

from sqlalchemy import Connection

from avrop.actions import facts as f
from avrop.canonical import build, is_writable
from avrop.catalogue.commons import CatalogueEntry, DatasetEntry, UnitTypeEntry, VariableEntry
from avrop.catalogue.datasets import Catalogue
from avrop.errors import Missing
from avrop.store import commons as store
from avrop.store import commons_tables as t
from avrop.store import db
from avrop.system import System

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownCatalogue:
    """A catalogue and its number."""

    id: int
    entry: CatalogueEntry


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownUnitType:
    """A unit type, its number and its catalogue's."""

    id: int
    catalogue: int
    entry: UnitTypeEntry


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownDataset:
    """A dataset, its id and its catalogue's number."""

    id: str
    catalogue: int
    entry: DatasetEntry


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownVariable:
    """A variable, its number, its dataset's id, and the doubt about whether it belongs there."""

    id: int
    dataset: str
    entry: VariableEntry
    remark: str | None


def catalogues(system: System) -> tuple[ShownCatalogue, ...]:
    """Every catalogue, oldest first."""
    with db.transaction(system.database) as connection:
        rows = store.every(connection, t.catalogues)
    return tuple(_catalogue(row) for row in rows)


def catalogue(system: System, number: int) -> ShownCatalogue:
    """One catalogue. Raises `commons.catalogue_unknown` (Missing)."""
    with db.transaction(system.database) as connection:
        return _catalogue(needed_catalogue(connection, number))


def unit_types(system: System, catalogue: int | None = None) -> tuple[ShownUnitType, ...]:
    """A catalogue's own unit types, or those of all. Raises `commons.catalogue_unknown` (Missing)."""
    with db.transaction(system.database) as connection:
        if catalogue is not None:
            needed_catalogue(connection, catalogue)
        rows = store.every(connection, t.unit_types, **({} if catalogue is None else {"catalogue": catalogue}))
    return tuple(ShownUnitType(id=row.id, catalogue=row.catalogue, entry=entry_of(UnitTypeEntry, row)) for row in rows)


def unit_type_names(system: System, catalogue: int) -> dict[int, str]:
    """The names of a catalogue's own unit types, by number."""
    with db.transaction(system.database) as connection:
        return store.names(connection, t.unit_types, catalogue=catalogue)


def datasets(system: System, catalogue: int | None = None) -> tuple[ShownDataset, ...]:
    """A catalogue's datasets, or those of all, oldest first."""
    with db.transaction(system.database) as connection:
        rows = store.every(connection, t.datasets, **({} if catalogue is None else {"catalogue": catalogue}))
    return tuple(_dataset(row) for row in rows)


def dataset(system: System, named: str) -> ShownDataset:
    """One dataset. Raises `commons.dataset_unknown` (Missing)."""
    with db.transaction(system.database) as connection:
        return _dataset(needed_dataset(connection, named))


def variables(system: System, dataset: str | None = None) -> tuple[ShownVariable, ...]:
    """A dataset's variables, or those of all, oldest first."""
    with db.transaction(system.database) as connection:
        rows = store.every(connection, t.variables, **({} if dataset is None else {"dataset": dataset}))
    return tuple(
        ShownVariable(id=row.id, dataset=row.dataset, entry=entry_of(VariableEntry, row), remark=row.remark)
        for row in rows
    )


def own_catalogue(system: System) -> Catalogue | None:
    """The catalogue that this installation itself has published, if it has."""
    with db.transaction(system.database) as connection:
        sealed = f.account(connection).catalogue
        return None if sealed is None else f.catalogue(connection, sealed)


def needed_catalogue(connection: Connection, number: int) -> Any:
    """The catalogue's row. Raises `commons.catalogue_unknown` (Missing)."""
    row = store.find(connection, t.catalogues, id=number)
    if row is None:
        raise Missing("commons.catalogue_unknown", "There is no catalogue of that id.", hint="See the list of them.")
    return row


def needed_dataset(connection: Connection, named: str) -> Any:
    """The dataset's row. Raises `commons.dataset_unknown` (Missing)."""
    row = found_dataset(connection, named)
    if row is None:
        raise Missing("commons.dataset_unknown", "There is no dataset of that id.", hint="See the list of them.")
    return row


def found_dataset(connection: Connection, named: str) -> Any | None:
    """The dataset's row, or None; also for what no text of the database can be."""
    return store.find(connection, t.datasets, id=named) if is_writable(named) else None


def entry_of(form: type[T], row: Any) -> T:
    """What was said, from its row."""
    return cast("T", build(form, row.entry, what="What the commons holds"))


def _catalogue(row: Any) -> ShownCatalogue:
    return ShownCatalogue(id=row.id, entry=entry_of(CatalogueEntry, row))


def _dataset(row: Any) -> ShownDataset:
    return ShownDataset(id=row.id, catalogue=row.catalogue, entry=entry_of(DatasetEntry, row))
