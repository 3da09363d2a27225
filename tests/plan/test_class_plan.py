"""The plan that measures: the population's table, person by person, before anybody has answered."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avrop.disclosure import operators as op
from avrop.disclosure.plan import compile_classes
from avrop.errors import Mistake
from avrop.governance.slices import Coarsening, SliceTerms
from tests.plan.plan_data import CATALOGUE, LEVELS, VERSION, asked, narrowing_terms, question

SCENARIO = ("COUNT", "BORN", "NEVER_ASKED")


def test_it_leaves_out_the_protected_and_asks_no_claimant() -> None:
    plan = compile_classes(question(), scenario="S", variables=SCENARIO)
    assert plan is not None
    assert [o.op for o in plan.table.operators] == [
        "scan", "origin", "exclude", "window", "where", "lookup", "generalise", "select",
    ]  # fmt: skip
    assert [o.list for o in plan.table.operators if isinstance(o, op.Exclude)] == ["protected"]


def test_it_counts_people_along_time_through_the_scenarios_variables() -> None:
    plan = compile_classes(question(), scenario="S", variables=SCENARIO)
    assert plan is not None
    assert (plan.person, plan.sequence, plan.columns) == ("WHO", "DAY", ("COUNT", "BORN"))
    assert [(c.name, c.type) for c in plan.table.output] == [
        ("WHO", "text"), ("DAY", "date"), ("COUNT", "integer"), ("BORN", "text"),
    ]  # fmt: skip


@pytest.mark.parametrize("variables", [(), ("NEVER_ASKED",), ("MARK",)])
def test_nothing_is_measured_where_the_scenario_meets_no_variable_of_the_population(variables: tuple[str, ...]) -> None:
    assert compile_classes(question(), scenario="S", variables=variables) is None


def test_terms_about_other_variables_do_not_hinder() -> None:
    terms = SliceTerms(drop=(("MARKS", "MARK"),), coarsen=(Coarsening(dataset="MAIN", variable="CODE", level="two"),))
    plan = compile_classes(question(terms=terms), scenario="S", variables=("COUNT",))
    assert plan == compile_classes(question(), scenario="S", variables=("COUNT",))


def test_nothing_is_measured_of_variables_that_the_terms_drop() -> None:
    terms = SliceTerms(drop=(("MAIN", "COUNT"), ("REGISTER", "BORN")))
    assert compile_classes(question(terms=terms), scenario="S", variables=SCENARIO) is None


@given(narrowing_terms(), st.sets(st.sampled_from(("COUNT", "BORN", "CODE", "SEX"))))
def test_measured_is_what_the_terms_would_let_out(terms: SliceTerms, variables: set[str]) -> None:
    plan = compile_classes(question(terms=terms), scenario="S", variables=sorted(variables))
    coarser = {(c.dataset, c.variable): c.level for c in terms.coarsen}
    expected = {
        v.variable: LEVELS[(v.dataset, v.variable)].index(coarser.get((v.dataset, v.variable), v.level))
        for v in VERSION.variables
        if v.dataset != "MARKS" and v.variable in variables and (v.dataset, v.variable) not in terms.drop
    }
    steps = (
        {} if plan is None else {o.column: len(o.steps) for o in plan.table.operators if isinstance(o, op.Generalise)}
    )
    found = {} if plan is None else {name: steps.get(name, 0) for name in plan.columns}
    assert found == expected


def test_a_mistake_in_a_measured_variable_is_said() -> None:
    with pytest.raises(Mistake) as no:
        compile_classes(question(variables=asked(("MAIN", "WHO", "value"))), scenario="S", variables=("WHO",))
    assert no.value.code == "plan.identifier"


def test_a_population_without_time_has_no_paths() -> None:
    timeless = tuple(replace(d, time=None) if d.name == "MAIN" else d for d in CATALOGUE.datasets)
    asked_for = replace(question(), catalogue=replace(CATALOGUE, datasets=timeless))
    assert compile_classes(asked_for, scenario="S", variables=SCENARIO) is None
