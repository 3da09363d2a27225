"""Fifteen overlapping bases: what the attribution rule says of a row is what the hidden key says, and a no holds."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from avrop.canonical import build
from avrop.catalogue.packform import Simulation
from avrop.catalogue.yamltext import load_yaml
from avrop.disclosure.attribution import AttributionRule
from avrop.errors import Mistake
from avrop.vigo.pack import pack
from avrop.vigo.simulator.run import run

FIFTEEN = ("03", "11", "15", "18", "31", "32", "33", "34", "39", "40", "42", "46", "50", "55", "56")
RULE: AttributionRule = build(AttributionRule, load_yaml(pack().rule, file="rule.yaml", code="x.y"), what="rule")


@pytest.fixture(scope="module")
def bases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """Rows with their bases, the hidden key, and `attributed`: what the rule says of each row."""
    folder = tmp_path_factory.mktemp("bases")
    run(folder / "run", Simulation(profile="sample", answers=folder / "answers"))
    rule = RULE.rule("ENROLMENT")
    assert (rule.origin, rule.claimants) == ("REPORTING_COUNTY", ("HOME_COUNTY",))
    (unattributable,) = rule.unattributable_when
    assert (unattributable.column, unattributable.values) == ("SCHOOL_OWNER", ("2", "4"))
    with duckdb.connect() as database:
        database.execute(
            f"CREATE VIEW rows AS SELECT * FROM read_parquet('{folder / 'run' / 'elevforhold'}/*.parquet')"
        )
        database.execute(
            f"CREATE VIEW contracts AS SELECT * FROM read_parquet('{folder / 'run' / 'kontrakt'}/*.parquet')"
        )
        database.execute(
            f"CREATE VIEW key AS SELECT * FROM read_parquet('{folder / 'answers' / 'fasit_opphav'}/*.parquet')"
        )
        database.execute(
            "CREATE MACRO today(county) AS CASE county "
            + " ".join(f"WHEN '{old}' THEN '{new}'" for old, new in RULE.successors)
            + " ELSE county END"
        )
        database.execute(
            "CREATE VIEW attributed AS SELECT base, elevforhold_id AS id, today(avgiverfylke) AS origin, "
            "today(hjemstedsfylke) AS claimant FROM rows WHERE skoleeier NOT IN ('2', '4') "
            f"AND today(avgiverfylke) IN {FIFTEEN} AND today(hjemstedsfylke) IN {FIFTEEN}"
        )
        yield database


def count(database: duckdb.DuckDBPyConnection, sql: str) -> int:
    """One number."""
    (found,) = database.execute(sql).fetchone() or (0,)
    return int(found)


def test_bases_overlap(bases: duckdb.DuckDBPyConnection) -> None:
    assert count(bases, "SELECT count(*) FROM (SELECT elevforhold_id FROM rows GROUP BY ALL HAVING count(*) > 1)") >= 10
    assert count(bases, "SELECT count(DISTINCT base) FROM rows") >= 6


def test_attribution_agrees_with_the_key_on_every_attributable_row(bases: duckdb.DuckDBPyConnection) -> None:
    assert count(bases, "SELECT count(*) FROM attributed JOIN key USING (id) WHERE tabell = 'elevforhold'") > 100
    assert count(
        bases,
        "SELECT count(*) FROM attributed a JOIN key k USING (id) WHERE tabell = 'elevforhold' AND (a.origin <> k.opphav "
        "OR k.uavklart <> 0 OR coalesce(k.krav, a.origin) <> a.claimant)",
    ) == 0  # fmt: skip


def test_each_row_is_delivered_at_most_once(bases: duckdb.DuckDBPyConnection) -> None:
    assert (
        count(
            bases,
            "SELECT count(*) FROM (SELECT id FROM attributed WHERE base = origin GROUP BY id HAVING count(*) > 1)",
        )
        == 0
    )


@pytest.mark.parametrize("county", ["46", "50"])
def test_without_a_county_no_copy_of_its_rows_leaves_by_a_neighbours_base(
    bases: duckdb.DuckDBPyConnection, county: str
) -> None:
    copies = f"SELECT id FROM attributed JOIN key USING (id) WHERE tabell = 'elevforhold' AND base <> '{county}' AND (opphav = '{county}' OR krav = '{county}')"
    assert count(bases, f"SELECT count(*) FROM ({copies})") > 0
    left = f"SELECT id FROM attributed WHERE base = origin AND origin <> '{county}' AND claimant <> '{county}'"
    assert count(bases, f"SELECT count(*) FROM ({left})") > 0
    assert (
        count(
            bases, f"SELECT count(*) FROM ({left}) JOIN key USING (id) WHERE opphav = '{county}' OR krav = '{county}'"
        )
        == 0
    )


def test_contracts_across_borders_stand_in_both_counties_bases(bases: duckdb.DuckDBPyConnection) -> None:
    across = "SELECT id, opphav, krav FROM key WHERE tabell = 'kontrakt' AND krav IS NOT NULL"
    assert count(bases, f"SELECT count(*) FROM ({across})") > 0
    for county in ("opphav", "krav"):
        assert count(
            bases,
            f"SELECT count(*) FROM ({across}) k WHERE NOT EXISTS "
            f"(SELECT 1 FROM contracts c WHERE c.kontrakt_id = k.id AND c.base = k.{county})",
        ) == 0  # fmt: skip


def test_answer_keys_are_not_put_among_what_is_delivered(tmp_path: Path) -> None:
    with pytest.raises(Mistake, match="outside"):
        run(tmp_path / "run", Simulation(profile="micro", answers=tmp_path / "run" / "answers"))


def test_answer_keys_that_are_asked_for_afterwards_are_made(tmp_path: Path) -> None:
    first = run(tmp_path / "run", Simulation(profile="micro"))
    again = run(tmp_path / "run", Simulation(profile="micro", answers=tmp_path / "answers"))
    assert again["root"] == first["root"]
    assert len(list((tmp_path / "answers" / "fasit_opphav").glob("*.parquet"))) >= 8
