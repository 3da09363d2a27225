"""The simulated tables: people of nobody, rows that agree with each other, and the same rows every time."""

import hashlib
from collections import Counter
from datetime import date, timedelta
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
import yaml

from avrop.errors import Mistake
from avrop.vigo.synth.draws import Draws
from avrop.vigo.synth.identity import identity_numbers
from avrop.vigo.synth.places import COUNTIES, apportion
from avrop.vigo.synth.programmes import AREAS, SUBJECTS
from avrop.vigo.synth.simulate import simulate

PEOPLE = 6000
Row = dict[str, object]


def table(folder: Path, dataset: str) -> list[Row]:
    rows: list[Row] = []
    for path in sorted(folder.glob(f"{dataset}-*")):
        if path.suffix == ".parquet":
            rows += pq.read_table(path).to_pylist()
        else:
            names = path.read_text().partition("\n")[0].split(",")
            types = {name: pa.date32() if name.endswith("_DATE") else pa.string() for name in names}
            options = pyarrow.csv.ConvertOptions(column_types=types, strings_can_be_null=True)
            rows += pyarrow.csv.read_csv(path, convert_options=options).to_pylist()
    return rows


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("simulated")
    simulate(target, PEOPLE, 7)
    return target


@pytest.fixture(scope="module")
def persons(folder: Path) -> list[Row]:
    return table(folder, "PERSON")


@pytest.fixture(scope="module")
def enrolments(folder: Path) -> list[Row]:
    return table(folder, "ENROLMENT")


@pytest.fixture(scope="module")
def results(folder: Path) -> list[Row]:
    return table(folder, "RESULT")


def on_list(folder: Path, name: str) -> set[str]:
    header, *people = (folder / "lists" / f"{name}.csv").read_text().splitlines()
    assert header == "person"
    return set(people)


def remainder(number: str, weights: tuple[int, ...]) -> int:
    return sum(weight * int(digit) for weight, digit in zip(weights, number, strict=False)) % 11


def test_every_number_is_unique_and_nobodys(persons: list[Row]) -> None:
    numbers = [str(row["PERSON_ID"]) for row in persons]
    assert len(set(numbers)) == PEOPLE
    assert {len(number) for number in numbers} == {11}
    assert {int(number[2:4]) for number in numbers} == set(range(81, 93))


def test_both_check_digits_are_right(persons: list[Row]) -> None:
    for number in (str(row["PERSON_ID"]) for row in persons):
        assert remainder(number, (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)) == 0
        assert remainder(number, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)) == 0


def test_a_number_agrees_with_birth_date_and_sex(persons: list[Row]) -> None:
    for row in persons:
        number, born = str(row["PERSON_ID"]), row["BIRTH_DATE"]
        assert isinstance(born, date)
        assert number[:6] == f"{born.day:02}{born.month + 80}{born.year % 100:02}"
        assert (int(number[6:9]) >= 500) == (born.year >= 2000)
        assert row["SEX"] == ("1" if int(number[8]) % 2 else "2")


def test_people_on_one_day_share_its_numbers_until_there_are_no_more() -> None:
    def born(people: int) -> np.typing.NDArray[np.int64]:
        same = np.ones(people, dtype=np.int64)
        return identity_numbers(Draws(1), year=2008 * same, month=2 * same, day=29 * same, sex=same)

    assert len(set(born(200).tolist())) == 200
    with pytest.raises(Mistake) as refused:
        born(251)
    assert refused.value.code == "simulate.numbers"


def test_everybody_is_in_the_register_and_has_a_course(persons: list[Row], enrolments: list[Row]) -> None:
    assert {row["PERSON_ID"] for row in persons} == {row["PERSON_ID"] for row in enrolments}


def test_keys_are_unique(enrolments: list[Row], results: list[Row]) -> None:
    courses = Counter((r["PERSON_ID"], r["SCHOOL_YEAR"], r["SCHOOL_NUMBER"], r["PROGRAMME_AREA"]) for r in enrolments)
    subjects = Counter((r["PERSON_ID"], r["SCHOOL_YEAR"], r["SUBJECT"]) for r in results)
    assert max(courses.values()) == max(subjects.values()) == 1


