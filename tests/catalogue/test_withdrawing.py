"""Withdrawing a variable: two lines in the file that describes it, and what the checks say of successors."""

from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from avrop.catalogue import withdrawing
from avrop.catalogue.checks import run_checks
from avrop.catalogue.files import read_catalogue
from avrop.catalogue.places import places
from avrop.catalogue.variables import Break, Variable
from avrop.errors import Conflict, Missing, Mistake
from avrop.packs import load_pack
from tests.cli.conftest import Prompt

TEXTS = dict(load_pack().catalogue)
TODAY, DAY = date(2026, 11, 29), date(2027, 8, 1)
withdraw = partial(withdrawing.withdraw, today=TODAY)


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


@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
def test_a_file_keeps_its_own_line_ends_and_only_two_lines_come_into_it(tmp_path: Path, end: bytes) -> None:
    name = read_catalogue(TEXTS).variables[0].name
    before = {file: text.encode().replace(b"\n", end) for file, text in TEXTS.items()}
    for file, written in before.items():
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_bytes(written)
    Prompt(folder=tmp_path).ok("describe", "withdraw", name, ".", "--from", "2999-01-01", "--successor", "PERSON_ID")
    (file,) = [file for file, written in before.items() if (tmp_path / file).read_bytes() != written]
    added = b"    withdrawn: 2999-01-01" + end + b"    successors: [PERSON_ID]" + end
    assert (tmp_path / file).read_bytes().replace(added, b"", 1) == before[file]


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


def test_a_variable_is_not_withdrawn_from_a_day_that_passed_or_before_its_first_one() -> None:
    catalogue = read_catalogue(TEXTS)
    (name, since, *_) = next((x.name, x.since) for x in catalogue.variables if x.since and not x.withdrawn)
    for day, today, code in (
        (date(1800, 1, 1), TODAY, "withdraw.past"), (since, date(1700, 1, 1), "withdraw.too_early"),
    ):  # fmt: skip
        with pytest.raises(Mistake) as refused:
            withdraw(TEXTS, name, day=day, today=today)
        assert (refused.value.code, refused.value.where["variable"]) == (code, name)
    assert str(TODAY) in withdraw(TEXTS, name, day=TODAY)[1]


def test_a_withdrawal_before_the_first_day_or_a_break_stops_the_catalogue() -> None:
    catalogue = read_catalogue(TEXTS)
    first, *rest = catalogue.variables

    def found(**fields: object) -> list[str]:
        changed = replace(first, **{"since": None, "breaks": None, **fields})  # type: ignore[arg-type]  # as above
        made = replace(catalogue, variables=(changed, *rest))
        return [x.sentence for x in run_checks(made) if x.check == "withdrawal"]

    assert found(withdrawn=DAY, since=TODAY) == found(withdrawn=DAY) == found(since=DAY) == []
    assert "1800-01-01" in found(withdrawn=date(1800, 1, 1), since=TODAY)[0]
    assert found(withdrawn=TODAY, since=TODAY)
    assert found(withdrawn=TODAY, since=date(2000, 1, 1), breaks=(Break(day=DAY, why=first.label),))
