"""Who there is: every group's sizes are exact, numbers are nobody's and nobody's twice, and a smaller run is a prefix."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avrop.errors import Missing
from avrop.vigo.scan.numbers import kind
from avrop.vigo.simulator.numbers import FEWEST, days_of, numbers_of, organisation_numbers
from avrop.vigo.simulator.parameters import load
from avrop.vigo.simulator.places import BASES
from avrop.vigo.simulator.plan import PROFILES, WOMAN, Group, Plan, apportion, profile
from tests.examples import tried

PLAN = Plan(load(), 1)


@tried(100)
@given(st.integers(0, 10_000), st.lists(st.fractions(0, 100), min_size=1, max_size=30).filter(any))
def test_apportioning_gives_all_and_nobody_more_than_a_whole_one_too_much(total: int, weights: list[Fraction]) -> None:
    counts = apportion(total, weights)
    assert sum(counts) == total
    assert all(abs(count - total * weight / sum(weights)) < 1 for count, weight in zip(counts, weights, strict=True))


def test_a_cohort_is_as_large_as_the_parameter_says() -> None:
    assert sum(PLAN.size(Group(base, 2015)) for base in BASES) == PLAN.parameters.one("cohort", "2015")


def test_no_number_is_anybody_elses() -> None:
    numbers = [
        PLAN.people(group, 0, PLAN.size(group)).number
        for cohort, base, adult in product((2015, 2016), BASES, (False, True))
        for group in [Group(base, cohort, adult)]
    ]
    everybody = np.concatenate(numbers)
    assert len(np.unique(everybody)) == len(everybody) > 150_000


@tried(10)
@given(st.integers(0, 1 << 40), st.integers(2006, 2025), st.sampled_from(BASES))
def test_numbers_are_different_for_any_seed_and_none_could_be_real(seed: int, cohort: int, base: str) -> None:
    plan = Plan(PLAN.parameters, seed)
    found = [plan.people(Group(each, cohort), 0, 200) for each in {base, "20", "03"}]
    numbers = np.concatenate([people.number for people in found])
    assert len(np.unique(numbers)) == len(numbers)
    assert [kind(f"{number:011d}") for number in numbers.tolist()] == [None] * len(numbers)


def test_every_month_and_first_digit_that_is_used_belongs_to_no_real_series() -> None:
    """Months 81 to 92 with days 01 to 31: for every month and first digit, what the scanner calls real."""
    days = np.arange(days_of(2004))
    for women in (0, WOMAN):
        numbers = numbers_of(5, 2004, days, np.full(len(days), women))
        assert numbers.shape == (366, FEWEST)
        texts = [f"{number:011d}" for number in numbers.ravel().tolist()]
        assert {text[2:4] for text in texts} == {str(month) for month in range(81, 93)}
        assert {text[0] for text in texts} == set("0123")
        assert {kind(text) for text in texts} == {None}
        assert {int(text[8]) % 2 for text in texts} == {1 - women}


def test_a_part_of_the_people_is_the_same_people() -> None:
    group = Group("11", 2018)
    whole, part = PLAN.people(group, 0, PLAN.size(group)), PLAN.people(group, 1000, 50)
    assert (whole.number[1000:1050] == part.number).all()
    assert (whole.born[1000:1050] == part.born).all()


def test_profiles_take_the_first_of_every_group() -> None:
    assert profile("small").size(5001) == 51
    assert profile("national").size(5001) == 5001
    assert profile("micro").size(5) == 5
    assert set(PROFILES) == {"micro", "sample", "small", "national"}


def test_an_unknown_profile_is_missing_and_the_known_ones_are_named() -> None:
    with pytest.raises(Missing, match="micro, sample, small, national"):
        profile("huge")


def test_organisation_numbers_are_different_valid_and_begin_with_2() -> None:
    found = organisation_numbers(np.arange(60_000))
    assert len(np.unique(found)) == 60_000
    digits = np.array([[int(digit) for digit in str(number)] for number in found.tolist()])
    assert digits.shape == (60_000, 9)
    assert set(digits[:, 0]) == {2}
    assert set((digits @ [3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11) == {0}


def test_numbers_of_a_few_days_are_those_of_the_whole_year() -> None:
    days = np.arange(days_of(2001))
    whole = numbers_of(3, 2001, days, np.full(len(days), WOMAN))
    assert (numbers_of(3, 2001, days[40:50], np.full(10, WOMAN)) == whole[40:50]).all()
