"""Scripted lives, by name: what stands of them in the tables is what their scripts say. Those with training stand in
`test_gallery_training`."""

from pathlib import Path

import duckdb
import pytest

from avrop.errors import Missing
from avrop.vigo.simulator.gallery import gallery, script
from avrop.vigo.simulator.parameters import load
from avrop.vigo.simulator.plan import Plan
from tests.simulator.scripted_rows import courses, rows, years


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


def test_every_life_has_a_test_that_calls_it_by_name() -> None:
    tests = "".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("test_gallery*.py"))
    assert [name for name in gallery() if f'"{name}"' not in tests] == []


@pytest.mark.parametrize(
    ("name", "born", "stem"),
    [
        ("leap-day", "2004-02-29", "298204"), ("new-year", "2004-01-01", "018104"), ("last-day", "2004-12-31", "319204"),
    ],
)  # fmt: skip
def test_a_number_begins_with_the_birthday_and_school_in_the_year_of_sixteen(
    micro: Path, name: str, born: str, stem: str
) -> None:
    columns = "CAST(fodselsdato AS VARCHAR), substr(fodselsnummer, 1, 6)"
    assert rows(micro, "person", columns, name) == [(born, stem)]
    assert courses(micro, name)[0].startswith("2020-2021 ")


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
    ("name", "expected"),
    [
        ("supplement", ["2015-2016 HSHSF1 B", "2016-2017 HSHEA2 B", "2017-2018 PBPBY3 B"]),
        (
            "supplement-again",
            ["2015-2016 TPTIP1 B", "2016-2017 TPPIN2 B", "2017-2018 PBPBY3 I", "2018-2019 PBPBY3 B"],
        ),
    ],
)
def test_who_passes_a_supplementary_year_has_a_diploma_of_it_and_no_training(
    micro: Path, name: str, expected: list[str]
) -> None:
    assert courses(micro, name) == expected
    year = int(expected[-1][5:9])
    assert rows(micro, "dokumentasjon", "slag, programomraadekode, avgangsaar, kompetanse", name) == [
        ("VM", "PBPBY3----", year, "1"),
    ]  # fmt: skip
    assert rows(micro, "kontrakt", "kontrakt_id", name) == []


def test_who_begins_late_is_followed_up_until_then(micro: Path) -> None:
    name = "began-two-years-late"
    assert rows(micro, "oppfolging", "skoleaar", name) == [("2016-2017",), ("2017-2018",)]
    assert courses(micro, name) == ["2018-2019 STUSP1 B", "2019-2020 STSSA2 B", "2020-2021 STSSA3 B"]
    assert rows(micro, "dokumentasjon", "slag, avgangsaar", name) == [("VM", 2021)]


def test_who_comes_back_takes_the_year_that_was_left_again(micro: Path) -> None:
    name = "back-after-a-year"
    assert courses(micro, name) == [
        "2016-2017 STUSP1 B", "2017-2018 STSSA2 S", "2019-2020 STSSA2 B", "2020-2021 STSSA3 B",
    ]  # fmt: skip
    left = "elevstatus, avbruddsdato BETWEEN DATE '2017-10-02' AND DATE '2018-06-30'"
    assert rows(micro, "elevforhold", left, name, "AND skoleaar = '2017-2018'") == [("S", True)]
    assert rows(micro, "oppfolging", "skoleaar", name) == [("2018-2019",)]
    assert rows(micro, "dokumentasjon", "avgangsaar, slag", name) == [(2018, "KB"), (2021, "VM")]


def test_a_year_abroad_is_a_passed_course_without_subjects_and_no_application(micro: Path) -> None:
    name = "year-abroad"
    assert courses(micro, name) == ["2016-2017 STUSP1 B", "2017-2018 STREA2 B", "2018-2019 STREA3 B"]
    away = "elevstatus, fullfortkode, fravaer_dager, orden"
    assert rows(micro, "elevforhold", away, name, "AND skoleaar = '2017-2018'") == [("I", "B", None, None)]
    assert norwegian(micro, name).keys() == {"2016-2017", "2018-2019"}
    assert rows(micro, "soknad", "skoleaar", name) == [("2018-2019",)]
    assert rows(micro, "oppfolging", "skoleaar", name) == []
    assert rows(micro, "dokumentasjon", "slag, avgangsaar", name) == [("VM", 2019)]


def test_who_lacks_one_subject_has_a_diploma_when_it_is_passed_as_an_external_candidate(micro: Path) -> None:
    name = "diploma-by-exam"
    assert courses(micro, name) == ["2016-2017 STUSP1 B", "2017-2018 STSSA2 B", "2018-2019 STSSA3 I"]
    alone = "elevstatus, fullfortkode, rettstype, trinn"
    assert rows(micro, "elevforhold", alone, name, "AND skoleaar = '2019-2020'") == [("P", None, "1", "VG3")]
    assert rows(micro, "dokumentasjon", "CAST(dato AS VARCHAR), slag", name) == [
        ("2019-06-22", "KB"), ("2020-01-15", "VM"),
    ]  # fmt: skip
    assert rows(micro, "oppfolging", "skoleaar", name) == []


def test_a_third_year_in_school_gives_a_vocational_diploma_and_no_contract(micro: Path) -> None:
    name = "school-instead-of-company"
    assert courses(micro, name) == ["2015-2016 ELELE1 B", "2016-2017 ELAUT2 B", "2017-2018 ELAUT3 B"]
    assert years(micro, name)[-1] == "VG3:B"
    assert rows(micro, "dokumentasjon", "slag, programomraadekode, kompetanse", name) == [("VM", "ELAUT3----", "3")]
    for table in ("kontrakt", "prove", "fagbrev"):
        assert rows(micro, table, "person_lnr", name) == []


def test_who_was_outside_when_the_curriculum_came_goes_on_by_the_new_one(micro: Path) -> None:
    name = "curriculum-in-between"
    assert courses(micro, name) == ["2019-2020 STUSP1 B", "2021-2022 STSSA2 B", "2022-2023 STSSA3 B"]
    assert rows(micro, "oppfolging", "skoleaar", name) == [("2020-2021",)]
    assert norwegian(micro, name) == {"2019-2020": "NOR9260", "2021-2022": "NOR1264", "2022-2023": "NOR1267"}
    straight_on = norwegian(micro, "reform-2020-moves-code")
    assert straight_on == {"2019-2020": "NOR9260", "2020-2021": "NOR9264", "2021-2022": "NOR9267"}


def norwegian(folder: Path, name: str) -> dict[str, str]:
    """The first subject of Norwegian in each school year."""
    with duckdb.connect() as database:
        return dict(database.execute(
            "SELECT f.skoleaar, min(f.fagkode) "
            f"FROM read_parquet('{folder / 'elevfag'}/*.parquet') f JOIN read_parquet('{folder / 'elevforhold'}/*.parquet') e "
            f"USING (base, elevforhold_id) WHERE e.person_lnr = {script(name).lnr} AND f.fagkode LIKE 'NOR%' GROUP BY ALL"
        ).fetchall())  # fmt: skip


def test_who_begins_in_the_last_school_year_has_nothing_else(micro: Path) -> None:
    name = "first-year-now"
    assert courses(micro, name) == ["2025-2026 STUSP1 B"]
    assert rows(micro, "bosted", "CAST(fom AS VARCHAR), tom, fylke", name) == [("2025-08-01", None, "18")]
    for table in ("dokumentasjon", "kontrakt", "formidling", "oppfolging"):
        assert rows(micro, table, "person_lnr", name) == []


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
