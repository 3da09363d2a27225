"""What a run supplies to a plan, and what an engine is: a plan in, Parquet files out. No engine takes SQL."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Protocol

from avrop.disclosure.generation import MergePlan
from avrop.disclosure.operators import ClassPlan, SlicePlan

Pseudonymiser = Callable[[Sequence[str]], Sequence[str]]
"""Pseudonyms of identifiers, in the same order. Holds the key inside; raises rather than pass an identifier through."""


@dataclass(frozen=True, kw_only=True)
class Binding:
    """The inputs of one run.

    `tables`: Parquet files of the snapshot by dataset; `lists`: Parquet files with one text column `person` by list
    name; `approved`: controllers that approve today, and `periods` the half-open period for which one of them does (not
    named: any time); `pseudonyms` by scope.
    """

    tables: Mapping[str, Sequence[Path]]
    lists: Mapping[str, Path]
    approved: frozenset[str]
    pseudonyms: Mapping[str, Pseudonymiser]
    periods: Mapping[str, tuple[date, date]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class TableFile:
    """One Parquet file that was written and flushed to disk: its table, path, and number of rows."""

    table: str
    path: Path
    rows: int


class Engine(Protocol):
    """Runs plans. Errors: `engine.*` Fault for the machine, `pseudonym.*` Fault when a map is not whole."""

    name: str

    def run(self, plan: SlicePlan, binding: Binding, folder: Path) -> tuple[TableFile, ...]:
        """Write one Parquet file per table of the plan into `folder` as `<table>.parquet`."""
        ...

    def merge(self, plan: MergePlan, sources: Mapping[str, Mapping[str, Path]], folder: Path) -> tuple[TableFile, ...]:
        """Write one Parquet file per merged table; `sources` gives, by controller and table, the extract's file."""
        ...

    def classes(self, plans: Sequence[ClassPlan], binding: Binding, folder: Path) -> tuple[Mapping[int, int], ...]:
        """For each plan the number of classes by class size: how many distinct paths are shared by exactly so many
        people. `folder` is for spilling to disk only."""
        ...
