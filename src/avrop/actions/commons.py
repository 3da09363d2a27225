"""Run a data commons: keep what publishers say with their own keys, and tell it to anybody.

A key speaks for one publisher: it can neither change nor add to what another one said. The same again changes nothing,
and a changed text replaces the old one. A title names one catalogue, or one dataset, in the whole commons: titles are
what the publishers' tools find their own by.
"""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy import Connection

from avrop.actions.addresses import base, lies_under
from avrop.actions.commons_keys import KeyHolder
from avrop.actions.commons_shown import entry_of, needed_catalogue, needed_dataset
from avrop.actions.find import index_told
from avrop.canonical import plain
from avrop.catalogue.belonging import looks_foreign
from avrop.catalogue.commons import CatalogueEntry, DatasetEntry, UnitTypeEntry, VariableEntry, first
from avrop.catalogue.told import is_safe
from avrop.errors import Conflict, Mistake, Refusal
from avrop.store import commons as store
from avrop.store import commons_tables as t
from avrop.store import db
from avrop.system import System

_CHANGED = ("created", "updated")
_ONE_PER_FILE = "Upload each catalogue from a file of its own."


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """What became of something said. A `remark` is for whoever said it; of what was refused nothing is kept."""

    id: int | str
    outcome: Literal["created", "updated", "unchanged", "refused"]
    remark: str | None = None


def keep_catalogue(system: System, holder: KeyHolder, entry: CatalogueEntry) -> Kept:
    """Keep a catalogue. Errors: `commons.publisher` (Refusal), `commons.title_taken` (Conflict)."""
    if entry.publisher.name != holder.publisher:
        raise Refusal(
            "commons.publisher",
            f"This key is for what {holder.publisher} publishes.",
            hint="Write the publisher's name as it was given for the key.",
        )
    title = first(entry.title)
    with writing(system) as connection:
        row = store.find(connection, t.catalogues, title=title)
        if row is None:
            values = {"organisation": holder.organisation, "title": title, "entry": plain(entry)}
            return Kept(id=store.add(connection, t.catalogues, **values).id, outcome="created")
        if row.organisation != holder.organisation:
            raise _title_taken("catalogue")
        return _replaced(connection, t.catalogues, row, entry)


def keep_unit_type(system: System, holder: KeyHolder, catalogue: int, entry: UnitTypeEntry) -> Kept:
    """Keep a unit type of that catalogue. Errors: `commons.catalogue_unknown`, `commons.not_yours` (Refusal)."""
    with writing(system) as connection:
        catalogue_of(connection, holder, catalogue)
        row = store.find(connection, t.unit_types, catalogue=catalogue, name=entry.name)
        if row is None:
            values = {"catalogue": catalogue, "name": entry.name, "entry": plain(entry)}
            return Kept(id=store.add(connection, t.unit_types, **values).id, outcome="created")
        kept = _replaced(connection, t.unit_types, row, entry)
        if kept.outcome in _CHANGED:
            for home in store.every(connection, t.datasets, catalogue=catalogue):
                index_told(connection, home)
        return kept


def keep_dataset(
    system: System, holder: KeyHolder, catalogue: int, entry: DatasetEntry, *, wanted: str | None = None
) -> Kept:
    """Keep a dataset of that catalogue; `wanted` becomes its id if an address can hold it.

    Refused, with a remark, if it names another publisher than its catalogue, or stands in another catalogue already.
    Errors: `commons.catalogue_unknown`, `commons.not_yours` (Refusal), `commons.title_taken` (Conflict),
    `commons.our_address` (Mistake).
    """
    if wanted is not None and lies_under(base(system), wanted):
        raise Mistake(
            "commons.our_address", "The dataset's id lies under the address of this commons itself.",
            hint="Give it an address of your own, or none.",
        )  # fmt: skip
    title = first(entry.title)
    with writing(system) as connection:
        home = catalogue_of(connection, holder, catalogue)
        row = _standing_dataset(connection, title, wanted)
        if row is not None and needed_catalogue(connection, row.catalogue).organisation != holder.organisation:
            raise _title_taken("dataset")
        remark = _misplaced(home, entry, row)
        if remark is not None:
            return Kept(id="", outcome="refused", remark=remark)
        if row is None:
            made = wanted if wanted is not None and is_safe(wanted) else str(uuid.UUID(bytes=system.random(16)))
            values = {"id": made, "catalogue": catalogue, "title": title, "entry": plain(entry)}
            return Kept(id=store.add(connection, t.datasets, **values).id, outcome="created")
        said = replace(entry, about=entry_of(DatasetEntry, row).about)  # uploading takes nothing of it back
        kept = _replaced(connection, t.datasets, row, said, title=title)
        if kept.outcome in _CHANGED:
            index_told(connection, needed_dataset(connection, row.id))
        return kept


