"""What a cart's variables look like beside each other, of nobody; and that nothing of it can read data."""

import ast

from hypothesis import given
from hypothesis import strategies as st

from avrop.catalogue.datasets import carried
from avrop.catalogue.joined import PERSON, joined
from avrop.catalogue.preview import rows
from tests.examples import tried
from tests.publishing import CATALOGUE as INSTALLED
from tools.source import PACKAGE, modules

CATALOGUE = carried(INSTALLED)
NAMES = sorted({name for dataset in CATALOGUE.datasets for name in dataset.variables})
IDENTIFIERS = {each.name for each in CATALOGUE.variables if each.sensitivity == "identifier"}


def test_variables_of_one_table_are_its_rows() -> None:
    found = joined(CATALOGUE, ["SEX", "BIRTH_DATE"], count=20, seed=1)
    assert found.columns == (PERSON, "SEX", "BIRTH_DATE")
    assert found.tables == ("PERSON",)
    assert len(found.rows) == 20
    own = rows(CATALOGUE, "PERSON", count=20, seed=1)
    assert list(found.rows) == [(row["PERSON_ID"], row["SEX"], row["BIRTH_DATE"]) for row in own]


def test_those_who_are_in_every_table_come_first_and_others_have_empty_fields() -> None:
    found = joined(CATALOGUE, ["SEX", "TEST_RESULT", "PROGRAMME_AREA"], count=60, seed=1)
    homes = [rows(CATALOGUE, table, count=60, seed=1) for table in found.tables]
    held = [sum(row[0] in {each["PERSON_ID"] for each in home} for home in homes) for row in found.rows]
    assert len(homes) == 3
    assert held == sorted(held, reverse=True)
    assert {1, 3} <= set(held)
    people = [row[0] for row in found.rows]
    assert len(set(people)) == len(people)


@tried(30)
@given(st.lists(st.sampled_from([*NAMES, "NOTHING"]), max_size=12), st.integers(1, 40), st.integers(0, 5))
def test_every_value_is_one_of_the_persons_row_in_the_table_it_is_from(
    wanted: list[str], count: int, seed: int
) -> None:
    found = joined(CATALOGUE, wanted, count=count, seed=seed)
    assert found.columns[1:] == tuple(
        name for name in dict.fromkeys(wanted) if name not in IDENTIFIERS and name in NAMES
    )
    tables = {table: rows(CATALOGUE, table, count=count, seed=seed) for table in found.tables}
    for person, *values in found.rows[:5]:
        for name, value in zip(found.columns[1:], values, strict=True):
            homes = [CATALOGUE.dataset(table) for table in found.tables if name in CATALOGUE.dataset(table).variables]
            had = {row[name] for home in homes for row in tables[home.name] if row[home.person] == person}
            assert value is None or value in had
    assert found == joined(CATALOGUE, wanted, count=count, seed=seed)


def test_nothing_that_makes_rows_of_nobody_can_reach_a_row_of_somebody() -> None:
    """Everything that the previews import, however far, lies in the catalogue or under it."""
    known = {module.name: module for module in modules(PACKAGE)}
    reached, waiting = set[str](), ["avrop.catalogue.preview", "avrop.catalogue.joined"]
    while waiting:
        name = waiting.pop()
        if name in reached or name not in known:
            continue
        reached.add(name)
        for node in ast.walk(known[name].tree):
            if isinstance(node, ast.Import):
                waiting += [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                waiting += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    low = ("avrop.catalogue", "avrop.canonical", "avrop.errors", "avrop.signed", "avrop.actors")
    assert {name for name in reached if not name.startswith(low)} == set()
    assert "avrop.catalogue.preview" in reached
