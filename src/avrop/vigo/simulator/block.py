"""A block: a run of a group's people whose rows are made together, with their ids, draws and bases."""

from dataclasses import dataclass

import numpy as np

from avrop.vigo.simulator.columns import Rows
from avrop.vigo.simulator.draws import Draws, Flags, Ints
from avrop.vigo.simulator.forms import FIRST, TABLES, county_codes
from avrop.vigo.simulator.lives import Lives
from avrop.vigo.simulator.places import BASES, day, today
from avrop.vigo.simulator.plan import Group, Plan

FAR = 10**10


@dataclass(frozen=True)
class Block:
    """`lives` of the block's people; `first` is the first one's place in the group."""

    plan: Plan
    group: Group
    first: int
    lives: Lives
    rows: dict[str, Rows]
    draws: Draws
    lnr: Ints

    @property
    def ids(self) -> Ints:
        """What the ids of a person's rows begin with: too long to look like anybody's identity number."""
        return FAR + self.lnr

    @property
    def people(self) -> int:
        """How many."""
        return len(self.lnr)


def block(plan: Plan, group: Group, first: int, lives: Lives) -> Block:
    """A block with empty tables; `lives` holds its people alone."""
    people = len(lives.state)
    return Block(
        plan, group, first, lives, {name: Rows(form) for name, form in TABLES.items()},
        plan.draws(group, first, people), person_ids(group, first, people),
    )  # fmt: skip


def person_ids(group: Group, first: int, people: int) -> Ints:
    """The running number of each person in VIGO: another for everybody of any group."""
    place = ((group.cohort - 2000) * len(BASES) + BASES.index(group.base)) * 2 + group.adult
    found: Ints = place * 100_000 + first + np.arange(people)
    return found


def year_code(year: int, rows: int) -> Ints:
    """The school year of so many rows, as a position in SCHOOL_YEARS."""
    return np.full(rows, year - FIRST, dtype=np.int64)


def controller(areas: Ints) -> Ints:
    """The base of rows that an area's county answers for: its county of today."""
    return county_codes(today(areas))


def first_school_day(year: int) -> int:
    """The first day of the school year that begins in `year`."""
    return day(year, 8, 18)


def copies(origin: Ints, *others: Ints) -> list[Flags]:
    """For each other base, whether a copy stands there: not where it is the origin or another copy's base."""
    found: list[Flags] = []
    for place, other in enumerate(others):
        new = (other >= 0) & (other != origin)
        for earlier in others[:place]:
            new &= other != earlier
        found.append(new)
    return found


def write_everywhere(
    own: Block, table: str, origin: Ints, elsewhere: tuple[Ints, ...], columns: dict[str, Ints]
) -> None:
    """Write rows to the base of their origin, and to each base where a copy stands."""
    own.rows[table].add(base=origin, **columns)
    for bases in elsewhere:
        there = np.flatnonzero(bases >= 0)
        if len(there):
            own.rows[table].add(base=bases[there], **{name: values[there] for name, values in columns.items()})
