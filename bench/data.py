"""The benchmarks' tables, of nobody, person-sorted; made once and kept in bench/scratch."""

from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

PEOPLE = 200_000
CODES = ("STUSP1----", "STREA2----", "BABAT1----", "HSHEA2----", "ELELE1----", "TPTIP1----")
COLUMNS = {
    "WHO": "text", "DAY": "date", "OWNER": "text", "HOME": "text", "PLACE": "text", "CODE": "text", "LEVEL": "text",
    "STATUS": "text", "MARK": "text", "BORN": "date", "DAYS": "integer", "HOURS": "integer",
}  # fmt: skip


def make(folder: Path, rows: int) -> dict[str, Path]:
    """The files of a table of so many rows, and of two lists of people to leave out; made if they are not there."""
    folder.mkdir(parents=True, exist_ok=True)
    table, lists = folder / f"table-{rows}.parquet", {n: folder / f"{n}.parquet" for n in ("protected", "objecting")}
    if not table.exists():
        temporary = table.with_suffix(".partial")
        pq.write_table(_table(rows), temporary, compression="zstd", row_group_size=122_880)
        temporary.rename(table)
    for place, path in enumerate(lists.values()):
        chosen = [_identifier(n) for n in range(place, PEOPLE, 400)]
        pq.write_table(pa.table({"person": pa.array(chosen, pa.string())}), path)
    return {"table": table, **lists}


def make_generation(folder: Path, rows: int) -> Path:
    """The file of a generation of so many spells: pseudonym, code, first and last day; made if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"generation-{rows}.parquet"
    if not path.exists():
        draw = np.random.Generator(np.random.Philox(11))
        people = np.sort(np.arange(rows, dtype=np.int64) % PEOPLE)
        start = np.datetime64(date(2010, 1, 1)) + draw.integers(0, 5000, rows).astype("timedelta64[D]")
        stop = start + draw.integers(1, 400, rows).astype("timedelta64[D]")
        codes = pa.DictionaryArray.from_arrays(draw.integers(0, len(CODES), rows, dtype=np.int32), list(CODES))
        names = pa.array([f"{n * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128:032x}" for n in range(PEOPLE)])
        columns = [names.take(pa.array(people)), codes.cast("string"), pa.array(start), pa.array(stop)]
        temporary = path.with_suffix(".partial")
        table = pa.table(columns, names=["pseudonym", "CODE", "START", "STOP"])
        pq.write_table(table, temporary, compression="zstd", row_group_size=122_880)
        temporary.rename(path)
    return path


def _identifier(number: int) -> str:
    """Eleven digits that are nobody's: no month is above 92."""
    return f"99{number:09d}"


def _table(rows: int) -> pa.Table:
    draw = np.random.Generator(np.random.Philox(7))
    people = np.sort(np.arange(rows, dtype=np.int64) % PEOPLE)
    identifiers = pa.array([_identifier(n) for n in range(PEOPLE)])

    def pick(values: tuple[str, ...]) -> pa.Array:
        return pa.DictionaryArray.from_arrays(draw.integers(0, len(values), rows, dtype=np.int32), list(values)).cast(
            "string"
        )

    days = np.datetime64(date(2015, 10, 1)) + (draw.integers(0, 11, rows) * 365).astype("timedelta64[D]")
    born = np.datetime64(date(2000, 1, 1)) + (people % 5000).astype("timedelta64[D]")
    columns = [
        identifiers.take(pa.array(people)), pa.array(days), pick(("A",) * 199 + ("B",)), pick(("A",) * 50 + ("B",)),
        pick(tuple(f"{n:05d}" for n in range(400))), pick(CODES), pick(("VG1", "VG2", "VG3")), pick(("E", "D", "V")),
        pick(("1", "2", "3", "4", "5", "6")), pa.array(born), pa.array(draw.integers(0, 60, rows)),
        pa.array(draw.integers(0, 200, rows)),
    ]  # fmt: skip
    return pa.table(columns, names=list(COLUMNS))
