"""Read source tables: CSV or Parquet files as typed rows that know their number.

A stage is a table with a dataset's variables, typed, and three kinds of columns more: the file's index, the row's
number in it (1 is the first record), and for each variable whether its value could not be read.
"""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from sqlglot import exp

from avrop.catalogue.datasets import Catalogue, Dataset
from avrop.catalogue.variables import DataType
from avrop.engines.tablesources import FileSource, StoredColumn

FILE = " file"
ROW = " row"
"""Variables' names never begin with a space, so these cannot clash with one."""

STORED: dict[DataType, str] = {"text": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "date": "DATE"}
_SHAPES: dict[DataType, str] = {
    "integer": r"-?[0-9]{1,19}",
    "number": r"-?[0-9]+([.][0-9]+)?([eE][+-]?[0-9]{1,3})?",
    # A day may be written as its midnight; another time of day would be lost.
    "date": r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ]00:00(:00([.]0+)?)?(Z|[+-]00(:?00)?)?)?",
}


def bad(variable: str) -> str:
    """The stage's column that says whether the variable's value could not be read."""
    return f" bad {variable}"


def quoted(name: str) -> exp.Column:
    """A column, its name quoted."""
    return exp.column(name, quoted=True)


def table(name: str) -> exp.Table:
    """A table, its name quoted."""
    return exp.Table(this=exp.to_identifier(name, quoted=True))


def text(value: str) -> exp.Literal:
    """A text literal."""
    return exp.Literal.string(value)


def matches(value: exp.Expression, pattern: str) -> exp.Expression:
    """Whether the whole text matches the pattern."""
    return exp.Anonymous(this="regexp_full_match", expressions=[value, text(pattern)])


def run(connection: duckdb.DuckDBPyConnection, tree: exp.Expression) -> list[tuple[object, ...]]:
    """Run a syntax tree and fetch its rows."""
    return connection.execute(tree.sql(dialect="duckdb")).fetchall()


def stored_columns(path: Path, *, delimiter: str = ",") -> list[StoredColumn]:
    """Names and stored types of a file's columns in order.

    Every column of a CSV file is text. Raises OSError, UnicodeDecodeError, csv.Error, ValueError, pyarrow.ArrowInvalid
    for a file that cannot be read.
    """
    if path.suffix.lower() == ".parquet":
        return [(field.name, _stored_type(field.type)) for field in pq.read_schema(path)]
    with path.open(encoding="utf-8-sig", newline="") as lines:
        names = next(csv.reader(lines, strict=True, delimiter=delimiter), None)
    if not names:
        raise ValueError("no header")
    return [(name, "text") for name in names]


def _stored_type(stored: pa.DataType) -> str:
    if pa.types.is_dictionary(stored):
        stored = stored.value_type
    tests = {
        "text": (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view),
        "integer": (pa.types.is_integer,),
        "number": (pa.types.is_floating, pa.types.is_decimal),
        "date": (pa.types.is_date,),
        "timestamp": (pa.types.is_timestamp,),
        "boolean": (pa.types.is_boolean,),
        "null": (pa.types.is_null,),
    }
    return next((name for name, ask in tests.items() if any(test(stored) for test in ask)), "other")


def can_hold(stored: str, wanted: DataType) -> bool:
    """Whether a stored column can be read as the wanted type. Numbers are never read as text: zeros would be lost."""
    wider = {("integer", "number"), ("timestamp", "date")}
    return stored in (wanted, "null", "text") or (stored, wanted) in wider