def test_interruption_date_completion_and_status_say_the_same(enrolments: list[Row]) -> None:
    for row in enrolments:
        stopped = row["INTERRUPTION_DATE"] is not None
        assert stopped == (row["COMPLETION"] == "S") == (row["PUPIL_STATUS"] == "S")
    assert any(row["COMPLETION"] == "S" for row in enrolments)


def test_dates_lie_inside_the_school_year_and_in_order(enrolments: list[Row]) -> None:
    for row in enrolments:
        first = int(str(row["SCHOOL_YEAR"])[:4])
        assert row["REFERENCE_DATE"] == date(first, 10, 1)
        days = [row[name] for name in ("START_DATE", "INTERRUPTION_DATE") if row[name] is not None]
        assert all(isinstance(day, date) and date(first, 8, 1) <= day <= date(first + 1, 7, 31) for day in days)
        assert days == sorted(days, key=str)


def test_the_running_year_has_no_marks_absences_or_ends(enrolments: list[Row], results: list[Row]) -> None:
    running = [row for row in enrolments if row["SCHOOL_YEAR"] == "2026-2027"]
    assert {row["COMPLETION"] for row in running} == {None, "H"}
    assert {row["ABSENCE_DAYS"] for row in running} == {None}
    marks = [row for row in results if row["SCHOOL_YEAR"] == "2026-2027"]
    assert marks
    assert {(row["FINAL_MARK"], row["EXAM_MARK"]) for row in marks} == {(None, None)}


def test_completion_follows_from_the_marks(enrolments: list[Row], results: list[Row]) -> None:
    marks: dict[object, set[object]] = {}
    for row in results:
        marks.setdefault((row["PERSON_ID"], row["SCHOOL_YEAR"]), set()).update((row["FINAL_MARK"], row["EXAM_MARK"]))
    seen = Counter(row["COMPLETION"] for row in enrolments)
    assert set(seen) == {"B", "I", "M", "A", "H", "S", None}
    for row in enrolments:
        got, code = marks[row["PERSON_ID"], row["SCHOOL_YEAR"]], row["COMPLETION"]
        if code in ("M", "A"):
            assert got & {"IV", "IM"}
        elif code == "I":
            assert "1" in got
            assert not got & {"IV", "IM"}
        elif code == "B":
            assert not got & {"1", "IV", "IM"}


def test_an_exempt_subject_is_marked_so_and_adults_have_no_absence(enrolments: list[Row], results: list[Row]) -> None:
    young = [row for row in results if row["SUBJECT_STATUS"] in ("E", "F")]
    assert all((row["FINAL_MARK"] == "F") == (row["SUBJECT_STATUS"] == "F") for row in young)
    adults = [row for row in enrolments if row["PUPIL_STATUS"] == "V"]
    assert adults
    assert {(row["ABSENCE_DAYS"], row["ABSENCE_HOURS"]) for row in adults} == {(None, None)}


def test_school_number_owner_and_county_agree(enrolments: list[Row]) -> None:
    for row in enrolments:
        number, owner = str(row["SCHOOL_NUMBER"]), row["SCHOOL_OWNER"]
        if owner == "4":
            assert len(number) == 3
        else:
            assert number[:2] == row["REPORTING_COUNTY"]
            low, high = (190, 199) if owner == "2" else (1, 99)
            assert low <= int(number[2:]) <= high
    assert {row["SCHOOL_OWNER"] for row in enrolments} == {"1", "2", "4"}


def test_the_paths_make_sense(enrolments: list[Row]) -> None:
    by_person: dict[object, dict[object, str]] = {}
    for row in enrolments:
        area = str(row["PROGRAMME_AREA"])
        assert area.endswith("----")
        assert row["LEVEL"] == f"VG{area[5]}"
        by_person.setdefault(row["PERSON_ID"], {})[row["SCHOOL_YEAR"]] = area
    for areas in by_person.values():
        path = [areas[year] for year in sorted(areas, key=str)]
        assert all(int(later[5]) - int(earlier[5]) in (0, 1) for earlier, later in pairwise(path))
        assert len({area[:2] for area in path} - {"PB"}) <= 1


