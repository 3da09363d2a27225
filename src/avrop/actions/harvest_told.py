"""Harvest of a commons: one source for each catalogue that its publisher told us, and the list of all sources.

What was itself gathered as DCAT is no source of ours: national catalogues have it from where it was said.
"""

import re
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection

from avrop.actions import facts as f
from avrop.actions.commons_shown import entry_of
from avrop.actions.gathered import owner
from avrop.actions.harvest import FORMS, Harvested, harvested, no_catalogue
from avrop.canonical import document
from avrop.catalogue.commons import CatalogueEntry, DatasetEntry, VariableEntry, first
from avrop.catalogue.dcat_commons import Held, HeldDataset, gaps, told_statements
from avrop.catalogue.search.cards import said
from avrop.catalogue.triples import Statement
from avrop.errors import Missing
from avrop.settings import ServeSetting
from avrop.store import commons as store
from avrop.store import commons_tables as t
from avrop.store import db
from avrop.system import System

MARK = "~"
"""What the name of a told catalogue begins with; its number follows."""
_NAME = re.compile(r"~[1-9][0-9]{0,8}")


@document
class HarvestSource:
    """A catalogue to harvest: what it is called, whose it is, its address, and where to see what it lacks."""

    title: str
    publisher: str
    address: str
    gaps: str | None = None


def sources(system: System) -> tuple[HarvestSource, ...]:
    """Our own published catalogue, if it is told who publishes it, and those that publishers told us, oldest first.

    Errors: `dcat.nowhere` (Missing).
    """
    serve = _serve(system)
    base = f"{serve.public_url}dcat/"
    with db.transaction(system.database) as connection:
        account = f.account(connection)
        own = f.catalogue(connection, account.catalogue) if account.catalogue and serve.publisher else None
        rows = [(row.id, entry_of(CatalogueEntry, row)) for row in _rows(connection)]
    ours = () if own is None else (
        HarvestSource(title=first(said(own.title)), publisher=own.publisher, address=f"{base}{own.name}"),
    )  # fmt: skip
    return ours + tuple(
        HarvestSource(
            title=first(entry.title), publisher=entry.publisher.name, address=f"{base}{MARK}{number}",
            gaps=f"{base}{MARK}{number}.gaps",
        )
        for number, entry in rows
    )  # fmt: skip


def told(system: System, name: str, media_type: str) -> Harvested:
    """A told catalogue as DCAT. Errors: `dcat.unknown`, `dcat.nowhere` (Missing)."""
    return harvested(FORMS[media_type](_statements(system, name)), media_type)


def told_gaps(system: System, name: str) -> dict[str, int]:
    """What national catalogues ask for, and how many things of a told catalogue lack it. Errors: as `told`."""
    return gaps(_statements(system, name))


def told_page(system: System, name: str) -> str:
    """Where people see the variables of a told catalogue. Errors: `dcat.unknown` (Missing)."""
    with db.transaction(system.database) as connection:
        return _page(entry_of(CatalogueEntry, _row(connection, name)))


def _page(entry: CatalogueEntry) -> str:
    return f"nb/katalog?publisher={quote(entry.publisher.name, safe='')}"


def _statements(system: System, name: str) -> list[Statement]:
    address = _serve(system).public_url
    with db.transaction(system.database) as connection:
        row = _row(connection, name)
        datasets = store.every(connection, t.datasets, catalogue=row.id)
        variables = store.variables_within(connection, row.id)
    within: dict[str, list[VariableEntry]] = {}
    for each in variables:
        within.setdefault(each.dataset, []).append(entry_of(VariableEntry, each))
    held = Held(
        entry=entry_of(CatalogueEntry, row),
        datasets=tuple(
            HeldDataset(id=each.id, entry=entry_of(DatasetEntry, each), variables=tuple(within.get(each.id, ())))
            for each in datasets
        ),
    )
    return told_statements(held, home=f"{address}dcat/{name}", page=f"{address}{_page(held.entry)}")


def _row(connection: Connection, name: str) -> Any:
    """The row of a catalogue that is a source of ours, by its name in addresses."""
    known = _NAME.fullmatch(name)
    found = _rows(connection, id=int(name.removeprefix(MARK))) if known else []
    if not found:
        raise no_catalogue()
    return found[0]


def _rows(connection: Connection, **equal: object) -> list[Any]:
    """The catalogues that publishers told us otherwise than as DCAT."""
    gathered = {owner(source.name) for source in store.every(connection, t.sources, form="dcat")}
    return [row for row in store.every(connection, t.catalogues, **equal) if row.organisation not in gathered]


def _serve(system: System) -> ServeSetting:
    if system.settings.serve is None:
        raise Missing(
            "dcat.nowhere", "The configuration does not say where this installation is reached.",
            hint="Write [serve] with its `public_url`.",
        )  # fmt: skip
    return system.settings.serve
