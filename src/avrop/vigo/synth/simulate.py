"""Write a small national table set of nobody: PERSON, ENROLMENT and RESULT over three school years, and two lists."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from avrop.errors import Mistake
from avrop.vigo.synth.courses import FIRST, Courses, make_courses
from avrop.vigo.synth.draws import Draws, Ints
from avrop.vigo.synth.marks import EXEMPT, MARKS, NAMES, Marks, completion, make_marks
from avrop.vigo.synth.people import YEARS, People, make_people
from avrop.vigo.synth.places import COUNTIES, LANGUAGES
from avrop.vigo.synth.programmes import AREAS

FEWEST = 100
Texts = npt.NDArray[np.str_]


def simulate(
    folder: Path, people: int, seed: int, *, progress: Callable[[int], None] | None = None
) -> Mapping[str, int]:
    """Write the tables and `lists/` into `folder`; gives rows by dataset and people by list.

    The same people and seed give the same rows, on any machine. `progress` is told how many people's worth of work is
    done. Files: PERSON-1.csv, ENROLMENT-1.parquet, RESULT-1.csv (the first school year), RESULT-2.parquet (the
    others), lists/protected.csv, lists/objecting.csv. Errors: `simulate.people` (Mistake) below 100 people,
    `simulate.numbers` (Mistake) for more than there are numbers.
    """
    if people < FEWEST:
        raise Mistake("simulate.people", f"A table set needs at least {FEWEST} people.", hint="Ask for more.")
    report = progress or (lambda _done: None)
    draws = Draws(seed)
    everybody = make_people(draws, people)
    report(people // 4)
    courses = make_courses(draws, everybody)
    marks = make_marks(draws, everybody, courses)
    report(people // 2)
    lists = _lists(draws, everybody)
    tables = {
        "PERSON": _persons(everybody, protected=lists["protected"]),
        "ENROLMENT": _enrolments(draws, everybody, courses, marks=marks),
        "RESULT": _results(everybody, courses, marks),
    }
    report(people * 3 // 4)
    _write(folder, tables)
    _write_lists(folder, everybody, lists)
    report(people)
    rows = {name: table.num_rows for name, table in tables.items()}
    return rows | {name: len(positions) for name, positions in lists.items()}


def _lists(draws: Draws, people: People) -> dict[str, Ints]:
    """Positions of the people on each list: one in a thousand, and always one in every second county."""
    rows = len(people.number)
    firsts = np.searchsorted(people.home[:, 0], np.arange(0, len(COUNTIES), 2))
    found = {}
    for place, name in enumerate(("protected", "objecting")):
        on_it = draws.happens(f"list/{name}", rows=rows, permille=1)
        on_it[firsts + place] = True
        found[name] = np.flatnonzero(on_it)
    return found


def _digits(numbers: Ints, width: int) -> Texts:
    return np.char.zfill(numbers.astype(np.str_), width)


def _counties(positions: Ints) -> Texts:
    return np.array([county.code for county in COUNTIES])[positions]


def _text(values: Texts) -> pa.Array:
    """Text, empty as null."""
    return pa.array(values.tolist(), pa.string(), mask=values == "")


def _persons(people: People, *, protected: Ints) -> pa.Table:
    municipality = np.array(people.municipality)
    municipality[protected] = ""  # a protected address has no municipality
    months = (people.year * 12 + people.month - 1 - 1970 * 12).astype("datetime64[M]")
    table = pa.table(
        {
            "PERSON_ID": _text(_digits(people.number, 11)),
            "BIRTH_DATE": pa.array(months.astype("datetime64[D]") + (people.day - 1), pa.date32()),
            "SEX": _text(people.sex.astype(np.str_)),
            "RESIDENCE_MUNICIPALITY": _text(municipality),
            "FIRST_LANGUAGE": _text(np.array([*(name for name, _ in LANGUAGES), "se"])[people.language]),
        }
    )
    return table.sort_by("PERSON_ID")


def _shared(people: People, courses: Courses, rows: Ints) -> dict[str, pa.Array]:
    """The columns that a course and its results have in common."""
    year = np.array(YEARS)[courses.year[rows]]
    spans = np.array([f"{first}-{first + 1}" for first in YEARS])[courses.year[rows]]
    home = np.where(courses.home_unknown[rows], "", _counties(courses.home[rows]))
    return {
        "PERSON_ID": _text(_digits(people.number[courses.person[rows]], 11)),
        "SCHOOL_YEAR": _text(spans),
        "REFERENCE_DATE": pa.array(_day(year, np.full(len(rows), 61)), pa.date32()),
        "REPORTING_COUNTY": _text(_counties(courses.county[rows])),
        "HOME_COUNTY": _text(home),
        "SCHOOL_OWNER": _text(courses.owner[rows].astype(np.str_)),
    }


def _day(year: Ints, offset: Ints) -> npt.NDArray[np.datetime64]:
    """Days counted from 1 August; below 0 is null."""
    august = (year * 12 + 7 - 1970 * 12).astype("datetime64[M]").astype("datetime64[D]")
    return np.where(offset < 0, np.datetime64("NaT", "D"), august + offset)


def _enrolments(draws: Draws, people: People, courses: Courses, *, marks: Marks) -> pa.Table:
    year = np.array(YEARS)[courses.year]
    area = np.array(AREAS)[courses.area]
    school = np.where(courses.school < 1000, _digits(courses.school, 3), _digits(courses.school, 5))
    status = np.select(
        [courses.stop >= 0, people.adult[courses.person], people.part_time[courses.person]], ["S", "V", "D"], "E"
    )
    unsaid = draws.happens("guest-unsaid", rows=len(people.number), permille=20)[courses.person]
    guest = np.where(unsaid, "", np.where(courses.guest, "J", "N"))
    shared = _shared(people, courses, np.arange(len(courses.person)))
    table = pa.table(
        {
            **{name: shared[name] for name in ("PERSON_ID", "SCHOOL_YEAR", "REFERENCE_DATE")},
            "SCHOOL_NUMBER": _text(school),
            **{name: shared[name] for name in ("SCHOOL_OWNER", "REPORTING_COUNTY", "HOME_COUNTY")},
            "PROGRAMME_AREA": _text(np.char.add(area, "----")),
            "LEVEL": _text(np.char.add("VG", np.array([name[5] for name in AREAS])[courses.area])),
            "PUPIL_STATUS": _text(status),
            "COMPLETION": _text(completion(courses, marks, people, draws=draws)),
            "START_DATE": pa.array(_day(year, courses.start), pa.date32()),
            "INTERRUPTION_DATE": pa.array(_day(year, courses.stop), pa.date32()),
            "ABSENCE_DAYS": pa.array(courses.days, pa.int64(), mask=courses.days < 0),
            "ABSENCE_HOURS": pa.array(courses.hours, pa.int64(), mask=courses.hours < 0),
            "GUEST": _text(guest),
        }
    )
    return _sorted(table, "SCHOOL_NUMBER")


def _results(people: People, courses: Courses, marks: Marks) -> pa.Table:
    rows, slots = np.nonzero(marks.subject >= 0)
    final, exam = marks.final[rows, slots], marks.exam[rows, slots]
    stopped = courses.stop[rows] >= 0
    status = np.select([stopped, people.adult[courses.person[rows]], final == EXEMPT], ["S", "V", "F"], "E")
    autumn = stopped & (courses.part[rows] == FIRST) & (courses.stop[rows] < 153)  # before 1 January
    table = pa.table(
        {
            **_shared(people, courses, rows),
            "SUBJECT": _text(np.array(NAMES)[marks.subject[rows, slots]]),
            "SUBJECT_STATUS": _text(status),
            "FINAL_MARK": _text(np.array(MARKS)[final]),
            "EXAM_MARK": _text(np.array(MARKS)[exam]),
            "TERM": _text(np.where(autumn, "H", "V")),
        }
    )
    return _sorted(table, "SUBJECT")


def _sorted(table: pa.Table, last: str) -> pa.Table:
    return table.sort_by([(name, "ascending") for name in ("SCHOOL_YEAR", "PERSON_ID", last)])


def _write(folder: Path, tables: Mapping[str, pa.Table]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    results = tables["RESULT"]
    first = results.column("SCHOOL_YEAR").to_numpy() == f"{YEARS[0]}-{YEARS[0] + 1}"
    _write_csv(folder / "PERSON-1.csv", tables["PERSON"])
    pq.write_table(tables["ENROLMENT"], folder / "ENROLMENT-1.parquet", compression="zstd")
    _write_csv(folder / "RESULT-1.csv", results.filter(pa.array(first)))
    pq.write_table(results.filter(pa.array(~first)), folder / "RESULT-2.parquet", compression="zstd")


def _write_lists(folder: Path, people: People, lists: Mapping[str, Ints]) -> None:
    (folder / "lists").mkdir(exist_ok=True)
    for name, positions in lists.items():
        numbers = np.sort(_digits(people.number[positions], 11))
        _write_csv(folder / "lists" / f"{name}.csv", pa.table({"person": _text(numbers)}))


def _write_csv(path: Path, table: pa.Table) -> None:
    """Comma, UTF-8, line feed; nulls empty. No value needs quotes: all are codes, numbers and dates."""
    columns = [_written(table.column(name).to_pylist()) for name in table.column_names]
    lines = [",".join(table.column_names), *(",".join(row) for row in zip(*columns, strict=True))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def _written(values: Sequence[str | int | date | None]) -> list[str]:
    return ["" if value is None else str(value) for value in values]
