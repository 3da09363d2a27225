"""Who there is: county, programme, path through the years, birth, sex, language, home; and who moves."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from avrop.vigo.synth.draws import Draws, Ints
from avrop.vigo.synth.identity import identity_numbers
from avrop.vigo.synth.places import COUNTIES, LANGUAGES, POSITION, SAMI_PERMILLE, apportion
from avrop.vigo.synth.programmes import AREAS, PROGRAMMES, SUPPLEMENT, third_year

Flags = npt.NDArray[np.bool_]

YEARS = (2024, 2025, 2026)
"""First calendar years of the school years; the last one is running."""

_STEPS = 5
_PLACE = {area: place for place, area in enumerate(AREAS)}


@dataclass(frozen=True, kw_only=True)
class People:
    """One entry per person. Counties are positions in `places.COUNTIES`, areas positions in `programmes.AREAS`.

    `home` and `area` have a column per school year; an area is -1 where the person has no course. `adult` and
    `part_time` pupils are not followed up as the others are.
    """

    number: Ints
    year: Ints
    month: Ints
    day: Ints
    sex: Ints
    language: Ints
    home: Ints
    area: Ints
    academic: Flags
    adult: Flags
    part_time: Flags
    municipality: tuple[str, ...]


def make_people(draws: Draws, people: int) -> People:
    """So many people, spread over the counties by their pupils; everybody has a course in at least one school year."""
    county = np.repeat(np.arange(len(COUNTIES)), apportion(people))
    programme = draws.choice("programme", rows=people, weights=[each.weight for each in PROGRAMMES])
    women = np.array([each.women for each in PROGRAMMES])[programme]
    sex = np.where(draws.happens("sex", rows=people, permille=women), 2, 1)
    adult = draws.happens("adult", rows=people, permille=40)
    entry = draws.below("entry", rows=people, limit=5) + YEARS[0] - 2
    area, entry = _courses(_path(draws, programme), entry)
    year, month, day = _births(draws, entry, adult=adult)
    home = _homes(draws, county)
    return People(
        number=identity_numbers(draws, year=year, month=month, day=day, sex=sex),
        year=year,
        month=month,
        day=day,
        sex=sex,
        language=_languages(draws, county),
        home=home,
        area=area,
        academic=np.array([each.academic for each in PROGRAMMES])[programme],
        adult=adult,
        part_time=draws.happens("part-time", rows=people, permille=15) & ~adult,
        municipality=_municipalities(draws, home[:, -1]),
    )


def _path(draws: Draws, programme: Ints) -> Ints:
    """Areas by year since entry: first year, perhaps again, second, third or supplement; -1 when the path has ended."""
    rows = len(programme)
    academic = np.array([each.academic for each in PROGRAMMES])[programme]
    first = np.array([_PLACE[each.first] for each in PROGRAMMES])[programme]
    second, third = _later_years(draws, programme)
    stays = ~draws.happens("after-first", rows=rows, permille=np.where(academic, 50, 100))
    goes_on = draws.happens("after-second", rows=rows, permille=np.where(academic, 965, 240))
    again = draws.happens("again", rows=rows, permille=60)
    years = np.full((rows, 3), -1, dtype=np.int64)
    years[:, 0] = first
    years[:, 1] = np.where(stays, second, -1)
    years[:, 2] = np.where(stays & goes_on, third, -1)
    path = np.full((rows, _STEPS), -1, dtype=np.int64)
    path[:, :3] = years
    path[again, 1:4] = years[again]
    return path


def _later_years(draws: Draws, programme: Ints) -> tuple[Ints, Ints]:
    second = np.empty(len(programme), dtype=np.int64)
    third = np.full(len(programme), _PLACE[SUPPLEMENT], dtype=np.int64)
    for place, each in enumerate(PROGRAMMES):
        own = programme == place
        drawn = draws.choice(f"second/{each.code}", rows=len(programme), weights=[weight for _, weight in each.second])
        names = [name for name, _ in each.second]
        second[own] = np.array([_PLACE[name] for name in names])[drawn[own]]
        if each.academic:
            third[own] = np.array([_PLACE[third_year(name)] for name in names])[drawn[own]]
    return second, third


def _courses(path: Ints, entry: Ints) -> tuple[Ints, Ints]:
    """Areas in the three school years; who would have none enters two years later, and so has one."""
    area = _window(path, entry)
    entry = np.where((area < 0).all(axis=1), entry + 2, entry)
    return _window(path, entry), entry


def _window(path: Ints, entry: Ints) -> Ints:
    step = np.array(YEARS) - entry[:, None]
    inside = (step >= 0) & (step < _STEPS)
    found = np.take_along_axis(path, np.clip(step, 0, _STEPS - 1), axis=1)
    return np.where(inside, found, -1)


def _births(draws: Draws, entry: Ints, *, adult: Flags) -> tuple[Ints, Ints, Ints]:
    rows = len(entry)
    late = draws.choice("age", rows=rows, weights=(930, 45, 15, 10))
    older = 4 + draws.below("adult-age", rows=rows, limit=22)
    year = entry - 16 - np.where(adult, older, late)
    starts = (year - 1970).astype("datetime64[Y]").astype("datetime64[D]")
    length = ((year - 1969).astype("datetime64[Y]").astype("datetime64[D]") - starts).astype(np.int64)
    born = starts + draws.below("birthday", rows=rows, limit=length)
    months = born.astype("datetime64[M]")
    day = (born - months.astype("datetime64[D]")).astype(np.int64) + 1
    return year, months.astype(np.int64) % 12 + 1, day


def _homes(draws: Draws, county: Ints) -> Ints:
    """Home county in each school year: a few move for good, before the second or third, mostly to a neighbour."""
    rows = len(county)
    home = np.repeat(county[:, None], len(YEARS), axis=1)
    moves = draws.happens("moves", rows=rows, permille=40)
    moves[:: max(rows // 4, 1)] = True  # some in every set, however small
    when = 1 + draws.below("moves-when", rows=rows, limit=len(YEARS) - 1)
    target = neighbour(draws, county, stream="moves-where")
    return np.where(moves[:, None] & (np.arange(len(YEARS)) >= when[:, None]), target[:, None], home)


def neighbour(draws: Draws, county: Ints, *, stream: str) -> Ints:
    """A neighbouring county for each."""
    widest = max(len(each.neighbours) for each in COUNTIES)
    table = np.array(
        [[POSITION[each.neighbours[place % len(each.neighbours)]] for place in range(widest)] for each in COUNTIES]
    )
    count = np.array([len(each.neighbours) for each in COUNTIES])[county]
    found: Ints = table[county, draws.below(stream, rows=len(county), limit=count)]
    return found


def _languages(draws: Draws, county: Ints) -> Ints:
    """Positions in `places.LANGUAGES`; one past the last is Northern Sami."""
    drawn = draws.choice("language", rows=len(county), weights=[weight for _, weight in LANGUAGES])
    sami = np.array([SAMI_PERMILLE.get(each.code, 1) for each in COUNTIES])[county]
    return np.where(draws.happens("sami", rows=len(county), permille=sami), len(LANGUAGES), drawn)


def _municipalities(draws: Draws, county: Ints) -> tuple[str, ...]:
    drawn = draws.below("municipality", rows=len(county), limit=1 << 30)
    return tuple(
        COUNTIES[place].municipalities[number % len(COUNTIES[place].municipalities)]
        for place, number in zip(county.tolist(), drawn.tolist(), strict=True)
    )
