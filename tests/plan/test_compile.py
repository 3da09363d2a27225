"""A slice plan: what was asked as its controller narrows it, in one order of operators, and nothing else."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avrop.canonical import canonical, digest, read
from avrop.catalogue.datasets import Catalogue
from avrop.disclosure import operators as op
from avrop.disclosure.attribution import DatasetRule
from avrop.disclosure.plan import Question, compile_slice
from avrop.errors import Mistake
from avrop.governance import purposes as p
from avrop.governance.slices import Coarsening, SliceTerms
from tests.plan.plan_data import (
    CATALOGUE,
    LEVELS,
    RULE,
    VARIABLES,
    VERSION,
    asked,
    narrowing_terms,
    question,
    variable,
)

ORDER = (
    "scan", "origin", "claimants", "exclude", "window", "where", "lookup", "within", "generalise", "pseudonymise",
    "select", "order",
)  # fmt: skip


def table(plan: op.SlicePlan, name: str) -> op.TablePlan:
    return next(t for t in plan.tables if t.name == name)


def with_variable(name: str, dataset: str) -> Catalogue:
    """The catalogue with one variable more in a dataset."""
    datasets = tuple(replace(d, variables=(*d.variables, name)) if d.name == dataset else d for d in CATALOGUE.datasets)
    return replace(CATALOGUE, variables=(*CATALOGUE.variables, variable(name)), datasets=datasets)


def coarsened(dataset: str, variable: str, level: str) -> SliceTerms:
    return SliceTerms(coarsen=(Coarsening(dataset=dataset, variable=variable, level=level),))


def test_the_plan_names_by_digest_what_it_was_compiled_from() -> None:
    plan = compile_slice(question())
    assert (plan.version, plan.catalogue, plan.rule) == (digest(VERSION), digest(CATALOGUE), digest(RULE))
    assert (plan.call_off, plan.scope, plan.controller) == ("2026-001", "2026-001", "A")


def test_the_population_table_comes_first_then_the_linked_ones() -> None:
    assert [t.name for t in compile_slice(question()).tables] == ["MAIN", "MARKS"]


def test_operators_stand_in_one_order() -> None:
    plan = compile_slice(question())
    assert [o.op for o in table(plan, "MAIN").operators] == [
        "scan", "origin", "claimants", "exclude", "exclude", "window", "where", "lookup", "generalise", "generalise",
        "pseudonymise", "select", "order",
    ]  # fmt: skip
    assert [o.op for o in table(plan, "MARKS").operators] == [
        "scan", "origin", "exclude", "exclude", "window", "within", "pseudonymise", "select", "order",
    ]  # fmt: skip


def test_protected_people_are_left_out_before_objecting_ones_in_every_table() -> None:
    for made in compile_slice(question()).tables:
        lists = [(o.list, o.column) for o in made.operators if isinstance(o, op.Exclude)]
        assert lists == [("protected", "WHO"), ("objecting", "WHO")]


def test_columns_come_out_in_the_order_asked_with_stored_types_at_level_0_and_text_above() -> None:
    plan = compile_slice(question())
    assert [(c.name, c.type) for c in table(plan, "MAIN").output] == [
        ("pseudonym", "text"), ("COUNT", "integer"), ("BORN", "text"), ("CODE", "text"), ("SEX", "text"),
    ]  # fmt: skip
    assert [(c.name, c.type) for c in table(plan, "MARKS").output] == [
        ("pseudonym", "text"), ("MARK", "text"), ("CODE", "text"),
    ]  # fmt: skip


def test_what_is_only_needed_on_the_way_is_read_and_never_comes_out() -> None:
    main = table(compile_slice(question()), "MAIN")
    scan = next(o for o in main.operators if isinstance(o, op.Scan))
    assert [c.name for c in scan.columns] == ["WHO", "DAY", "OWNER", "HOME", "KIND", "CODE", "COUNT"]
    assert not {c.name for c in main.output} & {"WHO", "DAY", "OWNER", "HOME", "KIND"}


def test_what_is_not_needed_is_not_even_read() -> None:
    scan = table(compile_slice(question(variables=asked(("MAIN", "COUNT", "days")))), "MAIN").operators[0]
    assert isinstance(scan, op.Scan)
    assert {"SECRET", "CODE"}.isdisjoint({c.name for c in scan.columns})


def test_the_same_variable_may_stand_at_two_levels_in_two_tables() -> None:
    plan = compile_slice(question(terms=coarsened("MAIN", "CODE", "two")))
    steps = {
        t.name: [o.steps for o in t.operators if isinstance(o, op.Generalise) and o.column == "CODE"]
        for t in plan.tables
    }
    assert steps["MARKS"] == []
    assert [step.length for step in steps["MAIN"][0]] == [4, 2]


def test_without_a_variable_of_the_population_its_table_still_says_who_is_in() -> None:
    plan = compile_slice(question(variables=asked(("MARKS", "MARK", "value"))))
    assert [[c.name for c in t.output] for t in plan.tables] == [["pseudonym"], ["pseudonym", "MARK"]]


def test_a_register_is_never_delivered_by_itself() -> None:
    plan = compile_slice(question(variables=asked(("REGISTER", "SEX", "value"))))
    assert [[c.name for c in t.output] for t in plan.tables] == [["pseudonym", "SEX"]]


def test_a_register_that_is_the_population_is_not_looked_up_in_itself() -> None:
    """All its rows are one controller's; what it is asked for is read from its own rows."""
    rules = (*RULE.rules, DatasetRule(dataset="REGISTER", controller="A"))
    people = p.People(description="all", dataset="REGISTER")
    asked_of_it = question(variables=asked(("REGISTER", "SEX", "value")), people=people)
    plan = compile_slice(replace(asked_of_it, rule=replace(RULE, rules=rules)))
    (made,) = plan.tables
    assert [o.op for o in made.operators if isinstance(o, op.Lookup)] == []
    assert [c.name for c in made.output] == ["pseudonym", "SEX"]


