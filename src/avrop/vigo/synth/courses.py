"""Pupil courses: at which school each person is in each year, who changes, who leaves, and who is away."""

from dataclasses import dataclass

import numpy as np

from avrop.vigo.synth.draws import Draws, Ints
from avrop.vigo.synth.people import YEARS, Flags, People, neighbour
from avrop.vigo.synth.places import COUNTIES

_ABSENT_DAYS = (0, 0, 0, 1, 1, 2, 2, 3, 4, 4, 5, 6, 7, 8, 10, 11, 13, 16, 20, 28, 75)
_ABSENT_HOURS = (0, 1, 3, 5, 6, 8, 10, 13, 15, 17, 20, 23, 26, 30, 35, 40, 46, 55, 68, 95, 260)
"""Quantiles by five hundredths, after the published medians and upper tails of 2024-2025."""

WHOLE, FIRST, SECOND = 0, 1, 2


@dataclass(frozen=True, kw_only=True)
class Courses:
    """One entry per pupil course, in order of year and person. `year` is a position in `people.YEARS`.

    `part` says whether it is the whole year's, or the first or second of a year with a change of school. Days are
    counted from 1 August of the school year's first year; -1 is null.
    """

    person: Ints
    year: Ints
    part: Ints
    area: Ints
    home: Ints
    county: Ints
    school: Ints
    owner: Ints
    start: Ints
    stop: Ints
    days: Ints
    hours: Ints
    guest: Flags
    home_unknown: Flags


def make_courses(draws: Draws, people: People) -> Courses:
    """All courses of the three years. Nobody changes or leaves in the running one."""
    rows = len(people.number)
    border = neighbour(draws, people.home[:, 0], stream="border-where")
    crosses = draws.happens("border", rows=rows, permille=25)
    gone = np.zeros(rows, dtype=np.bool_)
    years = []
    for place in range(len(YEARS)):
        present = (people.area[:, place] >= 0) & ~gone
        running = place == len(YEARS) - 1
        leaves, changes = _breaks(draws, people, place=place) if not running else (gone & False, gone & False)
        county = np.where(crosses & (people.home[:, place] == people.home[:, 0]), border, people.home[:, place])
        years.append(_year(draws, people, place=place, present=present, leaves=leaves, changes=changes, county=county))
        gone |= leaves & present
    return _joined(years)


def _breaks(draws: Draws, people: People, *, place: int) -> tuple[Flags, Flags]:
    rows = len(people.number)
    leaves = draws.happens(f"leaves/{place}", rows=rows, permille=np.where(people.academic, 21, 62))
    changes = draws.happens(f"changes/{place}", rows=rows, permille=20) & ~people.adult & ~leaves
    return leaves, changes


def _year(
    draws: Draws, people: People, *, place: int, present: Flags, leaves: Flags, changes: Flags, county: Ints
) -> Courses:
    rows = len(people.number)
    stops = 62 + draws.below(f"stops/{place}", rows=rows, limit=230)
    begins = 24 + draws.below(f"late/{place}", rows=rows, limit=36)
    late = draws.happens(f"is-late/{place}", rows=rows, permille=15)
    first = _part(draws, people, place=place, part=WHOLE, who=present, county=county)
    second = _part(
        draws,
        people,
        place=place,
        part=SECOND,
        who=present & changes,
        county=np.where(
            draws.happens(f"changes-county/{place}", rows=rows, permille=500),
            neighbour(draws, county, stream=f"changes-where/{place}"),
            county,
        ),
    )
    broken = (leaves | changes)[first.person]
    first = _with(
        first,
        part=np.where(changes[first.person], FIRST, WHOLE),
        start=np.where(late[first.person], begins[first.person], -1),
        stop=np.where(broken, stops[first.person], -1),
    )
    return _joined([first, _with(second, start=stops[second.person] + 1)])


def _part(draws: Draws, people: People, *, place: int, part: int, who: Flags, county: Ints) -> Courses:
    rows = len(people.number)
    school, owner = _schools(draws, county, other=part == SECOND)
    days, hours = _absences(draws, rows, place=place, part=part)
    away = people.adult | (place == len(YEARS) - 1)
    picked = np.flatnonzero(who)
    home = people.home[:, place]
    guests = draws.happens(f"guest/{place}", rows=rows, permille=np.where(county == home, 2, 600))
    none = np.full(len(picked), -1, dtype=np.int64)
    return Courses(
        person=picked,
        year=np.full(len(picked), place, dtype=np.int64),
        part=np.full(len(picked), part, dtype=np.int64),
        area=people.area[picked, place],
        home=home[picked],
        county=county[picked],
        school=school[picked],
        owner=owner[picked],
        start=none,
        stop=none,
        days=np.where(away, -1, days)[picked],
        hours=np.where(away, -1, hours)[picked],
        guest=guests[picked],
        home_unknown=draws.happens(f"home-unknown/{place}", rows=rows, permille=4)[picked],
    )


def _schools(draws: Draws, county: Ints, *, other: bool) -> tuple[Ints, Ints]:
    """School numbers and owners: FF001-FF099 the county's own, FF190-FF199 the state's, 100-999 private.

    The draw is the person's, so that a school is kept from year to year; the other school has the next number.
    """
    rows = len(county)
    codes = np.array([int(each.code) for each in COUNTIES])[county]
    count = np.array([each.schools for each in COUNTIES])[county]
    slot = (draws.below("school", rows=rows, limit=1 << 20) * count >> 20) + other
    kind = draws.choice("owner", rows=rows, weights=(915, 5, 80)) * (not other)
    public = codes * 1000 + 1 + slot % count
    state = codes * 1000 + 190
    private = 101 + county * 50 + slot % 4
    return np.choose(kind, (public, state, private)), np.choose(kind, (1, 2, 4))


def _absences(draws: Draws, rows: int, *, place: int, part: int) -> tuple[Ints, Ints]:
    stream = f"absence/{place}/{part}"
    level = draws.below(stream, rows=rows, limit=10_000, width=2)
    tied = draws.happens(f"{stream}/tied", rows=rows, permille=500)
    hours = np.where(tied, level[:, 0], level[:, 1])
    return _quantile(level[:, 0], _ABSENT_DAYS), _quantile(hours, _ABSENT_HOURS)


def _quantile(level: Ints, table: tuple[int, ...]) -> Ints:
    edges = np.array(table, dtype=np.int64)
    step, rest = np.divmod(level, 500)
    found: Ints = edges[step] + (edges[step + 1] - edges[step]) * rest // 500
    return found


def _with(courses: Courses, **columns: Ints) -> Courses:
    return Courses(**{**vars(courses), **columns})


def _joined(parts: list[Courses]) -> Courses:
    return Courses(**{name: np.concatenate([vars(part)[name] for part in parts]) for name in vars(parts[0])})
