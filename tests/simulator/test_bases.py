"""Fifteen overlapping bases: what the attribution rule says of a row is what the hidden key says, and a no holds."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb
import pytest

from avrop.canonical import build
from avrop.catalogue.packform import Simulation
from avrop.catalogue.yamltext import load_yaml
from avrop.disclosure.attribution import AttributionRule, DatasetRule
from avrop.errors import Mistake
from avrop.vigo.delivery.deliver import select_from, statements
from avrop.vigo.pack import pack
from avrop.vigo.simulator.codes import successors
from avrop.vigo.simulator.forms import KEYS, TABLES
from avrop.vigo.simulator.rules import views
from avrop.vigo.simulator.run import run

FIFTEEN = ("03", "11", "15", "18", "31", "32", "33", "34", "39", "40", "42", "46", "50", "55", "56")
RULE: AttributionRule = build(AttributionRule, load_yaml(pack().rule, file="rule.yaml", code="x.y"), what="rule")
ROW_OF: Mapping[str, tuple[str, str]] = {
    "ENROLMENT": ("elevforhold", "c.elevforhold_id"), "RESULT": ("elevfag", "f.elevfag_id"),
    "ABSENCE": ("elevfag", "f.elevfag_id"), "DOCUMENT": ("dokumentasjon", "d.dok_id"),
    "APPLICATION": ("soknad", "a.soknad_id"), "WISH": ("onske", "w.soknad_id"), "CONTRACT": ("kontrakt", "k.kontrakt_id"),
    "TRADE_TEST": ("prove", "t.prove_id"), "FOLLOW_UP": ("oppfolging", "o.oppfolging_id"),
}  # fmt: skip
"""For each dataset the table that its rows are of, and which of its statement's columns is that row's id."""
KEYED = (*dict.fromkeys(table for table, _ in ROW_OF.values()), "vurdering", "fagbrev", "formidling")
ALSO_OF_PEOPLE = ("person", "bosted", "grunnskoleresultat")


@pytest.fixture(scope="module", params=["micro", "sample"])
def bases(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The tables; `key`; and `found` and `delivered`: the rows of all datasets, as selected from each base alone and
    from all at once, with the ids of their tables' rows, what the rule says of them, and what the key says, if anything.
    """
    folder = tmp_path_factory.mktemp("bases")
    run(folder / "run", Simulation(profile=request.param, answers=folder / "answers"))
    with duckdb.connect() as database:
        views(database, folder / "run")
        database.execute(f"CREATE TABLE key AS FROM read_parquet('{folder / 'answers' / 'fasit_opphav'}/*.parquet')")
        for name, several in (("found", FIFTEEN), ("delivered", ("",))):
            for base in several:
                rows = _selected(database, base)
                database.register("rows", rows)
                already = f"INSERT INTO said_{name}" if base != several[0] else f"CREATE TABLE said_{name} AS"
                database.execute(f"{already} FROM rows")
            database.execute(
                f"CREATE TABLE {name} AS SELECT s.*, k.id IS NOT NULL AS keyed, k.opphav, k.krav, k.uavklart "
                f"FROM said_{name} s LEFT JOIN key k ON k.tabell = s.tabell AND k.id = s.id AND k.nummer IS NOT DISTINCT FROM s.nummer"
            )
        yield database


def _selected(everywhere: duckdb.DuckDBPyConnection, base: str) -> object:
    """The rows of all datasets out of one base alone, its people and homes too, or out of all."""
    with duckdb.connect() as alone:
        for name in TABLES:
            own = f"WHERE base = '{base}'" if base and name in {*KEYED, *ALSO_OF_PEOPLE} else ""
            alone.register(name, everywhere.sql(f"FROM {name} {own}").to_arrow_table())
        alone.register("etterfolger", successors())
        select_from(alone)
        return alone.sql(" UNION ALL ".join(_attributed(rule, base) for rule in RULE.rules)).to_arrow_table()


