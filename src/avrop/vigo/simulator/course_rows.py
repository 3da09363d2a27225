"""Pupil courses: one for each pupil and year, two where the school is changed within it."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from avrop.vigo.simulator.block import Block, controller, copies, write_everywhere, year_code
from avrop.vigo.simulator.columns import NO_DAY, positions
from avrop.vigo.simulator.draws import SD, Ints, Words, edges, pick, scaled
from avrop.vigo.simulator.forms import (
    CONDUCT,
    ENDINGS,
    LEAVING,
    STATUSES,
    area_codes,
    county_codes,
    levels,
    programme_codes,
)
from avrop.vigo.simulator.lives import CERTIFIED, DIPLOMA, LEFT, PARTIAL, PUPIL
from avrop.vigo.simulator.parameters import Parameters
from avrop.vigo.simulator.person_rows import abroad, languages
from avrop.vigo.simulator.places import BASES, counties, day
from avrop.vigo.simulator.schools import owners, school_numbers, school_organisations, schools

_REASONS = positions(LEAVING, "FV", "SL", "PS", "FR", "AR", "VA", "AF", "SL")
OWNERS = np.array([-1, 0, 1, -1, 2])
_COMPLETION, _RIGHT_YEARS, _YOUNG = 2024, 5, 6
_STOPPED = ENDINGS.index("S")


@dataclass(frozen=True, kw_only=True)
class Courses:
    """Courses of one school year: of a whole year, or (`broken`) of the part before a change of school.

    `person`: position in the block. `base`, `school`: where. `end`: as in lives, LEFT where the course was left.
    `stop`: the day of leaving, or NO_DAY. `origin`: the base of the row; `elsewhere`: for each kind of copy the base
    where one stands, -1 for none.
    """

    year: int
    person: Ints
    id: Ints
    area: Ints
    base: Ints
    school: Ints
    start: Ints
    stop: Ints
    end: Ints
    days: Ints
    hours: Ints
    broken: bool
    origin: Ints
    elsewhere: tuple[Ints, ...]


def courses(own: Block, place: int) -> tuple[Courses, Courses]:
    """The courses of one school year, the whole ones and the broken ones."""
    year = own.group.cohort + place
    lives = own.lives
    who = np.flatnonzero(lives.state[:, place] == PUPIL)
    words = own.draws.words(f"course/{year}", 8)
    end = lives.end[who, place]
    stop = np.where(end == LEFT, day(year, 10, 2) + scaled(words[who, 0], 230), NO_DAY)
    public = owners(lives.base[who, place], lives.school[who, place]) == 1
    changes = (words[who, 1] < own.plan.parameters.share("course.moves")) & (end != LEFT) & public
    days, hours = _absence(own, words, year)
    moved = day(year, 10, 5) + scaled(words[who, 2], 70)
    early = who[changes]
    whole = _made(
        own, place, who, start=np.where(changes, moved + 1, NO_DAY), stop=stop, end=end, days=days[who],
        hours=hours[who],
    )  # fmt: skip
    broken = _made(
        own, place, early, start=np.full(len(early), NO_DAY), stop=moved[changes],
        end=np.full(len(early), LEFT), days=days[early] // 2, hours=hours[early] // 2, broken=True,
    )  # fmt: skip
    return whole, broken


def _absence(own: Block, words: Words, year: int) -> tuple[Ints, Ints]:
    """Days and hours of everybody: by tables, more for the less engaged, and by the levels of the year."""
    engaged, parameters = _disengaged(own), own.plan.parameters
    of_days, of_hours = (
        engaged * _level(parameters, f"absence.{what}.year", year) // 1024 for what in ("days", "hours")
    )
    level = scaled(words[:, 3], 10_000)
    tied = (words[:, 4] & 1) == 1
    other = np.where(tied, level, scaled(words[:, 5], 10_000))
    days = np.minimum(_quantile(level, parameters.of("absence.days")) * of_days // 1024, 190)
    return days, np.minimum(_quantile(other, parameters.of("absence.hours")) * of_hours // 1024, 600)


def _disengaged(own: Block) -> Ints:
    """How much more than the middle who is less engaged is away and remarked upon, of 1024; at least a quarter."""
    engaged = np.clip(own.lives.who.engagement, -3 * SD, 3 * SD)
    found: Ints = np.maximum(1024 - engaged * 330 // SD, 256)
    return found


def _level(parameters: Parameters, name: str, year: int) -> int:
    """The year's absence against 2024-2025, of 1024."""
    since = parameters.of(name)
    return int(since[max((key for key in since if int(key) <= year), key=int)])


def _quantile(level: Ints, table: Mapping[str, Fraction]) -> Ints:
    """The value at each level below 10 000, between those that the table has by twentieths."""
    steps = np.array([int(table[str(place)]) for place in range(21)], dtype=np.int64)
    step, rest = np.divmod(level, 500)
    found: Ints = steps[step] + (steps[step + 1] - steps[step]) * rest // 500
    return found


