"""Published figures that the simulator may be fitted to: the targets that were not set aside, and their neighbours.

Neighbours are published figures of other years, or of other groups, than the targets'. Each has its source, and a
tolerance: how far a good fit may be away, in the figure's unit; none where definitions differ too much to fit to it.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from avrop.vigo.simulator.fidelity import targets
from tools.source import ROOT

NEIGHBOURS = ROOT / "tools" / "neighbours.csv"
_PART = 0.35
"""A target is to be met well within its tolerance."""


@dataclass(frozen=True, kw_only=True)
class Published:
    """A published figure. `at`: the year whose simulated figure is compared with it. `tolerance`: 0 for one that
    nothing is fitted to."""

    figure: str
    key: str
    year: int
    at: int
    value: float
    tolerance: float

    @property
    def measured(self) -> tuple[str, str, int]:
        """The figure as the simulated ones are called."""
        return self.figure, self.key, self.at


def neighbours() -> tuple[Published, ...]:
    """Those of `neighbours.csv`."""
    return read(NEIGHBOURS)


def read(path: Path) -> tuple[Published, ...]:
    """The published figures of a file."""
    with path.open(encoding="utf-8") as lines:
        return tuple(
            Published(
                figure=row["figure"], key=row["key"], year=int(row["year"]), at=int(row["at"] or row["year"]),
                value=float(row["value"]), tolerance=float(row["tolerance"] or 0),
            )
            for row in csv.DictReader(lines)
        )  # fmt: skip


def fitted(near: Sequence[Published] | None = None) -> tuple[Published, ...]:
    """What parameters are fitted to: targets, and neighbours (those of the file, unless others are given).

    ValueError names a neighbour that is one of the figures set aside.
    """
    known = targets()
    found = [each for each in (neighbours() if near is None else near) if each.tolerance]
    aside = {(target.figure, target.key, target.year) for target in known if target.withheld}
    for each in found:
        if (each.figure, each.key, each.year) in aside:
            raise ValueError(f"{each.figure} {each.key} {each.year} was set aside: nothing may be fitted to it")
    return (
        *(
            Published(
                figure=target.figure, key=target.key, year=target.year, at=target.year, value=target.value,
                tolerance=_PART * target.tolerance * (target.value if target.kind == "count" else 1),
            )
            for target in known
            if not target.withheld
        ),
        *found,
    )  # fmt: skip
