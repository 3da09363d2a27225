"""Invariants 1 and 2: exactly the rows that origin and every claimant let out, and only what was asked, ever coarser."""

import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
from hypothesis import given
from hypothesis import strategies as st

from avrop.canonical import digest
from avrop.catalogue.datasets import Catalogue, Dataset
from avrop.catalogue.unittypes import Text
from avrop.catalogue.variables import Level, Prefix, Variable
from avrop.disclosure.attribution import AttributionRule, DatasetRule, UnattributableWhen
from avrop.disclosure.generation import level_of, merge_plan
from avrop.disclosure.plan import Question, compile_slice
from avrop.disclosure.pseudonyms import pseudonymiser
from avrop.engines.duckdb import DuckDBEngine
from avrop.governance import purposes as p
from avrop.governance.slices import Coarsening, SliceTerms
from tests.engines.engine_data import PEOPLE, bind
from tests.examples import tried

T = Text(nb="x", en="x")
CONTROLLERS = ("A", "B", "C")
DAYS = (date(2023, 10, 1), date(2024, 10, 1), date(2025, 10, 1))
LADDER = (Level(name="full"), Level(name="four", step=Prefix(length=4)), Level(name="two", step=Prefix(length=2)))


def _variable(name: str, data_type: str = "text", **more) -> Variable:
    values = {"sensitivity": "ordinary", "levels": (Level(name="value"),), **more}
    return Variable(
        name=name,
        label=T,
        definition=T,
        unit_type="ROW",
        data_type=data_type,
        temporality="EVENT",
        source="t",
        **values,
    )


CATALOGUE = Catalogue(
    name="t", version="1", title=T, publisher="p", unit_types=(), code_lists=(),
    variables=(
        _variable("WHO", sensitivity="identifier"), _variable("DAY", "date"), _variable("OWNER"), _variable("HOME"),
        _variable("KIND"), _variable("CODE", levels=LADDER), _variable("NUM", "integer"),
        _variable("ID", sensitivity="identifier"), _variable("BORN", "date"), _variable("SEX"),
    ),
    datasets=(
        Dataset(name="EVENTS", label=T, definition=T, unit_type="ROW", kind="event", person="WHO", time="DAY", key=("WHO",),
                variables=("WHO", "DAY", "OWNER", "HOME", "KIND", "CODE", "NUM")),
        Dataset(name="REGISTER", label=T, definition=T, unit_type="ROW", kind="register", person="ID", key=("ID",),
                variables=("ID", "BORN", "SEX")),
    ),
)  # fmt: skip
RULE = AttributionRule(
    id="r", version=1, valid_from=date(2026, 1, 1), successors=(("OLD", "A"),),
    rules=(DatasetRule(dataset="EVENTS", origin="OWNER", claimants=("HOME",),
                       unattributable_when=(UnattributableWhen(column="KIND", values=("4",)),)),),
)  # fmt: skip
VERSION = p.CallOffVersion(
    reference="scope", number=1, agreement="f", catalogue=digest(CATALOGUE), receiver="r", title="t",
    purpose=p.Purpose(statement="s", category="c", task_reference="t", decision_use="none"), analyses=(),
    variables=tuple(
        p.RequestedVariable(dataset=d, variable=v, level=level)
        for d, v, level in (("EVENTS", "CODE", "four"), ("REGISTER", "SEX", "value"), ("EVENTS", "NUM", "value"))
    ),
    people=p.People(description="all", dataset="EVENTS"), period=p.Period(start=date(2023, 10, 1), end=date(2025, 10, 1)),
    controllers=CONTROLLERS, coverage=p.Coverage(minimum_controllers=1, consequence="c"),
    delivery_form="pseudonymised microdata", why_not_less="w", legal_basis="l",
    retention=p.Retention(until=date(2028, 1, 1), method="m", derived_kept="d"),
)  # fmt: skip
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "WHO": st.sampled_from(PEOPLE), "DAY": st.sampled_from(DAYS), "OWNER": st.sampled_from((*CONTROLLERS, "OLD", None)),
            "HOME": st.sampled_from((*CONTROLLERS, "OLD", "ELSEWHERE", None)), "KIND": st.sampled_from(("1", "4", None)),
            "CODE": st.sampled_from(("STREA2", "STSSA2", "BABAT1")), "NUM": st.integers(0, 10**9),
        }
    ),
    max_size=30, unique_by=lambda row: row["NUM"],
)  # fmt: skip
ENGINE = DuckDBEngine(threads=1, memory_limit="1GB")
PSEUDONYM = {who: pseudonymiser(bytes(range(32)))([who])[0] for who in PEOPLE}
some = st.lists(st.sampled_from(PEOPLE), max_size=2)


