"""Paths through upper secondary education of nobody: who is enrolled where in which year, and with which results."""

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from avrop.vigo.synth.draws import Whole, below, chance, choose

SCHOOL_YEARS = ("2024-2025", "2025-2026", "2026-2027")
PERSON_COLUMNS = ("PERSON_ID", "BIRTH_DATE", "SEX", "RESIDENCE_MUNICIPALITY", "FIRST_LANGUAGE")
COUNTIES = ("03", "11", "15", "18", "31", "32", "33", "34", "39", "40", "42", "46", "50", "55", "56")
SCHOOLS_OF_COUNTY = (46, 39, 24, 21, 20, 42, 19, 28, 15, 13, 27, 56, 41, 16, 11)

PATHS = (
    ("STUSP1", "STREA2", "STREA3"), ("STUSP1", "STSSA2", "STSSA3"), ("IDRET1", "IDIDR2", "IDIDR3"),
    ("MDMDD1", "MDMUS2", "MDMUS3"), ("BABAT1", "BATMF2", "PBPBY3"), ("BABAT1", "BARLF2", None),
    ("ELELE1", "ELELE2", None), ("ELELE1", "ELDEL2", "PBPBY3"), ("HSHSF1", "HSHEA2", "PBPBY3"),
    ("HSHSF1", "HSBUA2", None), ("HSHSF1", "HSHEA2", "HSHSE3"), ("NANAB1", "NALGA2", "NALBR3"),
    ("RMRMF1", "RMKOS2", None), ("TPTIP1", "TPPIN2", None), ("TPTIP1", "TPKJT2", "PBPBY3"),
)  # fmt: skip
PATH_WEIGHTS = [150, 260, 55, 35, 40, 50, 40, 25, 50, 60, 30, 30, 35, 70, 70]
COMPLETIONS = ("B", "I", "M", "A", "S", "H")
COMPLETION_WEIGHTS = [800, 70, 55, 15, 45, 15]
MARKS = ("1", "2", "3", "4", "5", "6", "IV", "D")
MARK_WEIGHTS = [25, 110, 235, 300, 240, 70, 18, 2]

_ACADEMIC = {
    "1": ("NOR1260", "ENG1007", "MAT1019", "NAT1007", "GEO1003", "KRO1017"),
    "2": ("NOR1264", "MAT1023", "HIS1009", "SAK1001", "KRO1018"),
    "3": ("NOR1267", "HIS1010", "REL1003", "KRO1019"),
}
_VOCATIONAL = {"1": ("ENG1009", "KRO1017"), "2": ("NOR1262", "SAK1001", "KRO1018"), "3": ("NOR1270", "MAT1151", "NAT1018")}
_OWN = {
    "STREA2": ("REA3056", "REA3038", "REA3045"), "STREA3": ("REA3035",), "HSHSF1": ("HSF1006",), "HSHEA2": ("HEA2005",),
    "BABAT1": ("BAT1005",), "ELELE1": ("ELE1006",), "TPTIP1": ("TIP1006",),
}  # fmt: skip


def enrolments(persons: dict[str, object], *, seed: int) -> pa.Table:
    """One row per person, school year, school and programme area; a few change county within a year and have two."""
    people, county = _texts(persons["PERSON_ID"]), np.asarray(persons["county"], dtype=np.int64)
    count, path = len(people), choose(seed, "path", len(people), PATH_WEIGHTS)
    rows: list[dict[str, object]] = []
    home = county.copy()
    for number, year in enumerate(SCHOOL_YEARS):
        moved = chance(seed, f"moved/{year}", count, 18)
        home = np.where(moved & (number > 0), below(seed, f"to/{year}", count, len(COUNTIES)), home)
        drawn = _Draws(year, count, seed, home)
        grade = int(year[:4]) - np.asarray(persons["starts"], dtype=np.int64)
        for person in np.flatnonzero((grade >= 0) & (grade <= 2)).tolist():
            area = PATHS[path[person]][int(grade[person])]
            if area is not None:
                rows += drawn.rows(person, people[person], area, running=number == len(SCHOOL_YEARS) - 1)
    return pa.Table.from_pylist(rows, schema=_ENROLMENT)


