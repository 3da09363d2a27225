"""Whose each row is, told from the lives: who registered it that year, and where its person lived.

A row's id says whose it is and of which school year; nothing else of it is read but the day of a trade test, which no
life has. A county or an owner that a row names is never looked at.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from avrop.vigo.simulator.block import FAR, controller
from avrop.vigo.simulator.columns import NO_DAY
from avrop.vigo.simulator.draws import Flags, Ints
from avrop.vigo.simulator.forms import KEYS
from avrop.vigo.simulator.lives import ABROAD, APPRENTICE, EXTERNAL, OUT, PUPIL, TEST_PASSED, Lives
from avrop.vigo.simulator.other_courses import EXTERNAL_EXAM, NEVER_CAME, YEAR_ABROAD
from avrop.vigo.simulator.places import place
from avrop.vigo.simulator.schools import owners

_NOBODY = -1


@dataclass(frozen=True, kw_only=True)
class Origins:
    """Of rows of a table, each once: `id` and `number` within it (-1 where the id is enough); `origin`: the county
    whose row it is (-1 where no life has such a row); `claim`: another that could claim it, or -1; `private`: whether
    it has no public owner."""

    table: str
    id: Ints
    number: Ints
    origin: Ints
    claim: Ints
    private: Flags


@dataclass(frozen=True)
class _Asked:
    """Rows whose origin is asked: the lives of their people, which of these each is of, the rest of its id, and the day
    of its trade test (NO_DAY where it has none)."""

    lives: Lives
    person: Ints
    rest: Ints
    days: Ints

    def at(self, values: Ints, year: Ints) -> Ints:
        """What a part of the lives says of each row's person in a school year."""
        found: Ints = values[self.person, np.clip(year, 0, self.lives.years - 1)]
        return found


Told = tuple[Ints, Ints, Flags]
"""Area that registered the row (-1 where no life has it), area where its person lived then, and no public owner."""


def _of_course(asked: _Asked) -> Told:
    """Who comes or is abroad is of the school's county; who does not come, and who takes an exam alone, of that of the
    home."""
    lives, (year, kind) = asked.lives, np.divmod(asked.rest, 10)
    home, state = asked.at(lives.home, year), asked.at(lives.state, year)
    base, school = asked.at(lives.base, year), asked.at(lives.school, year)
    comes = ((kind < NEVER_CAME) & (state == PUPIL)) | ((kind == YEAR_ABROAD) & (state == ABROAD))
    alone = (kind == EXTERNAL_EXAM) & np.isin(state, (APPRENTICE, EXTERNAL))
    outside = ((kind == NEVER_CAME) & (state == OUT)) | alone
    private = comes & (owners(base, school) != 1)
    return np.select([comes, outside], [base, home], _NOBODY), home, private


