"""Datasets that others described without their variables: found by anybody's words, and shown with whom to ask."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from avrop.actions.commons_shown import entry_of, needed_catalogue, needed_dataset
from avrop.actions.find import word_queries
from avrop.catalogue.commons import CatalogueEntry, Contact, DatasetEntry, Said
from avrop.store import commons as commons_store
from avrop.store import commons_tables as t
from avrop.store import db
from avrop.store import elsewhere as store
from avrop.system import System

PAGE = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class Elsewhere:
    """A dataset as its publisher told it.

    `catalogue` is what the catalogue that has it is called; `iri` and `link`, where people read of it, are empty if
    nobody told; `variables` is how many of it we have.
    """

    id: str
    title: Said
    description: Said
    publisher: str
    contacts: tuple[Contact, ...]
    catalogue: Said
    iri: str
    link: str
    variables: int = 0


def count(system: System, text: str) -> int:
    """How many datasets without variables have the words of a question."""
    with db.transaction(system.database) as connection:
        asked = _asked(connection, text)
        return 0 if asked is None else store.count(connection, asked)


def find(system: System, text: str, *, page: int) -> tuple[int, int, tuple[Elsewhere, ...]]:
    """How many there are, and those of one page, with its number: the last one, if there is none of that number."""
    with db.transaction(system.database) as connection:
        asked = _asked(connection, text)
        total = 0 if asked is None else store.count(connection, asked)
        here = min(page, max(-(-total // PAGE), 1))
        rows = store.page(connection, asked or (), size=PAGE, skipped=(here - 1) * PAGE) if total else ()
        homes = {number: needed_catalogue(connection, number) for number in {row.catalogue for row in rows}}
    return total, here, tuple(_shown(row, homes[row.catalogue]) for row in rows)


def dataset(system: System, wanted: str) -> Elsewhere:
    """A dataset of the commons, with variables or without. Raises `commons.dataset_unknown` (Missing)."""
    with db.transaction(system.database) as connection:
        row = needed_dataset(connection, wanted)
        home = needed_catalogue(connection, row.catalogue)
        variables = len(commons_store.every(connection, t.variables, dataset=row.id))
    return _shown(row, home, variables)


def _asked(connection: Connection, text: str) -> tuple[str, ...] | None:
    """The queries of the words that any dataset has; None if none has any of them, or there is no dataset at all."""
    if not store.any_bare(connection):
        return None
    queries = word_queries(connection, text)
    known = tuple(each for each, has in zip(queries, store.had(connection, queries), strict=True) if has)
    return None if queries and not known else known


def _shown(row: Any, home: Any, variables: int = 0) -> Elsewhere:
    entry, catalogue = entry_of(DatasetEntry, row), entry_of(CatalogueEntry, home)
    iri = entry.iri or (row.id if _is_address(row.id) else "")
    link = next((each for each in (entry.page, iri) if each and _is_address(each)), "")
    return Elsewhere(
        id=row.id, title=entry.title, description=entry.description,
        publisher=(entry.publisher or catalogue.publisher).name, contacts=entry.contacts or catalogue.contacts,
        catalogue=catalogue.title, iri=iri, link=link, variables=variables,
    )  # fmt: skip


def _is_address(text: str) -> bool:
    return text.startswith(("https://", "http://")) and text.isprintable()
