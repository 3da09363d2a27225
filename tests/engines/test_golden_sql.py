"""What DuckDB is given for two tables of a plan, kept as text: a change of the emitter is seen in review.

To accept a change, delete the golden file and run the test twice: it is written, fails once, and then holds.
"""

import re
from pathlib import Path

import pytest
from sqlglot import exp

from avrop.catalogue.variables import Band, Prefix, Recode
from avrop.disclosure import operators as op
from avrop.disclosure.plan import compile_slice
from avrop.engines import emit
from avrop.engines.levels import generalised
from avrop.governance.slices import Coarsening, SliceTerms
from tests.plan.plan_data import question

GOLDEN = Path(__file__).parent / "golden"
INPUTS = emit.Inputs(
    tables={"MAIN": [Path("main-0"), Path("it's")], "MARKS": [Path("marks")], "REGISTER": [Path("register")]},
    lists={"protected": Path("protected"), "objecting": Path("objecting")},
    approved=frozenset({"C", "A", "it's"}),
    maps={"2026-001": "map_0"},
    within={"MAIN": "map_0"},
)
TERMS = SliceTerms(coarsen=(Coarsening(dataset="MAIN", variable="COUNT", level="any"),))


def query(name: str) -> exp.Select:
    made = next(t for t in compile_slice(question(terms=TERMS)).tables if t.name == name)
    return emit.typed(emit.relation(made.operators, INPUTS).query, made.output)


@pytest.mark.parametrize("name", ["MAIN", "MARKS"])
def test_the_statement_is_the_one_that_was_reviewed(name: str) -> None:
    path = GOLDEN / f"{name}.sql"
    text = query(name).sql(dialect="duckdb", identify=True, pretty=True) + "\n"
    if not path.exists():
        path.write_text(text, "utf-8")
        pytest.fail(f"{path.name} was not there and has been written: read it, and keep it if it is right")
    assert text == path.read_text("utf-8")


@pytest.mark.parametrize("name", ["MAIN", "MARKS"])
def test_every_column_is_named_quoted_and_cast(name: str) -> None:
    tree = query(name)
    assert list(tree.find_all(exp.Star)) == []
    assert [c.sql() for c in tree.find_all(exp.Column) if not c.this.quoted] == []
    assert [type(shown.this) for shown in tree.selects] == [exp.Cast] * len(tree.selects)


def test_a_name_cannot_leave_its_quotes_nor_a_value_its() -> None:
    evil = 'x"; DROP TABLE t; --'
    columns = (op.Column(name=evil, type="text"),)
    steps = (Recode(pairs=((evil, "it's"),)), Prefix(length=3))
    inputs = emit.Inputs(tables={"D": [Path("a'b")]}, lists={}, approved=frozenset(), maps={}, within={})
    made = emit.relation((op.Scan(dataset="D", columns=columns), op.Generalise(column=evil, steps=steps)), inputs)
    text = emit.sql(made.query)
    assert '"x""; DROP TABLE t; --"' in text
    assert "'it''s'" in text and "'a''b'" in text
    assert re.sub(r"\"(?:[^\"]|\"\")*\"|'(?:[^']|'')*'", "", text).count(";") == 0


def test_bands_are_labelled_by_their_edges() -> None:
    assert Band(edges=(5,)).labels() == ("<5", ">=5")
    assert Band(edges=(-2, 0, 5)).labels() == ("<-2", "-2--1", "0-4", ">=5")
    shown = emit.sql(generalised(exp.column("N", quoted=True), (Band(edges=(-2, 5)),)))
    assert "'<-2'" in shown and "'-2-4'" in shown and "'>=5'" in shown
