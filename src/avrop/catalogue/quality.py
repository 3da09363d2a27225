"""How well a dataset is described: counted from the description itself, not from data."""

from collections.abc import Callable, Iterable, Mapping

from avrop.canonical import document
from avrop.catalogue.datasets import Catalogue, Dataset
from avrop.catalogue.variables import Variable


@document
class Quality:
    """A dataset's own variables: how many there are, how many have each part, what is open, what has no table."""

    dataset: str
    variables: int
    described_only: tuple[str, ...]
    has: tuple[tuple[str, int], ...]
    sensitivities: tuple[tuple[str, int], ...]
    open_points: tuple[tuple[str, str], ...]
    missing: tuple[tuple[str, tuple[str, ...]], ...]


def _domain(variable: Variable) -> bool:
    bounds = (variable.code_list, variable.pattern, variable.minimum, variable.maximum)
    return variable.data_type == "date" or any(bound is not None for bound in bounds)


PARTS: Mapping[str, Callable[[Variable], bool]] = {
    "label and definition in bokmål": lambda v: bool(v.label.nb and v.definition.nb),
    "label and definition in nynorsk": lambda v: bool(v.label.nn and v.definition.nn),
    "label and definition in English": lambda v: bool(v.label.en and v.definition.en),
    "value domain": _domain,
    "coarser level": lambda v: len(v.levels) > 1,
    "source": lambda v: bool(v.source),
    "population": lambda v: v.population is not None,
    "first day": lambda v: v.since is not None,
}
"""What a full description has. A coarser level is not always possible, nor is a domain: a name has neither."""


def qualities(catalogue: Catalogue) -> tuple[Quality, ...]:
    """Each dataset's, in the catalogue's order. A variable counts in the first dataset that has it."""
    seen: set[str] = set()
    found = []
    for dataset in catalogue.datasets:
        own = [catalogue.variable(name) for name in dataset.variables if name not in seen]
        seen |= set(dataset.variables)
        found.append(_quality(dataset, own))
    return tuple(found)


def _quality(dataset: Dataset, own: list[Variable]) -> Quality:
    kinds = ("identifier", "special category", "confidential", "quasi-identifier", "ordinary")
    return Quality(
        dataset=dataset.name,
        variables=len(own),
        described_only=_names(own, lambda v: bool(v.described_only or dataset.described_only)),
        has=tuple((part, sum(map(check, own))) for part, check in PARTS.items()),
        sensitivities=tuple((kind, sum(v.sensitivity == kind for v in own)) for kind in kinds),
        open_points=tuple((v.name, point) for v in own for point in v.open_points or ()),
        missing=tuple((part, tuple(v.name for v in own if not check(v))) for part, check in PARTS.items()),
    )


def _names(variables: Iterable[Variable], which: Callable[[Variable], bool]) -> tuple[str, ...]:
    return tuple(variable.name for variable in variables if which(variable))
