"""Our catalogue as the commons' two documents: everything that may be asked for, codes on unit types of their own."""

from dataclasses import replace
from datetime import date
from typing import get_args

import pytest

from avrop.catalogue import kudaf
from avrop.catalogue.codelists import Code, CodeList
from avrop.catalogue.datasets import Catalogue, Dataset
from avrop.catalogue.unittypes import Text, UnitType
from avrop.catalogue.variables import DataType, Variable
from tests.publishing import CATALOGUE as INSTALLED

TODAY = date(2026, 1, 1)
T = Text(nb="Tekst", en="Text")
YES = Code(code="1", label=Text(nb="Ja", nn="Ja", en="Yes"), valid_from=date(2016, 8, 1), valid_to=date(2024, 8, 1))


def variable(name: str, *, data_type: DataType = "text", code_list: str | None = None) -> Variable:
    return Variable(
        name=name, label=Text(nb=f"{name} nb", en=f"{name} en"), definition=T, unit_type="PUPIL", data_type=data_type,
        temporality="STATUS", sensitivity="ordinary", source="x", code_list=code_list,
    )  # fmt: skip


def dataset(name: str, *variables: str) -> Dataset:
    return Dataset(
        name=name, label=T, definition=T, unit_type="PUPIL", kind="event", person="ID", key=("ID",),
        variables=("ID", *variables), time="DAY",
    )  # fmt: skip


def small(**changes: object) -> Catalogue:
    made = Catalogue(
        name="mine", version="1", title=T, publisher="us",
        unit_types=(UnitType(name="PUPIL", label=Text(nb="Elev", en="Pupil"), definition=Text(nb="En elev", en="A pupil")),),
        code_lists=(CodeList(name="ANSWER", title=Text(nb="Svar", en="Answer"), source="x", codes=(YES,)),),
        variables=(replace(variable("ID"), sensitivity="identifier"), variable("DAY", data_type="date"),
                   variable("REPLY", code_list="ANSWER"), replace(variable("SCORE", data_type="integer"), minimum=0)),
        datasets=(dataset("A", "DAY", "REPLY"), dataset("B", "DAY", "SCORE")),
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


def test_every_variable_that_may_be_asked_for_stands_once() -> None:
    names = [entry["name"] for entry in kudaf.variables_document(INSTALLED, on=TODAY)]
    expected = [
        v.name
        for v in INSTALLED.variables
        if v.sensitivity != "identifier" and not (v.withdrawn and v.withdrawn <= TODAY)
    ]
    assert sorted(names) == sorted(expected)
    assert len(names) > 20


def test_a_withdrawn_variable_stands_until_the_day_before() -> None:
    going = small(variables=(*small().variables[:3], replace(small().variables[3], withdrawn=date(2026, 1, 2))))
    assert "SCORE" in [entry["name"] for entry in kudaf.variables_document(going, on=date(2026, 1, 1))]
    assert "SCORE" not in [entry["name"] for entry in kudaf.variables_document(going, on=date(2026, 1, 2))]


def test_a_measures_codes_travel_as_a_unit_type_of_their_own() -> None:
    reply = kudaf.variables_document(small(), on=TODAY)[1]["measureVariables"][0]
    (codes, *_) = [u for u in kudaf.unit_types_document(small(), on=TODAY) if u["shortName"] == "MINE_ANSWER"]
    assert reply["keyType"]["name"] == codes["shortName"]
    assert reply["representedVariables"][0]["valueDomain"] == codes["valueDomain"]
    assert codes["valueDomain"] == {
        "codeList": [
            {
                "code": "1",
                "categoryTitle": [
                    {"languageCode": "no", "value": "Ja"},
                    {"languageCode": "nn", "value": "Ja"},
                    {"languageCode": "en", "value": "Yes"},
                ],
                "validFrom": "2016-08-01",
                "validUntil": "2024-07-31",
            }
        ]
    }
    assert codes["unitType"] == {name: codes[name] for name in ("shortName", "name", "description")}


def test_an_own_unit_type_is_told_and_a_common_one_is_not() -> None:
    assert [u["shortName"] for u in kudaf.unit_types_document(small(), on=TODAY)] == ["MINE_PUPIL", "MINE_ANSWER"]
    person = small(unit_types=(UnitType(name="PERSON", label=T, definition=T),))
    person = replace(person, variables=tuple(replace(v, unit_type="PERSON") for v in person.variables))
    assert [u["shortName"] for u in kudaf.unit_types_document(person, on=TODAY)] == ["MINE_ANSWER"]
    (identifier,) = kudaf.variables_document(person, on=TODAY)[0]["identifierVariables"]
    assert (identifier["name"], identifier["variableRole"]) == ("PERSON", "Identifier")


def test_a_value_domain_without_codes_is_described() -> None:
    day, _, score = kudaf.variables_document(small(), on=TODAY)
    assert [m["dataType"] for m in (*day["measureVariables"], *score["measureVariables"])] == ["DATE", "LONG"]
    described = score["measureVariables"][0]["representedVariables"][0]["valueDomain"]["description"]
    assert [text["value"] for text in described] == ["Heltall fra 0", "Whole number from 0"]


@pytest.mark.parametrize("data_type", get_args(DataType))
def test_every_data_type_has_its_counterpart_and_is_described(data_type: DataType) -> None:
    (entry,) = kudaf.variables_document(
        small(variables=(small().variables[0], small().variables[1], variable("X", data_type=data_type)),
              datasets=(replace(dataset("A", "X"), variables=("ID", "X")),)), on=TODAY
    )  # fmt: skip
    (measure,) = entry["measureVariables"]
    assert measure["dataType"] == {"text": "STRING", "integer": "LONG", "number": "DOUBLE", "date": "DATE"}[data_type]
    assert measure["representedVariables"][0]["valueDomain"]["description"]


def test_data_are_said_to_be_at_an_address_only_where_there_is_one() -> None:
    assert all("dataRetrievalUrl" not in entry for entry in kudaf.variables_document(small(), on=TODAY))
    told = kudaf.variables_document(small(), on=TODAY, data_url="https://data.example.no/api/variables/")
    assert told[1]["dataRetrievalUrl"] == "https://data.example.no/api/variables/REPLY"
