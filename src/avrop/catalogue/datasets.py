"""Datasets and the catalogue: which variables stand in which table, one row per what."""

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from avrop.canonical import document, unsaid
from avrop.catalogue.codelists import CodeList
from avrop.catalogue.unittypes import Text, UnitType
from avrop.catalogue.variables import Variable


@document
class Dataset:
    """One table. `person` names its identifier variable; an event dataset also has `time`, a date variable that says
    when the row holds (codes are checked, and periods cut, on that date). Where its rows are spells, `until` names the
    date variable of a spell's end, null while it is open. A register has one row per person and is looked up from event
    rows; it is delivered by itself only where an attribution rule says whose it is. Column names are variable names.
    `key` is unique. What is `described_only` has no table yet: nothing of it can be asked for."""

    name: str
    label: Text
    definition: Text
    unit_type: str
    kind: Literal["register", "event"]
    person: str
    key: tuple[str, ...]
    variables: tuple[str, ...]
    time: str | None = None
    until: Annotated[str | None, Field(exclude_if=unsaid)] = None
    described_only: Annotated[bool | None, Field(exclude_if=unsaid)] = None


@document
class Catalogue:
    """One immutable published version of everything described. Its digest is the digest of this document."""

    name: str
    version: str
    title: Text
    publisher: str
    unit_types: tuple[UnitType, ...]
    code_lists: tuple[CodeList, ...]
    variables: tuple[Variable, ...]
    datasets: tuple[Dataset, ...]

    def variable(self, name: str) -> Variable:
        """The variable of that name. Raises KeyError."""
        for variable in self.variables:
            if variable.name == name:
                return variable
        raise KeyError(name)

    def dataset(self, name: str) -> Dataset:
        """The dataset of that name. Raises KeyError."""
        for dataset in self.datasets:
            if dataset.name == name:
                return dataset
        raise KeyError(name)

    def code_list(self, name: str) -> CodeList:
        """The code list of that name. Raises KeyError."""
        for code_list in self.code_lists:
            if code_list.name == name:
                return code_list
        raise KeyError(name)


def carried(catalogue: Catalogue) -> Catalogue:
    """The catalogue's datasets as their tables are: without what is described only."""
    only = {variable.name for variable in catalogue.variables if variable.described_only}
    tables = (each for each in catalogue.datasets if not each.described_only)
    return replace(
        catalogue,
        datasets=tuple(
            replace(each, variables=tuple(name for name in each.variables if name not in only)) for each in tables
        ),
    )