def _made(
    own: Block, place: int, who: Ints, *, start: Ints, stop: Ints, end: Ints, days: Ints, hours: Ints,
    broken: bool = False,
) -> Courses:  # fmt: skip
    lives = own.lives
    base, school = lives.base[who, place], lives.school[who, place]
    if broken:
        school = _another(own, base, school)
    origin = controller(base)
    home, last = controller(lives.home[who, place]), controller(lives.home[who, -1])
    elsewhere = tuple(
        np.where(there, other, -1) for there, other in zip(copies(origin, home, last), (home, last), strict=True)
    )
    return Courses(
        year=own.group.cohort + place, person=who, id=own.ids[who] * 100 + place * 10 + broken,
        area=lives.area[who, place], base=base, school=school, start=start, stop=stop, end=end, days=days,
        hours=hours, broken=broken, origin=origin, elsewhere=elsewhere,
    )  # fmt: skip


def _another(own: Block, base: Ints, school: Ints) -> Ints:
    """The school that was left for the one of the year: a neighbour in the list of the county's own."""
    public = np.array([schools(own.plan.seed, each).public for each in range(len(BASES))])[base]
    found: Ints = (school + 1) % public
    return found


def write_courses(own: Block, place: int, made: Courses, hours: Ints) -> None:
    """Write the courses of a year with their hours of absence: at least those of their subjects together."""
    year, who, area = made.year, made.person, made.area
    words = own.draws.words(f"course/{year}", 8)
    counted = day(year, 10, 1)
    home = own.lives.home[who, place]
    left = made.stop != NO_DAY
    adult = own.group.adult
    status = np.select(
        [left, made.end == PARTIAL], positions(STATUSES, "S", "A"), STATUSES.index("V" if adult else "E")
    )
    reasons = LEAVING.index("AS") if made.broken else _REASONS[words[who, 6] & 7]
    none = np.full(len(who), -1, dtype=np.int64)
    columns = {
        "elevforhold_id": made.id, "person_lnr": own.lnr[who], "skoleaar": year_code(year, len(who)),
        "avgiverfylke": county_codes(counties(made.base, counted)),
        "hjemstedsfylke": county_codes(counties(home, counted)),
        "skolenr": school_numbers(made.base, made.school, counted),
        "orgnr": school_organisations(made.base, made.school), "skoleeier": OWNERS[owners(made.base, made.school)],
        "utdanningsprogram": programme_codes(area, year), "programomraadekode": area_codes(area, year),
        "trinn": levels(area) - 1, "ajourholdskode": none, "startdato": made.start, "avbruddsdato": made.stop,
        "avbruddsaarsak": np.where(left, reasons, -1), "elevstatus": status,
        "fravaer_dager": none if adult else made.days, "fravaer_timer": none if adult else hours,
        "fullfortkode": np.where(left, _STOPPED, made.end),
        "rettstype": rights(own, place)[who],
        "gjesteelev": (home != made.base).astype(np.int64), **_conduct(own, made),
    }  # fmt: skip
    write_everywhere(own, "elevforhold", made.origin, made.elsewhere, columns)


def _conduct(own: Block, made: Courses) -> dict[str, Ints]:
    """Marks in order and conduct, remarks and language training: worse for the less engaged, none for who left."""
    parameters, who = own.plan.parameters, made.person
    words = own.draws.words(f"conduct/{made.year}", 4)[who]
    weight = _disengaged(own)[who]
    left = made.stop != NO_DAY
    shares = [int(parameters.one("conduct", code) * (1 << 32)) // 1024 for code in CONDUCT[1:]]
    cuts = [weight * shares[1], weight * sum(shares)]
    order, conduct = (np.select([words[:, at] < cuts[0], words[:, at] < cuts[1]], [2, 1], 0) for at in (0, 1))
    remarks = parameters.of("remarks")
    counts = np.array([int(key) for key in remarks])
    drawn = counts[pick(words[:, 2], edges([int(each) for each in remarks.values()]))]
    recent = abroad(languages(own))[who] & (made.year <= own.group.cohort + 1)
    return {
        "orden": np.where(left, -1, order), "atferd": np.where(left, -1, conduct),
        "anmerkninger": drawn * weight // 1024,
        "saerskilt_norsk": (recent & (words[:, 3] < parameters.share("language.training"))).astype(np.int64),
    }  # fmt: skip


def rights(own: Block, place: int) -> Ints:
    """The right behind a course: as a young person for five years at most; since August 2024 until something is done.

    Positions of 1 (none), 2 (young person), 3 (adult) and 4 (to complete).
    """
    lives = own.lives
    if own.group.adult:
        return np.full(own.people, 2)
    used = lives.attends(slice(place)).sum(axis=1)
    done = (lives.state[:, : place + 1] == CERTIFIED).any(axis=1) | (lives.state[:, : place + 1] == DIPLOMA).any(axis=1)
    if own.group.cohort + place >= _COMPLETION:
        return np.where(done, 0, 3)
    return np.where(done | (used >= _RIGHT_YEARS) | (place > _YOUNG), 0, 1)
