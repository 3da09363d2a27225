"""Nobody is in it: the privacy tests P01 to P14 of a simulated country, each by its number."""

import json
import re
import subprocess
import sys
from itertools import product
from pathlib import Path

import duckdb
import grimp
import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avrop.catalogue.packform import Simulation
from avrop.errors import Mistake
from avrop.vigo.scan.files import scan
from avrop.vigo.scan.numbers import kind
from avrop.vigo.simulator.columns import WORDS
from avrop.vigo.simulator.forms import TABLES
from avrop.vigo.simulator.numbers import days_of, numbers_of
from avrop.vigo.simulator.parameters import COLUMNS, load
from avrop.vigo.simulator.places import BASES
from avrop.vigo.simulator.plan import FIRST_COHORT, LAST_YEAR, Group, Plan
from avrop.vigo.simulator.run import make, pieces, plan_of, profile
from avrop.vigo.simulator.writing import read_chunk
from tests.examples import tried
from tests.publishing import CATALOGUE
from tools.source import ROOT

ORDER = Simulation(profile="micro")
PLAN = Plan(load(), 1)
OURS = r"[0-7]\d(8[1-9]|9[012])\d{7}"
"""First digit 0 to 7, and months 81 to 92, whatever the rest is."""

REACHING = {
    "socket", "ssl", "http", "urllib", "ftplib", "smtplib", "asyncio", "httpx", "requests", "sqlalchemy", "psycopg",
    "sqlite3", "subprocess", "ctypes",
}  # fmt: skip
"""What could reach a network, another program or a database."""

WATCHED = """
import sys
from pathlib import Path
from avrop.catalogue.packform import Simulation
from avrop.vigo.simulator.run import run
allowed = tuple(str(Path(each).resolve()) for each in sys.argv[1:])
found = []
def watch(event, arguments):
    if event.startswith(("socket.", "subprocess.", "os.exec", "os.posix_spawn", "os.system", "sqlite3.", "ctypes.")):
        found.append(event)
    if event == "open" and isinstance(arguments[0], (str, bytes, Path)):
        path = str(Path(arguments[0].decode() if isinstance(arguments[0], bytes) else arguments[0]).resolve())
        if not path.startswith(allowed):
            found.append(path)
sys.addaudithook(watch)
run(Path(sys.argv[1]), Simulation(profile="micro"))
print(sorted(set(found)))
"""


def files(folder: Path) -> list[Path]:
    """All tables of a run."""
    return sorted(folder.rglob("*.parquet"))


def with_controls(first: int, month: int) -> str:
    """A number of that first digit and month with right control digits; its day is 01, 11, 21 or 30, or 40 more."""
    for individual in range(1000):
        stem = f"{first}{0 if first % 4 == 3 else 1}{month:02d}07{individual:03d}"
        one, two = (-np.dot([int(d) for d in stem], weights) % 11 for weights in (FIRST, SECOND))
        two = (two - 2 * one) % 11
        if one < 10 and two < 10:
            return f"{stem}{one}{two}"
    raise AssertionError("no number")


FIRST, SECOND = (3, 7, 6, 1, 8, 9, 4, 5, 2), (5, 4, 3, 2, 7, 6, 5, 4, 3)


def test_p01_every_number_in_every_file_is_of_the_series_that_is_nobodys(micro: Path) -> None:
    """By SQL over every column of every table, whatever it is called; and the scan, which reads names and text too."""
    found = 0
    with duckdb.connect() as database:
        for path in files(micro):
            for column in pq.read_schema(path).names:
                numbers, others = database.execute(
                    f"SELECT count(*), count(*) FILTER (NOT regexp_full_match(it, '{OURS}')) FROM (SELECT CAST("
                    f"\"{column}\" AS VARCHAR) AS it FROM '{path}') WHERE regexp_full_match(it, '\\d{{11}}')"
                ).fetchall()[0]
                assert others == 0, f"{path.parent.name}.{column}"
                found += numbers
    assert found >= 370
    assert [each for path in sorted(micro.rglob("*")) if path.is_file() for each in scan(path)] == []


def test_p02_no_month_and_first_digit_of_ours_is_of_any_real_series() -> None:
    """All hundred months and ten first digits, each with right control digits."""
    real = {(first, month): kind(with_controls(first, month)) for first, month in product(range(10), range(100))}
    assert {at for at, series in real.items() if series} == {
        (first, month)
        for first, month in product(range(8), (*range(1, 13), *range(41, 53)))
        if first % 4 < 3 or month % 40 != 2  # no February has thirty days
    }
    days = np.arange(days_of(2004))
    ours = {f"{number:011d}"[:4] for sex in (0, 1) for number in numbers_of(5, 2004, days, days * 0 + sex).ravel()}
    assert {real[int(text[0]), int(text[2:])] for text in ours} == {None}
    assert {int(text[2:]) for text in ours} == set(range(81, 93))


COHORTS = st.tuples(st.sampled_from(BASES), st.integers(FIRST_COHORT, LAST_YEAR))


