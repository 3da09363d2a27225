"""People, homes and lower-secondary results; a person stands in every base that has a row of theirs."""

from fractions import Fraction

import numpy as np

from avrop.vigo.simulator.abilities import LOWER_SUBJECTS
from avrop.vigo.simulator.block import Block, controller
from avrop.vigo.simulator.columns import NO_DAY
from avrop.vigo.simulator.draws import Flags, Ints, edges, pick
from avrop.vigo.simulator.forms import LANGUAGES, county_codes
from avrop.vigo.simulator.places import BASES, MUNICIPALITIES, changes, counties, day, municipalities, place
from avrop.vigo.simulator.plan import LAST_YEAR

_SAMI = ("19", "20")
_BORDER = day(LAST_YEAR + 1, 8, 1)


def people(own: Block) -> None:
    """Write people, homes and lower-secondary results."""
    bases = bases_of(own)
    _people(own, bases)
    _homes(own, bases)
    if not own.group.adult:
        _lower_secondary(own, bases)


def bases_of(own: Block) -> list[tuple[Ints, Ints]]:
    """People by base: for each county of today that has a row of somebody, its code and who they are."""
    lives = own.lives
    held = np.zeros((own.people, 33), dtype=np.bool_)
    rows = np.arange(own.people)
    for year in range(lives.years):
        held[rows, controller(lives.home[:, year])] = True
        there = lives.base[:, year] >= 0
        held[rows[there], controller(lives.base[there, year])] = True
    return [(np.array(county), np.flatnonzero(held[:, county])) for county in range(33) if held[:, county].any()]


def _people(own: Block, bases: list[tuple[Ints, Ints]]) -> None:
    lives, draws = own.lives, own.draws
    words, language, share = draws.words("person", 4), languages(own), own.plan.parameters.share
    other = abroad(language)
    citizen = np.where(other & (words[:, 2] < share("citizenship.foreign")), np.where(language <= 5, 1, 2), 0)
    born = np.where(other, np.where(words[:, 3] < share("born.abroad"), 1, 2), 0)
    protected = np.where(lives.protected, 1 + (words[:, 3] >> np.uint32(31)).astype(np.int64), 0)
    origin = np.full(own.people, place(own.group.base), dtype=np.int64)
    columns = {
        "person_lnr": own.lnr, "fodselsnummer": lives.people.number, "fodselsdato": lives.people.born,
        "kjonn": lives.people.sex, "morsmaal": language, "statsborgerskap": citizen, "fodeland_gruppe": born,
        "foreldre_utd": lives.who.parents,
        "grunnskole_fylke": county_codes(counties(origin, day(own.group.cohort, 6, 20))),
        "adressebeskyttelse": protected, "reservert": lives.objecting.astype(np.int64),
        "maalform": _written_form(own, language),
    }  # fmt: skip
    for county, who in bases:
        own.rows["person"].add(
            base=np.repeat(county, len(who)), **{name: values[who] for name, values in columns.items()}
        )


def languages(own: Block) -> Ints:
    """The first language of everybody, a position in LANGUAGES; Sami only in the two northern areas."""
    words = own.draws.words("person", 4)
    weights = own.plan.parameters.of("language")
    language = pick(words[:, 0], edges([int(weights[name]) for name in LANGUAGES]))
    if own.group.base in _SAMI:
        language = np.where(words[:, 1] < own.plan.parameters.share("language.sami"), LANGUAGES.index("se"), language)
    return language


def abroad(language: Ints) -> Flags:
    """Whether it is neither Norwegian nor Sami."""
    found: Flags = language > LANGUAGES.index("se")
    return found


def _written_form(own: Block, language: Ints) -> Ints:
    """Bokmål, nynorsk or Sami (0, 1, 2): nynorsk by the area's share, Sami for those who have it as first language."""
    shares = own.plan.parameters.of("form.nynorsk")
    nynorsk = own.draws.happens("form", int(shares.get(own.group.base, Fraction(0)) * (1 << 32)))
    return np.where(language == LANGUAGES.index("se"), 2, nynorsk.astype(np.int64))


def _homes(own: Block, bases: list[tuple[Ints, Ints]]) -> None:
    """Intervals with one county and one municipality code: cut where somebody moves and where codes change."""
    lives, first = own.lives, own.group.cohort
    days = sorted({*(day(first + year, 8, 1) for year in range(lives.years)), *changes(day(first, 8, 2), _BORDER)})
    slots = np.stack([_municipality(own, year) for year in range(lives.years)], axis=1)
    year_of = [max(y for y in range(lives.years) if day(first + y, 8, 1) <= each) for each in days]
    area, slot = lives.home[:, year_of], slots[:, year_of]
    county = np.stack([counties(area[:, at], each) for at, each in enumerate(days)], axis=1)
    local = np.stack([municipalities(area[:, at], slot[:, at], each) for at, each in enumerate(days)], axis=1)
    new = np.ones(area.shape, dtype=np.bool_)
    new[:, 1:] = (local[:, 1:] != local[:, :-1]) | (county[:, 1:] != county[:, :-1])
    who, at = np.nonzero(new)
    begins = np.array(days)[at]
    ends = np.full(len(who), NO_DAY, dtype=np.int64)
    follows = np.flatnonzero(who[1:] == who[:-1])
    ends[follows] = begins[follows + 1]
    hidden = lives.protected[who]
    columns = {
        "person_lnr": own.lnr[who], "fom": begins, "tom": ends, "fylke": county_codes(county[who, at]),
        "kommune": np.where(hidden, -1, local[who, at]),
    }  # fmt: skip
    _to_bases(own, "bosted", bases, who, columns)


def _municipality(own: Block, year: int) -> Ints:
    """The municipality of each in a year: the one of the last move to the area."""
    lives = own.lives
    moved = np.zeros(own.people, dtype=np.int64)
    for each in range(1, year + 1):
        moved = np.where(lives.home[:, each] != lives.home[:, each - 1], each, moved)
    words = own.draws.words("municipality", lives.years)
    drawn = np.take_along_axis(words, moved[:, None], axis=1)[:, 0]
    slot = np.zeros(own.people, dtype=np.int64)
    for area in np.unique(lives.home[:, year]).tolist():
        who = np.flatnonzero(lives.home[:, year] == area)
        weights = [row[-1] for row in MUNICIPALITIES[BASES[area]]]
        slot[who] = pick(drawn[who], edges(weights)) if len(weights) > 1 else 0
    return slot


def _lower_secondary(own: Block, bases: list[tuple[Ints, Ints]]) -> None:
    who, lives = np.arange(own.people), own.lives
    columns = {
        "person_lnr": own.lnr, "avgangsaar": np.full(own.people, own.group.cohort), "grunnskolepoeng": lives.who.points,
        **dict(zip(LOWER_SUBJECTS, np.where(lives.who.marks > 0, lives.who.marks, -1).T, strict=True)),
    }  # fmt: skip
    _to_bases(own, "grunnskoleresultat", bases, who, columns)


def _to_bases(own: Block, table: str, bases: list[tuple[Ints, Ints]], who: Ints, columns: dict[str, Ints]) -> None:
    """Rows of people in every base that has the person."""
    for county, people_there in bases:
        here: Flags = np.zeros(own.people, dtype=np.bool_)
        here[people_there] = True
        rows = np.flatnonzero(here[who])
        own.rows[table].add(
            base=np.repeat(county, len(rows)), **{name: values[rows] for name, values in columns.items()}
        )
