"""A pack whose source tables hold a canary in every row: which one says why the row must not leave, or that it may.

The groups are found in plain Python, row by row, by none of the code that compiles or runs plans. SEX, LEVEL, SUBJECT
and SCHOOL_NUMBER are given a pattern instead of their code list, so that a canary is a valid value and stands in no
document of the account. The call-off asks for the first three as they are stored, and never for the fourth.
"""

import csv
import dataclasses
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import yaml

from avrop.catalogue.packform import Pack
from avrop.packs import load_pack

REFUSES, SILENT, SHORTER, REVOKES = "18", "56", "50", "11"
SHORTER_FROM, ASKED = date(2025, 8, 1), (date(2024, 8, 1), date(2026, 8, 1))

PROTECTED, OBJECTING, PRIVATE = "QPROTEC", "QOBJECT", "QPRIVAT"
REFUSED, LAPSED, EXCLUDED = "QREFUSE", "QLAPSED", "QSHORTR"
CLAIM_REFUSED, CLAIM_LAPSED, CLAIM_EXCLUDED = "QCLREFU", "QCLLAPS", "QCLSHRT"
OUTSIDE, NO_ROW, UNASKED = "QOUTSID", "QNOROWS", "QUNASKD"
REVOKED, APPROVED = "QREVOKE", "QAPPROV"
NEVER = (
    PROTECTED, OBJECTING, PRIVATE, REFUSED, LAPSED, EXCLUDED, CLAIM_REFUSED, CLAIM_LAPSED, OUTSIDE, NO_ROW, UNASKED,
)  # fmt: skip
"""Nothing that leaves may hold one of these."""
MOVED = {"7": SILENT, "3": SHORTER, "1": REFUSES}
"""So that there are enough guests: pupils at the first controller's schools whose number ends so belong there."""

_PATTERN = "[A-Z]{7}[0-9]{3}"
_WIDENED = {"SEX": "PERSON", "LEVEL": "ENROLMENT", "SCHOOL_NUMBER": "ENROLMENT", "SUBJECT": "RESULT"}


def planted_pack(planted: Counter[str]) -> Pack:
    """The VIGO pack with those patterns, and a simulator that plants. Counts into `planted` what it planted where."""
    pack = load_pack()
    catalogue = dict(pack.catalogue)
    for name, dataset in _WIDENED.items():
        file = f"datasets/{dataset}.yaml"
        text = yaml.safe_load(catalogue[file])
        for variable in text["variables"]:
            if variable["name"] == name:
                variable.pop("code_list", None)
                variable["pattern"] = _PATTERN
        catalogue[file] = yaml.safe_dump(text, allow_unicode=True)

    def simulate(folder: Path, profile: str, seed: int, workers: int) -> Mapping[str, int]:
        made = pack.simulate(folder, profile, seed, workers)
        _plant(folder, planted)
        return made

    return dataclasses.replace(pack, catalogue=catalogue, simulate=simulate)


def group(row: Mapping[str, Any], lists: Mapping[str, set[str]]) -> str:
    """Why a row of ENROLMENT or RESULT must not leave, the strongest reason first; or who may let it out."""
    day, origin, home = date.fromisoformat(str(row["REFERENCE_DATE"])), row["REPORTING_COUNTY"], row["HOME_COUNTY"]
    in_excluded = day < SHORTER_FROM
    reasons = (
        (PROTECTED, row["PERSON_ID"] in lists["protected"]),
        (OBJECTING, row["PERSON_ID"] in lists["objecting"]),
        (OUTSIDE, not ASKED[0] <= day < ASKED[1]),
        (PRIVATE, str(row["SCHOOL_OWNER"]) in ("2", "4")),
        (REFUSED, origin == REFUSES),
        (LAPSED, origin == SILENT),
        (EXCLUDED, origin == SHORTER and in_excluded),
        (CLAIM_REFUSED, home == REFUSES),
        (CLAIM_LAPSED, home == SILENT),
        (CLAIM_EXCLUDED, home == SHORTER and in_excluded),
        (REVOKED, REVOKES in (origin, home)),
    )
    return next((name for name, holds in reasons if holds), APPROVED)


def people_of(folder: Path) -> set[str]:
    """Every identity number in the sources."""
    return {row["PERSON_ID"] for row in _read(folder / "PERSON-1.csv")}


def _plant(folder: Path, planted: Counter[str]) -> None:
    lists = {
        name: {row["person"] for row in _read(folder / "lists" / f"{name}.csv")} for name in ("protected", "objecting")
    }
    groups: dict[str, set[str]] = defaultdict(set)
    numbers: Counter[tuple[str, str]] = Counter()
    unasked: Counter[tuple[str, str]] = Counter()
    for file in ("ENROLMENT-1.parquet", "RESULT-1.parquet", "ABSENCE-1.parquet"):
        rows = _read(folder / file)
        for row in rows:
            if row["REPORTING_COUNTY"] == "03" and str(row["REFERENCE_DATE"]) >= "2024":  # counties of today
                row["HOME_COUNTY"] = MOVED.get(row["PERSON_ID"][-1], row["HOME_COUNTY"])
            name = group(row, lists)
            if file.startswith("ENROLMENT"):
                groups[row["PERSON_ID"]].add(name)
                row["LEVEL"], row["SCHOOL_NUMBER"] = f"{name}000", f"{UNASKED}{_next(numbers, row):03}"
            elif file.startswith("RESULT"):
                row["SUBJECT"] = f"{name}{_next(numbers, row):03}"
            else:
                row["SUBJECT"] = f"{UNASKED}{_next(unasked, row):03}"
            planted[f"{file.split('-')[0]} {name}"] += 1
        _write(folder / file, rows)
    people = _read(folder / "PERSON-1.csv")
    for row in people:
        name = _of_person(groups[row["PERSON_ID"]])
        row["SEX"] = f"{name}000"
        planted[f"PERSON {name}"] += 1
    _write(folder / "PERSON-1.csv", people)


def _next(numbers: Counter[tuple[str, str]], row: Mapping[str, Any]) -> int:
    """A running number within person and school year, so that keys stay unique."""
    key = (row["PERSON_ID"], row["SCHOOL_YEAR"])
    numbers[key] += 1
    return numbers[key]


def _of_person(groups: set[str]) -> str:
    """A person's own row may leave with any row of theirs that may."""
    for name in (PROTECTED, OBJECTING, APPROVED, CLAIM_EXCLUDED, REVOKED):
        if name in groups:
            return name
    return NO_ROW


def _read(path: Path) -> list[dict[str, Any]]:
    if path.suffix == ".parquet":
        return pq.read_table(path).to_pylist()
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _write(path: Path, rows: list[dict[str, Any]]) -> None:
    if path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(rows, schema=pq.read_schema(path)), path)
    else:
        table = pa.table({name: pa.array([row[name] or None for row in rows], pa.string()) for name in rows[0]})
        pa_csv.write_csv(table, path, pa_csv.WriteOptions(quoting_style="none"))
