"""What is counted on life-courses is what a run's tables are judged by."""

import csv
from importlib.resources import files

import duckdb
import pytest

from avrop.catalogue.packform import Simulation
from avrop.vigo.simulator.fidelity import targets
from avrop.vigo.simulator.life import live
from avrop.vigo.simulator.parameters import load
from avrop.vigo.simulator.plan import Group, Plan
from avrop.vigo.simulator.rows import tables
from tools.lived import counted
from tools.published import NEIGHBOURS, fitted

GROUPS = [Group("20", 2006), Group("20", 2011), Group("20", 2017), Group("20", 2021), Group("20", 2012, adult=True)]


def measured(plan: Plan, group: Group) -> dict[tuple[str, str, int], tuple[float, int]]:
    """The figures of one group's tables, by the statements that judge a run."""
    with duckdb.connect() as database:
        for name, table in tables(plan, group, 0, live(plan, group)).items():
            database.register(name, table)
        database.execute("CREATE TEMP TABLE etterfolger(liste VARCHAR, kode VARCHAR, ny VARCHAR)")
        database.execute((files("avrop.vigo.simulator") / "figures" / "figures.sql").read_text(encoding="utf-8"))
        rows = database.execute("SELECT figur, nokkel, aar, verdi, n FROM figur WHERE verdi IS NOT NULL").fetchall()
    return {(name, key, year): (value, count) for name, key, year, value, count in rows}


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.name)
def test_figures_of_lives_are_those_of_their_tables(group: Group) -> None:
    plan = Plan(load(), Simulation(profile="national").seed)
    of_tables, of_lives = measured(plan, group), counted(plan, [group]).figures()
    both = of_tables.keys() & of_lives.keys()
    assert len(both) > (5 if group.adult else 200)
    differing = {key for key in both if of_lives[key][0] != pytest.approx(of_tables[key][0])}
    assert differing == set()


def test_everything_that_is_fitted_or_compared_can_be_counted() -> None:
    found = counted(Plan(load(), 1), GROUPS).figures()
    lower = {
        "points",
        "points.parents",
        "points.oslo",
        "mark.final",
        "mark.exam",
        "exam.final",
        "absence",
        "absence.none",
    }
    wanted = {each.measured[:2] for each in fitted() if each.figure not in lower} - {
        ("left.area", "03"),
        ("starters", "2015"),
    }
    assert wanted - {(figure, key) for figure, key, _ in found} == set()


def test_neighbours_are_of_other_years_than_the_targets_and_have_a_source() -> None:
    with NEIGHBOURS.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    known = {(target.figure, target.key, target.year) for target in targets()}
    named = [(row["figure"], row["key"], int(row["year"])) for row in rows]
    assert known.isdisjoint(named)
    assert len(set(named)) == len(named)
    assert all(row["source"] and row["licence"] for row in rows)
    assert all(float(row["tolerance"] or 1) > 0 for row in rows)
