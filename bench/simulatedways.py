"""One way of making tables of nobody, in a process of its own: `python -m bench.simulatedways WAY ROWS` prints figures.

`ours`: the national simulator, whole groups of one cohort, to Parquet. `bare`: a NumPy loop that draws the same number
of rows with the same columns and writes them in the same way, with no logic at all: no life, no rule, no hash. With
`-2` behind it, the same work by two processes. `faker` and `mimesis`: rows of a person's table by those libraries, as
CSV, each in an environment of its own.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from avrop.catalogue.packform import Simulation
from avrop.vigo.simulator.columns import DAY, DIGITS, NO_DAY, PART, ROW, Column, Rows
from avrop.vigo.simulator.forms import TABLES
from avrop.vigo.simulator.plan import profile
from avrop.vigo.simulator.run import Piece, make, pieces, plan_of
from tests.wire.environments import environment

COHORT = 2012
ORDER = Simulation(profile="national")
SCRATCH = Path(__file__).parent / "scratch"
PEERS = {"faker": "Faker==40.63.0", "mimesis": "mimesis==22.2.0"}
PEOPLE = 20_000
"""People that each peer draws; their pace is what counts."""

_PEER = {
    "faker": """from faker import Faker
f = Faker('no_NO'); f.seed_instance(1); n = f.random_int; e = f.random_element
row = lambda: (f.ssn(), f.date_of_birth(), e('12'), n(1, 20), e('NSE'), n(1, 60), n(1, 9), f.date_this_decade(),
    n(0, 99), n(0, 999), n(1, 6), e('JN'))
""",
    "mimesis": """from mimesis import Generic
g = Generic(seed=1); n = g.numeric.integer_number; e = g.choice; d = g.datetime.date
row = lambda: (n(10**10, 10**11 - 1), d(), e('12'), n(1, 20), e('NSE'), n(1, 60), n(1, 9), d(), n(0, 99), n(0, 999),
    n(1, 6), e('JN'))
""",
}
"""Twelve columns a row; the numbers are thrown away."""


def chosen(count: int) -> list[Piece]:
    """The largest groups of the cohort."""
    found = [each for each in pieces(plan_of(ORDER), profile("national"), 20_000) if each.group.cohort == COHORT]
    return sorted(found, key=lambda piece: -piece.people)[:count]


def ours(folder: Path, piece: Piece) -> dict[str, int]:
    """One chunk by the simulator; gives its rows by table."""
    chunk = make(folder, ORDER, piece)
    return {name: int(said["rows"]) for name, said in chunk.files.items()}


def bare(folder: Path, name: str, sizes: dict[str, int]) -> int:
    """The same number of rows of each table, drawn without any logic."""
    draw = np.random.default_rng(1)
    for table, count in sizes.items():
        rows = Rows(TABLES[table])
        rows.add(**{column: _drawn(draw, form, count) for column, form in TABLES[table].items()})
        path = folder / table / f"{name}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(rows.table(), path, compression="zstd", compression_level=1, row_group_size=122_880)
    return sum(sizes.values())


def _drawn(draw: np.random.Generator, column: Column, count: int) -> "np.ndarray[tuple[int, ...], np.dtype[np.int64]]":
    if column.kind == ROW:
        return np.arange(count)
    if column.kind == DAY:
        days = draw.integers(13_000, 20_000, count)
        days[draw.integers(0, 4, count) == 0] = NO_DAY
        return days
    if column.kind == DIGITS:
        return draw.integers(0, 10**column.width if column.width >= 9 else 500, count)
    return draw.integers(0, len(column.codes) or (10_000 if column.kind == PART else 100), count)


def main() -> None:
    """Do it, and print what it took."""
    way, groups = sys.argv[1], int(sys.argv[2])
    kind, _, workers = way.partition("-")
    with tempfile.TemporaryDirectory(dir=SCRATCH) as scratch:
        folder = Path(scratch)
        work = chosen(groups)
        if kind == "bare":
            sizes = json.loads((SCRATCH / "simulated-sizes.json").read_text())
            jobs = [(bare, (folder, piece.name, sizes[piece.name])) for piece in work]
        elif kind == "ours":
            jobs = [(ours, (folder, piece)) for piece in work]
        else:
            print(json.dumps(_peer(kind)))
            return
        start, before = time.perf_counter(), sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
        if workers:
            with ProcessPoolExecutor(int(workers), mp_context=get_context("spawn")) as pool:
                made = [each.result() for each in [pool.submit(job, *given) for job, given in jobs]]
        else:
            made = [job(*given) for job, given in jobs]
        wall = time.perf_counter() - start
        if kind == "ours":
            sizes = {piece.name: each for piece, each in zip(work, made, strict=True)}
            (SCRATCH / "simulated-sizes.json").write_text(json.dumps(sizes))
            made = [sum(each.values()) for each in made]
        own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
        print(json.dumps({
            "wall": wall, "cpu": sum(own[:2]) - before + sum(children[:2]), "rows": sum(made),
            "peak": max(own.ru_maxrss, children.ru_maxrss) / 1024,
            "bytes": sum(path.stat().st_size for path in folder.rglob("*.parquet")),
        }))  # fmt: skip


def _peer(name: str) -> dict[str, float]:
    python = environment(f"bench-{name}", "3.11", (PEERS[name],)) / "bin" / "python"
    code = (
        f"{_PEER[name]}import csv, io, json, time\nout = io.StringIO(); w = csv.writer(out); t = time.perf_counter()\n"
        f"for _ in range({PEOPLE}): w.writerow(row())\n"
        "print(json.dumps([time.perf_counter() - t, len(out.getvalue())]))\n"
    )
    done = subprocess.run([str(python), "-c", code], capture_output=True, text=True, check=True)
    wall, size = json.loads(done.stdout)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return {"wall": wall, "cpu": wall, "rows": PEOPLE, "peak": peak, "bytes": size}


if __name__ == "__main__":
    main()
