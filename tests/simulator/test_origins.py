"""Whose each row is, of one life written by hand: who registered it that year, and where its person lived then."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from avrop.vigo.simulator.abilities import Abilities
from avrop.vigo.simulator.answers import answers
from avrop.vigo.simulator.block import FAR, person_ids
from avrop.vigo.simulator.columns import Rows
from avrop.vigo.simulator.forms import KEYS, TABLES
from avrop.vigo.simulator.lives import APPRENTICE, OUT, PUPIL, Lives, not_admitted, unlived
from avrop.vigo.simulator.origins import KEYED
from avrop.vigo.simulator.places import BASES, day
from avrop.vigo.simulator.plan import Group, People

GROUP, FIRST = Group("14", 2015), 7
PERSON = FAR + int(person_ids(GROUP, FIRST, 1)[0])
HOME = ("14", "14", "15", "15", "18")
WORK = ("11", "14", "15", "15", None)
STATE = (PUPIL, PUPIL, APPRENTICE, APPRENTICE, OUT)


def life() -> Lives:
    """At school in a neighbouring county the first year; moves for the training, and once more when it is over."""
    none = np.full((1, 1), -1, dtype=np.int64)
    one = np.zeros(1, dtype=np.int64)
    flag = np.zeros(1, dtype=np.bool_)
    lives = unlived(
        GROUP, People(one, one, one), Abilities(one, none.repeat(3, axis=1), one, one, none, one),
        replace(not_admitted(1), taken=one), home=np.array([[BASES.index(each) for each in HOME]]), private=flag,
        protected=flag, objecting=flag,
    )  # fmt: skip
    lives.state[0], lives.matched[0, 2] = STATE, 1
    lives.base[0] = [BASES.index(each) if each else -1 for each in WORK]
    lives.school[0, :4] = (0, 99, 0, 0)
    return lives


def keys(table: str, rest: str, when: int = 0) -> Mapping[str, object]:
    """The key of the one row of that table whose id ends so, after the person's."""
    made: dict[str, pa.Table] = {name: Rows(TABLES[name]).table() for name in KEYED}
    number = int(f"{PERSON}{rest}")
    made[table] = pa.table({KEYS[table][1]: [number], "onskenr": [2]})
    days = pa.array([when], pa.int32()).cast(pa.date32())
    if table in {"prove", "fagbrev"}:
        made["prove"] = pa.table({"prove_id": [number], "dato": days})
    told = answers(GROUP, FIRST, life(), made)["fasit_opphav"].to_pylist()
    (found,) = [each for each in told if each["tabell"] == table]
    assert found["id"] == number
    return found


@pytest.mark.parametrize(
    ("table", "rest", "origin", "claim"),
    [
        ("elevforhold", "00", "11", "46"),  # at school across the border
        ("elevforhold", "01", "11", "46"),  # and at another school there before
        ("elevfag", "0003", "11", "46"), ("vurdering", "00033", "11", "46"), ("dokumentasjon", "00", "11", "46"),
        ("elevforhold", "25", "15", None),  # an external candidate beside the training
        ("soknad", "00", "46", None),  # the first application is the home county's
        ("soknad", "02", "15", "46"),  # was sent before the move
        ("onske", "02", "15", "46"), ("formidling", "02", "15", "46"),
        ("kontrakt", "2", "15", None), ("oppfolging", "04", "18", None),
    ],
)  # fmt: skip
def test_whose_a_row_is_follows_from_where_its_person_was(
    table: str, rest: str, origin: str, claim: str | None
) -> None:
    found = keys(table, rest)
    assert (found["opphav"], found["krav"], found["uavklart"]) == (origin, claim, 0)
    assert found["nummer"] == (2 if table == "onske" else None)


@pytest.mark.parametrize(("when", "claim"), [(day(2019, 7, 31), None), (day(2019, 8, 1), "18")])
@pytest.mark.parametrize("table", ["prove", "fagbrev"])
def test_who_could_claim_a_test_is_where_its_person_lived_that_day(table: str, when: int, claim: str | None) -> None:
    found = keys(table, "21", when)
    assert (found["opphav"], found["krav"]) == ("15", claim)


def test_a_private_school_leaves_its_rows_without_a_public_owner() -> None:
    assert keys("elevforhold", "10")["uavklart"] == keys("vurdering", "10033")["uavklart"] == 1


@pytest.mark.parametrize(
    ("table", "rest"),
    [("elevforhold", "20"), ("elevforhold", "02"), ("soknad", "04"), ("kontrakt", "1"), ("oppfolging", "00")],
)
def test_a_row_that_the_life_does_not_have_is_nobodys(table: str, rest: str) -> None:
    assert keys(table, rest)["opphav"] is None
