"""Writes how the pack's variables are spread among simulated people, and how those flow through school.

`python -m tools.distributions` simulates the profile `small` first; with RUN after it, it takes that finished run.
"""

import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
from sqlglot import exp

from avrop.canonical import plain
from avrop.catalogue.datasets import Catalogue, Dataset, carried
from avrop.catalogue.distributions import SMALL, Bar, Distribution, Distributions, Standing
from avrop.catalogue.files import read_catalogue
from avrop.catalogue.flows import Flow
from avrop.catalogue.packform import Simulation
from avrop.catalogue.variables import Variable
from avrop.engines.levels import generalised
from avrop.packs import load_pack
from avrop.vigo.delivery.deliver import deliver
from avrop.vigo.simulator.fidelity import measured
from avrop.vigo.simulator.run import run as simulate
from avrop.vigo.simulator.schoolway import school_way
from tools.source import ROOT

PROFILE, SEED, FIRST, LAST = "small", 1, 2006, 2026
DATA = ROOT / "src/avrop/vigo/data"
MOST_BARS, MOST_YEARS = 20, 30
_AROUND = """CREATE TEMP TABLE around AS SELECT PERSON_ID, SEX AS sex, substr(BIRTH_DATE, 1, 4) AS born FROM PERSON"""
"""What others know of most people, and so narrows every other value."""


def distributions(folder: Path) -> Distributions:
    """Those of every variable that a table of the folder has, each in the first dataset that has it."""
    catalogue = carried(read_catalogue(load_pack().catalogue))
    with duckdb.connect() as database:
        for dataset in catalogue.datasets:
            _open(database, folder, dataset)
        database.execute(_AROUND)
        people = _one(database, "SELECT count(*) FROM PERSON")[0]
        found = [_distribution(database, *each) for each in _first_homes(catalogue)]
    return Distributions(
        catalogue=catalogue.name, profile=PROFILE, seed=SEED, first=FIRST, last=LAST, people=people,
        variables=tuple(found),
    )  # fmt: skip


def _open(database: duckdb.DuckDBPyConnection, folder: Path, dataset: Dataset) -> None:
    found = sorted(folder.glob(f"{dataset.name}-*"))
    reader = "read_csv" if found[0].suffix == ".csv" else "read_parquet"
    more = ", all_varchar=true" if reader == "read_csv" else ""
    paths = ", ".join(f"'{path}'" for path in found)
    database.execute(f'CREATE VIEW "{dataset.name}" AS SELECT * FROM {reader}([{paths}]{more})')


def _first_homes(catalogue: Catalogue) -> Iterator[tuple[Dataset, Variable]]:
    seen = set()
    for dataset in catalogue.datasets:
        for name in dataset.variables:
            variable = catalogue.variable(name)
            if name not in seen and variable.sensitivity != "identifier":
                seen.add(name)
                yield dataset, variable


def _distribution(database: duckdb.DuckDBPyConnection, dataset: Dataset, variable: Variable) -> Distribution:
    taken = f'SELECT "{dataset.person}" AS person, "{variable.name}" AS value FROM "{dataset.name}"'
    database.execute(f"CREATE OR REPLACE TEMP TABLE one AS {taken}")
    rows, empty, people, values = _one(
        database,
        "SELECT count(*), count(*) FILTER (value IS NULL), count(DISTINCT person) FILTER (value IS NOT NULL),"
        " count(DISTINCT value) FROM one",
    )
    kind, bars = _bars(database, variable)
    shown = bars[:MOST_BARS] if kind == "codes" else bars
    others = 0 if kind == "texts" else rows - empty - sum(bar.rows for bar in shown)
    return Distribution(
        variable=variable.name, dataset=dataset.name, kind=kind, rows=rows, empty=empty, people=people, values=values,
        bars=tuple(shown), others=others, standings=tuple(_standings(database, variable)) if values else (),
    )  # fmt: skip


