"""What a person reads before deciding says everything that the plan does to rows and columns."""

from dataclasses import replace
from datetime import date
from typing import get_args

import pytest
from hypothesis import given

from avrop.canonical import build, canonical
from avrop.catalogue.variables import Prefix
from avrop.disclosure import operators as op
from avrop.disclosure.attribution import DatasetRule
from avrop.disclosure.plan import compile_slice
from avrop.disclosure.readable import readable
from avrop.errors import Mistake
from avrop.governance.slices import SliceTerms
from tests.plan.plan_data import CATALOGUE, RULE, narrowing_terms, question


def test_it_reads_like_this() -> None:
    assert readable(compile_slice(question()), CATALOGUE) == (
        ("Controller", "A"),
        ("Call-off", "2026-001"),
        ("Table MAIN", "the table MAIN"),
        ("  rows", "where OWNER is A, or was stored as OLD; not where KIND is 2 or 4"),
        ("  claimants", "only if every controller in HOME approves the row's date too"),
        ("  left out", "people on the list 'protected'"),
        ("  left out", "people on the list 'objecting'"),
        ("  period", "DAY from 2023-08-01 to before 2026-08-01"),
        ("  only", "where KIND is 1 or 3"),
        ("  column pseudonym", "a pseudonym instead of the identity number"),
        ("  column COUNT", "label of COUNT, at level days"),
        ("  column BORN", "label of BORN, at level month"),
        ("  column CODE", "label of CODE, at level four"),
        ("  column SEX", "label of SEX, at level value"),
        ("Table MARKS", "the table MARKS"),
        ("  rows", "where BY is A, or was stored as OLD"),
        ("  left out", "people on the list 'protected'"),
        ("  left out", "people on the list 'objecting'"),
        ("  period", "GIVEN from 2023-08-01 to before 2026-08-01"),
        ("  people", "only those in table MAIN"),
        ("  column pseudonym", "a pseudonym instead of the identity number"),
        ("  column MARK", "label of MARK, at level value"),
        ("  column CODE", "label of CODE, at level full"),
    )


@given(narrowing_terms())
def test_every_column_and_every_rule_about_rows_is_told(terms: SliceTerms) -> None:
    plan = compile_slice(question(terms=terms))
    told = readable(plan, CATALOGUE)
    columns = [f"  column {c.name}" for t in plan.tables for c in t.output]
    assert [what for what, _ in told if what.startswith("  column ")] == columns
    rows = {"origin", "claimants", "exclude", "window", "where", "within"}
    rules = [o for t in plan.tables for o in t.operators if o.op in rows]
    assert len([what for what, _ in told if what.startswith("  ") and not what.startswith("  column ")]) == len(rules)


@given(narrowing_terms(), narrowing_terms())
def test_two_plans_that_differ_read_differently(one: SliceTerms, other: SliceTerms) -> None:
    first, second = (compile_slice(question(terms=terms)) for terms in (one, other))
    assert (readable(first, CATALOGUE) == readable(second, CATALOGUE)) == (first == second)


ONE_OF_EACH: tuple[op.Operator, ...] = (
    op.Scan(dataset="MAIN", columns=(op.Column(name="CODE", type="text"),)),
    op.Origin(column="OWNER", controller="A"),
    op.Claimants(columns=("HOME",)),
    op.Exclude(column="WHO", list="protected"),
    op.Window(column="DAY", start=date(2023, 1, 1), end=date(2024, 1, 1)),
    op.Where(column="KIND", values=("1",)),
    op.Within(column="WHO", table="MAIN"),
    op.Lookup(dataset="REGISTER", on="WHO", key="WHO", columns=(op.Column(name="SEX", type="text"),)),
    op.Generalise(column="CODE", steps=(Prefix(length=2),)),
    op.Pseudonymise(column="WHO", scope="2026-001"),
    op.Select(columns=(("CODE", "CODE"),)),
    op.Dedupe(),
    op.Order(columns=("CODE",)),
)
BY_COLUMN = {op.Scan, op.Lookup, op.Generalise, op.Pseudonymise, op.Select, op.Order}
"""What they do is told by the lines of the columns that come out; the order of rows lets nothing out."""


def test_one_of_each_is_one_of_each() -> None:
    union, _ = get_args(op.Operator)
    assert {type(operator) for operator in ONE_OF_EACH} == set(get_args(union))


@pytest.mark.parametrize("operator", ONE_OF_EACH, ids=lambda operator: operator.op)
def test_an_operator_is_told_or_knowingly_not(operator: op.Operator) -> None:
    """A new operator that nobody thought of here would be hidden from the table that a controller decides on."""
    without = compile_slice(question())
    table = without.tables[0]
    bare = op.TablePlan(name=table.name, operators=(), output=())
    told = op.TablePlan(name=table.name, operators=(operator,), output=())
    rows = [readable(_with(without, one), CATALOGUE) for one in (bare, told)]
    assert len(rows[1]) - len(rows[0]) == (0 if type(operator) in BY_COLUMN else 1)


def _with(plan: op.SlicePlan, table: op.TablePlan) -> op.SlicePlan:
    return replace(plan, tables=(table,))


@pytest.mark.parametrize(
    ("owner", "said"),
    [("A", "all: the table is A's; not where KIND is 2 or 4"), ("OLD", "all: the table is OLD's; not where KIND is 2 or 4"),
     ("B", "none: the table is B's")],
)  # fmt: skip
def test_whose_a_whole_table_is_reads_like_this(owner: str, said: str) -> None:
    rules = (replace(RULE.rules[0], origin=None, controller=owner), *RULE.rules[1:])
    plan = compile_slice(replace(question(), rule=replace(RULE, rules=rules)))
    assert ("  rows", said) in readable(plan, CATALOGUE)
    assert "OWNER" not in {column.name for column in plan.tables[0].operators[0].columns}  # type: ignore[union-attr]


@pytest.mark.parametrize("values", [{}, {"origin": "OWNER", "controller": "A"}])
def test_a_rule_names_either_the_column_of_the_origin_or_the_one_controller(values: dict[str, str]) -> None:
    with pytest.raises(Mistake) as refused:
        build(DatasetRule, {"dataset": "MAIN", **values}, what="rule.yaml")
    assert refused.value.code == "document.unreadable"
    assert "either" in str(refused.value)


def test_a_rule_and_a_plan_that_name_a_column_are_written_as_before_there_was_one_controller() -> None:
    assert b'"controller"' not in canonical(RULE)
    assert b'"owner"' not in canonical(compile_slice(question()))
