"""Keep what a source said, all of it at once, as a catalogue of its own; what is said no more goes."""

from typing import Any, Literal

from sqlalchemy import Connection

from avrop.actions.commons_shown import entry_of, needed_catalogue, needed_dataset
from avrop.actions.find import index_told, told_origin
from avrop.canonical import document, plain
from avrop.catalogue.commons import CatalogueEntry, Publisher, Words, first
from avrop.catalogue.told import Told, ToldDataset, id_of
from avrop.errors import Conflict
from avrop.store import commons as store
from avrop.store import commons_tables as t
from avrop.store import search_index

_MOST_CONFLICTS = 50


@document
class GatherReport:
    """What became of one reading: how many things are new, changed, the same and gone; what could not be taken; and, if
    it failed, the error and what it says. Then nothing changed."""

    outcome: Literal["read", "unchanged", "failed"]
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    conflicts: tuple[str, ...] = ()
    error: str | None = None
    sentence: str | None = None


def keep(connection: Connection, row: Any, told: Told) -> GatherReport:
    """Let the source's own catalogue be what was told."""
    tally = {"created": 0, "updated": 0, "unchanged": 0}
    conflicts = list(told.conflicts)
    home = _home(connection, row)
    units = {row.name: row for row in store.every(connection, t.unit_types, catalogue=home.id)}
    outcomes = {
        _put(connection, t.unit_types, units.get(unit.name), unit, catalogue=home.id, name=unit.name)[0]
        for unit in told.units
    }
    removed = forget(connection, home, keeping=told)
    _free_titles(connection, home, told)
    for each in told.datasets:
        wanted = _id(home, each)
        clash = _clash(connection, home, each, wanted)
        if clash is not None:
            conflicts.append(f"The dataset {wanted} has {clash}.")
            continue
        dataset, outcome = _dataset(connection, home, each, wanted)
        tally[outcome] += 1
        # A card says what its dataset and its unit types are called, so with them all cards change.
        all_of_it = "updated" in {outcome, *outcomes}
        changed = set()
        standing = {row.name: row for row in store.every(connection, t.variables, dataset=dataset.id)}
        for variable in each.variables:
            outcome, number = _put(
                connection,
                t.variables,
                standing.get(variable.name),
                variable,
                dataset=dataset.id,
                name=variable.name,
                remark=None,
            )
            tally[outcome] += 1
            changed |= {number} if outcome != "unchanged" else set()
        index_told(connection, needed_dataset(connection, dataset.id), only=None if all_of_it else changed)
    return GatherReport(
        outcome="read", created=tally["created"], updated=tally["updated"], unchanged=tally["unchanged"],
        removed=removed, conflicts=tuple(conflicts[:_MOST_CONFLICTS]),
    )  # fmt: skip


def _free_titles(connection: Connection, home: Any, told: Told) -> None:
    """Let the source's datasets change titles among each other: whoever's title another of them has now gives it up
    first. What no other of them wants is kept until there is a new one."""
    titles = {first(each.entry.title): _id(home, each) for each in told.datasets}
    for dataset in store.every(connection, t.datasets, catalogue=home.id):
        if titles.get(dataset.title, dataset.id) != dataset.id:
            store.change(connection, t.datasets, dataset, title=f" {dataset.id}")


def _home(connection: Connection, row: Any) -> Any:
    """The source's catalogue. Errors: `gather.title` (Conflict)."""
    entry = CatalogueEntry(title=(Words(language="no", value=row.name),), publisher=Publisher(name=row.publisher))
    known = store.find(connection, t.catalogues, title=row.name)
    if known is not None and known.organisation != owner(row.name):
        raise Conflict(
            "gather.title", "A publisher has a catalogue of that title.", hint="Give the source another name."
        )
    if known is None:
        return store.add(connection, t.catalogues, organisation=owner(row.name), title=row.name, entry=plain(entry))
    return known


def owner(name: str) -> str:
    """Whose a gathered catalogue is: nobody's who has a key, since no organisation's name has a space in front."""
    return f" {name}"


def _id(home: Any, told: ToldDataset) -> str:
    """What the dataset says that it is, else what it is called in its catalogue; always what an address can hold."""
    return told.id or id_of(f"{home.title}/{first(told.entry.title)}")


def _clash(connection: Connection, home: Any, told: ToldDataset, wanted: str) -> str | None:
    """What of a dataset another one has, and whose that is; None if there is no other."""
    by_id = store.find(connection, t.datasets, id=wanted)
    by_title = store.find(connection, t.datasets, title=first(told.entry.title))
    if by_id is not None and by_id.catalogue != home.id:
        return f"the same IRI as a dataset of {_whose(connection, by_id)}"
    if by_title is not None and by_title.catalogue != home.id:
        return f"the same title as a dataset of {_whose(connection, by_title)}"
    if by_title is not None and by_title.id != wanted:
        return "the same title as another dataset of this source"
    return None


def _whose(connection: Connection, dataset: Any) -> str:
    home = needed_catalogue(connection, dataset.catalogue)
    if home.organisation == owner(home.title):
        return f"the source {home.title!r}"
    return f"the publisher {entry_of(CatalogueEntry, home).publisher.name!r}"


def _dataset(connection: Connection, home: Any, told: ToldDataset, wanted: str) -> tuple[Any, str]:
    title, known = first(told.entry.title), store.find(connection, t.datasets, id=wanted)
    outcome, _ = _put(connection, t.datasets, known, told.entry, id=wanted, catalogue=home.id, title=title)
    return needed_dataset(connection, wanted), outcome


def _put(connection: Connection, table: Any, known: Any | None, entry: object, **values: Any) -> tuple[str, Any]:
    """Keep an entry: what became of it, and its id."""
    if known is None:
        return "created", store.add(connection, table, entry=plain(entry), **values).id
    changed = {name: value for name, value in values.items() if name == "title"}
    if known.entry == plain(entry) and all(getattr(known, name) == value for name, value in changed.items()):
        return "unchanged", known.id
    store.change(connection, table, known, entry=plain(entry), **changed)
    return "updated", known.id


def forget(connection: Connection, home: Any, *, keeping: Told) -> int:
    """Remove what the source says no more. Returns how many datasets and variables went."""
    kept = {_id(home, told): told for told in keeping.datasets}
    gone, forgotten = 0, list[str]()
    for dataset in store.every(connection, t.datasets, catalogue=home.id):
        names = {each.name for each in kept[dataset.id].variables} if dataset.id in kept else set()
        for variable in store.every(connection, t.variables, dataset=dataset.id):
            if variable.name not in names:
                forgotten.append(told_origin(variable.id))
                store.remove(connection, t.variables, variable)
        if dataset.id not in kept:
            store.remove(connection, t.datasets, dataset)
            gone += 1
    search_index.replace(connection, {origin: [] for origin in forgotten})
    gone += len(forgotten)
    units = {unit.name for unit in keeping.units}
    for unit in store.every(connection, t.unit_types, catalogue=home.id):
        if unit.name not in units:
            store.remove(connection, t.unit_types, unit)
    return gone
