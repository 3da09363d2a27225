"""What a load refuses: each fault by code, dataset, file, variable and row number, all at once, and never a value."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from avrop.catalogue.datasets import Catalogue
from avrop.disclosure.snapshots import SAID, LoadFault, LoadReport
from avrop.engines.loading import LoadRefused, load_tables

Load = Callable[..., LoadReport]
Refused = Callable[..., tuple[LoadFault, ...]]
Written = Callable[[str, str], Path]

HEADER = "ID,DAY,AREA,HOURS,NOTE\n"


def only(faults: tuple[LoadFault, ...]) -> tuple[str, str, str | None, tuple[int, ...], int]:
    (fault,) = faults
    return fault.code, fault.file, fault.variable, fault.rows, fault.count


@pytest.mark.parametrize(
    ("row", "code", "variable"),
    [
        ("0001,2024-13-01,old,1,", "load.type", "DAY"),
        ("0001,2024-1-1,old,1,", "load.type", "DAY"),
        ("0001,2024-10-01 12:00:00,old,1,", "load.type", "DAY"),
        ("0001,2024-10-01,old,1.5,", "load.type", "HOURS"),
        ("0001,2024-10-01,old,many,", "load.type", "HOURS"),
        ("0001,2024-10-01,old,99999999999999999999,", "load.type", "HOURS"),
        ("0001,2024-10-01,old,100,", "load.range", "HOURS"),
        ("0001,2024-10-01,old,-1,", "load.range", "HOURS"),
        ("0001,2024-10-01,odd,1,", "load.code", "AREA"),
        ("0001,2024-10-01,new,1,", "load.code", "AREA"),
        ("0001,2025-01-01,old,1,", "load.code", "AREA"),
        ("0001,2024-10-01,,1,", "load.null", "AREA"),
        ("0001,,old,1,", "load.null", "DAY"),
        ("0009,2024-10-01,old,1,", "load.orphan", "ID"),
        ("0002,2024-12-31,old,1,", "load.key", "ID, DAY"),
    ],
)
def test_one_wrong_row_is_named(refused: Refused, row: str, code: str, variable: str) -> None:
    good = "0002,2024-12-31,old,0,x\n"
    assert only(refused(courses=f"{HEADER}{good}{row}\n")) == (code, "COURSE.csv", variable, (2,), 1)


@pytest.mark.parametrize(
    ("people", "code", "variable"),
    [
        ("0004,9", "load.code", "SEX"),
        ("12,1", "load.pattern", "ID"),
        ("00045,1", "load.pattern", "ID"),
        ("0001,2", "load.key", "ID"),
        (",1", "load.null", "ID"),
    ],
)
def test_one_wrong_person_is_named(refused: Refused, people: str, code: str, variable: str) -> None:
    faults = refused(people=f"ID,SEX\n0001,1\n0002,2\n{people}\n")
    assert only(faults) == (code, "PERSON.csv", variable, (3,), 1)


def test_a_registers_codes_hold_on_the_reference_day(load: Load, refused: Refused) -> None:
    people = "ID,SEX\n0001,1\n0002,3\n"
    faults = refused(people=people, register_day=date(2024, 10, 1))
    assert only(faults) == ("load.code", "PERSON.csv", "SEX", (2,), 1)
    assert load(people=people).faults == ()


def test_the_first_day_of_a_code_is_in_and_the_last_is_out(load: Load) -> None:
    report = load(courses=f"{HEADER}0001,2025-01-01,new,1,\n0001,2024-12-31,old,1,\n")
    assert report.datasets[1].rows == 2


def test_all_faults_of_all_files_come_at_once(refused: Refused) -> None:
    faults = refused(people="ID,SEX\n0001,9\n0001,1\n", courses=f"{HEADER}0001,2024-10-01,odd,x,\n0009,no,old,100,\n")
    assert {(fault.dataset, fault.code, fault.rows) for fault in faults} == {
        ("PERSON", "load.code", (1,)),
        ("PERSON", "load.key", (2,)),
        ("COURSE", "load.code", (1,)),
        ("COURSE", "load.type", (1,)),
        ("COURSE", "load.type", (2,)),
        ("COURSE", "load.range", (2,)),
        ("COURSE", "load.orphan", (2,)),
    }


def test_the_first_rows_are_named_and_the_rest_counted(refused: Refused) -> None:
    rows = "".join(f"0001,2024-10-{day:02},odd,1,\n" for day in range(1, 20))
    fault = refused(courses=HEADER + rows)[0]
    assert (fault.rows, fault.count) == ((1, 2, 3, 4, 5), 19)
    place = "load.code: COURSE AREA in COURSE.csv, row 1, 2, 3, 4, 5 and 14 more"
    assert str(fault) == f"A code is not on the code list on that day ({place})"


def test_every_fault_has_a_sentence() -> None:
    named = re.findall(r"`(load\.[a-z_]+)`", (load_tables.__doc__ or "").partition("with faults")[2].partition(";")[0])
    assert sorted(named) == sorted(SAID)


def test_a_refusal_never_shows_a_value(load: Load) -> None:
    canary = "9753124680"
    courses = f"{HEADER}{canary},{canary},{canary},{canary},{canary}\n"
    with pytest.raises(LoadRefused) as failure:
        load(people=f"ID,SEX\n0001,{canary}\n", courses=courses)
    assert canary not in f"{failure.value} {failure.value.hint} {failure.value.report}"


@pytest.mark.parametrize("row", ["0001,2024-10-01,old,1,x,9753124680", '0001,"9753124680', "0001,9753124680"])
def test_a_ragged_file_is_unreadable_and_its_line_not_shown(load: Load, row: str) -> None:
    with pytest.raises(LoadRefused) as failure:
        load(courses=f"{HEADER}0001,2024-10-01,old,1,\n{row}\n")
    (fault,) = failure.value.report.faults
    assert (fault.code, fault.rows) == ("load.unreadable", (2,))
    assert "9753124680" not in str(failure.value)
    assert failure.value.__cause__ is None
    assert failure.value.__context__ is None


@pytest.mark.parametrize(
    ("header", "variables"),
    [
        ("ID,DAY,AREA,HOURS", {"NOTE"}),
        ("ID,DAY,AREA,HOURS,NOTE,MORE", {"column 6"}),
        ("ID,DAY,AREA,HOURS,HOURS", {"HOURS", "NOTE"}),
        ("ID,DAY,AREA,HOURS,note", {"column 5", "NOTE"}),
    ],
)
def test_wrong_columns_are_named(refused: Refused, header: str, variables: set[str]) -> None:
    faults = refused(courses=f"{header}\n")
    assert {fault.variable for fault in faults} == variables
    assert {fault.code for fault in faults} == {"load.columns"}


def test_a_file_without_its_header_does_not_give_its_first_row_away(load: Load) -> None:
    with pytest.raises(LoadRefused) as failure:
        load(courses="9753124680,2024-10-01,old,1,x\n")
    assert "9753124680" not in f"{failure.value} {failure.value.report}"


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"ID,DAY,AREA,HOURS,NOTE\n0001,2024-10-01,old,1,\xff\n"])
def test_what_is_not_text_is_unreadable(refused: Refused, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "odd.csv"
    path.write_bytes(content)
    assert [fault.code for fault in refused(courses=path)] == ["load.unreadable"]


def test_a_broken_parquet_file_is_unreadable(refused: Refused, tmp_path: Path) -> None:
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"PAR1 and nothing more")
    assert [(fault.code, fault.file) for fault in refused(courses=broken)] == [("load.unreadable", broken.name)]


@pytest.mark.parametrize("name", ["none.csv", "none.parquet"])
def test_a_file_that_is_not_there_is_said_to_be_missing_and_where(load: Load, tmp_path: Path, name: str) -> None:
    with pytest.raises(LoadRefused) as failure:
        load(courses=tmp_path / name)
    (fault,) = failure.value.report.faults
    assert (fault.code, fault.file) == ("load.no_file", str(tmp_path / name))
    assert f"There is no such file (load.no_file: {fault.dataset} in {tmp_path / name})" in failure.value.sentence


def test_parquet_columns_that_lost_their_form_are_refused(refused: Refused, tmp_path: Path) -> None:
    path = tmp_path / "courses.parquet"
    pq.write_table(pa.table({"ID": [1], "DAY": [19997], "AREA": ["old"], "HOURS": [1.0], "NOTE": ["x"]}), path)
    faults = refused(courses=path)
    assert {(fault.code, fault.variable) for fault in faults} == {
        ("load.type", "ID"),
        ("load.type", "DAY"),
        ("load.type", "HOURS"),
    }


def test_datasets_must_be_the_catalogues(catalogue: Catalogue, written: Written, tmp_path: Path) -> None:
    people = written("PERSON.csv", "ID,SEX\n0001,1\n")
    with pytest.raises(LoadRefused) as failure:
        sources = {"PERSON": [people], "OTHER": [people]}
        load_tables(catalogue, sources, tmp_path / "snapshot", threads=1, memory_limit="500MB")
    assert [(fault.code, fault.dataset) for fault in failure.value.report.faults] == [
        ("load.dataset", "COURSE"),
        ("load.dataset_unknown", "OTHER"),
    ]


def test_a_key_is_unique_over_all_files(catalogue: Catalogue, written: Written, tmp_path: Path) -> None:
    sources = {
        "PERSON": [written("a.csv", "ID,SEX\n0001,1\n0002,1\n"), written("b.csv", "ID,SEX\n0003,1\n0002,2\n")],
        "COURSE": [written("c.csv", HEADER)],
    }
    with pytest.raises(LoadRefused) as failure:
        load_tables(catalogue, sources, tmp_path / "snapshot", threads=1, memory_limit="500MB")
    assert only(failure.value.report.faults) == ("load.key", "b.csv", "ID", (2,), 1)


@pytest.mark.parametrize(
    ("spoil", "code", "variable"),
    [
        (lambda number: f"{number:06},2024-10-01,odd,1,", "load.code", "AREA"),
        (lambda number: f"{number:06},2024-10-01,old,one,", "load.type", "HOURS"),
        (lambda _number: "000007,2024-10-01,old,1,", "load.key", "ID, DAY"),
    ],
)
@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_one_bad_row_in_a_hundred_thousand_is_found_and_named(
    catalogue: Catalogue, tmp_path: Path, spoil: Callable[[int], str], code: str, variable: str, form: str
) -> None:
    many, bad = 100_000, 77_777
    six = replace(catalogue.variable("ID"), pattern="[0-9]{6}")
    large = replace(catalogue, variables=tuple(six if each.name == "ID" else each for each in catalogue.variables))
    people = tmp_path / "people.csv"
    people.write_text("ID,SEX\n" + "".join(f"{number:06},1\n" for number in range(1, many + 1)))
    rows = [f"{number:06},2024-10-01,old,{number % 100}," for number in range(1, many + 1)]
    rows[bad - 1] = spoil(bad)
    courses = tmp_path / f"courses.{form}"
    if form == "csv":
        courses.write_text(HEADER + "\n".join(rows) + "\n")
    else:
        columns = zip(*(row.split(",") for row in rows), strict=True)
        pq.write_table(pa.table(dict(zip(HEADER.strip().split(","), map(list, columns), strict=True))), courses)
    with pytest.raises(LoadRefused) as failure:
        load_tables(
            large, {"PERSON": [people], "COURSE": [courses]}, tmp_path / "snapshot", threads=2, memory_limit="1GB"
        )
    assert only(failure.value.report.faults) == (code, courses.name, variable, (bad,), 1)