def plan(controller: str, terms: SliceTerms | None = None, *, rule: AttributionRule = RULE, version=VERSION):
    return compile_slice(
        Question(
            version=version, terms=terms or SliceTerms(), controller=controller, catalogue=CATALOGUE, rule=rule,
            today=date(2026, 1, 1),
        )
    )  # fmt: skip


def delivered(folder: Path, rows, approved, *, protected=(), objecting=(), terms=None, periods=None) -> list[dict]:
    """All slices of the approving controllers, as delivered."""
    register = [{"ID": who, "BORN": None, "SEX": "1"} for who in PEOPLE]
    binding = bind(
        folder / "in",
        events=rows,
        register=register,
        protected=protected,
        objecting=objecting,
        approved=approved,
        periods=periods,
    )
    found: list[dict] = []
    for controller in sorted(approved):
        home = folder / f"out-{controller}"
        home.mkdir()
        (made,) = ENGINE.run(plan(controller, (terms or {}).get(controller)), binding, home)
        found += pq.read_table(made.path).to_pylist()
    return found


def today(owner: str | None) -> str | None:
    return "A" if owner == "OLD" else owner


def allowed(row: dict, approved, left_out, periods=None) -> bool:
    """Written down once more, from the rule's words and not from the plan."""
    origin, claimant = today(row["OWNER"]), today(row["HOME"])
    return (
        origin in approved
        and (claimant is None or claimant in approved)
        and all(
            start <= row["DAY"] < end for name, (start, end) in (periods or {}).items() if name in (origin, claimant)
        )
        and row["KIND"] != "4"
        and row["WHO"] not in left_out
        and date(2023, 10, 1) <= row["DAY"] < date(2025, 10, 1)
    )


@tried(60)
@given(ROWS, st.sets(st.sampled_from(CONTROLLERS)), some, some)
def test_exactly_what_origin_and_every_claimant_let_out_is_delivered(rows, approved, protected, objecting) -> None:
    with tempfile.TemporaryDirectory() as name:
        out = delivered(Path(name), rows, approved, protected=protected, objecting=objecting)
    expected = [
        {"pseudonym": PSEUDONYM[r["WHO"]], "CODE": r["CODE"][:4], "SEX": "1", "NUM": r["NUM"]}
        for r in rows
        if allowed(r, approved, {*protected, *objecting})
    ]
    assert sorted(out, key=lambda r: r["NUM"]) == sorted(expected, key=lambda r: r["NUM"])


@tried(40)
@given(ROWS, st.sampled_from(CONTROLLERS), st.sampled_from([date(2023, 10, 1), date(2024, 10, 1), date(2025, 1, 1)]))
def test_a_shorter_period_holds_for_own_rows_and_for_rows_that_are_claimed(rows, shorter, start) -> None:
    """A controller that approved a shorter period lets out no row of an earlier date: neither its own, nor another's
    on which it has a claim."""
    terms, periods = {shorter: SliceTerms(period_start=start)}, {shorter: (start, VERSION.period.end)}
    with tempfile.TemporaryDirectory() as name:
        out = delivered(Path(name), rows, set(CONTROLLERS), terms=terms, periods=periods)
    expected = {r["NUM"] for r in rows if allowed(r, CONTROLLERS, (), periods)}
    assert {r["NUM"] for r in out} == expected


