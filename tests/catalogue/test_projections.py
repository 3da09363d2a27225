"""What a form carries comes back whole: a document that is read and told again is the same document."""

from datetime import date
from typing import Any
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avrop.catalogue import kudaf
from avrop.catalogue.commons import CodeEntry, Domain, MeasureEntry, UnitTypeEntry, VariableEntry, Words
from avrop.catalogue.kudaf_documents import variable_document
from avrop.catalogue.kudaf_told import read_variables
from tests.examples import tried
from tests.publishing import CATALOGUE

DOCUMENTS = kudaf.variables_document(CATALOGUE, on=date(2026, 11, 29))

word = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)
said = st.lists(st.builds(Words, language=st.sampled_from(["no", "nb", "nn", "en"]), value=word), max_size=3).map(tuple)
spoken = said.filter(bool)
label = word.map(lambda text: (Words(language="no", value=text),))
"""The documents have one label without a language."""
seen = word.filter(lambda name: not any(category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp") for sign in name))
day = st.none() | st.dates().map(str)
code = st.builds(CodeEntry, code=word, title=spoken, valid_from=day, valid_until=day).filter(
    lambda each: not (each.valid_from and each.valid_until) or each.valid_from < each.valid_until
)
domain = st.builds(
    Domain, description=spoken, measurement_type=st.none() | word, measurement_unit=said,
    definitions=st.lists(word, max_size=2).map(tuple), codes=st.lists(code, max_size=3, unique_by=lambda each: each.code).map(tuple),
    missing=st.lists(code, max_size=2, unique_by=lambda each: each.code).map(tuple),
)  # fmt: skip
forms = st.sampled_from(["STRING", "LONG", "DATE", "DOUBLE", "BOOL"])
unit = st.builds(
    UnitTypeEntry, name=st.sampled_from("ABCD"), label=label, description=spoken, data_type=forms, domain=domain,
    form=st.none(), valid_from=day,
)  # fmt: skip


@st.composite
def variables(draw: st.DrawFn) -> tuple[VariableEntry, dict[str, UnitTypeEntry]]:
    units = {each.name: each for each in draw(st.lists(unit, min_size=1, max_size=3))}
    named = st.sampled_from(sorted(units))
    linked = st.builds(
        MeasureEntry, label=label, description=spoken, data_type=forms, unit_type=named, domain=st.none()
    )
    own = st.builds(MeasureEntry, label=label, description=spoken, data_type=forms, unit_type=st.none(), domain=domain)
    made = st.builds(
        VariableEntry, name=seen, temporality=st.sampled_from(["FIXED", "STATUS", "ACCUMULATED", "EVENT"]),
        openness=st.sampled_from(["PUBLIC", "NONPUBLIC"]), identified_by=st.lists(named, max_size=2).map(tuple),
        measures=st.lists(linked | own, max_size=2).map(tuple), data_url=st.none() | word, population=said,
        coverage=said, subjects=st.lists(spoken, max_size=2).map(tuple),
    )  # fmt: skip
    return draw(made), units


def again(document: dict[str, Any]) -> dict[str, Any]:
    """The document of a variable, read as another's and told anew."""
    told = read_variables([document], what="It", title="x")
    assert told.conflicts == ()
    return variable_document(told.datasets[0].variables[0], {each.name: each for each in told.units})


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda each: each["name"])
def test_every_variable_of_the_pack_comes_back_from_its_document(document: dict[str, Any]) -> None:
    assert again(document) == document


@tried(200)
@given(variables())
def test_any_variable_comes_back_from_its_document(made: tuple[VariableEntry, dict[str, UnitTypeEntry]]) -> None:
    document = variable_document(*made)
    assert again(document) == document
