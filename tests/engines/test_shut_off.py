"""The engine reaches its inputs and its output folder, and nothing else; it fails closed; files hold only their rows."""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from avrop.disclosure import operators as op
from avrop.engines import duckdb as duckdb_engine
from avrop.engines.connection import shut_off
from avrop.engines.duckdb import DuckDBEngine
from avrop.engines.reference import ReferenceEngine
from avrop.errors import AvropError, Fault
from tests.engines.engine_data import EVENT, bind, plan, write

ENGINE = DuckDBEngine(threads=1, memory_limit="1GB")
CANARY, SELECTED = "CANARY-4711-left-out", "CANARY-0815-selected"


def row(who: str | None = "0A", **changes) -> dict:
    return {
        "WHO": who, "DAY": date(2024, 10, 1), "OWNER": "A", "HOME": None, "KIND": "1", "CODE": "x", "NUM": 1,
        "SCORE": 1.5, **changes,
    }  # fmt: skip


def table(*rows: op.Operator, columns: tuple[str, ...] = ("CODE",)) -> op.TablePlan:
    shown = (("WHO", "pseudonym"), *((name, name) for name in columns))
    operators = (
        op.Scan(dataset="EVENTS", columns=EVENT), *rows, op.Pseudonymise(column="WHO", scope="scope"),
        op.Select(columns=shown), op.Order(columns=tuple(new for _, new in shown)),
    )  # fmt: skip
    types = {c.name: c.type for c in EVENT}
    return op.TablePlan(
        name="EVENTS", operators=operators,
        output=(op.Column(name="pseudonym", type="text"), *(op.Column(name=n, type=types[n]) for n in columns)),
    )  # fmt: skip


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_csv('/etc/hostname')",
        "SELECT * FROM read_text('{secret}')",
        "SELECT * FROM glob('/*')",
        "ATTACH '{secret}.db' AS other",
        "INSTALL httpfs",
        "LOAD httpfs",
        "COPY (SELECT 1) TO '{secret}.csv'",
        "EXPORT DATABASE '{secret}'",
        "SET enable_external_access = true",
        "SET lock_configuration = false",
        "SET allowed_directories = ['/']",
        "SELECT * FROM 'https://example.invalid/x.parquet'",
        "SELECT * FROM a_python_table",
    ],
)
def test_everything_else_is_refused(statement: str, tmp_path: Path) -> None:
    a_python_table = pa.table({"x": [1]})
    assert a_python_table.num_rows == 1
    secret = tmp_path / "elsewhere" / "secret"
    secret.parent.mkdir()
    secret.write_text("secret")
    inside = tmp_path / "inside"
    inside.mkdir()
    with pytest.raises(Fault) as no, shut_off(read=[], write=inside, threads=1, memory_limit="100MB") as connection:
        connection.execute(statement.format(secret=secret))
    assert no.value.code == "engine.failed"
    assert "secret" not in str(no.value) and "SELECT" not in str(no.value)
    assert sorted(p.name for p in secret.parent.iterdir()) == ["secret"]


def test_a_cursor_is_shut_off_too(tmp_path: Path) -> None:
    a_python_table = pa.table({"x": [1]})
    assert a_python_table.num_rows == 1
    with shut_off(read=[], write=tmp_path, threads=1, memory_limit="100MB") as connection:
        cursor = connection.cursor()
        for statement in ("SELECT * FROM a_python_table", "SELECT * FROM read_text('/etc/hostname')"):
            with pytest.raises(duckdb.Error):
                cursor.execute(statement)


@pytest.mark.parametrize("as_written", [True, False])
def test_the_right_side_of_a_join_is_held_in_memory_when_told(as_written: bool, tmp_path: Path) -> None:
    with shut_off(read=[], write=tmp_path, threads=1, memory_limit="100MB", joins_as_written=as_written) as connection:
        connection.execute("CREATE TABLE few AS SELECT range AS x FROM range(10)")
        connection.execute("CREATE TABLE many AS SELECT range AS x FROM range(100000)")
        joined = connection.execute("EXPLAIN SELECT few.x FROM few LEFT JOIN many ON few.x = many.x").fetchall()[0][1]
    assert ("RIGHT" in joined) != as_written


def test_no_engine_takes_sql() -> None:
    for engine in (DuckDBEngine, ReferenceEngine):
        public = {name for name in vars(engine) if not name.startswith("_")}
        assert public == {"name", "run", "merge", "classes"}
    assert not hasattr(duckdb_engine, "sql")


@pytest.mark.parametrize("engine", [ENGINE, ReferenceEngine()], ids=["duckdb", "reference"])
@pytest.mark.parametrize(
    ("rows", "changes", "code"),
    [
        ([row(None)], {}, "pseudonym.unmapped"),
        ([row("")], {}, "pseudonym.unmapped"),
        (
            [row("0A"), row("0B")],
            {"pseudonyms": {"scope": lambda people: ["same"] * len(people)}},
            "pseudonym.collision",
        ),
    ],
)
def test_a_map_that_is_not_whole_stops_the_run(engine, rows, changes, code, tmp_path: Path) -> None:
    binding = replace(bind(tmp_path / "in", events=rows), **changes)
    with pytest.raises(AvropError) as no:
        engine.run(plan(table()), binding, tmp_path)
    assert no.value.code == code
    assert list(tmp_path.glob("*.parquet")) == []


