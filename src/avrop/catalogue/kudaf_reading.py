"""Reads a configuration of kudaf_datasource_tools as it is, in either of its top-level forms."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from avrop.canonical import build
from avrop.catalogue.kudaf_config import (
    ConfigFile,
    ConfigMapping,
    ConfigMeasure,
    ConfigUnit,
    ConfigVariable,
    Words,
    unknown,
)
from avrop.catalogue.yamltext import load_yaml
from avrop.errors import Mistake


@dataclass(frozen=True, kw_only=True)
class Described:
    """A title and a description that a dataset of the second top-level form has."""

    title: Words
    description: Words


@dataclass(frozen=True, kw_only=True)
class Config:
    """A whole configuration. `strange` are (where, key) of what the forms do not know."""

    name: str
    publisher: str
    title: Words
    datasource: str | None
    author: str | None
    files: tuple[ConfigFile, ...]
    units: tuple[ConfigUnit, ...]
    variables: tuple[ConfigVariable, ...]
    datasets: Mapping[str, Described]
    strange: tuple[tuple[str, str], ...]


def read_config(text: str, *, file: str) -> Config:
    """The configuration, in either top-level form: `variables:`, or one catalogue of `catalogs:` with its datasets.

    Errors (Mistake): `import.yaml` with file, line and column; `import.form`; `document.unreadable` with the place.
    """
    given = _merged(load_yaml(text, file=file, code="import.yaml"))
    if not isinstance(given, dict):
        raise Mistake("import.form", "The file must hold a mapping of names to values.", file=file)
    if not given.get("variables") and given.get("catalogs"):
        return _of_catalogue(given, file)
    project = _mapping(given.get("projectInfo"), file)
    name = str(project.get("datasourceName") or project.get("organization") or "")
    known = ("projectInfo", "dataFiles", "unitTypes", "variables")
    return _config(
        given, file, known=known, units=given.get("unitTypes"), variables=_list(given.get("variables"), file),
        name=name, title=(("no", name),), publisher=str(project.get("organization") or name),
    )  # fmt: skip


def _of_catalogue(given: dict[str, Any], file: str) -> Config:
    catalogues = _list(given["catalogs"], file)
    if len(catalogues) != 1:
        raise Mistake("import.form", "One catalogue is imported at a time.", hint="Write a file for each.", file=file)
    catalogue = _mapping(catalogues[0], file)
    variables: list[Any] = []
    datasets: dict[str, Described] = {}
    for described in (_mapping(each, file) for each in _list(catalogue.get("datasets"), file)):
        title = str(described.get("title") if isinstance(described.get("title"), str) else len(datasets) + 1)
        datasets[title] = Described(
            title=build(Words, described.get("title") or title, what=file),
            description=build(Words, described.get("description") or title, what=file),
        )
        variables += [{**_mapping(each, file), "dataset": title} for each in _list(described.get("variables"), file)]
    project, publisher = _mapping(given.get("projectInfo"), file), _mapping(catalogue.get("publisher"), file)
    title = build(Words, catalogue.get("title") or "", what=file)
    return _config(
        given, file, known=("projectInfo", "dataFiles", "unitTypes", "catalogs"), variables=variables, title=title,
        units=catalogue.get("unittypes") or catalogue.get("unitTypes") or given.get("unitTypes"),
        name=str(project.get("datasourceName") or title[0][1]),
        publisher=str(publisher.get("name") or project.get("organization") or ""), datasets=datasets,
        strange=[
            *_dcat("catalogue", catalogue, ("title", "publisher", "unittypes", "unitTypes", "datasets")),
            *((f"the publisher of {title[0][1]}", key) for key in publisher if key != "name"),
            *(
                found
                for each in _list(catalogue.get("datasets"), file)
                for found in _dcat("dataset", each, ("title", "description", "variables"))
            ),
        ],
    )  # fmt: skip


def _dcat(where: str, given: Mapping[str, Any], ours: tuple[str, ...]) -> list[tuple[str, str]]:
    """What describes a catalogue or dataset to search engines, and has no place in ours."""
    return [(f"{where} {given.get('title')}", key) for key in given if key not in ours]


def _config(
    given: dict[str, Any],
    file: str,
    *,
    known: tuple[str, ...],
    name: str,
    title: Words,
    publisher: str,
    units: Any,
    variables: list[Any],
    datasets: Mapping[str, Described] | None = None,
    strange: list[tuple[str, str]] | None = None,
) -> Config:
    project = _mapping(given.get("projectInfo"), file)
    files = [_inner(each, "dataFile") for each in _list(given.get("dataFiles"), file)]
    own = [_unit(each) for each in _list(units, file)]
    found = [("the file", key) for key in given if key not in known] + (strange or [])
    for each in variables:
        found += _strange(each)
    found += [(f"unit type {each.get('shortName')}", key) for each in own for key in unknown(ConfigUnit, each)]
    return Config(
        name=name,
        publisher=publisher,
        title=title,
        datasource=project.get("datasourceId"),
        author=project.get("author"),
        files=build(tuple[ConfigFile, ...], files, what=f"{file}: dataFiles"),
        units=build(tuple[ConfigUnit, ...], own, what=f"{file}: unitTypes"),
        variables=tuple(
            build(ConfigVariable, each, what=f"{file}: variable {each.get('name') if isinstance(each, dict) else ''}")
            for each in variables
        ),
        datasets=datasets or {},
        strange=tuple(found),
    )


def _strange(variable: Any) -> list[tuple[str, str]]:
    if not isinstance(variable, dict):
        return []
    where, mapping = f"variable {variable.get('name')}", variable.get("dataMapping")
    found = [(where, key) for key in unknown(ConfigVariable, variable)]
    found += [(where, f"dataMapping.{key}") for key in unknown(ConfigMapping, mapping)]
    for measure in variable.get("measureVariables") or []:
        found += [(where, f"measureVariables.{key}") for key in unknown(ConfigMeasure, measure)]
    return found


def _unit(given: Any) -> Any:
    """`- NAME: {shortName: NAME, …}`, as the tools' example writes it, or the unit type itself."""
    if isinstance(given, dict) and "shortName" not in given and len(given) == 1:
        return next(iter(given.values()))
    return given


def _inner(given: Any, key: str) -> Any:
    return given.get(key) if isinstance(given, dict) else given


def _mapping(given: Any, file: str) -> dict[str, Any]:
    if given is not None and not isinstance(given, dict):
        raise Mistake("import.form", "A mapping of names to values was expected.", file=file)
    return given or {}


def _list(given: Any, file: str) -> list[Any]:
    if given is not None and not isinstance(given, list):
        raise Mistake("import.form", "A list was expected.", hint="Write each with a dash before it.", file=file)
    return given or []


def _merged(value: Any) -> Any:
    """The values with YAML's merge keys carried out, which our own files do not have."""
    if isinstance(value, list):
        return [_merged(each) for each in value]
    if not isinstance(value, dict):
        return value
    own = {key: _merged(each) for key, each in value.items() if key != "<<"}
    others = _merged(value.get("<<") or [])
    for other in others if isinstance(others, list) else [others]:
        own = {**other, **own} if isinstance(other, dict) else own
    return own
