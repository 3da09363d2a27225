"""Numbers in Parquet: every column, nested ones too, also where a number was kept as a whole number."""

from collections.abc import Iterator
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from avrop.vigo.scan.numbers import kind, with_zero
from avrop.vigo.scan.patterns import hits

_LEAST, _MOST = 10**9, 10**11 - 1
_TEXTS = (
    pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view, pa.types.is_binary, pa.types.is_large_binary,
    pa.types.is_binary_view, pa.types.is_fixed_size_binary,
)  # fmt: skip


def in_parquet(file: BinaryIO) -> Iterator[tuple[str, str]]:
    """Place (row group, row and column, or the footer) and kind of every number that could be somebody's.

    Columns are text, bytes, whole numbers, decimals, floats and seconds of a duration (more than 31 years, as no
    ordinary one is). Times, dates and finer durations are not looked at as numbers: ordinary ones would often be found.
    Raises pyarrow.ArrowInvalid for what is no Parquet.
    """
    table = pq.ParquetFile(file)
    yield from _in_footer(table)
    told = set()
    for group in range(table.num_row_groups):
        row = 0
        for batch in table.iter_batches(batch_size=65_536, row_groups=[group]):
            for name, column in zip(_shown(batch.schema.names), batch.columns, strict=True):
                for offset, found in _in_column(column):
                    where = f"column {name}'s dictionary" if offset is None else f"row {row + offset}, column {name}"
                    if offset is not None or (group, name, found) not in told:
                        yield f"row group {group}, {where}", found
                    if offset is None:
                        told.add((group, name, found))
            row += batch.num_rows


def _in_footer(table: pq.ParquetFile) -> Iterator[tuple[str, str]]:
    yield from _in_words("the file's own metadata", table.metadata.metadata, table.metadata.created_by)
    for place, field in enumerate(table.schema_arrow, 1):
        yield from _in_field(f"column {place}", field)


def _in_field(place: str, field: pa.Field) -> Iterator[tuple[str, str]]:
    """A field's name and metadata, and those of the fields in it. The name is not shown: it may be what is found."""
    yield from _in_words(f"{place}, its name", {}, field.name)
    yield from _in_words(f"{place}, its metadata", field.metadata)
    kept = field.type.storage_type if isinstance(field.type, pa.BaseExtensionType) else field.type
    if pa.types.is_nested(kept):
        for inner in range(kept.num_fields):
            yield from _in_field(f"{place}, field {inner + 1}", kept.field(inner))


def _in_words(place: str, metadata: dict[bytes, bytes] | None, *texts: str | None) -> Iterator[tuple[str, str]]:
    words = [word for pair in (metadata or {}).items() for word in pair] + [(text or "").encode() for text in texts]
    yield from ((place, found) for _, found in hits(b"\n".join(words)))


def _shown(names: list[str]) -> list[str]:
    """The names of columns; by its place from 1 where a number stands in a name."""
    return [str(place) if any(hits(name.encode())) else name for place, name in enumerate(names, 1)]


def _in_column(column: pa.Array) -> Iterator[tuple[int | None, str]]:
    """Position and kind; None for what a dictionary has and no row. What is nested tells its own values' position."""
    if isinstance(column, pa.ExtensionArray):
        column = column.storage
    if pa.types.is_dictionary(column.type):
        for entry, found in _in_column(column.dictionary):
            rows = pc.indices_nonzero(pc.fill_null(pc.equal(column.indices, entry), False)).to_pylist()
            yield from ((row, found) for row in rows or [None])
    elif pa.types.is_nested(column.type):
        for part in _parts(column):
            yield from _in_column(part)
    elif any(is_text(column.type) for is_text in _TEXTS):
        for place, value in enumerate(column.to_pylist()):
            if value is not None:
                yield from ((place, found) for _, found in hits(value.encode() if isinstance(value, str) else value))
    else:
        yield from _whole(column)


def _parts(column: pa.Array) -> list[pa.Array]:
    if pa.types.is_map(column.type):
        return [column.keys, column.items]
    return list(column.flatten()) if pa.types.is_struct(column.type) else [column.flatten()]


def _whole(column: pa.Array) -> Iterator[tuple[int, str]]:
    if pa.types.is_duration(column.type) and column.type.unit == "s":
        column = column.cast(pa.int64())
    if not (pa.types.is_integer(column.type) or pa.types.is_floating(column.type) or pa.types.is_decimal(column.type)):
        return
    compared = column.cast(pa.float64(), safe=False)  # exact up to 2**53, and no type is too narrow for the limits
    asked = pc.and_(pc.greater_equal(compared, float(_LEAST)), pc.less(compared, float(_MOST + 1)))
    for place in pc.indices_nonzero(pc.fill_null(asked, False)).to_pylist():
        value = column[place].as_py()
        number = with_zero(int(value)) if value == int(value) else None
        found = kind(number) if number else None
        if found:
            yield place, found
