"""What applicants of a year want, from parameters that stand for some years: by programme, by sex and by ability."""

from fractions import Fraction

import pytest

from avrop.vigo.simulator.admission import wishes
from avrop.vigo.simulator.chances import BANDS
from avrop.vigo.simulator.choicerules import switching
from avrop.vigo.simulator.curriculum import PROGRAMMES
from avrop.vigo.simulator.parameters import load
from avrop.vigo.simulator.plan import WOMAN, Group

MAN = 1 - WOMAN
MIDDLE = BANDS // 2
HOME = "46"
"""A county whose young people want academic programmes as often as the country's."""


def wanted(year: int, programme: str, sex: int, band: int = MIDDLE) -> int:
    return int(wishes(load(), Group(HOME, year)).table[sex, band, PROGRAMMES.index(programme)])


@pytest.mark.parametrize(("node", "name"), [("2012", "RM"), ("2018", "EL"), ("2020", "EL")])
def test_a_programme_is_wanted_as_much_as_the_parameter_of_that_year_says(node: str, name: str) -> None:
    parameters = load()
    women, weights = parameters.of("wish.women"), parameters.of("wish.weight")
    own = weights[name] * parameters.one(f"wish.{node}", name) * (1 - women[name])
    studies = weights["ST"] * parameters.one("wish.academic.year", node) * (1 - women["ST"])
    found = Fraction(wanted(int(node), name, MAN), wanted(int(node), "ST", MAN))
    assert float(found) == pytest.approx(float(own / studies), rel=1e-3)


def test_women_want_technology_as_published_and_ever_more() -> None:
    parameters = load()
    women = {
        2015: parameters.one("wish.women.2015", "TP"), 2018: parameters.one("wish.women", "TP"),
        2022: parameters.one("wish.women.2022", "TP"), 2024: parameters.one("wish.women.2022", "TP"),
    }  # fmt: skip
    assert sorted(women.values()) == list(women.values())
    against = {year: wanted(year, "TP", WOMAN) / wanted(year, "FD", WOMAN) for year in women}
    men = {year: wanted(year, "TP", MAN) / wanted(year, "FD", MAN) for year in women}
    florists = parameters.one("wish.women", "FD")
    for year, share in women.items():
        odds = against[year] / men[year] * float(florists / (1 - florists))
        assert odds == pytest.approx(float(share / (1 - share)), rel=1e-3)


def test_media_were_wanted_by_other_abilities_in_2006_than_from_2012_on() -> None:
    parameters = load()
    for year, name in ((2006, "wish.ratio.2006"), (2012, "wish.ratio"), (2020, "wish.ratio")):
        per_band = wanted(year, "ME", MAN, MIDDLE + 1) * wanted(year, "FD", MAN) / (
            wanted(year, "ME", MAN) * wanted(year, "FD", MAN, MIDDLE + 1)
        )  # fmt: skip
        expected = parameters.one(name, "ME") / parameters.one("wish.ratio", "FD")
        assert per_band == pytest.approx(float(expected), rel=1e-3)


def test_what_moved_those_of_design_to_another_programme_until_2012_fades_until_2017() -> None:
    parameters = load()
    first, later = parameters.one("after.switch.first", "DT"), parameters.one("after.switch", "DT")
    found = {year: switching(parameters, year, "DT") for year in (2008, 2012, 2017, 2024)}
    assert found == {2008: first * later, 2012: first * later, 2017: later, 2024: later}
    assert switching(parameters, 2008, "NA") == 1
