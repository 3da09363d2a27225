"""Those who come as adults: practice candidates by sex and trade."""

from collections import Counter

import numpy as np

from avrop.vigo.simulator.curriculum import curriculum
from avrop.vigo.simulator.life import live
from avrop.vigo.simulator.lives import PUPIL, TEST_PASSED
from avrop.vigo.simulator.parameters import load
from avrop.vigo.simulator.plan import WOMAN, Group, Plan


def test_women_come_as_candidates_in_health_and_men_in_building_electricity_and_industry() -> None:
    found: Counter[tuple[str, bool]] = Counter()
    for area in ("12", "16", "03"):
        lives = live(Plan(load(), 1), Group(area, 2016, adult=True))
        who = np.flatnonzero(lives.trained[:, 0] >= TEST_PASSED)
        sexes = lives.people.sex[who] == WOMAN
        found.update(
            (curriculum().areas[place].programme, woman)
            for place, woman in zip(lives.area[who, 0].tolist(), sexes.tolist(), strict=True)
        )
    women = sum(number for (_, woman), number in found.items() if woman) / found.total()
    assert 0.4 < women < 0.6
    assert found["HS", True] > 3 * found["HS", False]
    for programme in ("BA", "EL", "TP"):
        assert found[programme, False] > 3 * found[programme, True]


def test_women_among_pupils_of_adult_courses_are_as_many_as_the_parameters_say_however_many_are_candidates() -> None:
    parameters = load()
    lives = [live(Plan(parameters, 1), Group(area, 2016, adult=True)) for area in ("12", "16", "03", "11")]
    sexes = np.concatenate([own.people.sex[own.state[:, 0] == PUPIL] for own in lives])
    kinds, of_all = parameters.of("adults.kind"), parameters.one("adults.women")
    candidates = kinds["PK"] + kinds["FB"]
    pupils = {
        sex: kinds["PU"] / (candidates * own + kinds["PU"] + kinds["SO"])
        for sex, own in parameters.of("adults.candidates").items()
    }
    expected = of_all * pupils["women"] / (of_all * pupils["women"] + (1 - of_all) * pupils["men"])
    assert abs(float((sexes == WOMAN).mean()) - float(expected)) < 0.06
