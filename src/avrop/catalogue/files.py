"""A folder of YAML texts ⇄ the catalogue model, in a form that a person enjoys editing.

    catalogue.yaml           name, version, title, publisher
    unit_types.yaml          a list of unit types
    codelists/<NAME>.yaml    title, source, codes
    datasets/<NAME>.yaml     the dataset, its variables, and those that another dataset describes (`shared`)

Datasets that have tables come first. A ladder is written `levels: [day, {month: {prefix: 7}}, {year: {prefix: 4}}]`.
"""

from collections.abc import Mapping
from typing import Any

from avrop.canonical import Place, build, plain
from avrop.catalogue.codelists import CodeList
from avrop.catalogue.datasets import Catalogue, Dataset
from avrop.catalogue.unittypes import UnitType
from avrop.catalogue.variables import Variable
from avrop.catalogue.yamltext import dump_yaml, load_yaml, place_in
from avrop.errors import Mistake

CODE = "catalogue.yaml"


def read_catalogue(texts: Mapping[str, str]) -> Catalogue:
    """The catalogue that the texts describe, by their names within the folder.

    Errors (Mistake): `catalogue.yaml` with file, line and column; `catalogue.file_missing`; `catalogue.form` and
    `document.unreadable` with the file, and within it the place of each fault.
    """
    head = _mapping("catalogue.yaml", texts)
    lists = {name: _mapping(name, texts) for name in sorted(texts) if name.startswith("codelists/")}
    described = {name: _mapping(name, texts) for name in sorted(texts) if name.startswith("datasets/")}
    units_text = _text("unit_types.yaml", texts)
    units = load_yaml(units_text, file="unit_types.yaml", code=CODE) or []
    variables = [
        _variable(file, entry, place_in(texts[file], within=("variables", number)))
        for file, dataset in described.items()
        for number, entry in enumerate(_list(file, dataset, "variables"))
    ]
    datasets: list[Dataset] = [
        build(Dataset, _dataset(file, x), what=file, place=place_in(texts[file])) for file, x in described.items()
    ]
    values = {
        **head,
        "unit_types": build(tuple[UnitType, ...], units, what="unit_types.yaml", place=place_in(units_text)),
        "code_lists": [
            build(CodeList, {"name": _stem(file), **_codes(file, value)}, what=file, place=place_in(texts[file]))
            for file, value in lists.items()
        ],
        "variables": sorted(variables, key=lambda variable: variable.name),
        "datasets": sorted(datasets, key=lambda dataset: (bool(dataset.described_only), dataset.name)),
    }
    made: Catalogue = build(Catalogue, values, what="catalogue.yaml", place=place_in(texts["catalogue.yaml"]))
    return made


def write_catalogue(catalogue: Catalogue) -> dict[str, str]:
    """The texts that describe the catalogue; reading them gives it back."""
    values = plain(catalogue)
    head = {key: values[key] for key in ("name", "version", "title", "publisher")}
    texts = {"catalogue.yaml": _dumped(head), "unit_types.yaml": _dumped(values["unit_types"])}
    for code_list in values["code_lists"]:
        name = code_list.pop("name")
        texts[f"codelists/{name}.yaml"] = _dumped(code_list)
    ladders = {v["name"]: {**v, "levels": [_written(level) for level in v["levels"]]} for v in values["variables"]}
    for dataset in values["datasets"]:
        names = dataset.pop("variables")
        own = [ladders.pop(name) for name in names if name in ladders]
        shared = [name for name in names if name not in {v["name"] for v in own}]
        order = None if names == [*shared, *(v["name"] for v in own)] else names
        texts[f"datasets/{dataset['name']}.yaml"] = _dumped(
            {**dataset, "shared": shared or None, "order": order, "variables": [_unusual(v) for v in own]}
        )
    return texts


def _dumped(value: Any) -> str:
    return dump_yaml(_said(value))


def _said(value: Any) -> Any:
    """The value without what says nothing."""
    if isinstance(value, list):
        return [_said(each) for each in value]
    if isinstance(value, dict):
        return {key: _said(each) for key, each in value.items() if each is not None}
    return value


