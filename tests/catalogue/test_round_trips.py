"""Our variables go out in each form and come back: whole, or without exactly what the page of forms says is lost."""

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date
from functools import cache
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from avrop.canonical import canonical
from avrop.catalogue import kudaf
from avrop.catalogue.checks import run_checks
from avrop.catalogue.codelists import CodeList
from avrop.catalogue.datasets import Catalogue, carried
from avrop.catalogue.files import read_catalogue, write_catalogue
from avrop.catalogue.imports import DOCUMENT, FORMS
from avrop.catalogue.kudaf_posts import LOSSES
from avrop.catalogue.unittypes import UnitType
from avrop.catalogue.variables import Variable
from tests.catalogue.described import PLAIN, catalogues
from tests.catalogue.told_back import BACK, PARTLY, of_dcat
from tests.examples import tried
from tests.publishing import CATALOGUE as PACK
from tools import projections

FIELDS = [field.name for field in fields(Variable)]


@cache
def marks(form: str) -> Mapping[str, str]:
    """What the generated page says of each field of a variable."""
    return {field: said.get(form, "lost") for field, said in _carried().items()}


@cache
def _carried() -> Mapping[str, Mapping[str, str]]:
    return {field: projections.carried(Variable, field) for field in FIELDS}


def exportable(catalogue: Catalogue) -> Catalogue:
    """What can be exported: rows about people, names of ASCII; the rest is refused."""
    kept = [d for d in catalogue.datasets if catalogue.variable(d.person).unit_type == "PERSON"]
    plain = [replace(d, variables=tuple(name for name in d.variables if name.isascii())) for d in kept]
    return replace(catalogue, datasets=tuple(plain))


def told(form: str, catalogue: Catalogue) -> dict[str, dict[str, Any]]:
    return BACK[form](exportable(catalogue) if form == "microdata.no" else catalogue)


def expected(form: str, catalogue: Catalogue, variable: Variable) -> dict[str, Any]:
    """The fields that the page says are carried, whole or in part."""
    found = {}
    for field, mark in marks(form).items():
        if mark == "in part" or field in PARTLY[form]:
            found[field] = PARTLY[form][field](catalogue, variable)
        elif mark == "yes":
            found[field] = getattr(variable, field)
    return found


@cache
def came_back() -> tuple[Catalogue, Catalogue]:
    """The pack from its files, and from its document."""
    document = FORMS[DOCUMENT](canonical(PACK).decode(), file="x.json")
    return read_catalogue(write_catalogue(PACK)), document.catalogue


@pytest.mark.parametrize("name", [variable.name for variable in PACK.variables])
def test_a_variable_of_the_pack_comes_back_from_the_files_and_from_the_document(name: str) -> None:
    assert [found.variable(name) for found in came_back()] == [PACK.variable(name)] * 2


@pytest.mark.parametrize("form", BACK)
def test_every_variable_of_the_pack_comes_back_in_all_that_a_form_carries(form: str) -> None:
    found = told(form, PACK)
    assert len(found) > 80
    assert found == {name: expected(form, PACK, PACK.variable(name)) for name in found}


@pytest.mark.parametrize("form", BACK)
@tried(120)
@given(catalogue=catalogues())
def test_any_variable_comes_back_in_all_that_a_form_carries(form: str, catalogue: Catalogue) -> None:
    assert "stop" not in {finding.severity for finding in run_checks(catalogue)}
    found = told(form, catalogue)
    assert found == {name: expected(form, catalogue, catalogue.variable(name)) for name in found}


@pytest.mark.parametrize("form", ["documents of KUDAF", "upload to KUDAF"])
def test_only_identifiers_and_what_is_withdrawn_are_told_nothing_of(form: str) -> None:
    left = {variable.name for variable in PACK.variables} - told(form, PACK).keys()
    assert left == {v.name for v in PACK.variables if v.sensitivity == "identifier" or v.gone(date(2026, 1, 1))}


def hides_its_pattern(variable: Variable) -> bool:
    """CSVW has no pattern of who a row is about, as the page says."""
    return variable.pattern is not None and variable.sensitivity == "identifier"


@pytest.mark.parametrize("form", BACK)
@tried(120)
@given(catalogue=catalogues(), data=st.data())
def test_what_the_page_does_not_mark_makes_no_difference(form: str, catalogue: Catalogue, data: st.DataObject) -> None:
    """So what a form loses is what the page says it loses, and no more comes back by another way."""
    lost = sorted(field for field, mark in marks(form).items() if mark == "lost" and field != "name")
    field = data.draw(st.sampled_from(lost))
    variable = data.draw(st.sampled_from([each for each in catalogue.variables if each != catalogue.variables[-1]]))
    other = data.draw(st.sampled_from(projections.others(Variable, field)))
    changed = replace(variable, **{field: other})
    assume(not (field == "unit_type" and changed.unit_type not in {unit.name for unit in catalogue.unit_types}))
    assume(not (form == "CSVW" and hides_its_pattern(variable) != hides_its_pattern(changed)))
    several = tuple(changed if each == variable else each for each in catalogue.variables)
    assert told(form, replace(catalogue, variables=several)) == told(form, catalogue)


@tried(120)
@given(catalogues())
def test_the_keywords_and_the_first_day_of_a_dataset_are_those_of_its_variables(catalogue: Catalogue) -> None:
    several = [catalogue.variable(name) for name in carried(catalogue).datasets[0].variables]
    spoken = {("nb", v.label.nb) for v in several} | {("nn", v.label.nn) for v in several if v.label.nn}
    keywords = {("dcat:keyword", words) for words in spoken | {("en", v.label.en) for v in several}}
    first = min((v.since.isoformat() for v in several if v.since), default=None)
    assert set(of_dcat(catalogue)) == keywords | ({("dcat:startDate", ("", first))} if first else set())


def test_what_an_upload_reports_as_left_out_is_all_that_does_not_come_back_whole() -> None:
    reported = [field for loss in LOSSES for field in loss.fields]
    assert sorted(reported) == sorted(field for field, mark in marks("upload to KUDAF").items() if mark != "yes")


def test_a_code_list_with_the_name_of_a_unit_type_is_another_unit_type() -> None:
    """Both are unit types to a commons, and one would take the other's place."""
    word = PLAIN.label
    person = replace(PLAIN, unit_type="SCHOOL")
    listed = replace(PLAIN, name="KIND", sensitivity="ordinary", code_list="SCHOOL")
    made = replace(
        projections.EXAMPLE, variables=(person, listed),
        unit_types=(UnitType(name="SCHOOL", label=word, definition=word),),
        code_lists=(CodeList(name="SCHOOL", title=word, source="s", codes=projections.EXAMPLE.code_lists[0].codes),),
        datasets=(replace(projections.EXAMPLE.datasets[0], variables=("ID", "KIND")),),
    )  # fmt: skip
    names = [unit["shortName"] for unit in kudaf.unit_types_document(made, on=date(2026, 1, 1))]
    assert names == ["C_SCHOOL", "C_SCHOOL_CODES"]
    (document,) = kudaf.variables_document(made, on=date(2026, 1, 1))
    (identifier,) = document["identifierVariables"]
    assert "codeList" not in identifier["representedVariables"][0]["valueDomain"]
