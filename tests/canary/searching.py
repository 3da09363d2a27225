"""Everything that a file or a database holds, as bytes to search: raw, every page and dictionary decompressed, every
value, every footer and statistic."""

import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
from psycopg import sql

Found = dict[str, set[str]]


def contents(root: Path) -> Iterator[tuple[str, bytes]]:
    """Every file under a folder (or the file itself): its name and bytes, and those of its Parquet pages and values."""
    for path in [root] if root.is_file() else sorted(root.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            yield f"{path} raw", data
            yield f"{path} name", str(path).encode()
            if data[:4] == b"PAR1":
                yield from _parquet(path, data)


def _parquet(path: Path, data: bytes) -> Iterator[tuple[str, bytes]]:
    file = pq.ParquetFile(path)
    metadata = file.metadata
    texts = [str(metadata.metadata), str(file.schema_arrow.metadata)]
    for group in range(metadata.num_row_groups):
        for place in range(metadata.num_columns):
            chunk = metadata.row_group(group).column(place)
            if chunk.statistics is not None and chunk.statistics.has_min_max:
                texts.append(f"{chunk.statistics.min} {chunk.statistics.max}")
            for page in pages(data, chunk):
                yield f"{path} page of {chunk.path_in_schema}", page
    yield f"{path} footer", "\n".join(texts).encode()
    for column in pq.read_table(path).to_pydict().items():
        yield f"{path} values of {column[0]}", "\n".join(map(str, column[1])).encode()


def pages(data: bytes, chunk: pq.ColumnChunkMetaData) -> Iterator[bytes]:
    """The pages of a column chunk, its dictionary among them, decompressed."""
    begins = [x for x in (chunk.dictionary_page_offset, chunk.data_page_offset) if x]
    at, end, values = min(begins), min(begins) + chunk.total_compressed_size, 0
    while at < end:
        header, at = _structure(data, at)
        size, compressed = header[2], header[3]
        body, at = data[at : at + compressed], at + compressed
        levels = header[8].get(5, 0) + header[8].get(6, 0) if 8 in header else 0  # a page of version 2
        if chunk.compression != "UNCOMPRESSED" and not (8 in header and header[8].get(7) is False):
            packed = body[levels:]
            unpacked = pa.decompress(packed, size - levels, chunk.compression.lower()).to_pybytes() if packed else b""
            body = body[:levels] + unpacked
        assert len(body) == size
        values += (header.get(5) or header.get(8) or {}).get(1, 0)
        yield body
    assert (at, values) == (end, chunk.num_values), "the walk over the pages saw all of the chunk"


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        value |= (data[at] & 0x7F) << shift
        shift, at = shift + 7, at + 1
        if data[at - 1] < 0x80:
            return value, at


def _structure(data: bytes, at: int) -> tuple[dict, int]:
    """A structure of Thrift's compact protocol, by field number: what Parquet's page headers are written in."""
    fields, number = {}, 0
    while data[at]:
        step, kind = data[at] >> 4, data[at] & 0x0F
        at += 1
        if step:
            number += step
        else:
            value, at = _varint(data, at)
            number = (value >> 1) ^ -(value & 1)
        fields[number], at = _value(data, at, kind)
    return fields, at + 1


def _value(data: bytes, at: int, kind: int) -> tuple[object, int]:
    if kind in (1, 2):
        return kind == 1, at
    if kind in (4, 5, 6):
        value, at = _varint(data, at)
        return (value >> 1) ^ -(value & 1), at
    if kind == 8:
        size, at = _varint(data, at)
        return data[at : at + size], at + size
    if kind == 12:
        return _structure(data, at)
    raise AssertionError(f"a page header with a field of kind {kind}")


def database(url: str) -> Iterator[tuple[str, bytes]]:
    """Every value of every row of every table: bytes as they are, the rest as text."""
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
        for (name,) in names:
            for row in connection.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(name))).fetchall():
                yield f"table {name}", b"\n".join(x if isinstance(x, bytes) else str(x).encode() for x in row)


def search(where: Iterator[tuple[str, bytes]], people: set[str]) -> Found:
    """Which canaries are found where; identity numbers under `identity`."""
    found: Found = {}
    for place, data in where:
        for match in re.finditer(rb"Q[A-Z]{6}(?=[0-9]{3})", data):
            found.setdefault(match.group().decode(), set()).add(place)
        if any(number.decode() in people for number in re.findall(rb"(?=([0-9]{11}))", data)):
            found.setdefault("identity", set()).add(place)
    return found
