"""Withdrawing a variable: two lines in the file that describes it, and what the checks say of successors."""

from dataclasses import replace
from datetime import date

import pytest

from avrop.catalogue.checks import run_checks
from avrop.catalogue.files import read_catalogue
from avrop.catalogue.places import places
from avrop.catalogue.variables import Variable
from avrop.catalogue.withdrawing import withdraw
from avrop.errors import Conflict, Missing, Mistake
from avrop.packs import load_pack

TEXTS = dict(load_pack().catalogue)
DAY = date(2027, 8, 1)


def test_variables_of_the_pack_can_be_withdrawn_and_no_other_line_changes() -> None:
    catalogue = read_catalogue(TEXTS)
    for variable in [each for each in catalogue.variables if each.withdrawn is None][::40]:
        file, text = withdraw(TEXTS, variable.name, day=DAY, successors=["PERSON_ID"])
        kept = [
            line
            for line in text.splitlines()
            if line.strip() not in ("withdrawn: 2027-08-01", "successors: [PERSON_ID]")
        ]
        assert kept == TEXTS[file].splitlines()
        assert len(text.splitlines()) == len(kept) + 2


def test_everything_that_is_described_has_a_place_and_the_place_has_its_name() -> None:
    catalogue, found = read_catalogue(TEXTS), places(TEXTS)
    for item in (catalogue, *catalogue.unit_types, *catalogue.code_lists, *catalogue.variables, *catalogue.datasets):
        at = found[type(item), item.name]
        line = TEXTS[at.file].splitlines()[at.line - 1]
        assert item.name in line or at.file == f"codelists/{item.name}.yaml"


def test_an_entry_on_one_line_is_left_to_a_person_who_is_told_what_to_write() -> None:
    texts = {
        "catalogue.yaml": "name: x\nversion: 1\ntitle: {nb: x, en: x}\npublisher: x\n", "unit_types.yaml": "[]\n",
        "datasets/X.yaml": "name: X\nlabel: {nb: x, en: x}\ndefinition: {nb: x, en: x}\nunit_type: P\nkind: register\nperson: A\nkey: [A]\nvariables:\n- {name: A, label: {nb: x, en: x}, definition: {nb: x, en: x}, unit_type: P, data_type: text, temporality: FIXED, sensitivity: identifier, source: x}\n",
    }  # fmt: skip
    with pytest.raises(Mistake) as refused:
        withdraw(texts, "A", day=DAY)
    assert (refused.value.code, refused.value.where["line"]) == ("withdraw.by_hand", 9)
    assert "withdrawn: 2027-08-01" in refused.value.hint


def test_what_is_unknown_or_withdrawn_already_is_refused() -> None:
    (name, *_) = (variable.name for variable in read_catalogue(TEXTS).variables)
    for wanted, successors in (("NOBODY", []), (name, ["NOBODY"])):
        with pytest.raises(Missing):
            withdraw(TEXTS, wanted, day=DAY, successors=successors)
    file, text = withdraw(TEXTS, name, day=DAY)
    with pytest.raises(Conflict):
        withdraw(TEXTS, name, day=DAY, successors=[name])
    with pytest.raises(Conflict):
        withdraw({**TEXTS, file: text}, name, day=DAY)


def test_a_successor_that_is_unknown_gone_or_of_what_stays_stops_the_catalogue() -> None:
    catalogue = read_catalogue(TEXTS)
    first, second, *rest = catalogue.variables

    def found(*changed: Variable) -> list[str]:
        made = replace(catalogue, variables=(*changed, *rest))
        return [x.sentence for x in run_checks(made) if x.check == "variable-succession"]

    assert found(replace(first, withdrawn=DAY, successors=(second.name,)), second) == []
    assert "is not described" in found(replace(first, withdrawn=DAY, successors=("NOBODY",)), second)[0]
    assert "not withdrawn" in found(replace(first, successors=(second.name,)), second)[0]
    gone = replace(second, withdrawn=date(2027, 1, 1))
    assert "withdrawn by then" in found(replace(first, withdrawn=DAY, successors=(second.name,)), gone)[0]
