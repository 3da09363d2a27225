"""Any catalogue that the checks let through, for properties of what is made of it."""

import re
from dataclasses import replace
from datetime import date

from hypothesis import strategies as st

from avrop.catalogue.codelists import Code, CodeList
from avrop.catalogue.datasets import Catalogue, Dataset
from avrop.catalogue.unittypes import Text, UnitType
from avrop.catalogue.variables import Break, Level, Prefix, Variable

_LETTERS = st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Z"], exclude_characters="\ufffe\uffff")
WORD = st.text(_LETTERS, min_size=1, max_size=8)
TEXT = st.builds(Text, nb=WORD, en=WORD, nn=st.none() | WORD)
NAME = st.from_regex(r"[A-ZÆØÅ][A-Z0-9_]{0,5}", fullmatch=True)
DAY = st.dates(date(1900, 1, 1), date(2100, 1, 1))
LATER = st.dates(date(2100, 1, 2), date(2200, 1, 1))
NUMBER = st.integers(-(2**53) + 1, 2**53 - 1)
PLAIN: Variable = Variable(
    name="ID", label=Text(nb="id", en="id"), definition=Text(nb="id", en="id"), unit_type="PERSON", data_type="text",
    temporality="FIXED", sensitivity="identifier", source="s",
)  # fmt: skip
LADDERS = st.sampled_from([(Level(name="value"),), (Level(name="value"), Level(name="first", step=Prefix(length=1)))])


@st.composite
def code_lists(draw: st.DrawFn, name: str) -> CodeList:
    codes = draw(st.lists(WORD, min_size=1, max_size=3, unique=True))
    begins = draw(st.dates(date(1900, 1, 1), date(2000, 1, 1)))
    ends = st.none() | st.dates(date(2001, 1, 1), date(2100, 1, 1))
    made = tuple(Code(code=code, label=draw(TEXT), valid_from=begins, valid_to=draw(ends)) for code in codes)
    return CodeList(name=name, title=draw(TEXT), source=draw(WORD), codes=made)


@st.composite
def variables(draw: st.DrawFn, name: str, lists: tuple[CodeList, ...], units: tuple[UnitType, ...]) -> Variable:
    """A variable whose domain is as its type has it."""
    data_type = draw(st.sampled_from(["text", "integer", "number", "date"]))
    listed = draw(st.sampled_from([None, *(each.name for each in lists)])) if data_type == "text" else None
    low, high = sorted([draw(NUMBER), draw(NUMBER)])
    bounds = draw(st.sampled_from([(None, None), (low, None), (None, high), (low, high)]))
    return Variable(
        name=name, label=draw(TEXT), definition=draw(TEXT), unit_type=draw(st.sampled_from(units)).name,
        data_type=data_type, temporality=draw(st.sampled_from(["FIXED", "EVENT", "STATUS", "ACCUMULATED"])),
        sensitivity=draw(
            st.sampled_from(["identifier", "quasi-identifier", "confidential", "special category", "ordinary"])
        ),
        source=draw(WORD), levels=PLAIN.levels if data_type == "number" else draw(LADDERS), code_list=listed,
        pattern=draw(st.none() | WORD.map(re.escape)) if data_type == "text" and listed is None else None,
        minimum=bounds[0] if data_type == "integer" else None, maximum=bounds[1] if data_type == "integer" else None,
        nullable=draw(st.booleans()), withdrawn=draw(st.none() | LATER), population=draw(st.none() | TEXT),
        since=draw(st.none() | DAY),
        breaks=draw(st.none() | st.builds(Break, day=DAY, why=TEXT).map(lambda each: (each,))),
        open_points=draw(st.none() | st.tuples(WORD)), described_only=draw(st.none() | st.just(True)),
    )  # fmt: skip


@st.composite
def catalogues(draw: st.DrawFn) -> Catalogue:
    """Any catalogue with a dataset about people, whose lists and unit types may have the same names."""
    units = (
        UnitType(name="PERSON", label=draw(TEXT), definition=draw(TEXT)),
        *(UnitType(name=name, label=draw(TEXT), definition=draw(TEXT))
          for name in draw(st.lists(NAME.filter(lambda n: n != "PERSON"), max_size=2, unique=True))),
    )  # fmt: skip
    names = draw(st.lists(NAME | st.sampled_from([unit.name for unit in units]), max_size=2, unique=True))
    lists = tuple(draw(code_lists(name)) for name in names)
    person = replace(PLAIN, label=draw(TEXT), pattern=draw(st.none() | WORD.map(re.escape)),
                     unit_type=draw(st.sampled_from(units)).name)  # fmt: skip
    others = tuple(
        draw(variables(name, lists, units))
        for name in sorted(draw(st.lists(NAME.filter(lambda n: n != "ID"), min_size=1, max_size=4, unique=True)))
    )
    dataset = Dataset(
        name="D", label=draw(TEXT), definition=draw(TEXT), unit_type="PERSON", kind="register", person="ID",
        key=("ID",), variables=("ID", *(each.name for each in others)),
    )  # fmt: skip
    return Catalogue(
        name="c", version="1", title=draw(TEXT), publisher=draw(WORD), unit_types=units, code_lists=lists,
        variables=(*others, person), datasets=(dataset,),
    )  # fmt: skip