def _attributed(rule: DatasetRule, base: str) -> str:
    """A dataset's statement with the row's id, and what the rule says: who answers for it and who could claim it today,
    the codes themselves where they tell no county of today, and whether its owner leaves it without an origin."""
    table, row = ROW_OF[rule.dataset]
    begin, number = "SELECT p.number AS PERSON_ID", "w.onskenr" if table == "onske" else "NULL"
    statement, _, _ = statements()[rule.dataset].rpartition("ORDER BY")
    assert statement.count(begin) == 1
    told = statement.replace(begin, f"SELECT {row} AS own_row, {number} AS own_number, p.number AS PERSON_ID")
    owner = " OR ".join(f"coalesce({u.column} IN {u.values}, FALSE)" for u in rule.unattributable_when) or "FALSE"
    (claimant,) = rule.claimants
    return (
        f"SELECT '{rule.dataset}' AS dataset, '{base}' AS base, '{table}' AS tabell, own_row AS id, "
        f"CAST(own_number AS SMALLINT) AS nummer, {_today(str(rule.origin))} AS origin, {_today(claimant)} AS claimant, "
        f"{owner} AS unowned, NOT unowned AND origin IN {FIFTEEN} AS attributable FROM ({told})"
    )  # fmt: skip


def _today(column: str) -> str:
    mapped = " ".join(f"WHEN '{old}' THEN '{new}'" for old, new in RULE.successors)
    return f"CASE {column} {mapped} ELSE CAST({column} AS VARCHAR) END"


APPROVED = f"attributable AND (claimant IS NULL OR claimant IN {FIFTEEN})"
"""Rows that leave where everybody says yes."""


def count(database: duckdb.DuckDBPyConnection, sql: str) -> int:
    """How many rows."""
    (found,) = database.execute(f"SELECT count(*) FROM ({sql})").fetchone() or (0,)
    return int(found)


def names(database: duckdb.DuckDBPyConnection, sql: str) -> set[str]:
    """The first column's values."""
    return {str(name) for name, *_ in database.execute(sql).fetchall()}


def test_bases_overlap(bases: duckdb.DuckDBPyConnection) -> None:
    assert count(bases, "SELECT elevforhold_id FROM elevforhold GROUP BY ALL HAVING count(*) > 1") >= 10
    assert len(names(bases, "SELECT DISTINCT base FROM elevforhold")) >= 6


def test_every_dataset_with_a_rule_has_rows_that_it_attributes(bases: duckdb.DuckDBPyConnection) -> None:
    assert set(ROW_OF) == {rule.dataset for rule in RULE.rules}
    for table in ("found", "delivered"):
        several = f"SELECT dataset FROM {table} WHERE attributable GROUP BY ALL HAVING count(*) > 20"
        assert names(bases, several) == set(ROW_OF)


@pytest.mark.parametrize("table", KEYED)
def test_every_row_has_one_key_and_every_key_a_row(bases: duckdb.DuckDBPyConnection, table: str) -> None:
    number = "onskenr" if table == "onske" else "NULL"
    rows = f"SELECT DISTINCT {KEYS[table][1]} AS id, CAST({number} AS SMALLINT) AS nummer FROM {table}"
    keys = f"SELECT id, nummer FROM key WHERE tabell = '{table}'"
    assert count(bases, rows) > 50
    assert count(bases, f"({rows}) EXCEPT ALL ({keys})") == 0
    assert count(bases, f"({keys}) EXCEPT ALL ({rows})") == 0
    assert count(bases, f"FROM key WHERE tabell = '{table}' AND opphav IS NULL") == 0


@pytest.mark.parametrize(
    ("whose", "condition"),
    [
        ("left for another school", "avbruddsaarsak = 'AS'"), ("never came", "avbruddsaarsak = 'IM'"),
        ("external candidate", "elevstatus = 'P'"), ("in the gallery", "person_lnr % 100000 >= 90000"),
    ],
)  # fmt: skip
def test_courses_out_of_the_ordinary_have_a_key_too(
    bases: duckdb.DuckDBPyConnection, whose: str, condition: str
) -> None:
    found = f"SELECT DISTINCT elevforhold_id AS id FROM elevforhold WHERE {condition}"
    assert count(bases, found) > 0, whose
    assert count(bases, f"FROM ({found}) ANTI JOIN (FROM key WHERE tabell = 'elevforhold') USING (id)") == 0


