"""Counting figures over parts of the country: how many, and of how many, by figure, key and year."""

from collections import Counter
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import numpy.typing as npt

from avrop.vigo.simulator.curriculum import curriculum
from avrop.vigo.simulator.draws import Flags, Ints
from avrop.vigo.simulator.fidelity import Figures

AREAS = curriculum().areas
LEVEL = np.array([area.level for area in AREAS])
THREE_YEARS = np.array([area.route in {"academic", "supplement"} for area in AREAS])
"""Programmes whose nominal time is three years."""
_MEDIA = np.array([area.programme == "ME" for area in AREAS])
MEDIA_ACADEMIC = 2016
"""Media and communication is academic for those who began it in this year or later."""


def study(areas: Ints, year: int) -> Flags:
    """Whether each area is academic: media and communication changes track."""
    found: Flags = THREE_YEARS[areas] & ~(_MEDIA[areas] & (year - LEVEL[areas] + 1 < MEDIA_ACADEMIC))
    return found


@cache
def _programmes(year: int) -> npt.NDArray[np.str_]:
    """The programme of each area as it was called in that year."""
    return np.array([area.programme_in(year) for area in AREAS])


def alike(year: int, areas: Ints, others: Ints) -> Flags:
    """Whether two areas each are of one programme, as it was called in that year."""
    names = _programmes(year)
    found: Flags = names[areas] == names[others]
    return found


@dataclass(frozen=True)
class Tally:
    """How many, by figure, key and year; and of how many where it is a share."""

    part: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    whole: Counter[tuple[str, str, int]] = field(default_factory=Counter)

    def count(self, figure: str, key: str, year: int, number: int) -> None:
        """So many more."""
        self.part[figure, key, year] += int(number)

    def share(self, figure: str, key: str, year: int, flags: Flags) -> None:
        """So many more of so many."""
        self.part[figure, key, year] += int(flags.sum())
        self.whole[figure, key, year] += len(flags)

    def ratio(self, figure: str, key: str, year: int, part: int, whole: int) -> None:
        """So many more against so many, which they are no part of."""
        self.part[figure, key, year] += part
        self.whole[figure, key, year] += whole

    def by_track(self, figure: str, year: int, study: Flags, flags: Flags, level: str = "") -> None:
        """A share for each track; `study`: who is on the academic one."""
        for chosen, name in ((study, "academic"), (~study, "vocational")):
            self.share(figure, f"{name}{level}", year, flags[chosen])

    def by_sex(self, figure: str, key: str, year: int, women: Flags, flags: Flags) -> None:
        """A share for each sex; `key` stands before it."""
        for chosen, name in ((women, "women"), (~women, "men")):
            self.share(figure, f"{key} {name}".strip(), year, flags[chosen])

    def by_programme(self, figure: str, year: int, areas: Ints, flags: Flags | None = None) -> None:
        """A count, or a share, for each programme as it was called in that year."""
        names = _programmes(year)[areas]
        for name in np.unique(names).tolist():
            if flags is None:
                self.count(figure, name, year, int((names == name).sum()))
            else:
                self.share(figure, name, year, flags[names == name])

    def among(self, figure: str, level: int, year: int, areas: Ints) -> None:
        """The share of each programme among those of one level."""
        names = _programmes(year)[areas[LEVEL[areas] == level]]
        for name in np.unique(names).tolist():
            self.share(figure, f"{name} {level}", year, names == name)

    def figures(self) -> Figures:
        """As `fidelity.figures` gives them: counts of 0, shares in per cent and of how many."""
        return {
            key: (100 * number / self.whole[key], self.whole[key]) if self.whole[key] else (float(number), 0)
            for key, number in self.part.items()
        }