def test_a_variable_can_be_asked_for_until_the_day_it_is_withdrawn() -> None:
    wanted = asked(("MAIN", "GOING", "value"))
    assert compile_slice(question(variables=wanted)).tables[0].output[1].name == "GOING"
    with pytest.raises(Mistake) as no:
        compile_slice(replace(question(variables=wanted), today=date(2026, 1, 2)))
    assert no.value.code == "plan.variable_withdrawn"


def test_terms_shorten_the_period_of_every_table() -> None:
    plan = compile_slice(question(terms=SliceTerms(period_start=date(2024, 8, 1), period_end=date(2025, 8, 1))))
    windows = [(o.start, o.end) for t in plan.tables for o in t.operators if isinstance(o, op.Window)]
    assert windows == [(date(2024, 8, 1), date(2025, 8, 1))] * 2


PEOPLE = VERSION.people
REFUSED = {
    "an unknown variable": (question(variables=asked(("MAIN", "NOPE", "value"))), "plan.variable_unknown"),
    "another table's variable": (question(variables=asked(("MAIN", "MARK", "value"))), "plan.variable_unknown"),
    "an unknown filter": (
        question(people=replace(PEOPLE, filters=(p.CodeFilter(variable="NOPE", codes=("1",)),))),
        "plan.variable_unknown",
    ),
    "a withdrawn variable": (question(variables=asked(("MAIN", "GONE", "value"))), "plan.variable_withdrawn"),
    "an unknown level": (question(variables=asked(("MAIN", "CODE", "three"))), "plan.level_unknown"),
    "an unknown level in the terms": (question(terms=coarsened("MAIN", "CODE", "three")), "plan.level_unknown"),
    "the identifier": (question(variables=asked(("MAIN", "WHO", "value"))), "plan.identifier"),
    "the register's identifier": (question(variables=asked(("REGISTER", "WHO", "value"))), "plan.identifier"),
    "an unknown dataset": (question(variables=asked(("NOPE", "CODE", "full"))), "plan.dataset_unknown"),
    "an unknown population": (question(people=replace(PEOPLE, dataset="NOPE")), "plan.dataset_unknown"),
    "a population nobody has a rule for": (
        question(people=replace(PEOPLE, dataset="NOBODYS", filters=())),
        "plan.rule_unknown",
    ),
    "a table nobody has a rule for": (
        question(variables=(*VARIABLES, *asked(("NOBODYS", "KIND", "value")))),
        "plan.rule_unknown",
    ),
    "a variable twice": (question(variables=asked(("MAIN", "CODE", "four"), ("MAIN", "CODE", "two"))), "plan.column_twice"),
    "two variables whose names differ in case only": (
        replace(
            question(variables=asked(("MAIN", "CODE", "four"), ("MAIN", "Code", "value"))),
            catalogue=with_variable("Code", "MAIN"),
        ),
        "plan.column_twice",
    ),
    "a variable named as the pseudonym, in other letters": (
        replace(question(variables=asked(("MAIN", "Pseudonym", "value"))), catalogue=with_variable("Pseudonym", "MAIN")),
        "plan.column_twice",
    ),
    "a table, where the only rule is another's": (
        replace(question(), rule=replace(RULE, rules=tuple(r for r in RULE.rules if r.dataset == "MAIN"))),
        "plan.rule_unknown",
    ),
    "a finer level": (question(terms=coarsened("MAIN", "CODE", "full")), "plan.terms_widen"),
    "a coarser level of what was not asked": (question(terms=coarsened("MAIN", "KIND", "value")), "plan.terms_widen"),
    "dropping what was not asked": (question(terms=SliceTerms(drop=(("MAIN", "KIND"),))), "plan.terms_widen"),
    "an earlier start": (question(terms=SliceTerms(period_start=date(2023, 7, 31))), "plan.terms_widen"),
    "a later end": (question(terms=SliceTerms(period_end=date(2026, 8, 2))), "plan.terms_widen"),
    "an empty period": (
        question(terms=SliceTerms(period_start=date(2024, 8, 1), period_end=date(2024, 8, 1))),
        "plan.terms_widen",
    ),
    "nothing left": (
        question(terms=SliceTerms(drop=tuple((v.dataset, v.variable) for v in VARIABLES))),
        "plan.empty",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_question_that_cannot_be_answered_is_a_mistake(name: str) -> None:
    asked_for, code = REFUSED[name]
    with pytest.raises(Mistake) as no:
        compile_slice(asked_for)
    assert no.value.code == code


def levels(made: op.TablePlan) -> dict[str, int]:
    steps = {o.column: len(o.steps) for o in made.operators if isinstance(o, op.Generalise)}
    return {c.name: steps.get(c.name, 0) for c in made.output[1:]}


@given(narrowing_terms(), st.sampled_from("ABC"))
def test_terms_only_narrow(terms: SliceTerms, controller: str) -> None:
    """Invariants 1 and 5 at the plan: no column, level, person or day more than asked; the operators as always."""
    whole = compile_slice(question(controller=controller))
    plan = compile_slice(question(terms=terms, controller=controller))
    for made in plan.tables:
        asked_table = table(whole, made.name)
        assert {c.name for c in made.output} <= {c.name for c in asked_table.output}
        assert all(level >= levels(asked_table)[name] for name, level in levels(made).items())
        kinds = [ORDER.index(o.op) for o in made.operators]
        assert kinds == sorted(kinds)
        window, full = (next(o for o in t.operators if isinstance(o, op.Window)) for t in (made, asked_table))
        assert full.start <= window.start < window.end <= full.end
        whose = [
            o for o in made.operators if isinstance(o, op.Origin | op.Claimants | op.Exclude | op.Where | op.Within)
        ]
        assert whose == [o for o in asked_table.operators if o in whose]
        assert next(o for o in made.operators if isinstance(o, op.Origin)).controller == controller
    assert exactly(terms) == {(made.name, name): level for made in plan.tables for name, level in levels(made).items()}


def exactly(terms: SliceTerms) -> dict[tuple[str, str], int]:
    """The level of each column that must come out, written down from the terms alone."""
    coarser = {(c.dataset, c.variable): c.level for c in terms.coarsen}
    left = [v for v in VARIABLES if (v.dataset, v.variable) not in terms.drop]
    return {
        ("MAIN" if v.dataset == "REGISTER" else v.dataset, v.variable): LEVELS[(v.dataset, v.variable)].index(
            coarser.get((v.dataset, v.variable), v.level)
        )
        for v in left
    }


@given(narrowing_terms())
def test_a_plan_read_back_from_its_document_is_the_same_plan(terms: SliceTerms) -> None:
    plan = compile_slice(question(terms=terms))
    again = read(op.SlicePlan, canonical(plan), what="The plan")
    assert again == plan
    assert digest(again) == digest(plan)


@given(narrowing_terms(), narrowing_terms())
def test_plans_have_one_digest_exactly_when_they_let_out_the_same(one: SliceTerms, other: SliceTerms) -> None:
    first, second = (compile_slice(question(terms=terms)) for terms in (one, other))
    assert (digest(first) == digest(second)) == (first.tables == second.tables)


CHANGES: dict[str, Question] = {
    "controller": question(controller="B"),
    "title": question(title="Another"),
    "rule": replace(question(), rule=replace(RULE, version=2)),
    "catalogue": question(catalogue=digest("another")),
    "period": question(period=p.Period(start=date(2023, 8, 1), end=date(2026, 7, 31))),
}


@pytest.mark.parametrize("what", CHANGES)
def test_another_source_gives_another_digest(what: str) -> None:
    assert digest(compile_slice(CHANGES[what])) != digest(compile_slice(question()))


def test_the_day_on_which_it_is_compiled_changes_nothing() -> None:
    later = replace(question(), today=date(2027, 1, 1))
    assert digest(compile_slice(later)) == digest(compile_slice(question()))
