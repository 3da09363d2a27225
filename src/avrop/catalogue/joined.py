"""What variables of several tables look like beside each other: rows of nobody, joined by the person, no data read."""

from collections.abc import Sequence
from dataclasses import dataclass

from avrop.catalogue.datasets import Catalogue, Dataset
from avrop.catalogue.preview import Row, Value, rows

PERSON = "person"
"""The column that the tables are joined by: `P-000001` and on, nobody's."""


@dataclass(frozen=True, kw_only=True)
class Joined:
    """One row for each person who is in one of the tables, those first who are in all.

    `columns` begin with `person`; `tables` are the datasets that the others were taken from, in their order, and empty
    fields are those of a person whom a table does not have.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    tables: tuple[str, ...]


def joined(catalogue: Catalogue, wanted: Sequence[str], *, count: int, seed: int) -> Joined:
    """The variables that a table has, of at most `count` people, always the same. Unknown names are passed over.

    Each variable comes from the table that has the most of what is still wanted; of a person's rows in a table the
    first is shown. Identifiers are left out: the person stands for them. Errors: those of `preview.rows`.
    """
    homes = _homes(catalogue, wanted)
    columns = tuple(name for name in dict.fromkeys(wanted) if name in homes)
    tables = tuple(dict.fromkeys(homes[name] for name in columns))
    firsts = {table: _first_rows(catalogue, catalogue.dataset(table), count=count, seed=seed) for table in tables}
    people = sorted({person for found in firsts.values() for person in found})
    people.sort(key=lambda person: -sum(person in firsts[table] for table in tables))  # stable: by person within
    made = tuple((person, *(firsts[homes[name]].get(person, {}).get(name) for name in columns)) for person in people)
    return Joined(columns=(PERSON, *columns), rows=made, tables=tables)


def _homes(catalogue: Catalogue, wanted: Sequence[str]) -> dict[str, str]:
    """The table that each variable is taken from: as few tables as a greedy choice gives, the first named of equals."""
    identifiers = {each.name for each in catalogue.variables if each.sensitivity == "identifier"}
    left, homes = [name for name in dict.fromkeys(wanted) if name not in identifiers], dict[str, str]()
    while left:
        best = max(catalogue.datasets, key=lambda each: len(set(left) & set(each.variables)), default=None)
        found = [name for name in left if best is not None and name in best.variables]
        if best is None or not found:
            break
        homes |= dict.fromkeys(found, best.name)
        left = [name for name in left if name not in found]
    return homes


def _first_rows(catalogue: Catalogue, dataset: Dataset, *, count: int, seed: int) -> dict[str, Row]:
    found: dict[str, Row] = {}
    for row in rows(catalogue, dataset.name, count=count, seed=seed):
        found.setdefault(str(row[dataset.person]), row)
    return found