@tried(40)
@given(ROWS, st.sampled_from(CONTROLLERS))
def test_removing_a_controller_removes_all_and_only_its_rows(rows, removed) -> None:
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        before = {r["NUM"] for r in delivered(Path(one), rows, set(CONTROLLERS))}
        after = {r["NUM"] for r in delivered(Path(two), rows, set(CONTROLLERS) - {removed})}
    its_own = {r["NUM"] for r in rows if removed in (today(r["OWNER"]), today(r["HOME"]))}
    assert after == before - its_own


TERMS = st.fixed_dictionaries(
    {
        name: st.sampled_from(
            [
                None,
                SliceTerms(coarsen=(Coarsening(dataset="EVENTS", variable="CODE", level="two"),)),
                SliceTerms(drop=(("EVENTS", "NUM"),)),
                SliceTerms(period_start=date(2025, 1, 1)),
            ]
        )
        for name in CONTROLLERS
    }
)


@tried(60)
@given(TERMS)
def test_columns_and_levels_only_become_fewer_and_coarser(terms) -> None:
    """Delivered ⊆ granted ⊆ requested, for columns and levels, through slices and merge."""
    asked = {"pseudonym", *(v.variable for v in VERSION.variables)}
    plans = [(made := plan(name, terms[name]), digest(made)) for name in CONTROLLERS]
    merged = merge_plan("scope", plans, CATALOGUE).tables[0]
    names = {c.name for c in merged.columns}
    for made, _ in plans:
        table = made.tables[0]
        granted = {c.name for c in table.output}
        assert names <= granted <= asked
        for name, level in merged.levels:
            index = CATALOGUE.variable(name).level_index(level)
            asked_level = next(v.level for v in VERSION.variables if v.variable == name)
            assert index >= level_of(table, name) >= CATALOGUE.variable(name).level_index(asked_level)


def test_two_slice_plans_that_let_out_different_things_have_different_digests() -> None:
    seen = {
        digest(plan(name, terms)) for name in CONTROLLERS for terms in (None, SliceTerms(period_start=date(2025, 1, 1)))
    }
    assert len(seen) == 6
    other = replace(VERSION, title="Another title")
    assert digest(other) != digest(VERSION)


def _owned(dataset: str, controller: str) -> AttributionRule:
    return replace(RULE, rules=(DatasetRule(dataset=dataset, controller=controller),))


def _run(folder: Path, rows, controller: str, *, rule: AttributionRule, version=VERSION) -> list[dict]:
    register = [{"ID": who, "BORN": None, "SEX": "1"} for who in PEOPLE]
    binding = bind(folder / "in", events=rows, register=register, protected=(PEOPLE[0],), approved={controller})
    (made,) = ENGINE.run(plan(controller, rule=rule, version=version), binding, folder)
    return pq.read_table(made.path).to_pylist()


@tried(30)
@given(ROWS, st.sampled_from(("A", "OLD")))
def test_a_table_of_one_controller_is_in_its_slice_alone(rows, owner: str) -> None:
    """Its rows are the controller's whatever their columns say; and its today, if it was renamed."""
    expected = sorted(
        row["NUM"] for row in rows if row["WHO"] != PEOPLE[0] and date(2023, 10, 1) <= row["DAY"] < date(2025, 10, 1)
    )
    with tempfile.TemporaryDirectory() as name:
        (mine := Path(name) / "A").mkdir()
        (others := Path(name) / "B").mkdir()
        rule = _owned("EVENTS", owner)
        assert sorted(row["NUM"] for row in _run(mine, rows, "A", rule=rule)) == expected
        assert _run(others, rows, "B", rule=rule) == []


def test_a_register_of_one_controller_is_delivered_by_itself_less_the_protected(tmp_path: Path) -> None:
    asked = (p.RequestedVariable(dataset="REGISTER", variable="SEX", level="value"),)
    version = replace(VERSION, variables=asked, people=p.People(description="all", dataset="REGISTER"))
    found = _run(tmp_path, [], "A", rule=_owned("REGISTER", "A"), version=version)
    assert {row["pseudonym"] for row in found} == {PSEUDONYM[who] for who in PEOPLE[1:]}
    assert {row["SEX"] for row in found} == {"1"}
