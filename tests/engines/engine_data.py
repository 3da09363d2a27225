"""Small tables and plans for engine tests, drawn by hypothesis: nulls, quotes, leading zeros, edge dates, duplicates."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import strategies as st

from avrop.catalogue.variables import Band, Prefix, Recode
from avrop.disclosure import operators as op
from avrop.disclosure.attribution import UnattributableWhen
from avrop.disclosure.binding import Binding
from avrop.disclosure.pseudonyms import pseudonymiser

OWNERS = ("A", "B", "C", "OLD")
PEOPLE = tuple(f"0{n}æ'\"" for n in range(6))
TEXTS = ("", "007", "12", "-3", "æøå", "it's", '"q"', "a;b", "9" * 18, "x" * 9, "12 ", "1.5")
DAYS = (date(1, 1, 1), date(1969, 12, 31), date(2024, 2, 29), date(2024, 10, 1), date(2025, 10, 1), date(9999, 12, 31))
EVENT = (
    op.Column(name="WHO", type="text"),
    op.Column(name="DAY", type="date"),
    op.Column(name="OWNER", type="text"),
    op.Column(name="HOME", type="text"),
    op.Column(name="KIND", type="text"),
    op.Column(name="CODE", type="text"),
    op.Column(name="NUM", type="integer"),
    op.Column(name="SCORE", type="number"),
)
REGISTER = (op.Column(name="ID", type="text"), op.Column(name="BORN", type="date"), op.Column(name="SEX", type="text"))
ARROW = {"text": pa.string(), "integer": pa.int64(), "number": pa.float64(), "date": pa.date32()}
ORIGINS = st.sampled_from([{"column": "OWNER"}, {"column": "OWNER"}, {"owner": "A"}, {"owner": "OLD"}, {"owner": "B"}])


def maybe(values: Sequence[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), st.sampled_from(values))


EVENTS = st.lists(
    st.fixed_dictionaries(
        {
            "WHO": st.sampled_from(PEOPLE),
            "DAY": maybe(DAYS),
            "OWNER": st.sampled_from(("A", "A", "A", "OLD", "B", None)),
            "HOME": maybe(OWNERS),
            "KIND": maybe(("1", "2", "4")),
            "CODE": maybe(TEXTS),
            "NUM": st.one_of(st.none(), st.integers(-(10**12), 10**12), st.integers(-3, 30)),
            "SCORE": maybe((0.1, -2.5, 3.0, 1e300, 5e-324)),
        }
    ),
    max_size=25,
)
REGISTERS = st.lists(st.sampled_from(PEOPLE), unique=True).flatmap(
    lambda ids: st.tuples(
        *(st.fixed_dictionaries({"ID": st.just(i), "BORN": maybe(DAYS), "SEX": maybe(("1", "2"))}) for i in ids)
    )
)
STEPS = {
    "CODE": st.sampled_from(
        [
            (),
            (Prefix(length=2),),
            (Prefix(length=4), Prefix(length=1)),
            (Recode(pairs=(("12", "dozen"), ("æøå", "letters"))),),
            (Band(edges=(0, 10)),),
        ]
    ),
    "NUM": st.sampled_from(
        [
            (),
            (Band(edges=(-2, 0, 5, 10)),),
            (Band(edges=(5,)), Recode(pairs=(("<5", "few"), (">=5", "it's many")))),
            (Prefix(length=1),),
        ]
    ),
    "BORN": st.sampled_from([(), (Prefix(length=7),), (Prefix(length=4), Band(edges=(1970, 2020)))]),
    "SEX": st.just(()),
    "DAY": st.sampled_from([(), (Prefix(length=4),)]),
}


def write(path: Path, rows: Sequence[dict[str, Any]], columns: Sequence[op.Column]) -> Path:
    schema = pa.schema([(c.name, ARROW[c.type]) for c in columns])
    pq.write_table(pa.Table.from_pylist(list(rows), schema=schema), path)
    return path


def bind(
    folder: Path, *, events, others=(), register=(), protected=(), objecting=(), approved=("A", "B"), periods=None
) -> Binding:
    """A binding on freshly written files; the events stand in two files."""
    folder.mkdir(parents=True, exist_ok=True)
    half = len(events) // 2
    person = (op.Column(name="person", type="text"),)
    return Binding(
        tables={
            "EVENTS": [write(folder / "e1", events[:half], EVENT), write(folder / "e2", events[half:], EVENT)],
            "OTHERS": [write(folder / "o", others, EVENT)],
            "REGISTER": [write(folder / "r", register, REGISTER)],
        },
        lists={
            "protected": write(folder / "p", [{"person": x} for x in protected], person),
            "objecting": write(folder / "q", [{"person": x} for x in objecting], person),
        },
        approved=frozenset(approved),
        periods=periods or {},
        pseudonyms={"scope": pseudonymiser(bytes(range(32)))},
    )


@st.composite
def operators(
    draw, *, dataset: str = "EVENTS", looked_up: bool = True
) -> tuple[tuple[op.Operator, ...], tuple[op.Column, ...]]:
    """The operators of one table, and its output columns."""
    successors = draw(st.sampled_from([(), (("OLD", "A"),)]))
    when = draw(st.sampled_from([(), (UnattributableWhen(column="KIND", values=("2", "4")),)]))
    made: list[op.Operator] = [op.Scan(dataset=dataset, columns=EVENT)]
    rows = [
        op.Origin(**draw(ORIGINS), controller="A", successors=successors, unattributable_when=when),
        op.Claimants(columns=("HOME",), successors=successors, time=draw(st.sampled_from(("DAY", None)))),
        op.Exclude(column="WHO", list="protected"),
        op.Exclude(column="WHO", list="objecting"),
        op.Window(column="DAY", start=date(2024, 1, 1), end=draw(st.sampled_from((date(2025, 10, 1), date(2030, 1, 1))))),
        op.Where(column="CODE", values=draw(st.sampled_from((("12", "it's"), TEXTS)))),
    ]  # fmt: skip
    made += [operator for operator in rows if draw(st.integers(0, 2)) == 0]
    types = {c.name: c.type for c in EVENT}
    names = draw(st.lists(st.sampled_from(("DAY", "CODE", "NUM", "OWNER", "SCORE")), unique=True, min_size=1))
    if looked_up and draw(st.booleans()):
        columns = REGISTER[1:]
        made.append(op.Lookup(dataset="REGISTER", on="WHO", key="ID", columns=columns))
        names += [c.name for c in columns]
        types |= {c.name: c.type for c in columns}
    for name in names:
        steps = draw(STEPS.get(name, st.just(())))
        if steps:
            made.append(op.Generalise(column=name, steps=steps))
            types[name] = "text"
    made.append(op.Pseudonymise(column="WHO", scope="scope"))
    made.append(op.Select(columns=(("WHO", "pseudonym"), *((name, name) for name in names))))
    if draw(st.booleans()):
        made.append(op.Dedupe())
    made.append(op.Order(columns=("pseudonym", *names)))
    output = (op.Column(name="pseudonym", type="text"), *(op.Column(name=n, type=types[n]) for n in names))
    return tuple(made), output


def plan(*tables: op.TablePlan, controller: str = "A") -> op.SlicePlan:
    return op.SlicePlan(
        call_off="c", controller=controller, version="v", catalogue="k", rule="r", scope="scope", tables=tables
    )