def keep_variables(
    system: System, holder: KeyHolder, dataset: str, entries: Sequence[VariableEntry]
) -> tuple[Kept, ...]:
    """Keep variables of that dataset, all or none.

    One that stands in another dataset of its catalogue is refused, with a remark, unless that one was doubted: then it
    moves. One that looks foreign is kept and doubted, and the first of a dataset has a remark that says so. Errors:
    `commons.dataset_unknown` (Missing), `commons.not_yours` (Refusal).
    """
    with writing(system) as connection:
        home = needed_dataset(connection, dataset)
        catalogue_of(connection, holder, home.catalogue)
        kept = tuple(_keep_variable(connection, home, entry) for entry in entries)
        index_told(connection, home, only={each.id for each in kept if each.outcome in _CHANGED})
        return kept


def _keep_variable(connection: Connection, home: Any, entry: VariableEntry) -> Kept:
    row = store.find(connection, t.variables, dataset=home.id, name=entry.name)
    if row is not None:
        return _replaced(connection, t.variables, row, entry)
    elsewhere = store.same_name_elsewhere(connection, catalogue=home.catalogue, dataset=home.id, name=entry.name)
    if elsewhere is not None and elsewhere.remark is None:
        remark = f"{entry.name} stands already in the dataset {elsewhere.title} of this catalogue. Nothing was stored."
        return Kept(id="", outcome="refused", remark=remark)
    if elsewhere is not None:
        store.change(connection, t.variables, elsewhere, dataset=home.id, entry=plain(entry), remark=None)
        return Kept(id=elsewhere.id, outcome="updated")
    others = store.every(connection, t.variables, dataset=home.id)
    sure = [entry_of(VariableEntry, other) for other in others if other.remark is None]
    doubt = _doubt(entry, home) if looks_foreign(entry, entry_of(DatasetEntry, home), sure) else None
    values = {"dataset": home.id, "name": entry.name, "entry": plain(entry), "remark": doubt}
    made = store.add(connection, t.variables, **values)
    told = any(other.remark is not None for other in others)
    return Kept(id=made.id, outcome="created", remark=None if told else doubt)


def _doubt(entry: VariableEntry, home: Any) -> str:
    return (
        f"{entry.name} was stored, but neither its name nor its subjects are like the other variables' of the dataset "
        f"{home.title}. If it belongs to another dataset, upload that one from a file of its own: the variable moves "
        "there. If it belongs here, upload again."
    )


def _standing_dataset(connection: Connection, title: str, wanted: str | None) -> Any | None:
    """The dataset of that title or that id; they may not be two."""
    by_title = store.find(connection, t.datasets, title=title)
    by_id = store.find(connection, t.datasets, id=wanted) if wanted is not None else None
    if by_title is not None and by_id is not None and by_title.id != by_id.id:
        raise _title_taken("dataset")
    return by_title or by_id


def _misplaced(home: Any, entry: DatasetEntry, row: Any | None) -> str | None:
    """Why a dataset does not belong in the catalogue that it arrived in."""
    owner = entry_of(CatalogueEntry, home).publisher.name
    if entry.publisher is not None and entry.publisher.name != owner:
        reason = f"The dataset names another publisher than the catalogue {home.title} that it arrived in."
        return f"{reason} Nothing was stored. {_ONE_PER_FILE}"
    if row is not None and row.catalogue != home.id:
        return f"The dataset stands in another catalogue already. Nothing was stored. {_ONE_PER_FILE}"
    return None


@contextmanager
def writing(system: System) -> Iterator[Connection]:
    """A transaction that nobody else who writes to the commons runs beside."""
    with db.transaction(system.database) as connection:
        store.write_alone(connection)
        yield connection


def _replaced(connection: Connection, table: sa.Table, row: Any, entry: object, **values: object) -> Kept:
    if row.entry == plain(entry):
        return Kept(id=row.id, outcome="unchanged")
    store.change(connection, table, row, entry=plain(entry), **values)
    return Kept(id=row.id, outcome="updated")


def catalogue_of(connection: Connection, holder: KeyHolder, catalogue: int) -> Any:
    """The row of a catalogue of the holder's. Errors: `commons.catalogue_unknown`, `commons.not_yours` (Refusal)."""
    row = needed_catalogue(connection, catalogue)
    if row.organisation != holder.organisation:
        raise Refusal(
            "commons.not_yours",
            "The catalogue is another publisher's.",
            hint="Choose titles that no other publisher has, and publish under those.",
        )
    return row


def _title_taken(what: str) -> Conflict:
    return Conflict(
        "commons.title_taken",
        f"Another {what} of the commons has this title or id.",
        hint="Choose a title that says whose it is.",
    )
