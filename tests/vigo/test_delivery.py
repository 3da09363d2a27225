"""The datasets are selections of the simulated tables: their columns, and one of each row's copies."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb
import pytest

from avrop.catalogue.datasets import carried
from avrop.catalogue.packform import Simulation
from avrop.errors import Conflict, Missing
from avrop.vigo import commands
from avrop.vigo.delivery.deliver import deliver, select_from, statements
from avrop.vigo.pack import pack
from avrop.vigo.simulator.forms import KEYS
from avrop.vigo.simulator.rules import views
from avrop.vigo.simulator.run import run
from tests.publishing import CATALOGUE
from tests.sources import made

CARRIED = carried(CATALOGUE)


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("delivery") / "run"
    run(folder, Simulation(profile="micro"))
    return folder


@pytest.fixture(scope="module")
def database(simulated: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as database:
        views(database, simulated)
        select_from(database)
        yield database


def rows(database: duckdb.DuckDBPyConnection, sql: str) -> list[tuple]:
    return database.execute(sql).fetchall()


def test_every_dataset_has_a_statement_and_its_columns(database: duckdb.DuckDBPyConnection) -> None:
    assert set(statements()) == {each.name for each in CARRIED.datasets}
    for dataset in CARRIED.datasets:
        described = rows(database, f"DESCRIBE {statements()[dataset.name]}")
        assert {name for name, *_ in described} == set(dataset.variables), dataset.name


@pytest.mark.parametrize("table", ["soknad", "elevforhold", "dokumentasjon", "kontrakt", "prove", "oppfolging"])
def test_one_copy_of_each_row_stands_for_it(database: duckdb.DuckDBPyConnection, table: str) -> None:
    key = KEYS[table][1]
    assert rows(database, f"SELECT count(*) FROM own_{table}") == rows(
        database, f"SELECT count(DISTINCT {key}) FROM {table}"
    )
    if table == "elevforhold":
        assert rows(database, f"SELECT count(*) FROM {table}") > rows(database, f"SELECT count(*) FROM own_{table}")


def test_it_is_the_copy_of_the_county_that_answers_for_the_school(database: duckdb.DuckDBPyConnection) -> None:
    """But of a county that was split, whose code alone does not tell which; its copies are the same in all else."""
    other = "SELECT DISTINCT c.avgiverfylke FROM courses c JOIN skole s USING (skolenr) WHERE c.base <> s.base"
    split = "SELECT kode FROM etterfolger WHERE liste = 'COUNTY' AND ny IN (SELECT base FROM person) GROUP BY kode HAVING count(*) > 1"
    assert set(rows(database, other)) <= set(rows(database, split))
    copies = "SELECT count(DISTINCT elevforhold_id), count(*) FROM (SELECT DISTINCT * EXCLUDE base FROM elevforhold)"
    ((courses, different),) = rows(database, copies)
    assert courses == different


def test_a_course_that_was_left_for_another_school_gives_no_second_result(
    database: duckdb.DuckDBPyConnection,
) -> None:
    assert rows(database, "SELECT count(*) > 0 FROM courses WHERE moved_on") == [(True,)]
    twice = "SELECT count(*) FROM subjects f JOIN courses c USING (elevforhold_id) WHERE c.moved_on"
    assert rows(database, twice) == [(0,)]


def test_whoever_is_protected_or_objects_is_on_the_list() -> None:
    register = {row["PERSON_ID"]: row for row in _csv(made() / "PERSON-1.csv")}
    protected = {row["person"] for row in _csv(made() / "lists" / "protected.csv")}
    assert protected == {who for who, row in register.items() if row["ADDRESS_PROTECTION"] != "UGRADERT"} != set()
    assert all(register[who]["RESIDENCE_MUNICIPALITY"] is None for who in protected)
    objecting = {row["person"] for row in _csv(made() / "lists" / "objecting.csv")}
    assert set() != objecting <= set(register)


def _csv(path: Path) -> list[dict[str, str | None]]:
    columns = rows(duckdb.connect(), f"SELECT * FROM read_csv('{path}', all_varchar = true)")
    names = path.read_text(encoding="utf-8").partition("\n")[0].split(",")
    return [dict(zip(names, row, strict=True)) for row in columns]


def test_a_simulation_that_was_interrupted_goes_on_and_leaves_its_datasets_alone(tmp_path: Path) -> None:
    run(tmp_path / ".simulated-micro-1", Simulation(profile="micro"))
    (tmp_path / ".simulated-micro-1" / "_chunks" / "reference.json").unlink()
    kept = min((tmp_path / ".simulated-micro-1" / "elevforhold").glob("*-2019-*.parquet")).stat().st_mtime_ns
    seen: list[int] = []

    def looked(run_folder: Path, target: Path) -> Mapping[str, int]:
        seen.append(min((run_folder / "elevforhold").glob("*-2019-*.parquet")).stat().st_mtime_ns)
        return deliver(run_folder, target)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(commands, "deliver", looked)
        counts = pack().simulate(tmp_path / "sources", "micro", 1, 1)
    assert seen == [kept]
    assert counts["PERSON"] == 374
    assert [path.name for path in tmp_path.iterdir()] == ["sources"]


def test_what_is_not_finished_or_taken_is_refused(simulated: Path, tmp_path: Path) -> None:
    with pytest.raises(Missing) as no:
        deliver(tmp_path, tmp_path / "out")
    assert no.value.code == "simulate.no_run"
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("x")
    with pytest.raises(Conflict) as taken:
        deliver(simulated, tmp_path / "full")
    assert taken.value.code == "deliver.exists"
    assert (tmp_path / "full" / "mine").read_text() == "x"
    assert [path.name for path in tmp_path.iterdir()] == ["full"]
