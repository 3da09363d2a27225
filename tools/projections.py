"""The page that says, field by field, what each form of the description carries: found by changing the field.

A field is carried by a form if each of its values makes the form say something else, and in part if only some do.
Nothing is declared here but one example and some other values for each field; a field without any stops the page.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, replace
from datetime import date
from itertools import combinations
from typing import Any

from avrop.canonical import canonical
from avrop.catalogue import csvw, dcat, kudaf, kudaf_upload, microdata, triples
from avrop.catalogue.codelists import Code, CodeList
from avrop.catalogue.commons import About
from avrop.catalogue.datasets import Catalogue, Dataset
from avrop.catalogue.files import write_catalogue
from avrop.catalogue.publishing import AskedPoint, Publishing
from avrop.catalogue.unittypes import Text, UnitType
from avrop.catalogue.variables import Break, Level, Prefix, Variable
from avrop.errors import Refusal

_DAY, _LATER = date(2020, 1, 1), date(2090, 1, 1)


def _text(word: str) -> Text:
    return Text(nb=f"{word} nb", nn=f"{word} nn", en=f"{word} en")


def _texts(text: Text) -> tuple[Text, ...]:
    """The text with another word in one language each."""
    return tuple(replace(text, **{language: "other"}) for language in ("nb", "nn", "en"))


_ID = Variable(
    name="ID", label=_text("id"), definition=_text("id"), unit_type="PERSON", data_type="text", temporality="FIXED",
    sensitivity="identifier", source="s",
)  # fmt: skip
_TIME = replace(
    _ID, name="DAY", label=_text("day"), data_type="date", sensitivity="ordinary", temporality="EVENT", since=_DAY
)
_CODED = replace(_TIME, name="CODED", label=_text("coded"), data_type="text", code_list="LIST")
_VALUE = replace(
    _TIME, name="VALUE", label=_text("value"), data_type="integer", sensitivity="confidential", temporality="STATUS",
    minimum=1, maximum=5, levels=(Level(name="value"),), since=None,
)  # fmt: skip
_WORDS = replace(_VALUE, name="WORDS", label=_text("words"), data_type="text", minimum=None, maximum=None)
_CODE = Code(code="1", label=_text("code"), valid_from=_DAY)
_SECOND = replace(_CODE, code="2")
_LIST = CodeList(name="LIST", title=_text("list"), source="s", codes=(_CODE, _SECOND))
EXAMPLE = Catalogue(
    name="c", version="1", title=_text("title"), publisher="p",
    unit_types=(
        UnitType(name="PERSON", label=_text("person"), definition=_text("person")),
        UnitType(name="LOAN", label=_text("loan"), definition=_text("loan")),
    ),
    code_lists=(_LIST, replace(_LIST, name="ALIKE")),
    variables=(_CODED, _TIME, _ID, _VALUE, _WORDS),
    datasets=(
        Dataset(
            name="D", label=_text("d"), definition=_text("d"), unit_type="PERSON", kind="event", person="ID",
            key=("ID", "DAY"), time="DAY", variables=("ID", "DAY", "CODED", "VALUE", "WORDS"),
        ),
    ),
)  # fmt: skip

_CHANGES: Mapping[type, Mapping[str, tuple[object, ...]]] = {
    Catalogue: {"name": ("d",), "version": ("2",), "title": _texts(EXAMPLE.title), "publisher": ("q",)},
    UnitType: {"name": ("HUMAN",), "label": _texts(_text("person")), "definition": _texts(_text("person"))},
    CodeList: {"name": ("OTHER",), "title": _texts(_LIST.title), "source": ("t",)},
    Code: {
        "code": ("3",), "label": _texts(_CODE.label), "valid_from": (date(2021, 1, 1),), "valid_to": (_LATER,),
        "successors": (("2",),),
    },
    Dataset: {
        "name": ("E",), "label": _texts(_text("d")), "definition": _texts(_text("d")), "unit_type": ("LOAN",),
        "kind": ("register",), "person": ("WORDS",), "key": (("ID",),), "variables": (("ID", "DAY", "VALUE"),),
        "time": ("WORDS",), "until": ("DAY",), "described_only": (True,),
    },
    Variable: {
        "name": ("OTHER",), "label": _texts(_VALUE.label), "definition": _texts(_VALUE.definition),
        "unit_type": ("LOAN",), "data_type": ("number", "text", "date"),
        "temporality": ("EVENT", "FIXED", "ACCUMULATED"),
        "sensitivity": ("special category", "ordinary", "quasi-identifier", "identifier"), "source": ("t",),
        "levels": ((Level(name="value"), Level(name="short", step=Prefix(length=1))),), "code_list": ("LIST", "ALIKE"),
        "pattern": ("[0-9]", "[a-z]"), "minimum": (2,), "maximum": (4,), "nullable": (True,),
        "withdrawn": (_DAY, _LATER),
        "population": (_text("all"), _text("person"), *_texts(_text("all"))), "since": (_DAY, date(2019, 1, 1)),
        "breaks": ((Break(day=_DAY, why=_text("why")),),), "open_points": (("not read",),),
        "described_only": (True,), "successors": (("CODED",),),
    },
}  # fmt: skip
_PARTS = {Catalogue: {"unit_types", "code_lists", "variables", "datasets"}, CodeList: {"codes"}}
"""What is a thing of its own in this page."""
_TITLES = {
    Catalogue: "Catalogue", UnitType: "Unit type", CodeList: "Code list", Code: "Code", Dataset: "Dataset",
    Variable: "Variable",
}  # fmt: skip

_PUBLISHING = Publishing(
    name="p", description="p", number="123456785", kind="https://example.org/kind",
    contact=AskedPoint(name="p", email="p@example.org", url="https://example.org/"),
    themes=("https://example.org/theme",),
)  # fmt: skip
_PLACES = dcat.Places(base="https://example.org/dcat/", pages="https://example.org/", data="https://example.org/data/")
_NOW = date(2026, 1, 1)


def _microdata(made: Catalogue) -> object:
    (dataset,) = made.datasets
    return [
        microdata.metadata(made, dataset, made.variable(name), level="value", revision=_text("r"))
        for name in dataset.variables
    ]


FORMS: Mapping[str, Callable[[Catalogue], object]] = {
    "YAML": write_catalogue,
    "document": canonical,
    "documents of KUDAF": lambda c: [kudaf.variables_document(c, on=_NOW), kudaf.unit_types_document(c, on=_NOW)],
    "upload to KUDAF": lambda c: kudaf_upload.configurations(c, _PUBLISHING, tool="0.3.3", on=_NOW),
    "microdata.no": _microdata,
    "DCAT-AP-NO": lambda c: triples.turtle(
        dcat.statements(c, _PUBLISHING, [dcat.Part(code="p", name="p")], _PLACES, issued=_DAY)
    ),
    "CSVW": lambda c: csvw.table(c, c.datasets[0], file="d.csv", codes=lambda name: name),
}


def _said(form: Callable[[Catalogue], object], made: Catalogue) -> str:
    """What the form says, as text; that it refuses is something else too."""
    try:
        told = form(made)
    except Refusal as no:
        told = no.code
    return told.decode() if isinstance(told, bytes) else json.dumps(told, sort_keys=True, default=str)


def carried(kind: type, field: str) -> dict[str, str]:
    """The forms in which the field of the kind is carried: `yes`, or `in part`."""
    values = [{field: value} for value in _CHANGES[kind][field]]
    several = [EXAMPLE, *(_with(kind, field, value) for value in values)]
    found = {}
    for name, form in FORMS.items():
        said = [_said(form, made) for made in several]
        apart = [one != other for one, other in combinations(said, 2)]
        if any(apart):
            found[name] = "yes" if all(apart) else "in part"
    return found


def others(kind: type, field: str) -> tuple[object, ...]:
    """Other values than the example's, for a field of that kind."""
    return _CHANGES[kind][field]


