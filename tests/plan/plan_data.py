"""A small catalogue with two event tables and a register, a rule, and a call-off that asks from all three."""

from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import strategies as st

from avrop.canonical import digest
from avrop.catalogue.datasets import Catalogue, Dataset
from avrop.catalogue.unittypes import Text
from avrop.catalogue.variables import Band, Level, Prefix, Recode, Variable
from avrop.disclosure.attribution import AttributionRule, DatasetRule, UnattributableWhen
from avrop.disclosure.plan import Question
from avrop.governance import purposes as p
from avrop.governance.slices import Coarsening, SliceTerms

TODAY = date(2026, 1, 1)


def text(words: str) -> Text:
    return Text(nb=f"{words} nb", en=words)


def variable(name: str, data_type: str = "text", *, levels: tuple[Level, ...] = (), **more: Any) -> Variable:
    values: dict[str, Any] = {"sensitivity": "ordinary", "temporality": "EVENT", "source": "test", **more}
    return Variable(
        name=name, label=text(f"label of {name}"), definition=text("x"), unit_type="ROW", data_type=data_type,
        levels=levels or (Level(name="value"),), **values,
    )  # fmt: skip


CODE = (Level(name="full"), Level(name="four", step=Prefix(length=4)), Level(name="two", step=Prefix(length=2)))
COUNT = (
    Level(name="days"),
    Level(name="bands", step=Band(edges=(1, 5, 10))),
    Level(name="any", step=Recode(pairs=(("<1", "none"), ("1-4", "some"), ("5-9", "some"), (">=10", "some")))),
)
BORN = (Level(name="day"), Level(name="month", step=Prefix(length=7)), Level(name="year", step=Prefix(length=4)))


def dataset(name: str, kind: str, person: str, *variables: str, time: str | None = None) -> Dataset:
    return Dataset(
        name=name, label=text(f"the table {name}"), definition=text("x"), unit_type="ROW", kind=kind, person=person,
        key=(person,), variables=(person, *variables), time=time,
    )  # fmt: skip


CATALOGUE = Catalogue(
    name="test", version="1", title=text("x"), publisher="provider", unit_types=(), code_lists=(),
    variables=(
        variable("WHO", sensitivity="identifier"), variable("DAY", "date"), variable("OWNER"), variable("HOME"),
        variable("KIND"), variable("CODE", levels=CODE), variable("COUNT", "integer", levels=COUNT),
        variable("GONE", withdrawn=date(2026, 1, 1)), variable("GOING", withdrawn=date(2026, 1, 2)),
        variable("MARK"), variable("GIVEN", "date"), variable("BY"),
        variable("BORN", "date", levels=BORN), variable("SEX"), variable("SECRET"),
    ),
    datasets=(
        dataset("REGISTER", "register", "WHO", "BORN", "SEX"),
        dataset("MAIN", "event", "WHO", "SECRET", "DAY", "OWNER", "HOME", "KIND", "CODE", "COUNT", "GONE", "GOING",
                time="DAY"),
        dataset("MARKS", "event", "WHO", "GIVEN", "BY", "MARK", "CODE", time="GIVEN"),
        dataset("NOBODYS", "event", "WHO", "DAY", "KIND", time="DAY"),
    ),
)  # fmt: skip
RULE = AttributionRule(
    id="rule", version=1, valid_from=date(2026, 1, 1), successors=(("OLD", "A"),),
    rules=(
        DatasetRule(dataset="MAIN", origin="OWNER", claimants=("HOME",),
                    unattributable_when=(UnattributableWhen(column="KIND", values=("2", "4")),)),
        DatasetRule(dataset="MARKS", origin="BY"),
    ),
)  # fmt: skip


def asked(*names: tuple[str, str, str]) -> tuple[p.RequestedVariable, ...]:
    return tuple(p.RequestedVariable(dataset=d, variable=v, level=level) for d, v, level in names)


VARIABLES = asked(
    ("MAIN", "COUNT", "days"), ("REGISTER", "BORN", "month"), ("MAIN", "CODE", "four"), ("MARKS", "MARK", "value"),
    ("REGISTER", "SEX", "value"), ("MARKS", "CODE", "full"),
)  # fmt: skip
VERSION = p.CallOffVersion(
    reference="2026-001", number=1, agreement="frame", catalogue=digest(CATALOGUE), receiver="receiver", title="t",
    purpose=p.Purpose(statement="s", category="c", task_reference="t", decision_use="none"), analyses=(),
    variables=VARIABLES,
    people=p.People(description="all", dataset="MAIN", filters=(p.CodeFilter(variable="KIND", codes=("1", "3")),)),
    period=p.Period(start=date(2023, 8, 1), end=date(2026, 8, 1)), controllers=("A", "B", "C"),
    coverage=p.Coverage(minimum_controllers=1, consequence="c"), delivery_form="pseudonymised microdata",
    why_not_less="w", legal_basis="l", retention=p.Retention(until=date(2028, 1, 1), method="m", derived_kept="d"),
)  # fmt: skip
LEVELS = {
    (d.name, name): tuple(level.name for level in CATALOGUE.variable(name).levels)
    for d in CATALOGUE.datasets
    for name in d.variables
}


def question(*, terms: SliceTerms | None = None, controller: str = "A", **changes: Any) -> Question:
    """The question of a plan; `changes` are made to the version."""
    return Question(
        version=replace(VERSION, **changes), terms=terms or SliceTerms(), controller=controller, catalogue=CATALOGUE,
        rule=RULE, today=TODAY,
    )  # fmt: skip


@st.composite
def narrowing_terms(draw: st.DrawFn) -> SliceTerms:
    """Any terms that only narrow, and leave at least one variable."""
    coarsen, drop = [], []
    for number, wanted in enumerate(VARIABLES):
        names = LEVELS[(wanted.dataset, wanted.variable)]
        level = draw(st.sampled_from(names[names.index(wanted.level) :]))
        if level != wanted.level:
            coarsen.append(Coarsening(dataset=wanted.dataset, variable=wanted.variable, level=level))
        if number and draw(st.booleans()):
            drop.append((wanted.dataset, wanted.variable))
    start = draw(st.sampled_from((None, date(2023, 8, 1), date(2024, 8, 1))))
    end = draw(st.sampled_from((None, date(2025, 8, 1), date(2026, 8, 1))))
    return SliceTerms(coarsen=tuple(coarsen), drop=tuple(drop), period_start=start, period_end=end)