def _unusual(variable: dict[str, Any]) -> dict[str, Any]:
    """The variable without what is so unless it is said."""
    usual = {"levels": ["value"], "nullable": False}
    return {key: value for key, value in variable.items() if key not in usual or value != usual[key]}


def _text(name: str, texts: Mapping[str, str]) -> str:
    if name not in texts:
        raise Mistake("catalogue.file_missing", "The catalogue's folder lacks a file.", hint="Add it.", file=name)
    return texts[name]


def _mapping(name: str, texts: Mapping[str, str]) -> dict[str, Any]:
    value = load_yaml(_text(name, texts), file=name, code=CODE)
    if not isinstance(value, dict):
        raise Mistake("catalogue.form", "The file must hold a mapping of names to values.", file=name)
    return value


def _list(file: str, value: dict[str, Any], field: str) -> list[Any]:
    found = value.get(field) or []
    if not isinstance(found, list):
        raise Mistake("catalogue.form", f"`{field}` must be a list.", hint="Write it as [first, second].", file=file)
    return found


def _stem(name: str) -> str:
    return name.rsplit("/", 1)[-1].removesuffix(".yaml")


def _dataset(file: str, value: dict[str, Any]) -> dict[str, Any]:
    own = [entry["name"] for entry in value.get("variables") or []]
    shared = _list(file, value, "shared")
    names = _list(file, value, "order") or [*shared, *own]
    if sorted(map(str, names)) != sorted(map(str, [*shared, *own])):
        raise Mistake("catalogue.form", "`order` must name exactly the shared and own variables.", file=file)
    rest = {key: val for key, val in value.items() if key not in ("variables", "shared", "order")}
    return {**rest, "variables": names}


def _variable(file: str, entry: object, place: Place) -> Variable:
    values = entry
    if isinstance(entry, dict) and "levels" in entry:
        levels = entry["levels"]
        if not isinstance(levels, list) or not levels:
            raise Mistake("catalogue.form", "`levels` must be a list that is not empty.", file=file)
        values = {**entry, "levels": [_level(file, level) for level in levels]}
    name = entry.get("name") if isinstance(entry, dict) else None
    made: Variable = build(Variable, values, what=f"{file}: variable {name or 'without a name'}", place=place)
    return made


def _level(file: str, level: object) -> dict[str, object]:
    """`name`, or `{name: {prefix: 7}}`, `{name: {band: [5, 10]}}`, `{name: {recode: {old: new}}}`."""
    if isinstance(level, str):
        return {"name": level}
    if isinstance(level, dict) and len(level) == 1:
        ((name, step),) = level.items()
        if isinstance(step, dict) and len(step) == 1:
            ((kind, value),) = step.items()
            if kind == "prefix":
                return {"name": name, "step": {"type": "prefix", "length": value}}
            if kind == "band":
                return {"name": name, "step": {"type": "band", "edges": value}}
            if kind == "recode" and isinstance(value, dict):
                return {"name": name, "step": {"type": "recode", "pairs": list(value.items())}}
    raise Mistake("catalogue.form", "A level is a name, or a name with one step: prefix, band or recode.", file=file)


def _written(level: dict[str, Any]) -> object:
    step = level["step"]
    if step is None:
        return level["name"]
    value = {"prefix": step.get("length"), "band": step.get("edges"), "recode": dict(step.get("pairs") or [])}
    return {level["name"]: {step["type"]: value[step["type"]]}}


def _codes(file: str, value: dict[str, Any]) -> dict[str, Any]:
    """A code list's codes may share `valid_from` with the list's own `codes_valid_from`."""
    rest = dict(value)
    start = rest.pop("codes_valid_from", None)
    codes = rest.get("codes")
    if not isinstance(codes, list):
        raise Mistake("catalogue.form", "A code list has a list of codes.", file=file)
    rest["codes"] = [{"valid_from": start, **c} if start and isinstance(c, dict) else c for c in codes]
    return rest
