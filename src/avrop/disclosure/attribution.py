"""Whose row is it: the versioned rule that names each row's origin and its other claimants. Deny wins.

A row is delivered only in its origin's slice, and only if the origin and every claimant approve. A row without an
origin is unattributable and never leaves.
"""

from datetime import date
from typing import Annotated

from pydantic import Field

from avrop.canonical import document, unsaid


@document
class UnattributableWhen:
    """Rows whose column holds one of these values have no origin (for example a private owner not yet clarified)."""

    column: str
    values: tuple[str, ...]


@document
class DatasetRule:
    """For one dataset: the column of the origin, or the one `controller` whose all its rows are; and the columns of
    possible claimants (null: none). A register has a rule only where all its rows are one controller's."""

    dataset: str
    origin: Annotated[str | None, Field(exclude_if=unsaid)] = None
    controller: Annotated[str | None, Field(exclude_if=unsaid)] = None
    claimants: tuple[str, ...] = ()
    unattributable_when: tuple[UnattributableWhen, ...] = ()

    def __post_init__(self) -> None:
        if (self.origin is None) == (self.controller is None):
            raise ValueError("a dataset's rule names either the column of the origin or the one controller")


@document
class AttributionRule:
    """The rule that the controllers agreed on. `successors` maps a stored controller code to today's controller; a
    code that is neither a controller nor mapped is no origin, and as a claimant it denies."""

    id: str
    version: int
    valid_from: date
    rules: tuple[DatasetRule, ...]
    successors: tuple[tuple[str, str], ...] = ()

    def rule(self, dataset: str) -> DatasetRule:
        """The rule of one dataset. Raises KeyError."""
        for rule in self.rules:
            if rule.dataset == dataset:
                return rule
        raise KeyError(dataset)