@pytest.mark.parametrize("engine", [ENGINE, ReferenceEngine()], ids=["duckdb", "reference"])
def test_a_register_with_two_rows_of_one_person_stops_the_run(engine, tmp_path: Path) -> None:
    twice = [{"ID": "0A", "BORN": None, "SEX": "1"}, {"ID": "0A", "BORN": None, "SEX": "2"}]
    binding = bind(tmp_path / "in", events=[row()], register=twice)
    lookup = op.Lookup(dataset="REGISTER", on="WHO", key="ID", columns=(op.Column(name="SEX", type="text"),))
    with pytest.raises(Fault) as no:
        engine.run(plan(table(lookup)), binding, tmp_path)
    assert no.value.code == "engine.register_not_unique"


def test_a_damaged_input_is_a_fault_without_a_value(tmp_path: Path) -> None:
    binding = bind(tmp_path / "in", events=[row(CODE=SELECTED)])
    path = binding.tables["EVENTS"][1]
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(Fault) as no:
        ENGINE.run(plan(table()), binding, tmp_path)
    assert no.value.code == "engine.failed"
    assert SELECTED not in str(no.value)


SCRIPT = """
import resource, signal, sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from tests.engines.engine_data import bind, plan
from tests.engines.test_shut_off import row, table
from avrop.engines.duckdb import DuckDBEngine
from avrop.errors import Fault
rows = [row(f"0{n}", CODE=f"{n * 7919 % 100003}-{n}", NUM=n) for n in range(40000)]
binding = bind(Path(sys.argv[2]) / "in", events=rows)
out = Path(sys.argv[2]) / "out"
out.mkdir()
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))
try:
    DuckDBEngine(threads=1, memory_limit="1GB").run(plan(table(columns=("CODE", "NUM"))), binding, out)
    print("written")
except Fault as no:
    print(no.code)
"""


def test_a_full_disk_is_a_clear_fault(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(Path(__file__).parents[2]), str(tmp_path)],
        capture_output=True, text=True, check=False, env={**os.environ},
    )  # fmt: skip
    assert done.stdout.strip() == "engine.no_space", done.stderr
    for path in (tmp_path / "out").glob("*.parquet"):
        with pytest.raises(pa.ArrowInvalid):
            pq.read_table(path)


def test_a_written_file_holds_nothing_of_the_rows_and_columns_that_were_left_out(tmp_path: Path) -> None:
    rows = [
        row("PERSON-0A-IDENTIFIER", CODE=SELECTED, KIND=f"{CANARY}-column"),
        row("PERSON-0B-IDENTIFIER", CODE=f"{CANARY}-owner", OWNER="B"),
        row("PERSON-0C-IDENTIFIER", CODE=f"{CANARY}-claimant", HOME="C"),
        row("PERSON-0D-IDENTIFIER", CODE=f"{CANARY}-protected"),
        row("PERSON-0E-IDENTIFIER", CODE=f"{CANARY}-objecting"),
        row("PERSON-0F-IDENTIFIER", CODE=f"{CANARY}-early", DAY=date(2020, 1, 1)),
    ]
    binding = bind(
        tmp_path / "in",
        events=rows,
        protected=["PERSON-0D-IDENTIFIER"],
        objecting=["PERSON-0E-IDENTIFIER"],
        approved=("A", "B"),
    )
    operators = (
        op.Origin(column="OWNER", controller="A"), op.Claimants(columns=("HOME",)), op.Exclude(column="WHO", list="protected"),
        op.Exclude(column="WHO", list="objecting"), op.Window(column="DAY", start=date(2024, 1, 1), end=date(2026, 1, 1)),
    )  # fmt: skip
    (made,) = ENGINE.run(plan(table(*operators)), binding, tmp_path)
    raw, plain = made.path.read_bytes(), _decompressed(made.path, tmp_path)
    assert SELECTED.encode() in plain
    for data in (raw, plain):
        assert CANARY.encode() not in data
        assert not any(
            who.encode() in data
            for who in (
                "PERSON-0A-IDENTIFIER",
                "PERSON-0B-IDENTIFIER",
                "PERSON-0C-IDENTIFIER",
                "PERSON-0D-IDENTIFIER",
                "PERSON-0E-IDENTIFIER",
                "PERSON-0F-IDENTIFIER",
            )
        )


def _decompressed(path: Path, folder: Path) -> bytes:
    """The same pages and dictionaries without compression, and the footer's own text."""
    again = folder / "again.parquet"
    pq.write_table(pq.read_table(path), again, compression="none")
    return again.read_bytes() + str(pq.read_metadata(path).to_dict()).encode()


def test_what_is_written_is_what_the_engine_reads(tmp_path: Path) -> None:
    assert pq.read_table(write(tmp_path / "x", [row()], EVENT)).to_pylist() == [row()]
