"""A call-off is named in one way, by the receiver of the agreement, under the agreement in force."""

from dataclasses import replace

import pytest

from avrop.canonical import digest
from avrop.errors import Mistake
from avrop.governance import commands as c
from avrop.governance.calloff_files import read_call_off, write_call_off
from avrop.governance.cases import ACCOUNT
from avrop.governance.transitions.apply import problems
from tests.governance.world import CATALOGUE, OPERATOR, World, version

RUBBISH = ("", "account", "my call-off/1", "2026-001/03", "2026-01", "2026-001\n", "26-001", "../2026-001", "٢٠٢٦-٠٠١")


@pytest.mark.parametrize("reference", RUBBISH)
def test_a_reference_that_cannot_name_a_case_is_refused(reference: str) -> None:
    asked = version(reference=reference)
    with pytest.raises(Mistake) as no:
        World().begin().submit(asked)
    assert no.value.code == "call_off.reference"
    text = write_call_off(asked, catalogue=("c", "1"))
    with pytest.raises(Mistake) as no:
        read_call_off(text, file="c.yaml", catalogues={("c", "1"): digest(CATALOGUE)})
    assert no.value.code == "call_off.reference"


def test_another_receiver_than_the_agreements_is_refused() -> None:
    with pytest.raises(Mistake) as no:
        World().begin().submit(version(receiver="somebody"))
    assert no.value.code == "call_off.receiver"


def test_another_agreement_than_the_one_in_force_is_refused_where_it_has_a_name() -> None:
    world = World().begin()
    standing = world.account.agreement
    assert standing is not None and standing.name == ""
    values = {name: getattr(standing, name) for name in c.SignAgreement.__dataclass_fields__}
    world.do(OPERATOR, ACCOUNT, c.SignAgreement(**{**values, "name": "frame"}))
    with pytest.raises(Mistake) as no:
        world.submit(version(agreement="another"))
    assert no.value.code == "call_off.agreement"
    world.submit(replace(version(), agreement="frame"))
    assert world.call_off.number == 1


def test_before_it_is_submitted_everything_that_would_be_refused_is_told() -> None:
    world = World().begin()
    asked = version(reference="X", receiver="somebody", number=7, controllers=("A", "Z"), variables=())
    told = [no.code for no in problems(asked, world.call_off, world.account)]
    assert told == [
        "call_off.reference", "call_off.receiver", "call_off.number", "call_off.not_adhered", "call_off.empty",
    ]  # fmt: skip
    assert list(problems(version(), world.call_off, world.account)) == []


def test_a_version_that_stands_is_no_problem() -> None:
    world = World().begin()
    world.submit(version())
    assert list(problems(version(), world.call_off, world.account)) == []
