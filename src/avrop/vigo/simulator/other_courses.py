"""Courses in which nobody is taught here: of who never came, is abroad for the year, or takes an exam alone."""

from dataclasses import dataclass

import numpy as np

from avrop.vigo.simulator.block import Block, controller, copies, first_school_day, write_everywhere, year_code
from avrop.vigo.simulator.choices import last_area
from avrop.vigo.simulator.columns import NO_DAY
from avrop.vigo.simulator.course_rows import OWNERS, Courses, rights
from avrop.vigo.simulator.curriculum import curriculum
from avrop.vigo.simulator.draws import Ints
from avrop.vigo.simulator.forms import (
    ENDINGS,
    LEAVING,
    STATUSES,
    area_codes,
    county_codes,
    levels,
    programme_codes,
)
from avrop.vigo.simulator.lives import ABROAD, NONE, OUT, PASSED, Lives
from avrop.vigo.simulator.places import counties, day
from avrop.vigo.simulator.schools import owners, school_numbers, school_organisations

NEVER_CAME, EXTERNAL_EXAM, YEAR_ABROAD = 2, 5, 6
"""Last digit of the courses' ids; those of pupils have 0 or 1."""


@dataclass(frozen=True)
class Unclaimed:
    """Places in the first year that were offered and that nobody came to. `person`: position in the lives; `area`: in
    the curriculum; `school`: among the schools where the person lives."""

    person: Ints
    area: Ints
    school: Ints


def unclaimed(lives: Lives) -> Unclaimed:
    """The places of those who were admitted, did not answer the offer, and did not come."""
    who = np.flatnonzero((lives.state[:, 0] == OUT) & (lives.admission.taken >= 0) & ~lives.private)
    if not len(who):
        return Unclaimed(who, who, who)
    wish = lives.admission.taken[who, None]
    school = np.take_along_axis(lives.admission.school[who], wish, axis=1)[:, 0]
    programme = np.take_along_axis(lives.admission.programme[who], wish, axis=1)[:, 0]
    return Unclaimed(who, np.array(curriculum().first_years())[programme], school)


def never_came(own: Block) -> None:
    """Those who were admitted and did not come: a course that ended on the first day of school."""
    found = unclaimed(own.lives)
    who = found.person
    opening = np.full(len(who), first_school_day(own.group.cohort), dtype=np.int64)
    none = np.full(len(who), NONE, dtype=np.int64)
    made = _untaught(own, 0, who, NEVER_CAME, found.area, own.lives.home[who, 0], found.school, stop=opening)
    _write(own, 0, made, "S", {
        "ajourholdskode": none + 2, "avbruddsaarsak": none + 1 + LEAVING.index("IM"),
        "fullfortkode": none + 1 + ENDINGS.index("S"), "rettstype": rights(own, 0)[who],
    })  # fmt: skip


def abroad(own: Block, place: int) -> None:
    """The courses of those who spend the year at a school abroad: passed, without subjects or absence."""
    lives = own.lives
    who = np.flatnonzero(lives.state[:, place] == ABROAD)
    base, school = lives.base[who, place], lives.school[who, place]
    made = _untaught(own, place, who, YEAR_ABROAD, lives.area[who, place], base, school)
    ended = np.full(len(who), PASSED, dtype=np.int64)
    _write(own, place, made, "I", {"fullfortkode": ended, "rettstype": rights(own, place)[who]})


def external(own: Block, place: int, who: Ints) -> Courses:
    """Write and give the courses of external candidates, for an exam alone: at home, in the area they were last in."""
    home, area = own.lives.home[who, place], last_area(own.lives, place)[who]
    made = _untaught(own, place, who, EXTERNAL_EXAM, area, home, np.zeros(len(who), dtype=np.int64))
    _write(own, place, made, "P", {})
    return made


def _untaught(
    own: Block, place: int, who: Ints, kind: int, area: Ints, base: Ints, school: Ints, stop: Ints | None = None
) -> Courses:
    """Courses of a kind; a copy stands where their people live, and where they live at last."""
    origin, lives = controller(base), own.lives
    others = (controller(lives.home[who, place]), controller(lives.home[who, -1]))
    null, none = np.full(len(who), NO_DAY, dtype=np.int64), np.full(len(who), NONE, dtype=np.int64)
    elsewhere = tuple(
        np.where(there, other, NONE) for there, other in zip(copies(origin, *others), others, strict=True)
    )
    return Courses(
        year=own.group.cohort + place, person=who, id=own.ids[who] * 100 + place * 10 + kind, area=area, base=base,
        school=school, start=null, stop=null if stop is None else stop, end=none, days=none, hours=none, broken=False,
        origin=origin, elsewhere=elsewhere,
    )  # fmt: skip


def _write(own: Block, place: int, made: Courses, status: str, said: dict[str, Ints]) -> None:
    """Write courses of a pupil status; `said`: columns that are not empty, and whose right to a place."""
    if not len(made.person):
        return
    year, who, counted = made.year, made.person, day(made.year, 10, 1)
    home, none = own.lives.home[who, place], np.full(len(made.person), NONE, dtype=np.int64)
    empty = ("ajourholdskode", "avbruddsaarsak", "fravaer_dager", "fravaer_timer", "fullfortkode", "orden", "atferd",
             "anmerkninger")  # fmt: skip
    write_everywhere(own, "elevforhold", made.origin, made.elsewhere, {
        "elevforhold_id": made.id, "person_lnr": own.lnr[who], "skoleaar": year_code(year, len(who)),
        "avgiverfylke": county_codes(counties(made.base, counted)),
        "hjemstedsfylke": county_codes(counties(home, counted)),
        "skolenr": school_numbers(made.base, made.school, counted),
        "orgnr": school_organisations(made.base, made.school), "skoleeier": OWNERS[owners(made.base, made.school)],
        "utdanningsprogram": programme_codes(made.area, year), "programomraadekode": area_codes(made.area, year),
        "trinn": levels(made.area) - 1, "startdato": made.start, "avbruddsdato": made.stop,
        "elevstatus": none + 1 + STATUSES.index(status), "rettstype": none + 1,
        "gjesteelev": (home != made.base).astype(np.int64), "saerskilt_norsk": none + 1,
        **dict.fromkeys(empty, none), **said,
    })  # fmt: skip
