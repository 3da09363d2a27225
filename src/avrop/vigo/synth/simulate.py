"""A small national table set of nobody: persons, enrolments over three school years, results; and two lists of people.

Everything follows from (people, seed). No row is made from a real one; shares are written down here, roughly as public
statistics have them.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from avrop.vigo.synth import courses
from avrop.vigo.synth.draws import Whole, below, chance, choose
from avrop.vigo.synth.identities import enumerate_numbers

COUNTIES = ("03", "11", "15", "18", "31", "32", "33", "34", "39", "40", "42", "46", "50", "55", "56")
PUPILS = (22989, 19390, 9631, 7741, 11261, 26037, 9247, 12699, 9131, 5928, 12386, 22706, 16753, 5590, 2320)
"""Pupils by county, 2025-26: the weights of a person's home county."""
MUNICIPALITIES = {
    "03": ("0301",), "11": ("1101", "1103", "1106", "1108"), "15": ("1505", "1506", "1508"),
    "18": ("1804", "1806", "1833"), "31": ("3103", "3105", "3107"), "32": ("3201", "3203", "3205"),
    "33": ("3301", "3303", "3305"), "34": ("3403", "3405", "3407"), "39": ("3901", "3903", "3905"),
    "40": ("4001", "4003", "4005"), "42": ("4202", "4203", "4204"), "46": ("4601", "4602", "4613"),
    "50": ("5001", "5006", "5007"), "55": ("5501", "5503", "5510"), "56": ("5601", "5603", "5605"),
}  # fmt: skip
LANGUAGES = ("no", "se", "en", "pl", "lt", "uk", "so", "ar", "ti", "ur", "vi", "tr")
LANGUAGE_WEIGHTS = [820, 10, 10, 30, 15, 25, 20, 25, 10, 15, 10, 10]
PROTECTED_PER_MILLE, OBJECTING_PER_MILLE = 6, 8


def simulate(folder: Path, people: int, seed: int) -> Mapping[str, int]:
    """Write `<DATASET>-*.csv|parquet` and `lists/<list>.csv` into `folder`. Returns rows by dataset and list.

    PERSON is CSV, ENROLMENT Parquet by school year, RESULT Parquet with its last school year as CSV.
    """
    persons = _persons(people, seed)
    enrolments = courses.enrolments(persons, seed=seed)
    results = courses.results(enrolments, seed=seed)
    (folder / "lists").mkdir(parents=True, exist_ok=True)
    register = pa.table({name: pa.array(persons[name]) for name in courses.PERSON_COLUMNS})
    pyarrow.csv.write_csv(register, folder / "PERSON-1.csv")
    for year in courses.SCHOOL_YEARS:
        pq.write_table(courses.of_year(enrolments, year), folder / f"ENROLMENT-{year}.parquet", compression="zstd")
        part = courses.of_year(results, year)
        if year == courses.SCHOOL_YEARS[-1]:
            pyarrow.csv.write_csv(part, folder / f"RESULT-{year}.csv")
        else:
            pq.write_table(part, folder / f"RESULT-{year}.parquet", compression="zstd")
    counts = {"PERSON": people, "ENROLMENT": enrolments.num_rows, "RESULT": results.num_rows}
    shares = {"protected": PROTECTED_PER_MILLE, "objecting": OBJECTING_PER_MILLE}
    return counts | {name: _list(folder, name, persons, share, seed) for name, share in shares.items()}


def _persons(people: int, seed: int) -> dict[str, object]:
    county = _counties(people, seed)
    sex = below(seed, "sex", people, 2) + 1
    birth = _births(people, seed)
    places = [MUNICIPALITIES[COUNTIES[c]] for c in county]
    pick = below(seed, "municipality", people, 1 << 20)
    protected = chance(seed, "protected", people, PROTECTED_PER_MILLE)
    language = choose(seed, "language", people, LANGUAGE_WEIGHTS)
    return {
        "PERSON_ID": enumerate_numbers(birth, sex, seed),
        "BIRTH_DATE": birth.astype("datetime64[D]"),
        "SEX": [str(s) for s in sex],
        "RESIDENCE_MUNICIPALITY": [
            None if hidden else of[int(p) % len(of)] for of, p, hidden in zip(places, pick, protected, strict=True)
        ],
        "FIRST_LANGUAGE": [LANGUAGES[i] for i in language],
        "county": county,
        "starts": _start_years(birth, seed),
    }


def _counties(people: int, seed: int) -> Whole:
    """Home counties by their weights; the first fifteen people make sure that each county has somebody."""
    county = choose(seed, "county", people, list(PUPILS))
    county[: len(COUNTIES)] = np.arange(min(people, len(COUNTIES)))
    return county


def _births(people: int, seed: int) -> Whole:
    """Days since 1970 of births in 2006–2010, so that all are of age for upper secondary in 2024–2026."""
    first, last = np.datetime64("2006-01-01", "D").astype(int), np.datetime64("2011-01-01", "D").astype(int)
    return first + below(seed, "birth", people, int(last - first))


def _start_years(birth: Whole, seed: int) -> Whole:
    """The year of the first enrolment: the year somebody turns 16, for some a year later."""
    turns_16 = birth.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970 + 16
    return turns_16 + chance(seed, "late", len(birth), 60)


def _list(folder: Path, name: str, persons: dict[str, object], per_mille: int, seed: int) -> int:
    people = persons["PERSON_ID"]
    assert isinstance(people, list)  # noqa: S101
    chosen = [p for p, on in zip(people, chance(seed, name, len(people), per_mille), strict=True) if on]
    table = pa.table({"person": pa.array(chosen, pa.string())})
    pyarrow.csv.write_csv(table, folder / "lists" / f"{name}.csv")
    return len(chosen)
