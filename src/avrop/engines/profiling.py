"""Looks at a table to draft its description: names and types of columns, and counts. No value leaves it unasked."""

import csv
import re
from collections.abc import Mapping, Sequence

import duckdb
import psycopg
import pyarrow as pa
from psycopg import sql
from sqlglot import exp

from avrop.catalogue.drafting import FEWEST, Form, TableColumn, named, require
from avrop.catalogue.variables import DataType
from avrop.engines.connection import shut_off
from avrop.engines.csvfaults import first_fault
from avrop.engines.sourcedatabase import columns_of, reading
from avrop.engines.tables import matches, quoted, run, source, stored_columns
from avrop.engines.tablesources import FileSource, Source, StoredColumn, TableSource
from avrop.errors import Missing, Mistake

MOST_CODES = 400

_ROW = 2
"""So many columns that are called like one of their own values are the first row of a file without a header."""

_HELD: Mapping[str, DataType] = {
    "text": "text", "integer": "integer", "number": "number", "date": "date", "timestamp": "date", "null": "text",
}  # fmt: skip
"""The type that can hold a stored column: a timestamp may be a day, and of what is always empty nothing is known."""

_LOOKS: Mapping[DataType, str] = {
    "date": r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
    # A zero in front says that it is a code.
    "integer": r"-?(0|[1-9][0-9]{0,17})",
    "number": r"-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]{1,3})?",
}

_CLOCK = r"[0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)?"

_FORMS: Mapping[Form, str] = {
    "day.month.year": r"[0-9]{1,2}[.][0-9]{1,2}[.][0-9]{4}",
    "decimal comma": r"-?(0|[1-9][0-9]*)(,[0-9]+)?",
    "yes or no in words": r"(?i)(true|false|sann|usann|yes|no|ja|nei|[yjn])",
    "day and time": rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}[T ]{_CLOCK} ?(Z|[+-][0-9]{{2}}(:?[0-9]{{2}})?)?",
    "time of day": _CLOCK,
}
"""Usual ways to write what no load reads as more than a text: only told, since a guess could turn a value around."""

_STORED: Mapping[str, Form] = {"boolean": "yes or no", "timestamp": "moment"}

_NOT_NULL = """
    SELECT a.attname FROM pg_catalog.pg_attribute a
    WHERE a.attrelid = pg_catalog.to_regclass(%s) AND a.attnum > 0 AND a.attnotnull
"""


def profile(
    given: Source, *, person: str | None = None, codes: Sequence[str] = (), url: str | None = None
) -> tuple[TableColumn, ...]:
    """The columns of a CSV or Parquet file, or of a table of the PostgreSQL at `url`.

    A CSV file's types are found by counting, a Parquet file's and a table's are as stored. `codes` names the columns
    whose values are wanted as candidates for codes; of others, none is read out. A value is a candidate if `FEWEST`
    different people of the column `person` have it; without that column, if so many rows do. Errors (Mistake):
    `init.unreadable`, `init.header`, `init.no_column`, `init.many_codes`; those of `read_tables` for a source database.
    """
    if isinstance(given, TableSource):
        return _of_database(given, person, codes, url)
    if len(given.delimiter) != 1:
        raise Mistake("init.delimiter", "A delimiter is one character.", hint="Write it as --delimiter ';'.")
    if not given.path.is_file():
        raise Missing("init.no_file", "There is no such file.", hint="Name it from where you stand.", file=given.label)
    try:
        columns = stored_columns(given.path, delimiter=given.delimiter)
    except (OSError, UnicodeDecodeError, csv.Error, ValueError, pa.ArrowException):
        raise _unreadable(given) from None
    by_name = named([TableColumn(name=name, data_type=None) for name, _ in columns])
    if len(columns) == 1 and re.search(r"[;,|\t]", columns[0][0]):
        raise Mistake(
            "init.one_column", "The first line has one name, with what could be a delimiter in it.",
            hint="Say what is between the columns with --delimiter.",
        )  # fmt: skip
    for column in (person, *codes):
        require(by_name, column)
    with shut_off(read=[given.path.resolve()], write=None, threads=2, memory_limit="1GB") as connection:
        try:
            return _of_file(connection, given, columns, person=person, codes=codes)
        except (duckdb.InvalidInputException, duckdb.ConversionException):
            raise _unreadable(given) from None


def _unreadable(given: FileSource) -> Mistake:
    """With the line and the kind of the first fault of a CSV file, where one is found."""
    fault = None if given.is_parquet else first_fault(given.path, delimiter=given.delimiter)
    where: dict[str, str | int] = {"file": given.label}
    if fault is not None:
        where["line"] = fault[0]
    return Mistake(
        "init.unreadable", f"The file cannot be read as a table. {fault[1] if fault else ''}".rstrip(),
        hint="It must be Parquet, or CSV in UTF-8 with a header; name the delimiter with --delimiter.",
        **where,
    )  # fmt: skip


