"""A merge makes levels alike: it coarsens or drops, never refines, whatever the slices' terms are."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from avrop.canonical import Digest, digest
from avrop.catalogue.variables import Step
from avrop.disclosure import operators as op
from avrop.disclosure.generation import MergePlan, level_of, merge_plan
from avrop.disclosure.plan import compile_slice
from avrop.engines.reference import climb
from avrop.governance.slices import Coarsening, SliceTerms
from tests.plan.plan_data import CATALOGUE, narrowing_terms, question

Plans = Sequence[tuple[op.SlicePlan, Digest]]
SLICES = st.lists(narrowing_terms(), min_size=1, max_size=3)
VALUES = {
    "CODE": ("STREA2----", "BA", ""),
    "COUNT": (0, 4, 10, -1),
    "BORN": ("2009-02", "2009"),
    "MARK": ("5",),
    "SEX": ("1",),
}


def plans(terms: Sequence[SliceTerms]) -> Plans:
    made = [compile_slice(question(terms=t, controller=c)) for t, c in zip(terms, "ABC", strict=False)]
    return [(plan, digest(plan)) for plan in made]


def merged(sliced: Plans) -> MergePlan:
    return merge_plan("2026-001", sliced, CATALOGUE)


def part(plan: op.SlicePlan, name: str) -> op.TablePlan:
    return next(t for t in plan.tables if t.name == name)


def steps(operators: Sequence[op.Operator], column: str) -> tuple[Step, ...]:
    return next((o.steps for o in operators if isinstance(o, op.Generalise) and o.column == column), ())


@given(SLICES)
def test_the_columns_are_those_that_every_slice_has(terms: Sequence[SliceTerms]) -> None:
    sliced = plans(terms)
    shared = set.intersection(*({(t.name, c.name) for t in plan.tables for c in t.output} for plan, _ in sliced))
    made = merged(sliced)
    assert {(t.name, c.name) for t in made.tables for c in t.columns} == shared
    assert all(t.columns[0].name == "pseudonym" for t in made.tables)


@given(SLICES)
def test_each_column_is_at_the_coarsest_level_of_any_slice(terms: Sequence[SliceTerms]) -> None:
    sliced = plans(terms)
    for made in merged(sliced).tables:
        types = {c.name: c.type for c in made.columns}
        assert [name for name, _ in made.levels] == [c.name for c in made.columns[1:]]
        for name, level in made.levels:
            ladder = CATALOGUE.variable(name)
            found = [level_of(part(plan, made.name), name) for plan, _ in sliced]
            assert ladder.level_index(level) == max(found)
            assert types[name] == (ladder.data_type if max(found) == 0 else "text")


@given(SLICES)
def test_each_slices_own_steps_and_the_merges_make_the_whole_ladder(terms: Sequence[SliceTerms]) -> None:
    """Whatever level a slice left a value at, the merge takes it where a direct climb from the stored value ends."""
    sliced = plans(terms)
    for made in merged(sliced).tables:
        for (plan, sealed), source in zip(sliced, made.sources, strict=True):
            assert (source.controller, source.slice_plan) == (plan.controller, sealed)
            assert {o.column for o in source.generalise} <= {c.name for c in made.columns[1:]}
            for name, level in made.levels:
                ladder = CATALOGUE.variable(name)
                whole = tuple(r.step for r in ladder.levels[1 : ladder.level_index(level) + 1] if r.step)
                own, further = steps(part(plan, made.name).operators, name), steps(source.generalise, name)
                assert own + further == whole
                for value in VALUES[name]:
                    assert climb(climb(value, own), further) == climb(value, whole)


@given(SLICES)
def test_the_order_of_the_slices_changes_no_column_and_no_level(terms: Sequence[SliceTerms]) -> None:
    sliced = plans(terms)
    one, other = merged(sliced), merged(list(reversed(sliced)))
    shapes = [{t.name: (set(t.columns), set(t.levels), set(t.sources)) for t in made.tables} for made in (one, other)]
    assert shapes[0] == shapes[1]


@given(narrowing_terms())
def test_slices_that_are_alike_are_merged_as_they_stand(terms: SliceTerms) -> None:
    sliced = plans([terms, terms, terms])
    for made in merged(sliced).tables:
        assert made.columns == part(sliced[0][0], made.name).output
        assert [source.generalise for source in made.sources] == [()] * 3


def test_a_table_that_one_slice_lacks_is_dropped() -> None:
    without = SliceTerms(drop=(("MARKS", "MARK"), ("MARKS", "CODE")))
    assert [t.name for t in merged(plans([SliceTerms(), without])).tables] == ["MAIN"]


def test_one_table_at_a_coarser_level_does_not_touch_the_other() -> None:
    coarser = SliceTerms(coarsen=(Coarsening(dataset="MARKS", variable="CODE", level="two"),))
    levels = {t.name: dict(t.levels)["CODE"] for t in merged(plans([SliceTerms(), coarser])).tables}
    assert levels == {"MAIN": "four", "MARKS": "two"}
