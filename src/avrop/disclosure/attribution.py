"""Whose row is it: the versioned rule that names each row's origin and its other claimants. Deny wins.

A row is delivered only in its origin's slice, and only if the origin and every claimant approve. A row without an
origin is unattributable and never leaves.
"""

from datetime import date

from avrop.canonical import document


@document
class UnattributableWhen:
    """Rows whose column holds one of these values have no origin (for example a private owner not yet clarified)."""

    column: str
    values: tuple[str, ...]


@document
class DatasetRule:
    """For one event dataset: the column of the origin and the columns of possible claimants (null: none)."""

    dataset: str
    origin: str
    claimants: tuple[str, ...] = ()
    unattributable_when: tuple[UnattributableWhen, ...] = ()


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
