"""Reads tables of a provider's PostgreSQL: only the columns that feed a variable, in one read-only transaction."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from avrop.catalogue.datasets import Catalogue, Dataset
from avrop.engines.tableloading import column_faults
from avrop.engines.tablesources import FileSource, Source, StoredColumn, TableSource
from avrop.errors import AvropError, Fault, Mistake

_STORED = {
    "text": ("text", "varchar", "bpchar", "name", "uuid", "citext"),
    "integer": ("int2", "int4", "int8"),
    "number": ("float4", "float8", "numeric"),
    "date": ("date",),
    "timestamp": ("timestamp", "timestamptz"),
    "boolean": ("bool",),
}
_TYPES = {name: stored for stored, names in _STORED.items() for name in names}

_COLUMNS = """
    SELECT a.attname, coalesce(b.typname, t.typname)
    FROM pg_catalog.pg_attribute a
    JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype
    WHERE a.attrelid = pg_catalog.to_regclass(%s) AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
"""


def read_tables(
    catalogue: Catalogue, sources: Mapping[str, Sequence[Source]], folder: Path, *, url: str | None
) -> dict[str, tuple[FileSource, ...]]:
    """The sources as files: a table of the database is written into `folder`, its rows in the order of its columns (the
    key's first), which is how faults number them. All tables are read in one transaction, so they belong together.

    A table whose columns do not fit is not read; its fault is found as any file's is. Errors: `source.no_url`,
    `source.no_table`, `source.denied` (Mistake); `source.unavailable`, `source.failed` (Fault). None has a value.
    """
    if not any(isinstance(each, TableSource) for several in sources.values() for each in several):
        return {name: tuple(_file(each) for each in several) for name, several in sources.items()}
    folder.mkdir()
    made: dict[str, tuple[FileSource, ...]] = {}
    with reading(url) as connection:
        for name, several in sources.items():
            dataset = next((each for each in catalogue.datasets if each.name == name), None)
            places = [folder / f"{len(made)}-{number}.csv" for number in range(len(several))]
            made[name] = tuple(
                _file(each)
                if isinstance(each, FileSource)
                else _spooled(connection, each, dataset, catalogue, to=place)
                for each, place in zip(several, places, strict=True)
            )
    return made


def _file(source: Source) -> FileSource:
    if isinstance(source, TableSource):
        raise TypeError("a table is read before")
    return FileSource(
        path=source.path.resolve(),
        delimiter=source.delimiter,
        columns=source.columns,
        name=source.name,
        stored=source.stored,
    )


@contextmanager
def reading(url: str | None) -> Iterator[psycopg.Connection]:
    """A read-only transaction in a provider's database. Errors: those of `read_tables`."""
    if not url:
        raise Mistake("source.no_url", "No source database is named.", hint="Set AVROP_SOURCE_URL, or source_url.")
    try:
        with psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://", 1), client_encoding="utf8") as made:
            made.read_only = True
            made.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            made.execute("SET LOCAL timezone TO 'UTC'")
            made.execute("SET LOCAL datestyle TO 'ISO'")
            yield made
            made.rollback()
    except psycopg.Error as failure:
        raise _refused(failure) from None


def _refused(failure: psycopg.Error) -> AvropError:
    """The message of the database may show a row: only the kind of the error passes."""
    if failure.sqlstate is None or failure.sqlstate[:2] in ("08", "28", "3D", "57"):
        return Fault(
            "source.unavailable",
            f"The source database cannot be used ({type(failure).__name__}).",
            hint="See that it runs, and that the URL names an account that may log in.",
        )
    if isinstance(failure, psycopg.errors.InsufficientPrivilege):
        return Mistake(
            "source.denied", "The account may not read a table or a column.", hint="Grant it SELECT on them."
        )
    return Fault(
        "source.failed",
        f"The source database could not give the rows ({type(failure).__name__}); nothing was loaded.",
        hint="Select from the table or view by hand, and mend it.",
    )


def _spooled(
    connection: psycopg.Connection, source: TableSource, dataset: Dataset | None, catalogue: Catalogue, *, to: Path
) -> FileSource:
    columns = columns_of(connection, source)
    wanted = {} if dataset is None else {name: source.column_of(name) for name in (*dataset.key, *dataset.variables)}
    if dataset is None or column_faults(catalogue, dataset, given=source, columns=columns):
        to.touch()
        return FileSource(path=to, name=source.label, columns=wanted, stored=columns)
    read = list(dict.fromkeys(wanted.values()))
    _copy(connection, source, read, to)
    return FileSource(path=to, name=source.label, columns=wanted, stored=[(name, "text") for name in read])


def columns_of(connection: psycopg.Connection, source: TableSource) -> list[StoredColumn]:
    """All columns of a table and how they are stored, from the database's own catalogue: no row is touched."""
    found = connection.execute(_COLUMNS, [source.quoted]).fetchall()
    if not found:
        raise Mistake(
            "source.no_table",
            "The source database has no such table or view, or the account does not see it.",
            hint="Write it as schema.table, in its own upper and lower case.",
            table=source.table,
        )
    return [(column, _TYPES.get(kind, "other")) for column, kind in found]


def _copy(connection: psycopg.Connection, source: TableSource, columns: Sequence[str], to: Path) -> None:
    """Write the columns as CSV. As text, each value keeps every digit; the description says what it is."""
    values = sql.SQL(", ").join(sql.SQL('{}::text COLLATE "C"').format(sql.Identifier(name)) for name in columns)
    places = sql.SQL(", ").join(sql.Literal(place) for place in range(1, len(columns) + 1))
    table = sql.Identifier(*source.table.split("."))
    query = sql.SQL("COPY (SELECT {} FROM {} ORDER BY {}) TO STDOUT WITH (FORMAT csv, HEADER true)")
    with to.open("wb") as file, connection.cursor().copy(query.format(values, table, places)) as copy:
        for block in copy:
            file.write(block)