@tried(10)
@given(st.integers(0, 1 << 40), st.lists(COHORTS, min_size=4, max_size=8, unique=True))
def test_p04_groups_of_any_plan_share_no_number(seed: int, chosen: list[tuple[str, int]]) -> None:
    plan = Plan(PLAN.parameters, seed)
    groups = [Group(base, cohort, adult) for base, cohort in chosen for adult in (False, True)]
    found = np.concatenate([plan.people(each, 0, min(plan.size(each), 300)).number for each in groups])
    assert len(np.unique(found)) == len(found) > 0


def test_p04_nobody_in_a_finished_set_has_anothers_number(micro: Path) -> None:
    with duckdb.connect() as database:
        ((people, numbers),) = database.execute(
            f"SELECT count(DISTINCT person_lnr), count(DISTINCT fodselsnummer) FROM '{micro}/person/*.parquet'"
        ).fetchall()
    assert people == numbers == 374


def test_p05_nothing_that_is_shown_of_a_variable_tells_an_identity_number() -> None:
    """Ours are also of the population register's own test persons, so no preview may show one."""
    text = (ROOT / "src/avrop/vigo/data/distributions.json").read_text("utf-8")
    shown = {each["variable"] for each in json.loads(text)["variables"]}
    identifiers = {each.name for each in CATALOGUE.variables if each.sensitivity == "identifier"}
    assert len(shown) > 80
    assert identifiers
    assert identifiers & shown == set()
    assert not re.search(r"(?<!\d)\d{11}(?!\d)", text)
    assert "test persons resolve" in (ROOT / "docs/simulator.md").read_text("utf-8")


def test_p07_the_simulator_knows_nothing_that_reaches_a_network_a_program_or_a_database() -> None:
    """All that it imports, and all that those of ours import in turn."""
    graph = grimp.build_graph("avrop", include_external_packages=True)
    known = graph.find_upstream_modules("avrop.vigo.simulator", as_package=True)
    assert {"numpy", "pyarrow", "avrop.errors"} <= known
    assert known & REACHING == set()
    assert {name for name in known if name.startswith("avrop.") and not name.startswith("avrop.vigo.simulator")} <= {
        "avrop.canonical", "avrop.catalogue.flows", "avrop.catalogue.packform", "avrop.catalogue.unittypes",
        "avrop.errors", "avrop.verifier.merkle",
    }  # fmt: skip


def test_p07_a_run_opens_only_its_own_code_parameters_and_folder(tmp_path: Path, micro: Path) -> None:
    folder = tmp_path / "run"
    roots = (folder, ROOT / "src" / "avrop", sys.prefix, sys.base_prefix)
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, *map(str, roots)], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stdout.strip() == "[]"
    assert (
        json.loads((folder / "manifest.json").read_text())["root"]
        == json.loads((micro / "manifest.json").read_text())["root"]
    )


@pytest.mark.parametrize("hidden", [":", ".", "..", "-", "<3"])
def test_p08_a_figure_that_was_published_as_hidden_is_refused(tmp_path: Path, hidden: str) -> None:
    (tmp_path / "a.csv").write_text(f"{','.join(COLUMNS)}\narea,03,{hidden},weight,2025,SSB,2026-10-07,CC BY 4.0,\n")
    with pytest.raises(Mistake) as error:
        load(tmp_path)
    assert (error.value.code, error.value.where["where"]) == ("parameters.hidden", "a.csv:2")


def test_p11_nobody_has_a_name_and_no_table_about_people_has_free_text() -> None:
    assert {table for table, form in TABLES.items() if any(column.kind == WORDS.kind for column in form.values())} == {
        "kodeverk"
    }


def test_p12_every_row_and_file_is_marked_and_without_marks_still_known(micro: Path) -> None:
    """Without them it has months from 81, and organisation numbers that begin with 2 or 3, as those of tests do.

    The table of codes has the mark of the file only: its rows are about nobody to begin with.
    """
    for path in files(micro):
        table = pq.read_table(path)
        assert table.schema.metadata[b"synthetic"] == b"true", path.parent.name
        if path.parent.name != "kodeverk":
            assert set(table["er_syntetisk"].to_pylist()) <= {True}, path.parent.name
    with duckdb.connect() as database:
        for table, column, form in (
            ("person", "fodselsnummer", OURS), ("bedrift", "orgnr", r"[23]\d{8}"), ("skole", "orgnr", r"[23]\d{8}"),
            ("kontrakt", "orgnr", r"[23]\d{8}"), ("opplaeringskontor", "orgnr", r"[23]\d{8}"),
        ):  # fmt: skip
            ((rows, known),) = database.execute(
                f"SELECT count({column}), count(*) FILTER (regexp_full_match({column}, '{form}')) "
                f"FROM '{micro}/{table}/*.parquet'"
            ).fetchall()
            assert rows == known > 0, table


def test_p13_every_chunk_made_alone_again_has_the_hashes_of_its_manifest(tmp_path: Path, micro: Path) -> None:
    """The last one first, each in a folder that has nothing else: program, parameters and seed are all that goes in."""
    for number, piece in enumerate(reversed(pieces(plan_of(ORDER), profile("micro"), ORDER.block))):
        assert make(tmp_path / str(number), ORDER, piece) == read_chunk(micro, piece.name)


def test_p14_it_is_said_that_likeness_tells_nothing() -> None:
    assert "Some rows will be like somebody's" in (ROOT / "docs/simulator.md").read_text("utf-8")
