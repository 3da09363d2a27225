"""Scripted lives, by name: what stands of them in the tables is what their scripts say."""

from pathlib import Path

import duckdb
import pytest

from avrop.errors import Missing
from avrop.vigo.simulator.explain import explain
from avrop.vigo.simulator.gallery import gallery, script
from avrop.vigo.simulator.parameters import load
from avrop.vigo.simulator.plan import Plan


def rows(folder: Path, table: str, columns: str, name: str, more: str = "") -> list[tuple[object, ...]]:
    """Rows of a person of the gallery, each once however many bases it stands in."""
    with duckdb.connect() as database:
        return database.execute(
            f"SELECT DISTINCT {columns} FROM read_parquet('{folder / table}/*.parquet') "
            f"WHERE person_lnr = {script(name).lnr} {more} ORDER BY ALL"
        ).fetchall()


def years(folder: Path, name: str) -> list[str]:
    """Level and end of every course, in order."""
    found = rows(
        folder, "elevforhold", "skoleaar, trinn || ':' || coalesce(fullfortkode, '-')", name, "AND elevstatus <> 'P'"
    )
    return [str(end) for _, end in found]


def test_there_are_forty_names_or_more_and_nobody_is_anybody_else() -> None:
    assert len(gallery()) >= 40
    assert len({each.lnr for each in gallery().values()}) == len(gallery())
    with pytest.raises(Missing):
        script("nobody")


def test_their_numbers_are_nobody_elses(micro: Path) -> None:
    with duckdb.connect() as database:
        own = dict(database.execute(
            f"SELECT DISTINCT person_lnr, fodselsnummer FROM read_parquet('{micro / 'person' / 'gallery.parquet'}')"
        ).fetchall())  # fmt: skip
    assert len(set(own.values())) == len(gallery())
    plan = Plan(load(), 1)
    groups = {
        (each.group.base, year) for each in gallery().values() for year in (each.born.year + 16, each.born.year + 17)
    }
    others: set[str] = set()
    for base, cohort in groups:
        group = type(script("leap-day").group)(base, cohort)
        if 2006 <= cohort <= 2025:
            others |= {f"{number:011d}" for number in plan.people(group, 0, plan.size(group)).number.tolist()}
    assert len(others) > 10_000
    assert not others & set(own.values())


def test_born_on_a_leap_day(micro: Path) -> None:
    ((born, number),) = rows(micro, "person", "CAST(fodselsdato AS VARCHAR), substr(fodselsnummer, 1, 6)", "leap-day")
    assert (born, number) == ("2004-02-29", "298204")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("straight-academic", ["VG1:B", "VG2:B", "VG3:B"]),
        ("first-year-twice", ["VG1:S", "VG1:B", "VG2:B", "VG3:B"]),
        ("three-rechoices", ["VG1:I", "VG1:I", "VG1:I", "VG1:B", "VG2:B"]),
        ("never-began", []),
        ("left-for-good", ["VG1:S"]),
        ("certificate-then-supplement", ["VG1:B", "VG2:B", "VG4:B"]),
        ("partial-competence", ["VG1:A", "VG2:A"]),
    ],
)
def test_courses_are_those_of_the_script(micro: Path, name: str, expected: list[str]) -> None:
    assert years(micro, name) == expected


@pytest.mark.parametrize(
    ("name", "documents"),
    [
        ("straight-science", ["VM"]), ("failed-subject-paid", ["VM"]), ("no-basis", ["VM"]), ("failed-last-year", ["KB"]),
        ("supplement-failed", ["KB"]), ("health-secretary", ["VM"]), ("partial-competence", ["KB"]), ("never-began", []),
    ],
)  # fmt: skip
def test_a_diploma_is_for_who_passed_everything(micro: Path, name: str, documents: list[str]) -> None:
    assert [kind for (kind,) in rows(micro, "dokumentasjon", "slag", name)] == documents


@pytest.mark.parametrize(
    ("name", "codes", "tests", "certificates"),
    [
        ("straight-electrician", ["AB"], 1, 1), ("first-test-failed", ["AB"], 2, 1), ("two-tests-failed", ["S2"], 2, 0),
        ("other-company", ["AB", "ON"], 1, 1), ("longer-training", ["AB"], 1, 1), ("running-now", [None], 0, 0), ("apprentice-with-debt", ["AB"], 1, 1),
    ],
)  # fmt: skip
def test_contracts_end_as_the_script_says(
    micro: Path, name: str, codes: list[str | None], tests: int, certificates: int
) -> None:
    assert [code for _, code in rows(micro, "kontrakt", "kontrakt_id, avslutningskode", name)] == codes[::-1]
    assert len(rows(micro, "prove", "prove_id", name)) == tests
    assert len(rows(micro, "fagbrev", "fagbrev_id", name)) == certificates


