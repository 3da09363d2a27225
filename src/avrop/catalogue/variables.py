"""Variables: what is measured, in which domain, how sensitive, and the ladder of coarser levels.

A ladder's first level is the value as stored. Each further level is made from the *previous level's* output by one
step, so any level can be reached from any finer one, also after extraction: a merge may coarsen and never refine.
All levels above the first are text; nulls stay null.
"""

from datetime import date
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field

from avrop.canonical import document, unsaid
from avrop.catalogue.unittypes import Text

DataType = Literal["text", "integer", "number", "date"]
"""A number is a finite 64-bit floating-point one. Where digits matter, as in a code, it is a text."""

Temporality = Literal["FIXED", "EVENT", "STATUS", "ACCUMULATED"]
Sensitivity = Literal["identifier", "quasi-identifier", "confidential", "special category", "ordinary"]


@document
class Prefix:
    """Keep the first `length` characters of the value as text (a date is ISO 8601 text: 7 gives the month)."""

    length: int
    type: Literal["prefix"] = "prefix"


@document
class Band:
    """Whole numbers in bands: edges (5, 10) give `<5`, `5-9`, `>=10`. Reads text of whole numbers too."""

    edges: tuple[int, ...]
    type: Literal["band"] = "band"

    def labels(self) -> tuple[str, ...]:
        """The texts of the bands: one more than there are edges, none without edges.

        >>> Band(edges=(5, 10)).labels()
        ('<5', '5-9', '>=10')
        """
        inner = (f"{low}-{high - 1}" for low, high in pairwise(self.edges))
        return (f"<{self.edges[0]}", *inner, f">={self.edges[-1]}") if self.edges else ()


@document
class Recode:
    """Replace each text by another; what is not listed becomes null."""

    pairs: tuple[tuple[str, str], ...]
    type: Literal["recode"] = "recode"


Step = Annotated[Prefix | Band | Recode, Field(discriminator="type")]


@document
class Level:
    """One rung of a ladder: its name, and the step that makes it from the rung before (none for the first)."""

    name: str
    step: Step | None = None


@document
class Break:
    """From this day on, values do not compare with those before."""

    day: date
    why: Text


@document
class Variable:
    """A represented variable of the catalogue.

    `code_list` names the value domain if it is enumerated; else `pattern` (full match of the text) or `minimum` and
    `maximum` (whole numbers) describe it. `levels` begins with the value as stored. `withdrawn` is the first day on
    which it can no longer be asked for, and `successors` what to ask for instead. `population` says of whom or what
    there are values, `since` from which day, and `breaks` where they do not compare; `open_points` what the description
    itself does not know. What is `described_only` stands in no table yet: it can be found, and not be asked for.
    """

    name: str
    label: Text
    definition: Text
    unit_type: str
    data_type: DataType
    temporality: Temporality
    sensitivity: Sensitivity
    source: str
    levels: tuple[Level, ...] = (Level(name="value"),)
    code_list: str | None = None
    pattern: str | None = None
    minimum: int | None = None
    maximum: int | None = None
    nullable: bool = False
    withdrawn: date | None = None
    population: Annotated[Text | None, Field(exclude_if=unsaid)] = None
    since: Annotated[date | None, Field(exclude_if=unsaid)] = None
    breaks: Annotated[tuple[Break, ...] | None, Field(exclude_if=unsaid)] = None
    open_points: Annotated[tuple[str, ...] | None, Field(exclude_if=unsaid)] = None
    described_only: Annotated[bool | None, Field(exclude_if=unsaid)] = None
    successors: Annotated[tuple[str, ...] | None, Field(exclude_if=unsaid)] = None

    def gone(self, day: date) -> bool:
        """Whether it can no longer be asked for on that day."""
        return self.withdrawn is not None and self.withdrawn <= day

    def level_index(self, name: str) -> int:
        """Position of a level in the ladder, 0 finest. Raises KeyError for a level that it does not have."""
        for index, level in enumerate(self.levels):
            if level.name == name:
                return index
        raise KeyError(name)
