"""Figures that were named before a fit, and to which nothing was fitted."""

from avrop.vigo.simulator.fidelity import targets
from avrop.vigo.simulator.parameters import load
from avrop.vigo.simulator.plan import Group, Plan
from tools.lived import counted
from tools.published import Published, neighbours, read
from tools.unseen import UNSEEN, told


def test_they_are_fitted_to_nowhere() -> None:
    unseen = {(each.figure, each.key, each.year) for each in read(UNSEEN)}
    assert len(unseen) == len(read(UNSEEN)) == 32
    assert unseen.isdisjoint((each.figure, each.key, each.year) for each in neighbours())
    assert unseen.isdisjoint((each.figure, each.key, each.year) for each in targets())


def test_all_of_them_are_counted() -> None:
    plan = Plan(load(), 1)
    areas = {each.key.split()[0] for each in read(UNSEEN) if each.figure.endswith(".area")}
    found = counted(plan, [Group(area, cohort) for area in areas for cohort in (2011, 2012, 2020, 2021)]).figures()
    wanted = {(each.figure, each.key) for each in read(UNSEEN)}
    assert wanted - {(figure, key) for figure, key, _ in found} == set()


def test_each_is_said_to_hold_within_its_tolerance_and_not_beyond() -> None:
    wanted = [
        Published(figure=figure, key=key, year=2020, at=2020, value=50, tolerance=2)
        for figure, key in (("near", ""), ("far", "x"))
    ]
    assert told(wanted, {("near", "", 2020): (52.0, 9), ("far", "x", 2020): (47.9, 9)}) == [
        "holds  near 2020: 52.0 of 50 +- 2", "misses far x 2020: 47.9 of 50 +- 2", "1 of 2 hold",
    ]  # fmt: skip
