"""Who there will be: sizes of every group of people, exactly, before anything is drawn.

A group is the people of one base area who left lower secondary in one year, or who came as adults in one year. The
plan is always that of the whole country; a smaller run takes the first people of each group.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from avrop.errors import Missing, Mistake
from avrop.vigo.simulator import numbers
from avrop.vigo.simulator.draws import Draws, Ints
from avrop.vigo.simulator.parameters import Parameters
from avrop.vigo.simulator.places import BASES

MAN, WOMAN = 0, 1
LAST_YEAR = 2025
"""The last school year begins in this year; all of it has happened."""

FIRST_COHORT = 2006


@dataclass(frozen=True, kw_only=True)
class Profile:
    """How much is simulated: cohorts, areas, and the share of each group (or a number of people of each)."""

    name: str
    cohorts: range
    bases: tuple[str, ...] = BASES
    share: Fraction = Fraction(1)
    people: int | None = None

    @property
    def whole(self) -> bool:
        """Whether nobody is left out, so that its counts are the country's. Of a part they would be too many: of every
        group it takes whole people."""
        return (
            self.people is None and self.share == 1 and self.bases == BASES
            and self.cohorts == range(FIRST_COHORT, LAST_YEAR + 1)
        )  # fmt: skip

    def size(self, whole: int) -> int:
        """How many of a group of this size take part."""
        return min(
            whole, -(-whole * self.share.numerator // self.share.denominator) if self.people is None else self.people
        )


PROFILES: Mapping[str, Profile] = {
    "micro": Profile(name="micro", cohorts=range(2019, 2020), bases=("08", "14", "17", "20"), people=40),
    "sample": Profile(name="sample", cohorts=range(2022, 2025), share=Fraction(1, 400)),
    "small": Profile(name="small", cohorts=range(FIRST_COHORT, LAST_YEAR + 1), share=Fraction(1, 100)),
    "national": Profile(name="national", cohorts=range(FIRST_COHORT, LAST_YEAR + 1)),
}


def profile(name: str) -> Profile:
    """The profile of this name. Errors: `simulate.profile` (Missing)."""
    if name not in PROFILES:
        known = ", ".join(PROFILES)
        raise Missing("simulate.profile", "There is no profile of that name.", hint=f"Name one of {known}.")
    return PROFILES[name]


@dataclass(frozen=True, order=True)
class Group:
    """A base area and a year; `adult` groups are those who came as adults."""

    base: str
    cohort: int
    adult: bool = False

    @property
    def name(self) -> str:
        """As in the names of chunks and streams: 03-2015, or 03-2015V for adults."""
        return f"{self.base}-{self.cohort}{'V' if self.adult else ''}"


@dataclass(frozen=True)
class Stratum:
    """People of a group who were born so many years before its year, of one sex."""

    age: int
    sex: int
    begins: int


@dataclass(frozen=True)
class People:
    """A run of a group's people: identity number, birthday (days since 1970) and sex of each."""

    number: Ints
    born: Ints
    sex: Ints


class Plan:
    """Sizes of all groups and strata, from the parameters and the seed."""

    def __init__(self, parameters: Parameters, seed: int) -> None:
        self.parameters = parameters
        self.seed = seed
        self._tables: dict[tuple[int, bool], tuple[tuple[Stratum, ...], Ints]] = {}

    def size(self, group: Group) -> int:
        """How many people the whole group has."""
        _, table = self._table(group)
        return int(table[BASES.index(group.base)].sum())

    def groups(self, chosen: Profile) -> list[Group]:
        """All groups of a profile, in the order in which they are numbered."""
        return [
            Group(base, cohort, adult) for cohort in chosen.cohorts for base in chosen.bases for adult in (False, True)
        ]

    def draws(self, group: Group, first: int, people: int) -> Draws:
        """The draws of a run of a group's people."""
        return Draws(self.seed, group.name, first, people)

    def people(self, group: Group, first: int, people: int) -> People:
        """Who they are: a run of the group's people, each with a place in the group that a keyed order gives."""
        strata, table = self._table(group)
        base = BASES.index(group.base)
        counts = table[base]
        size = int(counts.sum())
        order = np.argsort(self.draws(group, 0, size).word("place"), kind="stable")[first : first + people]
        ends = np.cumsum(counts)
        which = np.searchsorted(ends, order, side="right")
        running = table[:base].sum(axis=0)[which] + order - (ends - counts)[which]
        sex = np.array([stratum.sex for stratum in strata])[which]
        years = group.cohort - np.array([stratum.age for stratum in strata])[which]
        begins = np.array([stratum.begins for stratum in strata])[which]
        number, born = numbers.allot(self.seed, years=years, women=sex, running=running, begins=begins)
        return People(number, born, sex)

    def _table(self, group: Group) -> tuple[tuple[Stratum, ...], Ints]:
        """The strata, and how many people of each: shape (areas, strata)."""
        name = (group.cohort, group.adult)
        if name not in self._tables:
            self._tables[name] = self._made(group)
        return self._tables[name]

    def _made(self, group: Group) -> tuple[tuple[Stratum, ...], Ints]:
        shares = self._adults(group.cohort) if group.adult else self._youths()
        size = self.parameters.one("adults" if group.adult else "cohort", str(group.cohort))
        areas = apportion(int(size), [self.parameters.one("area", base) for base in BASES])
        table = np.array([apportion(count, list(shares.values())) for count in areas], dtype=np.int64)
        totals = table.sum(axis=0)
        for stratum, total in zip(shares, totals.tolist(), strict=True):
            room = numbers.RESERVED - stratum.begins if not group.adult else 2
            if stratum.begins == numbers.ON_TIME:
                room = numbers.EARLY
            elif stratum.begins in {numbers.EARLY, numbers.LATE}:
                room = numbers.LATE - numbers.EARLY
            if total > room * numbers.days_of(group.cohort - stratum.age):
                raise Mistake(
                    "plan.numbers", "A cohort has more people than there are numbers.", hint="Make it smaller.",
                    cohort=group.cohort,
                )  # fmt: skip
        return tuple(shares), table

    def _youths(self) -> dict[Stratum, Fraction]:
        kinds = {16: numbers.ON_TIME, 15: numbers.EARLY, 17: numbers.LATE}
        boys = self.parameters.one("boys")
        off = {15: self.parameters.one("start.age", "15"), 17: self.parameters.one("start.age", "17")}
        ages = {16: 1 - off[15] - off[17], **off}
        return {
            Stratum(age, sex, begins): ages[age] * (boys if sex == MAN else 1 - boys)
            for age, begins in kinds.items()
            for sex in (MAN, WOMAN)
        }

    def _adults(self, cohort: int) -> dict[Stratum, Fraction]:
        begins = numbers.ADULT + 2 * (cohort % 20)
        women = self.parameters.one("adults.women")
        return {
            Stratum(int(age), sex, begins): weight * (women if sex == WOMAN else 1 - women)
            for age, weight in self.parameters.of("adults.age").items()
            for sex in (MAN, WOMAN)
        }


def apportion(total: int, weights: Sequence[Fraction]) -> list[int]:
    """A whole number split in proportion to weights; the largest remainders get what is left, the first of equals."""
    whole = sum(weights)
    exact = [total * weight / whole for weight in weights]
    counts = [int(part) for part in exact]
    order = sorted(range(len(weights)), key=lambda place: (counts[place] - exact[place], place))
    for place in order[: total - sum(counts)]:
        counts[place] += 1
    return counts
