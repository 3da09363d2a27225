"""From a finished run to files of the catalogue's datasets, as the provider would load them, and two lists of people.

Each dataset is one statement over the simulated tables, `<DATASET>.sql`; `own.sql` makes one row of a row's copies. A
small run gives one file for each dataset, a large one a file for each cohort.
"""

import errno
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

import duckdb
import pyarrow as pa

from avrop.errors import Conflict
from avrop.vigo.simulator.curriculum import curriculum
from avrop.vigo.simulator.forms import FIRST, KEYS
from avrop.vigo.simulator.plan import LAST_YEAR
from avrop.vigo.simulator.rules import parts, views
from avrop.vigo.simulator.run import chunks, order_of
from avrop.vigo.simulator.writing import disk, fresh

LISTS = {"protected": "adressebeskyttelse <> 'UGRADERT'", "objecting": "reservert = 'J'"}
"""People to leave out of all deliveries: a list's name, and who is on it."""

_REGISTERS = ("PERSON",)
_OWNED = {
    "soknad": "avgiverfylke", "elevforhold": "avgiverfylke", "dokumentasjon": "avgiverfylke",
    "kontrakt": "avgiverfylke", "prove": "avgiverfylke", "oppfolging": "fylke",
}  # fmt: skip
"""Tables whose rows stand in several bases, and the column that says which county registered them."""

_HERE = files("avrop.vigo.delivery")


@cache
def statements() -> Mapping[str, str]:
    """The statement of each dataset, by its name."""
    found = {
        item.name.removesuffix(".sql"): item.read_text(encoding="utf-8")
        for item in _HERE.iterdir()
        if item.name.endswith(".sql") and item.name != "own.sql"
    }
    return dict(sorted(found.items()))


def deliver(run: Path, target: Path, *, progress: Callable[[int, int], None] | None = None) -> Mapping[str, int]:
    """Write `<DATASET>-<number>.parquet` (registers as CSV) and `lists/<list>.csv` into the new folder `target`.

    Gives rows by dataset and people by list. `progress` is told (done, all) parts. Errors: `simulate.no_run`,
    `simulate.unfinished` (Missing), `deliver.exists` (Conflict), `simulate.no_space`, `simulate.disk` (Fault).
    """
    chunks(run, order_of(run))
    if target.resolve().is_relative_to(run.resolve()):
        hint = "Name a folder beside it."
        raise Conflict(
            "deliver.exists", "What is delivered does not lie in the run itself.", hint=hint, folder=target.name
        )
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise Conflict("deliver.exists", "The folder is taken.", hint="Name a new one.", folder=target.name)
    counts = dict.fromkeys((*statements(), *LISTS), 0)
    with disk(), fresh(target) as work:
        own = parts(run)
        for number, part in enumerate(own, start=1):
            for name, rows in _part(run, part, number, work).items():
                counts[name] += rows
            if progress:
                progress(number, len(own))
        _join_lists(work, len(own))
    return counts


def _part(run: Path, part: str, number: int, work: Path) -> dict[str, int]:
    """The files of one part of the people, and how many rows each has."""
    config: dict[str, str | bool | int | float | list[str]] = {"threads": 2, "memory_limit": "4GB"}
    with duckdb.connect(config=config) as database:
        views(database, run, part)
        select_from(database)
        rows = {}
        for name, statement in statements().items():
            form = "csv" if name in _REGISTERS else "parquet"
            rows[name] = _copy(database, statement, work / f"{name}-{number}.{form}")
        for name, condition in LISTS.items():
            statement = f"SELECT number AS person FROM people WHERE {condition} ORDER BY number"
            rows[name] = _copy(database, statement, work / "lists" / f"{name}-{number}.csv")
        return rows


def select_from(database: duckdb.DuckDBPyConnection) -> None:
    """Make what the statements select from, out of the views on a run's tables."""
    database.register("area", _areas())
    own = "\n".join(_own(table, county) for table, county in _OWNED.items())
    text = (_HERE / "own.sql").read_text(encoding="utf-8")
    database.execute(text.replace("-- {own}", own))


def _own(table: str, county: str) -> str:
    """One copy of each row: that of the county which registered it, or of one that came after."""
    _, key = KEYS[table]
    return (
        f"CREATE TEMP TABLE own_{table} AS SELECT t.* FROM {table} t LEFT JOIN etterfolger s "
        f"ON s.liste = 'COUNTY' AND s.kode = t.{county} AND s.ny = t.base QUALIFY row_number() OVER "
        f"(PARTITION BY t.{key} ORDER BY t.base <> t.{county} AND s.ny IS NULL, t.base) = 1;"
    )


@cache
def _areas() -> pa.Table:
    """Route and hours a year of every programme area, under each of its codes."""
    book, found = curriculum(), {}
    for area, slots in zip(book.areas, book.slots, strict=True):
        hours = sum(max(book.subjects[place].hours for place, _ in slot) for slot in slots)
        for year in range(FIRST, LAST_YEAR + 1):
            found[area.code_in(year)] = (area.route, hours)
    return pa.table({
        "programomraadekode": list(found), "route": [route for route, _ in found.values()],
        "hours": [hours for _, hours in found.values()],
    })  # fmt: skip


def _copy(database: duckdb.DuckDBPyConnection, statement: str, path: Path) -> int:
    path.parent.mkdir(exist_ok=True)
    form = "FORMAT csv, HEADER" if path.suffix == ".csv" else "FORMAT parquet, COMPRESSION zstd"
    place = str(path).replace("'", "''")
    try:
        (count,) = database.execute(f"COPY ({statement}) TO '{place}' ({form})").fetchone() or (0,)
    except duckdb.IOException as failure:
        full = "No space left" in str(failure)
        raise OSError(errno.ENOSPC if full else errno.EIO, "COPY") from None
    return int(count)


def _join_lists(work: Path, several: int) -> None:
    """One file for each list, in the order of numbers."""
    for name in LISTS:
        found = [work / "lists" / f"{name}-{number}.csv" for number in range(1, several + 1)]
        lines = sorted(line for path in found for line in path.read_text(encoding="utf-8").splitlines()[1:])
        (work / "lists" / f"{name}.csv").write_text("\n".join(["person", *lines]) + "\n", encoding="utf-8")
        for path in found:
            path.unlink()
