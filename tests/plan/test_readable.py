"""What a person reads before deciding says everything that the plan does to rows and columns."""

from hypothesis import given

from avrop.disclosure.plan import compile_slice
from avrop.disclosure.readable import readable
from avrop.governance.slices import SliceTerms
from tests.plan.plan_data import CATALOGUE, narrowing_terms, question


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
