"""Every rule holds for what is made, and catches the change that was made to break it."""

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from avrop.vigo.simulator.checking import numbers
from avrop.vigo.simulator.rules import check_rules, rules, views
from tests.simulator.rulechanges import FOLLOWS, MORE, MUTATIONS

MARK = {b"synthetic": b"true"}
EVENTS = """SELECT base, CAST(row_number() OVER () AS BIGINT) AS hendelse_id, * EXCLUDE (base), TRUE AS er_syntetisk
FROM (SELECT base, person_lnr, dato, slag, objekt, verdi FROM hendte)"""


def changed_set(target: Path, made: Path, table: str, sql: str) -> Path:
    """A run in which one table was changed, and the event log tells what is there then."""
    for folder in made.iterdir():
        if folder.is_dir() and folder.name not in (table, "hendelse"):
            (target / folder.name).symlink_to(folder)
    with duckdb.connect() as database:
        views(database, made)
        database.execute(f"CREATE VIEW rows AS SELECT * FROM {table}")
        before = database.execute("SELECT * FROM rows ORDER BY ALL").fetchall()
        rows = database.sql(sql).to_arrow_table()
        database.register("changed", rows)
        assert database.execute("SELECT * FROM changed ORDER BY ALL").fetchall() != before, "nothing was changed"
    write(target / table / "x.parquet", rows)
    if table != "hendelse":
        with duckdb.connect() as database:
            views(database, target)
            write(target / "hendelse" / "x.parquet", database.sql(EVENTS).to_arrow_table())
    return target


def write(path: Path, rows: pa.Table) -> None:
    """A table's file, marked as all are."""
    path.parent.mkdir()
    pq.write_table(rows.replace_schema_metadata(MARK), path)


def test_there_are_forty_two_rules() -> None:
    assert set(numbers()) == {f"SR{number:02d}" for number in range(1, 43)}
    assert set(MUTATIONS) == set(rules())


def test_what_is_made_breaks_no_rule(micro: Path) -> None:
    assert check_rules(micro) == []


def test_the_event_log_told_anew_breaks_no_rule(tmp_path: Path, micro: Path) -> None:
    """So what breaks below is the change."""
    (tmp_path / "fagbrev").mkdir()
    for path in (micro / "fagbrev").iterdir():
        (tmp_path / "fagbrev" / path.name).symlink_to(path)
    for folder in micro.iterdir():
        if folder.is_dir() and folder.name not in ("fagbrev", "hendelse"):
            (tmp_path / folder.name).symlink_to(folder)
    with duckdb.connect() as database:
        views(database, tmp_path)
        write(tmp_path / "hendelse" / "x.parquet", database.sql(EVENTS).to_arrow_table())
    assert check_rules(tmp_path) == []


@pytest.mark.parametrize("number", sorted(MUTATIONS))
def test_a_rule_catches_its_change_and_only_what_follows_from_it_breaks_too(
    tmp_path: Path, micro: Path, number: str
) -> None:
    table, sql = MUTATIONS[number]
    broken = check_rules(changed_set(tmp_path, micro, table, sql))
    assert {each.rule for each in broken} == {number} | FOLLOWS.get(number, set())


@pytest.mark.parametrize("place", range(len(MORE)), ids=[f"{number} {table}" for number, table, _ in MORE])
def test_a_rule_catches_further_changes(tmp_path: Path, micro: Path, place: int) -> None:
    number, table, sql = MORE[place]
    (broken,) = check_rules(changed_set(tmp_path, micro, table, sql), (number,))
    assert broken.rule == number


def test_a_file_without_its_mark_is_found(tmp_path: Path, micro: Path) -> None:
    changed_set(tmp_path, micro, "fagbrev", "SELECT * FROM rows WHERE fagbrev_id > (SELECT min(fagbrev_id) FROM rows)")
    path = tmp_path / "fagbrev" / "x.parquet"
    pq.write_table(pq.read_table(path).replace_schema_metadata(None), path)
    (broken,) = check_rules(tmp_path, ("SR41",))
    assert broken.keys == ("file, x.parquet",)