class _Draws:
    """All that is drawn for one school year."""

    def __init__(self, year: str, count: int, seed: int, home: Whole) -> None:
        def stream(name: str) -> str:
            return f"{name}/{year}"

        self.year, self.home = year, home
        self.across = chance(seed, stream("across"), count, 30)
        self.elsewhere = below(seed, stream("elsewhere"), count, len(COUNTIES))
        self.school = below(seed, stream("school"), count, 1 << 20)
        self.private = chance(seed, stream("private"), count, 70)
        self.completion = choose(seed, stream("completion"), count, COMPLETION_WEIGHTS)
        self.day = below(seed, stream("day"), count, 200)
        self.absent = below(seed, stream("absent"), count, 1000)
        self.hours = below(seed, stream("hours"), count, 60)
        self.changes = chance(seed, stream("changes"), count, 8)
        self.unknown_home = chance(seed, stream("unknown home"), count, 5)
        self.guest = chance(seed, stream("guest"), count, 20)

    def rows(self, person: int, number: str, area: str, *, running: bool) -> list[dict[str, object]]:
        """The person's rows of the year: one, or two when the school is changed within it."""
        county = int(self.elsewhere[person] if self.across[person] else self.home[person])
        first = self._row(person, number, area, county, running=running)
        if not self.changes[person] or self.private[person]:
            return [first]
        other = (county + 1) % len(COUNTIES)
        left = self._date(int(self.day[person]) + 30)
        second = self._row(person, number, area, other, running=running)
        first |= {"COMPLETION": "S", "PUPIL_STATUS": "S", "INTERRUPTION_DATE": left, "ABSENCE_DAYS": None}
        return [first, second | {"START_DATE": left, "INTERRUPTION_DATE": None}]

    def _row(self, person: int, number: str, area: str, county: int, *, running: bool) -> dict[str, object]:
        private = bool(self.private[person])
        school = int(self.school[person]) % SCHOOLS_OF_COUNTY[county] + 1
        completion = None if running else COMPLETIONS[self.completion[person]]
        stopped = completion == "S"
        return {
            "PERSON_ID": number,
            "SCHOOL_YEAR": self.year,
            "REFERENCE_DATE": np.datetime64(f"{self.year[:4]}-10-01", "D").item(),
            "SCHOOL_NUMBER": f"{school + 400}" if private else f"{COUNTIES[county]}{school:03d}",
            "SCHOOL_OWNER": "4" if private else "1",
            "REPORTING_COUNTY": COUNTIES[county],
            "HOME_COUNTY": None if self.unknown_home[person] else COUNTIES[int(self.home[person])],
            "PROGRAMME_AREA": f"{area}----",
            "LEVEL": f"VG{area[5]}",
            "PUPIL_STATUS": "S" if stopped else "E",
            "COMPLETION": completion,
            "START_DATE": None,
            "INTERRUPTION_DATE": self._date(int(self.day[person]) + 40) if stopped else None,
            "ABSENCE_DAYS": None if running else _days(int(self.absent[person])),
            "ABSENCE_HOURS": None if running else int(self.hours[person]),
            "GUEST": "J" if self.guest[person] else "N",
        }

    def _date(self, day: int) -> object:
        return (np.datetime64(f"{self.year[:4]}-08-20", "D") + day).item()


def results(enrolled: pa.Table, *, seed: int) -> pa.Table:
    """Subjects with marks, one row per person, school year and subject; the running year has no marks."""
    wanted = [*_CARRIED, "PROGRAMME_AREA", "COMPLETION"]
    rows, seen = list[dict[str, object]](), set[tuple[object, ...]]()
    source = enrolled.select(wanted).to_pylist()
    marks = choose(seed, "mark", len(source) * 8, MARK_WEIGHTS)
    exams = chance(seed, "exam", len(source) * 8, 150)
    for place, row in enumerate(source):
        if row["COMPLETION"] == "S":
            continue
        area = str(row["PROGRAMME_AREA"])[:6]
        for number, subject in enumerate(_subjects(area)):
            key = (row["PERSON_ID"], row["SCHOOL_YEAR"], subject)
            if key not in seen:
                seen.add(key)
                draw = place * 8 + number
                running = row["SCHOOL_YEAR"] == SCHOOL_YEARS[-1]
                rows.append(_result(row, subject, MARKS[marks[draw]], exam=bool(exams[draw]), running=running))
    return pa.Table.from_pylist(rows, schema=_RESULT)


def _result(row: dict[str, object], subject: str, mark: str, *, exam: bool, running: bool) -> dict[str, object]:
    carried = {name: row[name] for name in _CARRIED}
    return carried | {
        "SUBJECT": subject,
        "SUBJECT_STATUS": "E",
        "FINAL_MARK": None if running else mark,
        "EXAM_MARK": mark if exam and not running and mark.isdigit() else None,
        "TERM": "V",
    }


def of_year(table: pa.Table, year: str) -> pa.Table:
    """The rows of one school year."""
    return table.filter(pc.equal(table["SCHOOL_YEAR"], year))


def _subjects(area: str) -> tuple[str, ...]:
    academic = area[:2] in ("ST", "ID", "MD")
    return (_ACADEMIC if academic else _VOCATIONAL)[area[5]] + _OWN.get(area, ())


def _days(thousandth: int) -> int:
    """Days of absence: most have few, some have many."""
    return thousandth // 120 if thousandth < 700 else (thousandth - 640) // 12 if thousandth < 980 else thousandth - 940


def _texts(values: object) -> list[str]:
    return [str(value) for value in values] if isinstance(values, Iterable) else []


_CARRIED = (
    "PERSON_ID", "SCHOOL_YEAR", "REFERENCE_DATE", "SCHOOL_OWNER", "REPORTING_COUNTY", "HOME_COUNTY",
)  # fmt: skip
_DATES, _NUMBERS = ("REFERENCE_DATE", "START_DATE", "INTERRUPTION_DATE"), ("ABSENCE_DAYS", "ABSENCE_HOURS")
_ENROLMENT_COLUMNS = (
    "PERSON_ID", "SCHOOL_YEAR", "REFERENCE_DATE", "SCHOOL_NUMBER", "SCHOOL_OWNER", "REPORTING_COUNTY", "HOME_COUNTY",
    "PROGRAMME_AREA", "LEVEL", "PUPIL_STATUS", "COMPLETION", "START_DATE", "INTERRUPTION_DATE", "ABSENCE_DAYS",
    "ABSENCE_HOURS", "GUEST",
)  # fmt: skip


def _schema(names: Iterable[str]) -> pa.Schema:
    return pa.schema(
        [(n, pa.date32() if n in _DATES else pa.int64() if n in _NUMBERS else pa.string()) for n in names]
    )


_ENROLMENT = _schema(_ENROLMENT_COLUMNS)
_RESULT = _schema((*_CARRIED, "SUBJECT", "SUBJECT_STATUS", "FINAL_MARK", "EXAM_MARK", "TERM"))
