"""How the pack's variables are spread among simulated people: what is told adds up, and is about nobody."""

from itertools import pairwise

import pytest

from avrop.catalogue.datasets import carried
from avrop.catalogue.distributions import Distribution, read_distributions
from avrop.catalogue.flows import read_flow
from avrop.packs import load_pack
from tests.publishing import CATALOGUE

TOLD = read_distributions(load_pack().distributions)
each_variable = pytest.mark.parametrize("told", TOLD.variables, ids=lambda each: each.variable)


def test_every_variable_of_a_table_is_told_but_identifiers() -> None:
    tables = carried(CATALOGUE).datasets
    wanted = {name for table in tables for name in table.variables}
    wanted -= {each.name for each in CATALOGUE.variables if each.sensitivity == "identifier"}
    assert {each.variable for each in TOLD.variables} == wanted
    assert TOLD.catalogue == CATALOGUE.name
    assert TOLD.of("SEX") is not None
    assert TOLD.of("PERSON_ID") is None


@each_variable
def test_bars_and_what_is_not_shown_are_all_the_rows(told: Distribution) -> None:
    if told.kind != "texts":
        assert sum(bar.rows for bar in told.bars) + told.others + told.empty == told.rows
    assert told.people <= TOLD.people
    assert told.variable in CATALOGUE.dataset(told.dataset).variables


@each_variable
def test_codes_are_codes_of_the_list(told: Distribution) -> None:
    described = CATALOGUE.variable(told.variable)
    if described.code_list is not None:
        known = {code.code for code in CATALOGUE.code_list(described.code_list).codes}
        assert {bar.value for bar in told.bars} <= known


@each_variable
def test_nobody_stands_out_more_at_a_coarser_level_or_where_less_is_known(told: Distribution) -> None:
    levels = tuple(level.name for level in CATALOGUE.variable(told.variable).levels)
    assert tuple(each.level for each in told.standings) == (levels if told.values else ())
    for each in told.standings:
        assert each.alone <= each.few <= told.people
        assert each.alone <= each.alone_near
        assert each.few <= each.few_near <= told.people
    for finer, coarser in pairwise(told.standings):
        assert coarser.few <= finer.few


def test_as_many_people_leave_a_stage_as_came_to_it() -> None:
    flow = read_flow(load_pack().flow)
    for column in range(1, len(flow.columns) - 1):
        for stage in flow.columns[column]:
            came = sum(link.people for link in flow.links if (link.column + 1, link.end) == (column, stage.key))
            left = sum(link.people for link in flow.links if (link.column, link.start) == (column, stage.key))
            assert came == left, stage.key
    ends = {link.end for link in flow.links if link.column == len(flow.columns) - 2}
    assert ends <= {stage.key for stage in flow.columns[-1]}
    assert 0 < flow.reached < flow.people
