"""Those who spend the second year at a school abroad, who take a lacking exam as external candidates, and who take a third
year in school instead of applying to companies."""

from pathlib import Path

import numpy as np
import pytest

from avrop.vigo.simulator.block import person_ids
from avrop.vigo.simulator.choices import last_area
from avrop.vigo.simulator.curriculum import curriculum
from avrop.vigo.simulator.lives import (
    ABROAD,
    DIPLOMA,
    EXAMS,
    EXTERNAL,
    FAILED,
    GO_ABROAD,
    NO_BASIS,
    PASSED,
    PUPIL,
    SCHOOL,
    Lives,
)
from avrop.vigo.simulator.parameters import load
from avrop.vigo.simulator.plan import WOMAN, Group
from avrop.vigo.simulator.rows import tables
from tests.simulator.one_group import lives_of, lives_with, plan

GROUP = Group("03", 2012)


def lived() -> Lives:
    return lives_of(GROUP)


def test_who_is_abroad_passed_an_academic_first_year_and_is_not_asked_where() -> None:
    lives, book = lived(), curriculum()
    person, year = np.nonzero(lives.state == ABROAD)
    assert len(person) > 20
    assert (lives.intended[person, year] == GO_ABROAD).all()
    for who, when in zip(person.tolist(), year.tolist(), strict=True):
        before, here = book.areas[lives.area[who, when - 1]], book.areas[lives.area[who, when]]
        assert (before.level, here.level, here.route) == (1, 2, "academic")
        assert before.programme == here.programme
        assert lives.end[who, when - 1] == PASSED == lives.end[who, when]
        assert lives.school[who, when] >= 0


def test_who_was_abroad_goes_on_to_the_third_year_of_the_same_area() -> None:
    lives, book = lived(), curriculum()
    person, year = np.nonzero(lives.state[:, :-1] == ABROAD)
    on = lives.state[person, year + 1] == PUPIL
    assert on.mean() > 0.9
    for who, when in zip(person[on].tolist(), year[on].tolist(), strict=True):
        area = lives.area[who, when + 1]
        level = book.areas[area].level
        assert level == 1 or area in [there for there, _ in book.after[lives.area[who, when]]]


def test_more_women_are_abroad() -> None:
    lives = lived()
    women = lives.people.sex[(lives.state == ABROAD).any(axis=1)] == WOMAN
    assert women.mean() > 0.55


def test_as_many_are_abroad_as_the_year_has(tmp_path: Path) -> None:
    years = load().of("abroad.year")
    tenth = lives_with(tmp_path / "parameters", GROUP, dict.fromkeys((("abroad.year", year) for year in years), 0.1))
    few, usual = (int((own.state == ABROAD).sum()) for own in (tenth, lived()))
    assert 0 < few < usual / 5


def test_who_takes_the_exam_alone_failed_the_last_year_and_has_a_diploma_then() -> None:
    lives, book = lived(), curriculum()
    person, year = np.nonzero(lives.state == EXTERNAL)
    assert len(person) > 20
    assert (lives.intended[person, year] == EXAMS).all()
    for who, when in zip(person.tolist(), year.tolist(), strict=True):
        last = max(at for at in range(when) if lives.attends(at)[who])
        assert lives.end[who, last] in {FAILED, NO_BASIS}
        assert book.areas[last_area(lives, when)[who]].level >= 3
    later = year + 1 < lives.years
    assert (lives.state[person[later], year[later] + 1] == DIPLOMA).all()


def test_each_external_candidate_has_a_course_a_subject_and_a_diploma_of_the_winter() -> None:
    lives, made = lived(), tables(plan(), GROUP, 0, lived())
    alone = {row["elevforhold_id"]: row for row in made["elevforhold"].to_pylist() if row["elevstatus"] == "P"}
    person, year = np.nonzero(lives.state == EXTERNAL)
    candidates = set(
        zip(person_ids(GROUP, 0, len(lives.state))[person].tolist(), (GROUP.cohort + year).tolist(), strict=True)
    )
    assert candidates <= {(row["person_lnr"], int(row["skoleaar"][:4])) for row in alone.values()}
    subjects = {row["elevforhold_id"] for row in made["elevfag"].to_pylist() if row["elevforhold_id"] in alone}
    assert subjects == set(alone)
    diplomas = {row["dok_id"]: row for row in made["dokumentasjon"].to_pylist() if row["dok_id"] in alone}
    assert {row["person_lnr"] for row in diplomas.values()} <= {who for who, _ in candidates}
    assert len(diplomas) > 0.9 * len(candidates)  # partial competence before leaves no diploma
    assert {(row["slag"], row["dato"].month) for row in diplomas.values()} == {("VM", 1)}
    for number, row in diplomas.items():
        assert row["programomraadekode"] == alone[number]["programomraadekode"]
        assert row["dato"].year == int(alone[number]["skoleaar"][:4]) + 1


@pytest.mark.parametrize("programme", ["HS", "EL"])
def test_a_third_year_in_school_is_taken_where_there_is_one(programme: str) -> None:
    lives, book = lived(), curriculum()
    person, year = np.nonzero((lives.intended == SCHOOL) & (lives.state == PUPIL) & (lives.matched < 0))
    areas = [book.areas[area] for area in lives.area[person, year].tolist()]
    assert {area.route for area in areas} == {"school"}
    assert programme in {area.programme for area in areas}
