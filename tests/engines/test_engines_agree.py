"""Invariant 10: any engine equals the reference engine on any plan."""

import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avrop.catalogue.variables import Band, Prefix
from avrop.disclosure import operators as op
from avrop.disclosure.generation import MergePlan, MergeSource, MergeTable
from avrop.engines.duckdb import DuckDBEngine
from avrop.engines.reference import ReferenceEngine
from tests.engines.engine_data import EVENT, EVENTS, PEOPLE, REGISTER, REGISTERS, STEPS, bind, operators, plan
from tests.engines.test_shut_off import row, table
from tests.examples import tried

ENGINES = (DuckDBEngine(threads=2, memory_limit="1GB"), ReferenceEngine())
FEW = tried(60)
people = st.lists(st.sampled_from(PEOPLE), max_size=2)


def outputs(folder: Path, run) -> list[list[tuple[str, list[str], list[dict]]]]:
    """What each engine writes: table, types, rows in order."""
    made = []
    for engine in ENGINES:
        home = folder / engine.name
        home.mkdir()
        files = run(engine, home)
        tables = [(f.table, pq.read_table(f.path)) for f in files]
        assert [f.rows for f in files] == [t.num_rows for _, t in tables]
        made.append([(name, [str(x) for x in t.schema.types], t.to_pylist()) for name, t in tables])
    return made


@FEW
@given(
    EVENTS,
    EVENTS,
    REGISTERS,
    people,
    people,
    st.sets(st.sampled_from("ABC")),
    operators(),
    operators(dataset="OTHERS", looked_up=False),
    st.booleans(),
    st.dictionaries(st.sampled_from("AB"), st.just((date(2024, 1, 1), date(2025, 10, 1)))),
)
def test_runs_agree(events, others, register, protected, objecting, approved, first, second, linked, periods) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        binding = bind(
            folder / "in", events=events, others=others, register=register, protected=protected, objecting=objecting,
            approved=approved, periods=periods,
        )  # fmt: skip
        at = next(i for i, x in enumerate(second[0]) if isinstance(x, op.Generalise | op.Pseudonymise))
        within = (op.Within(column="WHO", table="EVENTS"),) if linked else ()
        tables = (
            op.TablePlan(name="EVENTS", operators=first[0], output=first[1]),
            op.TablePlan(name="OTHERS", operators=(*second[0][:at], *within, *second[0][at:]), output=second[1]),
        )
        fast, slow = outputs(folder, lambda engine, home: engine.run(plan(*tables), binding, home))
        assert fast == slow


@FEW
@given(
    EVENTS,
    REGISTERS,
    people,
    st.lists(st.sampled_from(("CODE", "NUM", "SEX", "BORN")), unique=True, min_size=1),
    st.data(),
)
def test_measurements_agree(events, register, protected, names, data) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        binding = bind(folder / "in", events=events, register=register, protected=protected)
        steps = [op.Generalise(column=n, steps=s) for n in names if (s := data.draw(STEPS[n]))]
        scan = op.Scan(dataset="EVENTS", columns=EVENT)
        lookup = op.Lookup(dataset="REGISTER", on="WHO", key="ID", columns=REGISTER[1:])
        kept = tuple((n, n) for n in ("WHO", "DAY", *names))
        table = op.TablePlan(
            name="EVENTS",
            operators=(scan, op.Exclude(column="WHO", list="protected"), lookup, *steps, op.Select(columns=kept)),
            output=(),
        )
        measured = op.ClassPlan(
            scenario="S", controller="A", table=table, person="WHO", sequence="DAY", columns=tuple(names)
        )
        spill = folder / "spill"
        spill.mkdir()
        (fast,), (slow,) = (engine.classes([measured], binding, spill) for engine in ENGINES)
        assert dict(fast) == dict(slow)
        left = {row["WHO"] for row in events} - set(protected)
        assert sum(size * count for size, count in fast.items()) == len(left)