def test_training_that_takes_longer_passes_the_next_october_and_its_time_is_longer(micro: Path) -> None:
    past = "laeretid_til > DATE '2019-10-01' AND laeretid_til < DATE '2020-10-01'"
    assert rows(micro, "kontrakt", f"{past}, netto_laeretid BETWEEN 27 AND 33", "longer-training") == [(True, True)]
    assert rows(micro, "prove", "dato > DATE '2019-10-01', forsok_nr", "longer-training") == [(True, 1)]
    assert rows(micro, "kontrakt", f"{past}, netto_laeretid", "straight-electrician") == [(False, 24)]


def test_transport_was_another_programme_before_the_reform(micro: Path) -> None:
    name = "driver-before-the-reform"
    assert rows(micro, "elevforhold", "trinn, utdanningsprogram, programomraadekode", name) == [
        ("VG1", "TP", "TPTIP1----"), ("VG2", "SS", "SSTOL2----"),
    ]  # fmt: skip
    assert rows(micro, "kontrakt", "laerefag", name) == [("SSYRK3----",)]


def test_a_scripted_life_is_explained_by_its_script(micro: Path) -> None:
    first, born, *told = explain(micro, "longer-training")
    assert first.startswith("longer-training, of the gallery")
    assert born == "born 1999-03-30, man"
    assert explain(micro, str(script("longer-training").lnr)) == [first, born, *told]
    assert [line.rsplit("; ", 1)[-1] for line in told[:5]] == [
        "the year ended: passed", "the year ended: passed", "goes on", "goes on longer", "test passed",
    ]  # fmt: skip
    assert "stream" not in "".join(told), "nothing of it was drawn"


def test_a_contract_that_ended_says_by_whom_and_why(micro: Path) -> None:
    ((by, why, ended),) = rows(
        micro, "kontrakt", "hevet_av, avslutningskode, avsluttet < laeretid_til", "contract-ended-first-year"
    )
    assert by is not None
    assert why not in {None, "AB", "S1", "S2"}
    assert ended


def test_the_county_changes_its_code_and_nobody_moved(micro: Path) -> None:
    homes = rows(micro, "bosted", "CAST(fom AS VARCHAR), fylke", "reform-2020-moves-code")
    assert homes == [("2019-08-01", "08"), ("2020-01-01", "38"), ("2024-01-01", "40")]


def test_who_moves_is_in_both_bases(micro: Path) -> None:
    assert [base for (base,) in rows(micro, "person", "base", "moves-to-oslo")] == ["03", "40"]
    assert [base for (base,) in rows(micro, "person", "base", "straight-academic")] == ["03"]
    homes = rows(micro, "bosted", "CAST(fom AS VARCHAR), fylke", "moves-and-back")
    assert homes == [
        ("2019-08-01", "08"), ("2020-01-01", "38"), ("2020-08-01", "50"), ("2021-08-01", "38"), ("2024-01-01", "40"),
    ]  # fmt: skip


def test_a_protected_address_has_no_municipality(micro: Path) -> None:
    assert {place for (place,) in rows(micro, "bosted", "kommune", "protected")} == {None}
    assert {place for (place,) in rows(micro, "bosted", "kommune", "objecting")} != {None}
    ((flag,),) = rows(micro, "person", "reservert", "protected-and-objecting")
    assert flag == "J"


@pytest.mark.parametrize(
    ("name", "year", "written"),
    [
        ("no-exams-in-spring", "2019-2020", 0),
        ("no-written-exam-2022", "2021-2022", 0),
        ("straight-academic", "2020-2021", 0),
        ("no-basis", "2018-2019", 1),
    ],
)
def test_springs_without_exams(micro: Path, name: str, year: str, written: int) -> None:
    with duckdb.connect() as database:
        for table in ("vurdering", "elevfag", "elevforhold"):
            database.execute(f"CREATE VIEW {table} AS SELECT * FROM read_parquet('{micro / table}/*.parquet')")
        (found,) = database.execute(
            "SELECT count(*) FILTER (v.form = 'S' AND f.fagstatus <> 'P') FROM elevforhold e JOIN elevfag f USING (base, elevforhold_id) "
            f"JOIN vurdering v USING (base, elevfag_id) WHERE e.person_lnr = {script(name).lnr} AND v.slag = 'EKS' AND e.skoleaar = '{year}'"
        ).fetchone()  # type: ignore[misc]  # a count always has a row
    assert min(found, 1) == written  # whoever has the last year with exams has a written one in Norwegian


def test_a_private_school_has_three_digits_and_no_application(micro: Path) -> None:
    schools = rows(micro, "elevforhold", "skolenr, skoleeier", "private-school")
    assert {(len(str(number)), owner) for number, owner in schools} == {(3, "4")}
    assert rows(micro, "soknad", "soknad_id", "private-school") == []
