"""One way of doing the job, in a process of its own: `python -m bench.ways WAY ROWS` prints wall, CPU and peak memory.

`ours`: the slice plan on the engine, minimised, pseudonymised, ordered by pseudonym. `raw`: DuckDB alone, the same
columns and rows selected and written with no policy, in the order of the file. `raw-ordered`: the same, sorted.
"""

import json
import resource
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import duckdb

from avrop.catalogue.variables import Band, Prefix
from avrop.disclosure import operators as op
from avrop.disclosure.binding import Binding
from avrop.disclosure.pseudonyms import pseudonymiser
from avrop.engines.duckdb import DuckDBEngine
from bench.data import COLUMNS, make

SCRATCH = Path(__file__).parent / "scratch"
SHOWN = tuple(name for name in COLUMNS if name != "WHO")
START, END = date(2015, 1, 1), date(2027, 1, 1)


def plan() -> op.SlicePlan:
    """Origin, claimant, two lists, a period, three columns coarsened, a pseudonym, twelve columns, ordered."""
    names = ("pseudonym", *SHOWN)
    coarser = {"BORN": (Prefix(length=4),), "CODE": (Prefix(length=6),), "DAYS": (Band(edges=(1, 5, 10, 20)),)}
    types = {name: ("text" if name in coarser else kind) for name, kind in COLUMNS.items()}
    table = op.TablePlan(
        name="TABLE",
        operators=(
            op.Scan(dataset="TABLE", columns=tuple(op.Column(name=n, type=t) for n, t in COLUMNS.items())),
            op.Origin(column="OWNER", controller="A"),
            op.Claimants(columns=("HOME",)),
            op.Exclude(column="WHO", list="protected"),
            op.Exclude(column="WHO", list="objecting"),
            op.Window(column="DAY", start=START, end=END),
            *(op.Generalise(column=name, steps=steps) for name, steps in coarser.items()),
            op.Pseudonymise(column="WHO", scope="bench"),
            op.Select(columns=(("WHO", "pseudonym"), *((n, n) for n in SHOWN))),
            op.Order(columns=names),
        ),
        output=(op.Column(name="pseudonym", type="text"), *(op.Column(name=n, type=types[n]) for n in SHOWN)),
    )
    return op.SlicePlan(
        call_off="bench", controller="A", version="v", catalogue="c", rule="r", scope="bench", tables=(table,)
    )


def ours(files: dict[str, Path], out: Path) -> int:
    """The engine's way. Returns rows written."""
    binding = Binding(
        tables={"TABLE": [files["table"]]},
        lists={name: files[name] for name in ("protected", "objecting")},
        approved=frozenset({"A", "B"}),
        pseudonyms={"bench": pseudonymiser(bytes(range(32)))},
    )
    (made,) = DuckDBEngine(threads=2, memory_limit="4GB").run(plan(), binding, out)
    return made.rows


def raw(files: dict[str, Path], out: Path, *, ordered: bool) -> int:
    """DuckDB alone. Returns rows written."""
    connection = duckdb.connect(":memory:", config={"threads": 2, "memory_limit": "4GB"})
    columns = ", ".join(f'"{name}"' for name in COLUMNS)
    order = f"ORDER BY {columns}" if ordered else ""
    query = f"SELECT {columns} FROM read_parquet('{files['table']}') {order}"
    options = "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880"
    row = connection.execute(f"COPY ({query}) TO '{out / 'raw.parquet'}' ({options})").fetchone()
    return int(row[0]) if row else 0


def main(way: str, rows: int) -> None:
    """Do it once and print the figures."""
    files = make(SCRATCH, rows)
    with tempfile.TemporaryDirectory(dir=SCRATCH) as name:
        out, began = Path(name), time.perf_counter()
        written = ours(files, out) if way == "ours" else raw(files, out, ordered=way == "raw-ordered")
        wall = time.perf_counter() - began
        size = sum(path.stat().st_size for path in out.glob("*.parquet"))
    used = resource.getrusage(resource.RUSAGE_SELF)
    figures = {
        "wall": wall,
        "cpu": used.ru_utime + used.ru_stime,
        "peak": used.ru_maxrss / 1024,
        "rows": written,
        "bytes": size,
    }
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