def _of_subject(asked: _Asked) -> Told:
    return _of_course(_Asked(asked.lives, asked.person, asked.rest // 100, asked.days))


def _of_assessment(asked: _Asked) -> Told:
    return _of_course(_Asked(asked.lives, asked.person, asked.rest // 1000, asked.days))


def _of_application(asked: _Asked) -> Told:
    """Young people apply first at home, pupils then where they go; in winter they live where they did before."""
    lives, year = asked.lives, asked.rest
    first = (year == 0) & (not lives.group.adult)
    later = np.stack([lives.applies(each) for each in range(lives.years)], axis=1).astype(np.int64)
    applies = np.where(first, lives.admission.taken[asked.person] >= 0, asked.at(later, year) == 1)
    pupil = (asked.at(lives.state, year) == PUPIL) & ~first
    base = np.where(pupil, asked.at(lives.base, year), asked.at(lives.home, year))
    return np.where(applies, base, _NOBODY), _home_before(asked, year), np.zeros(len(year), dtype=np.bool_)


def _home_before(asked: _Asked, year: Ints) -> Ints:
    """Where each row's person lived in the school year before, which may be that of lower secondary."""
    lower_secondary = place(asked.lives.group.base)
    return np.where(year <= 0, lower_secondary, asked.at(asked.lives.home, year - 1))


def _of_contract(asked: _Asked) -> Told:
    """A contract is of the company's county in its first school year."""
    lives, year = asked.lives, asked.rest
    trained = asked.at(lives.state, year) == APPRENTICE
    base = np.where(trained, asked.at(lives.base, year), _NOBODY)
    return base, asked.at(lives.home, year), np.zeros(len(year), dtype=np.bool_)


def _of_test(asked: _Asked) -> Told:
    """A test is of its contract's county, or of a practice candidate's home; homes are those of its day."""
    lives, year = asked.lives, asked.rest // 10
    base, _, private = _of_contract(_Asked(lives, asked.person, year, asked.days))
    candidate = (asked.at(lives.trained, year) >= TEST_PASSED) & lives.group.adult
    on_its_day = _home_before(asked, _school_years(asked.days) - lives.group.cohort + 1)
    return np.where(candidate, asked.at(lives.home, year), base), on_its_day, private


def _of_follow_up(asked: _Asked) -> Told:
    lives, year = asked.lives, asked.rest
    home = asked.at(lives.home, year)
    outside = asked.at(lives.state, year) == OUT
    return np.where(outside, home, _NOBODY), home, np.zeros(len(year), dtype=np.bool_)


def _school_years(days: Ints) -> Ints:
    """The year in which each day's school year began, on 1 August."""
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    found: Ints = 1970 + (months - 7) // 12
    return found


@dataclass(frozen=True)
class _Table:
    """How many of an id's last digits are not the person's, how a row's origin is told, and what that takes besides: a
    column that counts within the id, and whether the day of the trade test of that id."""

    digits: int
    told: Callable[[_Asked], Told]
    number: str = ""
    tested: bool = False


_TABLES: Mapping[str, _Table] = {
    "elevforhold": _Table(2, _of_course), "kontrakt": _Table(1, _of_contract),
    "elevfag": _Table(4, _of_subject), "vurdering": _Table(5, _of_assessment), "dokumentasjon": _Table(2, _of_course),
    "soknad": _Table(2, _of_application), "onske": _Table(2, _of_application, number="onskenr"),
    "prove": _Table(2, _of_test, tested=True), "fagbrev": _Table(2, _of_test, tested=True),
    "formidling": _Table(2, _of_application), "oppfolging": _Table(2, _of_follow_up),
}  # fmt: skip
KEYED = tuple(_TABLES)
"""The tables whose rows have a key: those of which the datasets are made that have an attribution rule, and matches."""


def origins(lives: Lives, first: int, made: Mapping[str, pa.Table]) -> Iterator[Origins]:
    """Of every row of a block's tables, each once; `first` is the running number of the first of the lives' people."""
    for name, form in _TABLES.items():
        ids, number = _rows(made[name], name, form)
        person, rest = np.divmod(ids, 10**form.digits)
        days = _tested(made["prove"], ids) if form.tested else np.full(len(ids), NO_DAY)
        base, home, private = form.told(_Asked(lives, person - FAR - first, rest, days))
        origin, claim = np.where(base >= 0, controller(base), _NOBODY), controller(home)
        claim[claim == origin] = _NOBODY
        yield Origins(table=name, id=ids, number=number, origin=origin, claim=claim, private=private)


def _rows(rows: pa.Table, name: str, form: _Table) -> tuple[Ints, Ints]:
    """Ids and numbers of a table's rows, each once however many bases it stands in."""
    ids = rows.column(KEYS[name][1]).to_numpy()
    if not form.number:
        ids = np.unique(ids)
        return ids, np.full(len(ids), _NOBODY)
    numbers = rows.column(form.number).to_numpy().astype(np.int64)
    ids, numbers = np.divmod(np.unique(ids * 100 + numbers), 100)
    return ids, numbers


def _tested(tests: pa.Table, ids: Ints) -> Ints:
    """The day of the trade test of each id."""
    known, at = np.unique(tests.column("prove_id").to_numpy(), return_index=True)
    days = tests.column("dato").cast(pa.int32()).to_numpy().astype(np.int64)[at]
    found: Ints = days[np.searchsorted(known, ids)]
    return found
