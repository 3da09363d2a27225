"""Where in a catalogue's folder each thing is described: file and line, for whoever is to mend it."""

from collections.abc import Iterator, Mapping

from avrop.canonical import document
from avrop.catalogue.codelists import Code, CodeList
from avrop.catalogue.datasets import Catalogue, Dataset
from avrop.catalogue.findings import CodeIn, Item
from avrop.catalogue.unittypes import UnitType
from avrop.catalogue.variables import Variable
from avrop.catalogue.yamltext import Entry, entries, listed


@document
class Place:
    """A line of a file, and the column at which the entry's first name stands; both from 1."""

    file: str
    line: int
    column: int


Places = Mapping[tuple[type, str], Place]
"""By what kind of thing it is, and its name; a code by its list's name and its place there."""


def places(texts: Mapping[str, str]) -> Places:
    """Where everything stands in texts that `read_catalogue` has read; the first place of what stands twice."""
    found: dict[tuple[type, str], Place] = {}
    for kind, name, place in _all(texts):
        found.setdefault((kind, name), place)
    return found


def place_of(item: Item, found: Places) -> Place | None:
    """Where what a finding is about stands, if it stands anywhere."""
    if isinstance(item, CodeIn):
        return found.get((Code, _code(item.name, item.place)))
    return found.get((type(item), item.name))


def _code(code_list: str, place: int) -> str:
    return f"{code_list}/{place}"


def _all(texts: Mapping[str, str]) -> Iterator[tuple[type, str, Place]]:
    for file, text in sorted(texts.items()):
        stem = file.rsplit("/", 1)[-1].removesuffix(".yaml")
        if file == "catalogue.yaml":
            yield from _named(Catalogue, file, entries(text, within=None))
        elif file == "unit_types.yaml":
            yield from _named(UnitType, file, entries(text))
        elif file.startswith("codelists/"):
            yield CodeList, stem, Place(file=file, line=1, column=1)
            for number, (line, column) in enumerate(listed(text, within="codes")):
                yield Code, _code(stem, number), Place(file=file, line=line, column=column)
        elif file.startswith("datasets/"):
            yield from _named(Dataset, file, entries(text, within=None))
            yield from _named(Variable, file, entries(text, within="variables"))


def _named(kind: type, file: str, found: Iterator[Entry]) -> Iterator[tuple[type, str, Place]]:
    return ((kind, name, Place(file=file, line=line, column=column)) for name, line, column in found)
