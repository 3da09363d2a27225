"""Mess on purpose: each spoilt row is in the answer key, the rules find it, and nothing else is spoilt."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from avrop.catalogue.packform import Simulation
from avrop.errors import Mistake
from avrop.vigo.simulator.noise import KINDS
from avrop.vigo.simulator.rules import check_rules, rules, views
from avrop.vigo.simulator.run import run

PARAMETERS = {
    "missing school number": "0.05",
    "course twice": "0.03",
    "dates swapped": "0.2",
    "expired county": "1",
    "mark corrected late": "0.02",
}
FOUND_BY = {
    "missing school number": "SR07",
    "course twice": "SR01",
    "dates swapped": "SR24",
    "mark corrected late": "SR20",
}


@pytest.fixture(scope="module")
def messy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, duckdb.DuckDBPyConnection]]:
    """A run with much mess, and its answer key."""
    import shutil
    from importlib.resources import files

    folder = tmp_path_factory.mktemp("messy")
    shutil.copytree(str(files("avrop.vigo.simulator") / "parameters"), folder / "p")
    noise = folder / "p" / "noise.csv"
    lines = noise.read_text().splitlines()
    noise.write_text(
        "\n".join([lines[0], *(f"noise,{kind},{share},share,,assumption,,," for kind, share in PARAMETERS.items())])
        + "\n"
    )
    run(
        folder / "run",
        Simulation(profile="micro", parameters=folder / "p", answers=folder / "answers", noise="register"),
    )
    with duckdb.connect() as database:
        database.execute(
            f"CREATE VIEW key AS SELECT * FROM read_parquet('{folder / 'answers' / 'stoy_fasit'}/*.parquet')"
        )
        yield folder / "run", database


def spoilt(database: duckdb.DuckDBPyConnection, kind: str) -> set[int]:
    """Ids in the key."""
    return {number for (number,) in database.execute("SELECT id FROM key WHERE feil = ?", [kind]).fetchall()}


def test_every_kind_of_mess_was_made(messy: tuple[Path, duckdb.DuckDBPyConnection]) -> None:
    _, database = messy
    made = {kind for (kind,) in database.execute("SELECT DISTINCT feil FROM key").fetchall()}
    assert made == set(KINDS)


def breaks(folder: Path, rule: str) -> list[tuple[object, ...]]:
    """All keys that a rule gives."""
    with duckdb.connect() as database:
        views(database, folder)
        return database.execute(rules()[rule].sql).fetchall()


@pytest.mark.parametrize("kind", sorted(FOUND_BY))
def test_rules_find_what_was_spoilt_and_nothing_else(messy: tuple[Path, duckdb.DuckDBPyConnection], kind: str) -> None:
    folder, database = messy
    wanted = spoilt(database, kind)
    assert wanted
    assert {int(str(key[-1]).split()[-1]) for key in breaks(folder, FOUND_BY[kind])} == wanted


def test_an_expired_code_is_told_by_its_list_and_day(messy: tuple[Path, duckdb.DuckDBPyConnection]) -> None:
    folder, database = messy
    wanted = spoilt(database, "expired county")
    expired = {(kode, dag) for liste, kode, dag in breaks(folder, "SR08") if liste == "COUNTY"}
    sent = database.execute(
        f"SELECT soknad_id, avgiverfylke, innsendt FROM read_parquet('{folder / 'soknad'}/*.parquet')"
    ).fetchall()
    assert wanted
    assert {number for number, kode, dag in sent if (kode, dag) in expired} == wanted


def test_without_mess_the_same_people_break_no_rule(micro: Path) -> None:
    assert check_rules(micro) == []


@pytest.mark.parametrize(("noise", "answers"), [("register", ""), ("loud", "x")])
def test_mess_needs_an_answer_key_and_a_known_profile(tmp_path: Path, noise: str, answers: str) -> None:
    with pytest.raises(Mistake) as error:
        run(tmp_path / "run", Simulation(profile="micro", noise=noise, answers=tmp_path / answers if answers else None))
    assert error.value.code == "simulate.noise"
