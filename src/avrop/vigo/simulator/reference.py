"""Tables that are nobody's: schools, companies and training offices of the whole country, and the code lists."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from avrop.vigo.simulator.block import controller
from avrop.vigo.simulator.codes import code_lists
from avrop.vigo.simulator.columns import NO_DAY, Rows
from avrop.vigo.simulator.curriculum import ACADEMIC, PROGRAMMES
from avrop.vigo.simulator.draws import Ints
from avrop.vigo.simulator.forms import FIRST, TABLES, county_codes
from avrop.vigo.simulator.places import BASES, MUNICIPALITIES, changes, counties, day, municipalities
from avrop.vigo.simulator.plan import LAST_YEAR
from avrop.vigo.simulator.schools import (
    COMPANIES,
    OFFICES,
    company_organisations,
    office_organisations,
    owners,
    school_numbers,
    school_organisations,
    schools,
)

NAME = "reference"


def reference(seed: int) -> Mapping[str, pa.Table]:
    """All of them, an entry for each interval in which its codes stay the same."""
    rows = {name: Rows(TABLES[name]) for name in ("skole", "bedrift", "opplaeringskontor")}
    for place in range(len(BASES)):
        starts = _starts(place)
        for first, last in zip(starts, [*starts[1:], NO_DAY], strict=True):
            _area(rows, seed, place, first, last)
    return {**{name: made.table() for name, made in rows.items()}, "kodeverk": code_lists()}


def _starts(place: int) -> list[int]:
    """Days from which on the area has another code of its county or of a municipality."""
    days = [day(FIRST, 1, 1), *changes(day(FIRST, 1, 2), day(LAST_YEAR + 1, 8, 1))]
    several = np.arange(len(MUNICIPALITIES[BASES[place]]))
    area = np.full(len(several), place)
    codes = [(int(counties(area[:1], each)[0]), *municipalities(area, several, each).tolist()) for each in days]
    return [each for at, each in enumerate(days) if not at or codes[at] != codes[at - 1]]


def _area(rows: dict[str, Rows], seed: int, place: int, first: int, last: int) -> None:
    school = np.arange(schools(seed, place).count)
    base = np.full(len(school), place)
    rows["skole"].add(
        base=controller(base), skole_lnr=base * 100 + school, skolenr=school_numbers(base, school, first),
        fom=np.full(len(school), first), tom=np.full(len(school), last), orgnr=school_organisations(base, school),
        skoleeier=np.array([-1, 0, 1, -1, 2])[owners(base, school)], fylke=county_codes(counties(base, first)),
        kommune=municipalities(base, school % len(MUNICIPALITIES[BASES[place]]), first),
    )  # fmt: skip
    company = np.arange(ACADEMIC * COMPANIES, len(PROGRAMMES) * COMPANIES)
    office = np.arange(OFFICES)
    for name, own, numbers, key in (
        ("bedrift", company, company_organisations, "bedrift_lnr"),
        ("opplaeringskontor", office, office_organisations, "kontor_lnr"),
    ):
        there = np.full(len(own), place)
        columns: dict[str, Ints] = {
            "base": controller(there), key: there * 1000 + own, "orgnr": numbers(there, own),
            "fylke": county_codes(counties(there, first)), "fom": np.full(len(own), first),
            "tom": np.full(len(own), last),
        }  # fmt: skip
        rows[name].add(**columns)