@pytest.mark.parametrize("rows", ["found", "delivered"])
@pytest.mark.parametrize("dataset", sorted(ROW_OF))
def test_attribution_agrees_with_the_key_on_every_attributable_row(
    bases: duckdb.DuckDBPyConnection, dataset: str, rows: str
) -> None:
    """A claimant's code that tells no county of today denies: it may only be of a county before the key's."""
    own = f"FROM {rows} WHERE dataset = '{dataset}'"
    assert count(bases, f"{own} AND NOT keyed") == 0
    assert count(bases, f"{own} AND attributable AND origin IS DISTINCT FROM opphav") == 0
    assert count(bases, f"{own} AND attributable AND uavklart <> 0") == 0
    assert count(bases, f"{own} AND attributable AND claimant IN {FIFTEEN} AND claimant <> coalesce(krav, opphav)") == 0
    assert count(bases, f"{own} AND attributable AND claimant IS NULL") == 0
    for code, county in (("origin", "opphav"), ("claimant", "coalesce(krav, opphav)")):
        later = f"SELECT 1 FROM etterfolger e WHERE e.liste = 'COUNTY' AND e.kode = {code} AND e.ny = {county}"
        assert count(bases, f"{own} AND {code} NOT IN {FIFTEEN} AND NOT EXISTS ({later})") == 0


@pytest.mark.parametrize("dataset", [rule.dataset for rule in RULE.rules if rule.unattributable_when])
def test_a_row_has_no_origin_by_its_owner_where_the_key_says_so(bases: duckdb.DuckDBPyConnection, dataset: str) -> None:
    for rows in ("found", "delivered"):
        assert count(bases, f"FROM {rows} WHERE dataset = '{dataset}' AND unowned") > 0
        assert count(bases, f"FROM {rows} WHERE dataset = '{dataset}' AND unowned <> (uavklart = 1)") == 0


@pytest.mark.parametrize("dataset", sorted(ROW_OF))
def test_each_row_is_delivered_at_most_once(bases: duckdb.DuckDBPyConnection, dataset: str) -> None:
    for own in (f"FROM found WHERE {APPROVED} AND base = origin", f"FROM delivered WHERE {APPROVED}"):
        left = f"SELECT id, nummer {own} AND dataset = '{dataset}'"
        assert count(bases, left) > 20
        assert count(bases, f"{left} GROUP BY ALL HAVING count(*) > 1") == 0


def test_rows_of_many_counties_have_copies_in_neighbours_bases(bases: duckdb.DuckDBPyConnection) -> None:
    copied = "SELECT unnest([opphav, krav]) AS county, base FROM found WHERE attributable"
    assert len(names(bases, f"SELECT DISTINCT county FROM ({copied}) WHERE county <> base")) >= 5
    claimed = names(bases, f"SELECT DISTINCT dataset FROM found WHERE {APPROVED} AND krav IS NOT NULL")
    assert claimed >= {"ENROLMENT", "RESULT", "ABSENCE", "APPLICATION", "WISH"}


@pytest.mark.parametrize("county", FIFTEEN)
def test_without_a_county_no_copy_of_its_rows_leaves_by_a_neighbours_base(
    bases: duckdb.DuckDBPyConnection, county: str
) -> None:
    """Neither by the base of the county that answers for the row, nor by any other that has a copy of it."""
    for own in (f"FROM found WHERE base <> '{county}' AND {APPROVED}", f"FROM delivered WHERE {APPROVED}"):
        left = f"{own} AND origin <> '{county}' AND claimant IS DISTINCT FROM '{county}'"
        assert count(bases, left) > 0
        assert count(bases, f"{left} AND (NOT keyed OR opphav IS NULL OR '{county}' IN (opphav, krav))") == 0


def test_contracts_across_borders_stand_in_both_counties_bases(bases: duckdb.DuckDBPyConnection) -> None:
    across = "SELECT id, opphav, krav FROM key WHERE tabell = 'kontrakt' AND krav IS NOT NULL"
    assert count(bases, across) > 0
    for county in ("opphav", "krav"):
        assert count(
            bases, f"FROM ({across}) k WHERE NOT EXISTS "
            f"(SELECT 1 FROM kontrakt c WHERE c.kontrakt_id = k.id AND c.base = k.{county})",
        ) == 0  # fmt: skip


def test_answer_keys_are_not_put_among_what_is_delivered(tmp_path: Path) -> None:
    with pytest.raises(Mistake, match="outside"):
        run(tmp_path / "run", Simulation(profile="micro", answers=tmp_path / "run" / "answers"))


def test_answer_keys_that_are_asked_for_afterwards_are_made(tmp_path: Path) -> None:
    first = run(tmp_path / "run", Simulation(profile="micro"))
    again = run(tmp_path / "run", Simulation(profile="micro", answers=tmp_path / "answers"))
    assert again["root"] == first["root"]
    assert len(list((tmp_path / "answers" / "fasit_opphav").glob("*.parquet"))) == 9