def _of_file(
    connection: duckdb.DuckDBPyConnection,
    given: FileSource,
    columns: Sequence[StoredColumn],
    *,
    person: str | None,
    codes: Sequence[str],
) -> tuple[TableColumn, ...]:
    names = [name for name, _ in columns]
    plain = FileSource(path=given.path.resolve(), delimiter=given.delimiter, columns={name: name for name in names})
    rows = source(plain, columns, names)
    counts: list[exp.Expression] = [exp.Count(this=exp.Star())]
    for name in names:
        filled = _filled(name)
        counts.append(exp.Count(this=filled))
        looks = [matches(filled.copy(), pattern) for pattern in (*_LOOKS.values(), *_FORMS.values())]
        looks.append(exp.EQ(this=filled.copy(), expression=exp.Literal.string(name)))
        counts += [exp.Count(this=exp.Case().when(look, exp.Literal.number(1))) for look in looks]
    ((total, *found),) = run(connection, exp.select(*counts).from_(rows.subquery("rows")))
    width = 2 + len(_LOOKS) + len(_FORMS)
    made, alike = [], 0
    for place, (name, stored) in enumerate(columns):
        filled_rows, *fitting, named_so = (int(str(count)) for count in found[place * width : (place + 1) * width])
        alike += bool(named_so)
        if stored == "text" and name == person:
            kind, form = _HELD.get(stored), None
        else:
            kind = _kind(stored, given, filled_rows, fitting[: len(_LOOKS)])
            written = zip(_FORMS, fitting[len(_LOOKS) :], strict=True) if kind == "text" and stored == "text" else ()
            form = next((each for each, count in written if count == filled_rows > 0), _STORED.get(stored))
        wanted, rare = _codes(connection, rows, name, person) if name in codes else (None, 0)
        made.append(
            TableColumn(
                name=name, data_type=kind, empty=filled_rows < int(str(total)), codes=wanted, rare=rare, form=form
            )
        )
    if alike >= _ROW:
        raise Mistake(
            "init.row_as_header", f"What stands as the name of {alike} columns is one of their values too.",
            hint="Write a first line with names.",
        )  # fmt: skip
    return tuple(made)


def _kind(stored: str, given: FileSource, filled: int, looks: Sequence[int]) -> DataType | None:
    if given.is_parquet or not filled:
        return _HELD.get(stored)
    return next((kind for kind, count in zip(_LOOKS, looks, strict=True) if count == filled), "text")


def _codes(
    connection: duckdb.DuckDBPyConnection, rows: exp.Select, name: str, person: str | None
) -> tuple[tuple[str, ...], int]:
    value = _filled(name)
    counted = exp.Star() if person is None else exp.Distinct(expressions=[_filled(person)])
    groups = (
        exp.select(exp.alias_(value, "value"), exp.alias_(exp.Count(this=counted), "times"))
        .from_(rows.copy().subquery("rows"))
        .where(exp.not_(value.copy().is_(exp.null())))
        .group_by(value.copy())
        .order_by("value")
    )
    return _candidates(name, [(str(code), int(str(times))) for code, times in run(connection, groups)])


def _filled(name: str) -> exp.Expression:
    """The value as text; null for an empty one, which also keeps it from counting as somebody."""
    return exp.Nullif(this=exp.cast(quoted(name), exp.DataType.build("VARCHAR")), expression=exp.Literal.string(""))


def _candidates(name: str, found: Sequence[tuple[str, int]]) -> tuple[tuple[str, ...], int]:
    shown = tuple(code for code, times in found if times >= FEWEST)
    if len(shown) > MOST_CODES:
        raise Mistake(
            "init.many_codes", f"The column has {len(shown)} different values; that is no list of codes.",
            hint="Leave it out of --codes.", column=name,
        )  # fmt: skip
    return shown, len(found) - len(shown)


def _of_database(
    given: TableSource, person: str | None, codes: Sequence[str], url: str | None
) -> tuple[TableColumn, ...]:
    with reading(url) as connection:
        columns = columns_of(connection, given)
        by_name = named([TableColumn(name=name, data_type=None) for name, _ in columns])
        for column in (person, *codes):
            require(by_name, column)
        filled = {name for (name,) in connection.execute(_NOT_NULL, [given.quoted]).fetchall()}
        found = {name: _stored_codes(connection, given, name, person) for name in codes}
        return tuple(
            TableColumn(
                name=name, data_type=_HELD.get(stored), empty=name not in filled, form=_STORED.get(stored),
                codes=found[name][0] if name in found else None, rare=found[name][1] if name in found else 0,
            )
            for name, stored in columns
        )  # fmt: skip


def _stored_codes(
    connection: psycopg.Connection, given: TableSource, name: str, person: str | None
) -> tuple[tuple[str, ...], int]:
    query = sql.SQL(
        "SELECT {0}::text, count({2}) FROM {1} WHERE {0}::text <> '' GROUP BY 1 ORDER BY {0}::text COLLATE \"C\""
    )
    people = sql.SQL("DISTINCT nullif({}::text, '')")
    counted = sql.SQL("*") if person is None else people.format(sql.Identifier(person))
    table = sql.Identifier(*given.table.split("."))
    return _candidates(name, connection.execute(query.format(sql.Identifier(name), table, counted)).fetchall())