def source(given: FileSource, columns: Sequence[StoredColumn], variables: Sequence[str]) -> exp.Select:
    """The columns that feed the variables, under the variables' names, as stored; and the row's number."""
    if given.is_parquet:
        names = {name: name for name, _ in columns}
        options: Mapping[str, exp.Expression] = {"file_row_number": exp.true(), "hive_partitioning": exp.false()}
        number: exp.Expression = quoted("file_row_number") + 1
        function = "read_parquet"
    else:
        # Columns go by their places: DuckDB does not tell upper from lower case.
        names = {name: f" {place}" for place, (name, _) in enumerate(columns)}
        places = [exp.to_identifier(f" {place}", quoted=True) for place in range(len(columns))]
        types = [exp.PropertyEQ(this=place, expression=text("VARCHAR")) for place in places]
        options = {"columns": exp.Struct(expressions=types)} | _csv_options(given.delimiter)
        # The reader keeps the file's order, and an empty window numbers the rows as they come.
        number = exp.Window(this=exp.RowNumber())
        function = "read_csv"
    arguments = [exp.Kwarg(this=exp.var(name), expression=value) for name, value in options.items()]
    call = exp.Anonymous(this=function, expressions=[exp.Array(expressions=[text(str(given.path))]), *arguments])
    fed = [exp.alias_(quoted(names[given.column_of(name)]), name, quoted=True) for name in variables]
    return exp.select(*fed, exp.alias_(number, ROW, quoted=True)).from_(call)


def _csv_options(delimiter: str) -> dict[str, exp.Expression]:
    return {
        "header": exp.true(),
        "auto_detect": exp.false(),
        "delim": text(delimiter),
        "quote": text('"'),
        "escape": text('"'),
        "nullstr": text(""),
        "allow_quoted_nulls": exp.true(),
        "strict_mode": exp.true(),
    }


def make_stage(connection: duckdb.DuckDBPyConnection, name: str, *, dataset: Dataset, catalogue: Catalogue) -> None:
    """Make an empty stage for a dataset."""
    columns = [(FILE, "BIGINT"), (ROW, "BIGINT")]
    columns += [(each, STORED[catalogue.variable(each).data_type]) for each in dataset.variables]
    columns += [(bad(each), "BOOLEAN") for each in dataset.variables]
    definitions = [
        exp.ColumnDef(this=exp.to_identifier(column, quoted=True), kind=exp.DataType.build(kind, dialect="duckdb"))
        for column, kind in columns
    ]
    run(connection, exp.Create(this=exp.Schema(this=table(name), expressions=definitions), kind="TABLE"))


def staged(
    index: int, given: FileSource, columns: Sequence[StoredColumn], *, types: Mapping[str, DataType]
) -> exp.Select:
    """The rows of one file as a stage holds them; `types` are the variables' types, in the stage's order."""
    stored = dict(columns)
    typed = {name: _typed(quoted(name), stored[given.column_of(name)], wanted=kind) for name, kind in types.items()}
    return exp.select(
        exp.Literal.number(index),
        quoted(ROW),
        *typed.values(),
        *(exp.and_(_present(quoted(name)), value.copy().is_(exp.null())) for name, value in typed.items()),
    ).from_(source(given, columns, list(types)).subquery("source"))


def _typed(column: exp.Column, stored: str, *, wanted: DataType) -> exp.Expression:
    kind = exp.DataType.build(STORED[wanted], dialect="duckdb")
    if wanted == "text":
        return exp.Nullif(this=exp.cast(column, kind), expression=text(""))
    if stored == "timestamp":
        return _midnight(column)
    day = exp.Substring(this=column, start=exp.Literal.number(1), length=exp.Literal.number(10))
    value: exp.Expression = exp.TryCast(this=day if wanted == "date" and stored == "text" else column, to=kind)
    if wanted == "number":
        value = exp.Case().when(exp.Anonymous(this="isfinite", expressions=[value]), value.copy())
    if stored == "text":
        return exp.Case().when(matches(column, _SHAPES[wanted]), value)
    return value


def _midnight(column: exp.Column) -> exp.Expression:
    """The day of a timestamp in UTC; null for another time of day. By its count of microseconds, since a time zone's
    arithmetic is an extension."""
    moment = exp.Anonymous(this="make_timestamp", expressions=[exp.Anonymous(this="epoch_us", expressions=[column])])
    day = exp.cast(moment, exp.DataType.build("DATE"))
    same = exp.EQ(this=exp.cast(day.copy(), exp.DataType.build("TIMESTAMP")), expression=moment.copy())
    return exp.Case().when(same, day)


def _present(column: exp.Column) -> exp.Expression:
    as_text = exp.cast(column, exp.DataType.build("VARCHAR"))
    return exp.NEQ(this=exp.func("COALESCE", as_text, text("")), expression=text(""))
