"""Published figures against simulated ones: every target with its tolerance, measured on the delivered tables alone."""

import csv
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import duckdb

from avrop.vigo.simulator.plan import profile
from avrop.vigo.simulator.rules import views
from avrop.vigo.simulator.run import order_of

_CERTAIN = 2.58
"""Standard errors: a deviation within so many may be chance (one in a hundred)."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """A published figure. `tolerance`: of a count a share of it, of anything else in its unit."""

    id: str
    figure: str
    key: str
    population: str
    year: int
    value: float
    unit: str
    kind: str
    tolerance: float
    withheld: bool
    source: str
    note: str


@dataclass(frozen=True, kw_only=True)
class Met:
    """A target and what was simulated; `simulated` is None where the run has no such year. `room`: the deviation
    that is allowed, by the tolerance or by chance; `people`: how many stand behind it, 0 for a count."""

    target: Target
    simulated: float | None
    room: float
    people: int

    @property
    def too_few(self) -> bool:
        """Whether chance alone may move it by more than a quarter of the published figure: nothing is told then."""
        return self.room > max(self.target.tolerance, self.target.value / 4) and self.people > 0

    @property
    def holds(self) -> bool | None:
        """Whether it is met; None where it cannot be told."""
        if self.simulated is None or self.too_few:
            return None
        return abs(self.simulated - self.target.value) <= self.room


def targets() -> tuple[Target, ...]:
    """All published figures that come with the simulator."""
    text = (files("avrop.vigo.simulator") / "targets.csv").read_text(encoding="utf-8")
    return tuple(
        Target(
            id=row["id"], figure=row["figure"], key=row["key"], population=row["population"], year=int(row["year"]),
            value=float(row["value"]), unit=row["unit"], kind=row["kind"], tolerance=float(row["tolerance"]),
            withheld=row["withheld"] == "yes", source=row["source"], note=row["note"],
        )
        for row in csv.DictReader(text.splitlines())
    )  # fmt: skip


Figures = Mapping[tuple[str, str, int], tuple[float, int]]


def figures(folder: Path) -> Figures:
    """Value and count of each figure, key and year of a run. Errors: `simulate.no_run` (Missing)."""
    with measured(folder) as database:
        return figures_of(folder, database)


def figures_of(folder: Path, database: duckdb.DuckDBPyConnection) -> Figures:
    """The same, from a database in which they are measured already. A run that leaves people out has no counts."""
    whole = profile(order_of(folder).profile).whole
    rows = database.execute("SELECT figur, nokkel, aar, verdi, n FROM figur WHERE verdi IS NOT NULL").fetchall()
    return {(name, key, year): (value, int(count)) for name, key, year, value, count in rows if count or whole}


@contextmanager
def measured(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database with a run's tables as views, its figures, and the tables that the pictures are made of."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "threads": 2, "memory_limit": "8GB", "preserve_insertion_order": False,
    }  # fmt: skip
    with duckdb.connect(config=config) as database:
        views(database, folder)
        for name in ("figures.sql", "pictures.sql"):
            database.execute((files("avrop.vigo.simulator") / "figures" / name).read_text(encoding="utf-8"))
        yield database


def compare(found: Figures) -> list[Met]:
    """Every target against the figures."""
    return [_met(target, found) for target in targets()]


def _met(target: Target, found: Figures) -> Met:
    entry = found.get((target.figure, target.key, target.year))
    if entry is None:
        return Met(target=target, simulated=None, room=0, people=0)
    value, count = entry
    if target.kind == "count":
        room = max(target.tolerance * target.value, _CERTAIN * math.sqrt(target.value))
    else:
        spread = (
            math.sqrt(max(target.value * (100 - target.value), 1)) if target.kind == "share" else _SPREAD[target.unit]
        )
        room = max(target.tolerance, _CERTAIN * spread / math.sqrt(max(count, 1)))
    return Met(target=target, simulated=value, room=room, people=count)


_SPREAD = {"points": 8.5, "mark": 1.15, "days": 8.0, "hours": 25.0}
"""Spread of what a mean or median is of, for its standard error."""
