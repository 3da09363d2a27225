"""What the description says can be produced is produced: from simulated tables, by the plan, for a cohort, on its dates."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from avrop.canonical import build, digest
from avrop.catalogue.datasets import carried
from avrop.catalogue.distributions import read_distributions
from avrop.catalogue.flows import read_flow
from avrop.catalogue.packform import Simulation
from avrop.catalogue.yamltext import load_yaml
from avrop.disclosure.attribution import AttributionRule
from avrop.disclosure.binding import Binding
from avrop.disclosure.plan import Question, compile_slice
from avrop.disclosure.pseudonyms import pseudonymiser
from avrop.disclosure.snapshots import LoadReport
from avrop.engines.duckdb import DuckDBEngine
from avrop.engines.loading import load_person_list, load_tables
from avrop.governance import purposes as p
from avrop.governance.slices import SliceTerms
from avrop.vigo.delivery.deliver import deliver
from avrop.vigo.pack import pack
from avrop.vigo.simulator.run import run
from tests.publishing import CATALOGUE
from tools.distributions import distributions, flow

pytestmark = pytest.mark.slow

CARRIED = carried(CATALOGUE)
DESCRIBED = [
    load_yaml(text, file=file, code="x.y") for file, text in pack().catalogue.items() if file.startswith("datasets/")
]
RULE: AttributionRule = build(AttributionRule, load_yaml(pack().rule, file="rule.yaml", code="x.y"), what="rule")
FIFTEEN = ("03", "11", "15", "18", "31", "32", "33", "34", "39", "40", "42", "46", "50", "55", "56")
COHORT = p.Period(start=date(2019, 8, 1), end=date(2026, 8, 1))
"""From the first year of those who left lower secondary in 2019."""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> tuple[LoadReport, Path]:
    """The small profile as a snapshot: every code has been held against its list on the day of its row."""
    folder = tmp_path_factory.mktemp("loaded")
    run(folder / "run", Simulation(profile="small", seed=1), workers=2)
    deliver(folder / "run", folder / "sources")
    sources = {each.name: sorted((folder / "sources").glob(f"{each.name}-*")) for each in CARRIED.datasets}
    return load_tables(CATALOGUE, sources, folder / "snapshot", threads=2, memory_limit="4GB"), folder


@pytest.fixture(scope="module")
def produced(loaded: tuple[LoadReport, Path]) -> Mapping[str, set[object]]:
    """The values of every variable that a plan gives for the pupils since 2019, over all fifteen slices."""
    report, folder = loaded
    people = {name: folder / f"{name}.parquet" for name in ("protected", "objecting")}
    for name, target in people.items():
        load_person_list(folder / "sources" / "lists" / f"{name}.csv", target)
    binding = Binding(
        tables={each.dataset: [folder / "snapshot" / file.name for file in each.files] for each in report.datasets},
        lists=people, approved=frozenset(FIFTEEN), pseudonyms={"A6": pseudonymiser(bytes(range(32)))},
    )  # fmt: skip
    found: dict[str, set[object]] = {}
    for controller in FIFTEEN:
        home = folder / controller
        home.mkdir()
        plan = compile_slice(_question(controller))
        for table in DuckDBEngine(threads=2, memory_limit="1GB").run(plan, binding, home):
            for name, values in pq.read_table(table.path).to_pydict().items():
                found.setdefault(name, set()).update(value for value in values if value is not None)
    return found


def _question(controller: str = "03") -> Question:
    """Everything that a table has and that may be asked for, at its finest level."""
    asked = tuple(
        p.RequestedVariable(dataset=dataset.name, variable=name, level=CATALOGUE.variable(name).levels[0].name)
        for dataset in CARRIED.datasets
        for name in dataset.variables
        if _described_in(name) == dataset.name and CATALOGUE.variable(name).sensitivity != "identifier"
        and not CATALOGUE.variable(name).withdrawn
    )  # fmt: skip
    version = p.CallOffVersion(
        reference="A6", number=1, agreement="f", catalogue=digest(CATALOGUE), receiver="r", title="t",
        purpose=p.Purpose(statement="s", category="c", task_reference="t", decision_use="none"), analyses=(),
        variables=asked, people=p.People(description="all", dataset="ENROLMENT"), period=COHORT, controllers=FIFTEEN,
        coverage=p.Coverage(minimum_controllers=1, consequence="c"), delivery_form="pseudonymised microdata",
        why_not_less="w", legal_basis="l", retention=p.Retention(until=date(2028, 1, 1), method="m", derived_kept="d"),
    )  # fmt: skip
    return Question(
        version=version, terms=SliceTerms(), controller=controller, catalogue=CATALOGUE, rule=RULE, today=date(2026, 11, 1)
    )  # fmt: skip


def _described_in(name: str) -> str:
    """The dataset whose file describes a variable: columns that others share are asked for once."""
    return next(file["name"] for file in DESCRIBED if any(each["name"] == name for each in file["variables"]))


def test_a_plan_gives_at_least_95_variables_for_a_cohort(produced: Mapping[str, set[object]]) -> None:
    asked = {each.variable for each in _question().version.variables}
    assert len(asked) >= 95
    assert {name for name in asked if not produced.get(name)} == set()


def test_what_a_plan_gives_is_on_the_code_lists(produced: Mapping[str, set[object]]) -> None:
    for name, values in produced.items():
        if name != "pseudonym" and (listed := CATALOGUE.variable(name).code_list):
            assert values <= {code.code for code in CATALOGUE.code_list(listed).codes}, name


def test_the_pack_tells_the_spread_of_what_its_simulator_makes_now(loaded: tuple[LoadReport, Path]) -> None:
    told = "parameters or tables have changed: run `python -m tools.distributions`"
    assert distributions(loaded[1] / "sources") == read_distributions(pack().distributions), told
    assert flow(loaded[1] / "run") == read_flow(pack().flow), told
