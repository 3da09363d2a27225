"""Numbers in Parquet: every column, nested ones too, also where a number was kept as a whole number."""

import io
from collections.abc import Iterator
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from avrop.vigo.scan.numbers import kind, with_zero
from avrop.vigo.scan.streams import in_stream

_LEAST, _MOST = 10**9, 10**11 - 1


def in_parquet(file: BinaryIO) -> Iterator[tuple[str, str]]:
    """Place (row group, row and column, or the footer) and kind of every number that could be somebody's.

    Raises pyarrow.ArrowInvalid for what is no Parquet.
    """
    table = pq.ParquetFile(file)
    for key, value in (table.metadata.metadata or {}).items():
        for _, found in in_stream(io.BytesIO(key + b"\n" + value)):
            yield "the file's own metadata", found
    for group in range(table.num_row_groups):
        row = 0
        for batch in table.iter_batches(batch_size=65_536, row_groups=[group]):
            for name, column in zip(batch.schema.names, batch.columns, strict=True):
                for offset, found in _in_column(column):
                    yield f"row group {group}, row {row + offset}, column {name}", found
            row += batch.num_rows


def _in_column(column: pa.Array) -> Iterator[tuple[int, str]]:
    """Position and kind. What is nested tells the position of its own values."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_nested(column.type):
        for part in _parts(column):
            yield from _in_column(part)
    elif pa.types.is_integer(column.type) or pa.types.is_decimal(column.type) or pa.types.is_floating(column.type):
        yield from _whole(column)
    elif pa.types.is_string(column.type) or pa.types.is_large_string(column.type) or _is_bytes(column.type):
        for place, value in enumerate(column.to_pylist()):
            if value is not None:
                text = value.encode() if isinstance(value, str) else value
                yield from ((place, found) for _, found in in_stream(io.BytesIO(text)))


def _parts(column: pa.Array) -> list[pa.Array]:
    if pa.types.is_map(column.type):
        return [column.keys, column.items]
    return list(column.flatten()) if pa.types.is_struct(column.type) else [column.flatten()]


def _whole(column: pa.Array) -> Iterator[tuple[int, str]]:
    asked = pc.and_(pc.greater_equal(column, _LEAST), pc.less_equal(column, _MOST))
    for place in pc.indices_nonzero(pc.fill_null(asked, False)).to_pylist():
        value = column[place].as_py()
        number = with_zero(int(value)) if value == int(value) else None
        found = kind(number) if number else None
        if found:
            yield place, found


def _is_bytes(kept: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kept) or pa.types.is_large_binary(kept) or pa.types.is_fixed_size_binary(kept))