def _with(kind: type, field: str, change: Mapping[str, Any]) -> Catalogue:
    """The example with the change in the thing of that kind that shows it."""
    if kind is Catalogue:
        return replace(EXAMPLE, **change)
    if kind is Code:
        codes, alike = EXAMPLE.code_lists
        return replace(EXAMPLE, code_lists=(replace(codes, codes=(replace(_CODE, **change), _SECOND)), alike))
    names = {UnitType: "PERSON", CodeList: "LIST", Dataset: "D", Variable: "WORDS" if field == "pattern" else "VALUE"}
    part = next(each for each in fields(EXAMPLE) if any(isinstance(x, kind) for x in _tuple(EXAMPLE, each.name)))
    made = tuple(replace(x, **change) if x.name == names[kind] else x for x in _tuple(EXAMPLE, part.name))
    changed: dict[str, Any] = {part.name: made}
    whole = replace(EXAMPLE, **changed)
    return _renamed(whole, names[kind], str(change["name"])) if "name" in change else whole


def _tuple(made: Catalogue, name: str) -> tuple[Any, ...]:
    value = getattr(made, name)
    return value if isinstance(value, tuple) else ()


def _renamed(made: Catalogue, old: str, new: str) -> Catalogue:
    """The catalogue with the name where others use it."""

    def names(value: Any) -> Any:
        return new if value == old else value

    return replace(
        made,
        variables=tuple(replace(v, unit_type=names(v.unit_type), code_list=names(v.code_list)) for v in made.variables),
        datasets=tuple(
            replace(d, unit_type=names(d.unit_type), variables=tuple(names(v) for v in d.variables))
            for d in made.datasets
        ),
    )


def page() -> str:
    """The page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# What each form of the description carries"
    yield ""
    yield "Made by `python -m tools.docs`: each field of an example is given other values, and a form carries it if"
    yield "each makes it say something else, or refuse; *in part*, if only some do. YAML (the files a person edits) and"
    yield "the document (`/api/v1/catalogue`, read back by `avrop describe import x.json`) carry everything, and"
    yield "give the same catalogue back. The others have no place for what is not marked; whoever needs it reads the"
    yield "document."
    yield ""
    yield "In part is, for a text, one language of three; for a population, what is said where none is described; for a"
    yield "code list, its codes without its name, or only that there is one; for a day of withdrawal, whether it has"
    yield "come; for how sensitive something is, whether it identifies or is of a special category. A pattern of an"
    yield "identifier is that of the register, and stands in no CSVW."
    yield ""
    yield "`tests/catalogue/test_round_trips.py` reads each form back, field by field, and compares it with this page."
    yield ""
    yield "What no upload carries, a publisher tells a commons that is an Avrop at `PUT /api/v1/about/datasets/{id}`,"
    yield f"and the commons' DCAT-AP-NO says it: {', '.join(f'`{each.name}`' for each in fields(About))}."
    for kind, title in _TITLES.items():
        wanted = [each.name for each in fields(kind) if each.name not in _PARTS.get(kind, set())]
        if missing := set(wanted) - _CHANGES[kind].keys():
            raise ValueError(f"no other value for {sorted(missing)} of {kind.__name__}")
        yield ""
        yield f"## {title}"
        yield ""
        yield f"| field | {' | '.join(FORMS)} |"
        yield f"|---|{'---|' * len(FORMS)}"
        for field in wanted:
            found = carried(kind, field)
            yield f"| `{field}` | {' | '.join(found.get(form, '') for form in FORMS)} |"
