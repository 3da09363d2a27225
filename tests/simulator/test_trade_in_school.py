"""Those who are taught a trade in school because no company took them: a year, a contract with the school, one test."""

from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from avrop.vigo.simulator.curriculum import curriculum
from avrop.vigo.simulator.lives import (
    APPRENTICE,
    CERTIFIED,
    DIPLOMA,
    ENDED,
    IN_SCHOOL,
    OUT,
    PUPIL,
    TEST_FAILED,
    TEST_PASSED,
    Lives,
)
from avrop.vigo.simulator.parameters import load
from avrop.vigo.simulator.places import BASES
from avrop.vigo.simulator.plan import Group
from avrop.vigo.simulator.rows import tables
from avrop.vigo.simulator.schools import school_organisations, schools
from tests.simulator.one_group import lives_of, lives_with, plan

GROUP = Group("12", 2016)


def lived() -> Lives:
    return lives_of(GROUP)


@cache
def rows(table: str) -> list[dict[str, Any]]:
    """Each row once."""
    key = f"{table}_id"
    return list({row[key]: row for row in tables(plan(), GROUP, 0, lived())[table].to_pylist()}.values())


def test_they_applied_in_vain_where_no_third_year_in_school_follows() -> None:
    lives, book = lived(), curriculum()
    person, year = np.nonzero(lives.training == IN_SCHOOL)
    assert len(person) > 20
    assert (lives.state[person, year] == APPRENTICE).all()
    assert (lives.matched[person, year] == 0).all()
    for who, when in zip(person.tolist(), year.tolist(), strict=True):
        before = lives.area[who, :when][lives.state[who, :when] == PUPIL][-1]
        follows = [book.areas[there] for there, _ in book.after[before]]
        assert book.areas[lives.area[who, when]] in follows
        assert not any(area.route == "school" for area in follows)


def test_after_the_year_they_are_certified_or_outside() -> None:
    lives = lived()
    person, year = np.nonzero(lives.training == IN_SCHOOL)
    last = year + 1 == lives.years
    ended, there = lives.trained[person[~last], year[~last]], lives.state[person[~last], year[~last] + 1]
    assert set(ended.tolist()) == {ENDED, TEST_PASSED, TEST_FAILED}
    assert (there[ended == TEST_PASSED] == CERTIFIED).all()
    assert set(there[ended != TEST_PASSED].tolist()) <= {OUT, DIPLOMA}


def test_each_has_a_contract_with_a_school_and_no_course() -> None:
    lives = lived()
    bases, numbers = zip(
        *((base, number) for base in range(len(BASES)) for number in range(schools(plan().seed, base).count)),
        strict=True,
    )
    known = {f"{number:09d}" for number in school_organisations(np.array(bases), np.array(numbers)).tolist()}
    own = [row for row in rows("kontrakt") if row["kontraktstype"] == "E"]
    assert len(own) == int((lives.training == IN_SCHOOL).sum())
    courses = {(row["person_lnr"], row["skoleaar"][:4]) for row in rows("elevforhold") if row["elevstatus"] != "P"}
    for row in own:
        assert row["orgnr"] in known
        assert row["opplaeringskontor"] is None
        assert (row["person_lnr"], str(row["laeretid_fra"].year)) not in courses
        assert (
            row["avsluttet"] is None
            or row["avsluttet"] <= row["laeretid_til"]
            or row["avslutningskode"] in {"AB", "S1"}
        )


def test_each_test_is_of_the_candidate_that_its_contract_says() -> None:
    kinds = {row["kontrakt_id"]: row["kontraktstype"] for row in rows("kontrakt")}
    found = Counter((kinds[row["kontrakt_id"]], row["kandidattype"]) for row in rows("prove"))
    assert set(found) == {("L", "LA"), ("O", "LK"), ("E", "EL")}
    assert {row["forsok_nr"] for row in rows("prove") if row["kandidattype"] == "EL"} == {1}


def test_the_weight_of_the_years_says_how_many_of_those_in_vain_are_taught_in_school(tmp_path: Path) -> None:
    twice = {("after.unmatched.trade", year): 2.0 for year in load().of("after.unmatched.trade")}
    more = lives_with(tmp_path / "parameters", GROUP, twice)
    shares = [(own.training == IN_SCHOOL).sum() / (own.matched == 0).sum() for own in (lived(), more)]
    assert 1.3 < shares[1] / shares[0] < 2