def _bars(database: duckdb.DuckDBPyConnection, variable: Variable) -> tuple[Any, list[Bar]]:
    if variable.code_list is not None:
        return "codes", _counted(database, "CAST(value AS VARCHAR)", order="n DESC, shown")
    if variable.data_type == "date":
        return "years", _years(database)
    if variable.data_type not in ("integer", "number"):
        return "texts", []
    low, high = _one(database, "SELECT min(CAST(value AS DOUBLE)), max(CAST(value AS DOUBLE)) FROM one")
    if low is None:
        return "bands", []
    width = next(step for step in _STEPS if (high - low) / step <= MOST_BARS - 1)
    band = f"CAST(floor(CAST(value AS DOUBLE) / {width}) AS BIGINT)"
    found = database.execute(
        f"SELECT {band} AS band, count(*) FROM one WHERE value IS NOT NULL GROUP BY 1 ORDER BY 1"
    ).fetchall()
    return "bands", [Bar(value=_band(number * width, width), rows=count) for number, count in found]


def _years(database: duckdb.DuckDBPyConnection) -> list[Bar]:
    found = _counted(database, "substr(CAST(value AS VARCHAR), 1, 4)", order="shown")
    if len(found) <= MOST_YEARS:
        return found
    return _counted(database, "CAST(substr(CAST(value AS VARCHAR), 1, 3) AS VARCHAR) || '0–9'", order="shown")


_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 10_000)


def _band(start: int, width: int) -> str:
    return str(start) if width == 1 else f"{start}–{start + width - 1}"


def _counted(database: duckdb.DuckDBPyConnection, shown: str, *, order: str) -> list[Bar]:
    sql = f"SELECT {shown} AS shown, count(*) AS n FROM one WHERE value IS NOT NULL GROUP BY 1 ORDER BY {order}"
    return [Bar(value=value, rows=count) for value, count in database.execute(sql).fetchall()]


def _standings(database: duckdb.DuckDBPyConnection, variable: Variable) -> Iterator[Standing]:
    steps = []
    for level in variable.levels:
        steps += [level.step] if level.step is not None else []
        value = generalised(exp.column("value"), steps).sql("duckdb")
        database.execute(
            f"CREATE OR REPLACE TEMP TABLE rung AS SELECT DISTINCT person, {value} AS value, sex, born"
            f" FROM one JOIN around ON person = PERSON_ID WHERE {value} IS NOT NULL"
        )
        alone, few = _standing(database, "value")
        alone_near, few_near = _standing(database, "value, sex, born")
        yield Standing(level=level.name, alone=alone, few=few, alone_near=alone_near, few_near=few_near)


def _standing(database: duckdb.DuckDBPyConnection, among: str) -> Sequence[int]:
    """People with a value that one has, and that fewer than five have, among those who share all that is named."""
    counted = f"SELECT person, count(*) OVER (PARTITION BY {among}) AS n FROM rung"
    return _one(
        database,
        f"SELECT count(DISTINCT person) FILTER (n = 1), count(DISTINCT person) FILTER (n < {SMALL}) FROM ({counted})",
    )


def _one(database: duckdb.DuckDBPyConnection, sql: str) -> Sequence[Any]:
    found = database.execute(sql).fetchone()
    assert found is not None
    return found


def flow(run: Path) -> Flow:
    """How the people of a run go through school."""
    with measured(run) as database:
        return school_way(database, profile=PROFILE, seed=SEED)


def text(values: dict[str, Any], rows: str) -> str:
    """The file's text: one variable or link a line, so that a change is seen where it is."""
    lines = ",\n".join(json.dumps(each, ensure_ascii=False) for each in values.pop(rows))
    head = json.dumps(values, ensure_ascii=False)[:-1]
    return f'{head}, "{rows}": [\n{lines}\n]}}\n'


def main(arguments: list[str]) -> int:
    """The exit code."""
    with tempfile.TemporaryDirectory() as made:
        run = Path(arguments[0]) if arguments else Path(made) / "run"
        if not arguments:
            simulate(run, Simulation(profile=PROFILE, seed=SEED), workers=2)
        deliver(run, Path(made) / "delivered")
        spread = distributions(Path(made) / "delivered")
        (DATA / "distributions.json").write_text(text(plain(spread), "variables"), "utf-8")
        (DATA / "flow.json").write_text(text(plain(flow(run)), "links"), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
