"""What a table that we hand out as CSV says of itself, by CSV on the Web: the JSON that lies beside the file.

Carried are names, labels, definitions, types, bounds, patterns, what may be empty and the key. Levels, sensitivity and
populations have no place there; a code list is pointed to where it can be read. Who a row is about never leaves as it
is stored: an identifier's pattern is that of the register, and not of what stands in the file.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from avrop.catalogue.commons import Said
from avrop.catalogue.datasets import Catalogue, Dataset
from avrop.catalogue.joined import PERSON, Joined
from avrop.catalogue.spoken import told
from avrop.catalogue.unittypes import Text
from avrop.catalogue.variables import DataType, Variable

MEDIA_TYPE = "application/csvm+json"

_BASES: dict[DataType, str] = {"text": "string", "integer": "integer", "number": "double", "date": "date"}


def table(
    catalogue: Catalogue, dataset: Dataset, *, file: str, codes: Callable[[str], str] | None = None
) -> dict[str, Any]:
    """The description of a file with a header of the dataset's variables, in their order. `file` is its address seen
    from the description's own; `codes` gives the address of a variable's code list."""
    columns = [_column(catalogue.variable(name), codes) for name in dataset.variables]
    said = {"dc:title": _spoken(dataset.label), "dc:description": _spoken(dataset.definition)}
    return _table({**said, **_from(catalogue)}, columns, key=dataset.key, file=file)


def joined_table(
    catalogue: Catalogue, shown: Joined, *, file: str, codes: Callable[[str], str] | None = None
) -> dict[str, Any]:
    """The same of rows of several tables that are joined by the person. Of whom a table has no row, its fields are
    empty, so that only the person is required."""
    person = {
        "name": PERSON, "titles": PERSON, "rdfs:label": _spoken(_PERSON), "datatype": {"base": "string"}, "null": "",
        "required": True,
    }  # fmt: skip
    others = [{**_column(catalogue.variable(name), codes), "required": False} for name in shown.columns[1:]]
    labels = [catalogue.dataset(name).label for name in shown.tables]
    titles = [
        {"@value": " + ".join(getattr(label, language) or label.nb for label in labels), "@language": language}
        for language in ("nb", "nn", "en")
    ]
    return _table({"dc:title": titles, **_from(catalogue)}, [person, *others], key=(PERSON,), file=file)


_PERSON = Text(nb="Person som ikke finnes", nn="Person som ikkje finst", en="Person who does not exist")


def codes_table(title: Text | Said, *, publisher: str, file: str) -> dict[str, Any]:
    """The same of a code list, whose columns are always those of `CODE_COLUMNS`. A code may come back, so that it is
    known by its first day too, if one is told."""
    columns = [
        {
            "name": name, "titles": name, "rdfs:label": _spoken(label), "datatype": {"base": base}, "null": "",
            "required": name == "code", **({"separator": " "} if name == "successors" else {}),
        }
        for name, (base, label) in CODE_COLUMNS.items()
    ]  # fmt: skip
    return _table(
        {"dc:title": _spoken(title), "dc:publisher": publisher}, columns, key=("code", "valid_from"), file=file
    )


CODE_COLUMNS: Mapping[str, tuple[str, Text]] = {
    "code": ("string", Text(nb="Kode", nn="Kode", en="Code")),
    "label": ("string", Text(nb="Betydning", nn="Tyding", en="Meaning")),
    "valid_from": (
        "date",
        Text(nb="Første dag koden gjelder", nn="Første dag koden gjeld", en="First day of the code"),
    ),
    "valid_to": (
        "date",
        Text(nb="Første dag koden ikke gjelder", nn="Første dag koden ikkje gjeld", en="First day without the code"),
    ),
    "successors": ("string", Text(nb="Etterfølgere", nn="Etterfølgjarar", en="Successors")),
}
"""The columns of a code list as a file: the type of each, and what it is."""


def _table(said: dict[str, Any], columns: list[dict[str, Any]], *, key: Sequence[str], file: str) -> dict[str, Any]:
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "nb"}],
        "url": file,
        **said,
        "dialect": {"encoding": "utf-8", "header": True, "delimiter": ",", "quoteChar": '"'},
        "tableSchema": {"columns": columns, "primaryKey": [_name(name) for name in key]},
    }


def _from(catalogue: Catalogue) -> dict[str, str]:
    return {"dc:publisher": catalogue.publisher, "dc:hasVersion": catalogue.version}


def _column(variable: Variable, codes: Callable[[str], str] | None) -> dict[str, Any]:
    made: dict[str, Any] = {
        "name": _name(variable.name),
        "titles": variable.name,
        "rdfs:label": _spoken(variable.label),
        "dc:description": _spoken(variable.definition),
        "datatype": _datatype(variable),
        "null": "",
        "required": not variable.nullable,
    }
    if variable.code_list is not None and codes is not None:
        made["rdfs:seeAlso"] = {"@id": codes(variable.name)}
    return made


def _datatype(variable: Variable) -> dict[str, Any]:
    made: dict[str, Any] = {"base": _BASES[variable.data_type]}
    if variable.pattern is not None and variable.sensitivity != "identifier":
        made["format"] = variable.pattern
    if variable.data_type == "integer":
        made |= {name: value for name in ("minimum", "maximum") if (value := getattr(variable, name)) is not None}
    return made


def _spoken(text: Text | Said) -> list[dict[str, str]]:
    return [{"@value": value, "@language": language} for language, value in told(text).items()]


def _name(name: str) -> str:
    """A column's name as a URI template can have it: bytes that are no letter, digit or _ are escaped.

    >>> _name("FØDT")
    'F%C3%98DT'
    """
    return "".join(
        character if character.isascii() and (character.isalnum() or character == "_")
        else "".join(f"%{byte:02X}" for byte in character.encode())
        for character in name
    )  # fmt: skip