def test_who_left_does_not_come_back(enrolments: list[Row]) -> None:
    last: dict[object, list[Row]] = {}
    for row in enrolments:
        last.setdefault(row["PERSON_ID"], []).append(row)
    left = 0
    for rows in last.values():
        for year in {str(row["SCHOOL_YEAR"]) for row in rows if row["COMPLETION"] == "S"}:
            of_year = [row for row in rows if row["SCHOOL_YEAR"] == year]
            if len(of_year) == 1:
                left += 1
                assert max(str(row["SCHOOL_YEAR"]) for row in rows) == year
    assert left > 100


def test_results_belong_to_a_course_with_the_same_origin(enrolments: list[Row], results: list[Row]) -> None:
    shared = ("PERSON_ID", "SCHOOL_YEAR", "REFERENCE_DATE", "REPORTING_COUNTY", "HOME_COUNTY", "SCHOOL_OWNER")
    courses = {tuple(row[name] for name in shared): str(row["PROGRAMME_AREA"])[:6] for row in enrolments}
    found: Counter[object] = Counter()
    for row in results:
        place = tuple(row[name] for name in shared)
        assert row["SUBJECT"] in SUBJECTS[courses[place]]
        found[place] += 1
    assert set(found) == set(courses)


def test_marginal_shares_are_near_the_published_ones(
    persons: list[Row], enrolments: list[Row], results: list[Row]
) -> None:
    total = sum(county.pupils for county in COUNTIES)
    reported = Counter(row["REPORTING_COUNTY"] for row in enrolments)
    for county in COUNTIES:
        assert abs(reported[county.code] / len(enrolments) - county.pupils / total) < 0.02
    levels = Counter(row["LEVEL"] for row in enrolments)
    assert levels["VG1"] > levels["VG2"] > levels["VG3"] > len(enrolments) * 0.15
    assert 0.45 < sum(row["SEX"] == "2" for row in persons) / PEOPLE < 0.55
    assert 0.80 < sum(row["FIRST_LANGUAGE"] == "no" for row in persons) / PEOPLE < 0.88
    ended = Counter(row["COMPLETION"] for row in enrolments if row["COMPLETION"] is not None)
    assert 0.70 < ended["B"] / ended.total() < 0.90
    assert 0.03 < ended["S"] / ended.total() < 0.08
    marks = [int(str(row["FINAL_MARK"])) for row in results if str(row["FINAL_MARK"]) in "123456"]
    assert 3.6 < sum(marks) / len(marks) < 4.3
    absent = sorted(int(str(row["ABSENCE_DAYS"])) for row in enrolments if row["ABSENCE_DAYS"] is not None)
    assert 4 <= absent[len(absent) // 2] <= 7


def test_some_move_county_within_and_between_years(enrolments: list[Row]) -> None:
    homes: dict[object, set[object]] = {}
    schools: dict[object, set[object]] = {}
    for row in enrolments:
        homes.setdefault(row["PERSON_ID"], set()).add(row["HOME_COUNTY"])
        schools.setdefault((row["PERSON_ID"], row["SCHOOL_YEAR"]), set()).add(row["REPORTING_COUNTY"])
    assert sum(len(home - {None}) > 1 for home in homes.values()) > 20
    assert sum(len(county) > 1 for county in schools.values()) > 20
    away = sum(row["HOME_COUNTY"] not in (None, row["REPORTING_COUNTY"]) for row in enrolments)
    assert 0.01 < away / len(enrolments) < 0.08
    assert 0 < sum(row["HOME_COUNTY"] is None for row in enrolments) < 0.01 * len(enrolments)


def test_protected_and_objecting_people_exist_in_several_counties(
    folder: Path, persons: list[Row], enrolments: list[Row]
) -> None:
    for name in ("protected", "objecting"):
        people = on_list(folder, name)
        counties = {row["REPORTING_COUNTY"] for row in enrolments if row["PERSON_ID"] in people}
        assert len(counties) >= 5
        assert len(people) < 0.01 * PEOPLE
    hidden = {row["PERSON_ID"] for row in persons if row["RESIDENCE_MUNICIPALITY"] is None}
    assert hidden == on_list(folder, "protected")


def test_three_hundred_people_cover_every_county_and_case(tmp_path: Path) -> None:
    counts = simulate(tmp_path, 300, 1)
    enrolments = table(tmp_path, "ENROLMENT")
    assert {row["REPORTING_COUNTY"] for row in enrolments} == {county.code for county in COUNTIES}
    assert counts["ENROLMENT"] == len(enrolments)
    assert counts["protected"] == len(on_list(tmp_path, "protected")) >= 5
    assert counts["objecting"] == len(on_list(tmp_path, "objecting")) >= 5


def test_the_same_seed_gives_the_same_files_and_another_gives_others(tmp_path: Path) -> None:
    def digests(name: str, seed: int) -> dict[str, str]:
        target = tmp_path / name
        simulate(target, 200, seed)
        return {
            str(path.relative_to(target)): hashlib.sha256(
                path.read_bytes() if path.suffix == ".csv" else repr(pq.read_table(path).to_pylist()).encode()
            ).hexdigest()
            for path in sorted(target.rglob("*.*"))
        }

    once, again, other = digests("a", 5), digests("b", 5), digests("c", 6)
    assert once == again
    assert len(once) == 6
    assert all(once[name] != other[name] for name in once)


def test_draws_of_a_row_do_not_depend_on_how_many_rows_there_are() -> None:
    draws = Draws(3)
    few, many = draws.words("x", rows=5, width=3), draws.words("x", rows=50, width=3)
    assert (few == many[:5]).all()
    assert not (draws.words("y", rows=5, width=3) == few).any()


def test_draws_are_the_known_ones() -> None:
    """A change here changes every simulated table: NumPy's raw Philox words are promised not to."""
    assert Draws(1).below("known", rows=6, limit=1000).tolist() == [667, 61, 208, 478, 454, 708]


def test_progress_ends_with_everybody(tmp_path: Path) -> None:
    said: list[int] = []
    simulate(tmp_path, 100, 1, progress=said.append)
    assert said == sorted(said)
    assert said[-1] == 100


def test_too_few_people_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Mistake) as refused:
        simulate(tmp_path / "none", 99, 1)
    assert refused.value.code == "simulate.people"
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("people", [15, 100, 301, 6000])
def test_people_are_apportioned_exactly_and_to_every_county(people: int) -> None:
    counts = apportion(people)
    assert sum(counts) == people
    assert min(counts) >= 1


def test_every_simulated_code_is_in_the_catalogues_lists() -> None:
    lists = files("avrop.vigo") / "catalogue" / "codelists"

    def codes(name: str) -> set[str]:
        return {code["code"] for code in yaml.safe_load((lists / f"{name}.yaml").read_text())["codes"]}

    assert {f"{area}----" for area in AREAS} <= codes("PROGRAMME_AREA")
    assert {subject for subjects in SUBJECTS.values() for subject in subjects} <= codes("SUBJECT")
    assert {name for county in COUNTIES for name in county.municipalities} <= codes("MUNICIPALITY")


def test_birth_dates_spread_over_the_year(persons: list[Row]) -> None:
    months = Counter(str(row["BIRTH_DATE"])[5:7] for row in persons)
    assert len(months) == 12
    assert min(months.values()) > PEOPLE / 12 * 0.75
    assert all(isinstance(row["BIRTH_DATE"], date) for row in persons)
    assert max(str(row["BIRTH_DATE"]) for row in persons) < str(date(2010, 12, 31) + timedelta(days=1))