@FEW
@given(EVENTS, EVENTS)
def test_merges_agree_and_harmonise(one, other) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        columns = (op.Column(name="pseudonym", type="text"), op.Column(name="CODE", type="text"))
        sources = {}
        for controller, events, steps in (("A", one, ()), ("B", other, (Prefix(length=4),))):
            generalise = (op.Generalise(column="CODE", steps=steps),) if steps else ()
            select = op.Select(columns=(("WHO", "pseudonym"), ("CODE", "CODE")))
            scan = op.Scan(dataset="EVENTS", columns=EVENT)
            pseudonymise = op.Pseudonymise(column="WHO", scope="scope")
            table = op.TablePlan(name="EVENTS", operators=(scan, *generalise, pseudonymise, select), output=columns)
            home = folder / f"x{controller}"
            home.mkdir()
            binding = bind(folder / f"in{controller}", events=events)
            ENGINES[0].run(plan(table, controller=controller), binding, home)
            sources[controller] = {"EVENTS": home / "EVENTS.parquet"}
        both = (op.Generalise(column="CODE", steps=(Prefix(length=4), Prefix(length=2))),)
        rest = (op.Generalise(column="CODE", steps=(Prefix(length=2),)),)
        merged = MergePlan(
            call_off="c",
            tables=(
                MergeTable(
                    name="EVENTS", columns=columns, levels=(("CODE", "two"),),
                    sources=(
                        MergeSource(controller="A", slice_plan="a", generalise=both),
                        MergeSource(controller="B", slice_plan="b", generalise=rest),
                    ),
                ),
            ),
        )  # fmt: skip
        fast, slow = outputs(folder, lambda engine, home: engine.merge(merged, sources, home))
        assert fast == slow
        codes = sorted(str(row["CODE"]) for _, _, rows in fast for row in rows)
        assert codes == sorted(str(e["CODE"][:2] if e["CODE"] is not None else None) for e in [*one, *other])


EDGES = [
    row(f"0{n}", NUM=n, DAY=day, CODE="x") for n in (4, 5, 9, 10) for day in (date(2024, 1, 1), date(2024, 12, 31))
]


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
def test_edges_belong_to_the_band_and_the_period_that_begin_there(engine, tmp_path: Path) -> None:
    binding = bind(tmp_path / "in", events=[*EDGES, row("0X", NUM=1, DAY=date(2025, 1, 1))])
    operators = (
        op.Window(column="DAY", start=date(2024, 1, 1), end=date(2025, 1, 1)),
        op.Generalise(column="NUM", steps=(Band(edges=(5, 10)),)),
    )
    made = table(*operators, columns=("NUM",))
    made = replace(made, output=(made.output[0], op.Column(name="NUM", type="text")))
    (file,) = engine.run(plan(made), binding, tmp_path)
    found = sorted(pq.read_table(file.path).column("NUM").to_pylist())
    assert found == ["5-9"] * 4 + ["<5"] * 2 + [">=10"] * 2


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
def test_a_path_does_not_depend_on_the_order_of_the_rows(engine, tmp_path: Path) -> None:
    early, late = {"DAY": date(2024, 1, 1), "CODE": "a"}, {"DAY": date(2025, 1, 1), "CODE": "b"}
    rows = [row("01", **early), row("01", **late), row("02", **late), row("02", **early), row("03", **late)]
    binding = bind(tmp_path / "in", events=rows)
    scan = op.Scan(dataset="EVENTS", columns=EVENT)
    kept = op.Select(columns=(("WHO", "WHO"), ("DAY", "DAY"), ("CODE", "CODE")))
    measured = op.ClassPlan(
        scenario="S", controller="A", table=op.TablePlan(name="EVENTS", operators=(scan, kept), output=()),
        person="WHO", sequence="DAY", columns=("CODE",),
    )  # fmt: skip
    (counts,) = engine.classes([measured], binding, tmp_path)
    assert dict(counts) == {2: 1, 1: 1}
