"""Tables and views of a provider's PostgreSQL are read column by column, in one read-only transaction."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pyarrow.parquet as pq
import pytest

from avrop.catalogue.datasets import Catalogue
from avrop.disclosure.snapshots import LoadReport
from avrop.engines.loading import LoadRefused, load_tables
from avrop.engines.tablesources import TableSource
from avrop.errors import AvropError
from tests.loading.conftest import dataset, variable

COLUMNS = {"ID": "Fødselsnr", "DAY": "start", "SCORE": "poeng", "COUNT": "antall", "NOTE": "merknad"}
TABLE = """
    CREATE SCHEMA "Inntak";
    CREATE TABLE "Inntak"."Svar" (
        hemmelig text DEFAULT 'canary-7f', "Fødselsnr" char(6), start timestamptz, poeng numeric(6,3), antall bigint,
        merknad text, slutt date, borte text);
    ALTER TABLE "Inntak"."Svar" DROP COLUMN borte;
    INSERT INTO "Inntak"."Svar" ("Fødselsnr", start, poeng, antall, merknad) VALUES
        ('0002', '2024-10-02 02:00+02', NULL, 7, E'a "b",\\nc'), ('0001', '2024-10-01 00:00+00', 3.500, NULL, '');
"""


@pytest.fixture(scope="module")
def url(empty_database: Callable[[str], str]) -> str:
    made = empty_database("own_tables")
    with connected(made) as connection:
        connection.execute(TABLE)
    return made


def connected(url: str) -> psycopg.Connection:
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)


@pytest.fixture
def connection(url: str) -> Iterator[psycopg.Connection]:
    with connected(url) as made:
        yield made


@pytest.fixture
def catalogue(catalogue: Catalogue) -> Catalogue:
    """ANSWER(ID, DAY, SCORE?, COUNT?, NOTE?)."""
    variables = (
        variable("ID", pattern="[0-9]{4}"), variable("DAY", "date"), variable("SCORE", "number", nullable=True),
        variable("COUNT", "integer", nullable=True), variable("NOTE", nullable=True),
    )  # fmt: skip
    table = dataset("ANSWER", tuple(COLUMNS), key=("ID", "DAY"), time="DAY")
    return replace(catalogue, variables=variables, code_lists=(), datasets=(table,))


def loaded(catalogue: Catalogue, table: str, target: Path, *, url: str | None, columns: Any = COLUMNS) -> LoadReport:
    sources = {"ANSWER": [TableSource(table=table, columns=columns)]}
    return load_tables(catalogue, sources, target, threads=1, memory_limit="500MB", source_url=url)


def refusal(catalogue: Catalogue, table: str, target: Path, **options: Any) -> AvropError:
    with pytest.raises(AvropError) as refused:
        loaded(catalogue, table, target, **options)
    assert not target.exists()
    assert not list(target.parent.glob(".partial-*"))
    assert "canary" not in str(refused.value)
    return refused.value


def test_a_tables_rows_keep_zeros_nulls_quotes_and_lines(catalogue: Catalogue, url: str, tmp_path: Path) -> None:
    report = loaded(catalogue, "Inntak.Svar", tmp_path / "snapshot", url=url)
    (part,) = (tmp_path / "snapshot").rglob("*.parquet")
    assert pq.read_table(part).to_pylist() == [
        {"ID": "0001", "DAY": date(2024, 10, 1), "SCORE": 3.5, "COUNT": None, "NOTE": None},
        {"ID": "0002", "DAY": date(2024, 10, 2), "SCORE": None, "COUNT": 7, "NOTE": 'a "b",\nc'},
    ]
    assert [(s.name, s.rows) for s in report.datasets[0].sources] == [("Inntak.Svar", 2)]
    assert b"canary" not in part.read_bytes()
    assert [path.name for path in (tmp_path / "snapshot").iterdir()] == ["ANSWER"]


def test_the_same_rows_have_the_same_digest_in_whatever_order_the_database_has_them(
    catalogue: Catalogue, url: str, tmp_path: Path, connection: psycopg.Connection
) -> None:
    connection.execute('CREATE VIEW upside_down AS SELECT * FROM "Inntak"."Svar" ORDER BY "Fødselsnr" DESC')
    first = loaded(catalogue, "Inntak.Svar", tmp_path / "a", url=url)
    second = loaded(catalogue, "public.upside_down", tmp_path / "b", url=url)
    assert first.datasets[0].sources[0].digest == second.datasets[0].sources[0].digest


def test_only_columns_that_feed_a_variable_are_read(
    catalogue: Catalogue, url: str, tmp_path: Path, connection: psycopg.Connection
) -> None:
    """The account may read these columns and no other; and another column of the view fails whenever it is read."""
    connection.execute('CREATE VIEW guarded AS SELECT *, 1 / (antall - antall) AS boom FROM "Inntak"."Svar"')
    loaded(catalogue, "public.guarded", tmp_path / "a", url=url)
    failure = refusal(catalogue, "public.guarded", tmp_path / "b", url=url, columns={**COLUMNS, "COUNT": "boom"})
    assert failure.code == "source.failed"


def test_a_failure_in_the_database_shows_its_kind_and_no_value(
    catalogue: Catalogue, url: str, tmp_path: Path, connection: psycopg.Connection
) -> None:
    connection.execute(
        'CREATE VIEW broken AS SELECT "Fødselsnr", start, poeng, hemmelig::bigint AS antall, merknad FROM "Inntak"."Svar"'
    )
    failure = refusal(catalogue, "public.broken", tmp_path / "a", url=url)
    assert failure.code == "source.failed"
    assert "InvalidTextRepresentation" in failure.sentence


def test_the_database_is_only_read(
    catalogue: Catalogue, url: str, tmp_path: Path, connection: psycopg.Connection
) -> None:
    connection.execute("""
        CREATE TABLE traces (at int);
        CREATE FUNCTION tell() RETURNS bigint LANGUAGE sql AS 'INSERT INTO traces VALUES (1) RETURNING at';
        CREATE VIEW telling AS SELECT "Fødselsnr", start, poeng, tell() AS antall, merknad FROM "Inntak"."Svar";
    """)
    failure = refusal(catalogue, "public.telling", tmp_path / "a", url=url)
    assert (failure.code, "ReadOnlySqlTransaction" in failure.sentence) == ("source.failed", True)
    assert connection.execute("SELECT count(*) FROM traces").fetchone() == (0,)


def test_a_table_or_column_that_is_not_there_is_said(catalogue: Catalogue, url: str, tmp_path: Path) -> None:
    assert refusal(catalogue, "Inntak.svar", tmp_path / "a", url=url).code == "source.no_table"
    assert refusal(catalogue, 'Inntak.Svar"; DROP', tmp_path / "a", url=url).code == "source.no_table"
    missing = refusal(catalogue, "Inntak.Svar", tmp_path / "a", url=url, columns={**COLUMNS, "NOTE": "note"})
    assert isinstance(missing, LoadRefused)
    assert [(f.code, f.file, f.variable) for f in missing.report.faults] == [("load.columns", "Inntak.Svar", "NOTE")]
    wrong = refusal(catalogue, "Inntak.Svar", tmp_path / "a", url=url, columns={**COLUMNS, "NOTE": "antall"})
    assert isinstance(wrong, LoadRefused)
    assert [(f.code, f.variable) for f in wrong.report.faults] == [("load.type", "NOTE")]


def test_a_table_without_a_map_is_read_by_the_variables_own_names(
    catalogue: Catalogue, url: str, tmp_path: Path, connection: psycopg.Connection
) -> None:
    connection.execute(
        "CREATE VIEW named AS SELECT 'x' AS more, '0001'::text AS \"ID\", DATE '2024-01-01' AS \"DAY\", 1.0::float AS \"SCORE\","
        ' 1::int AS "COUNT", NULL::varchar AS "NOTE"'
    )
    report = loaded(catalogue, "named", tmp_path / "a", url=url, columns=None)
    assert report.datasets[0].rows == 1


def test_faults_are_numbered_in_the_order_of_the_key(
    catalogue: Catalogue, url: str, tmp_path: Path, connection: psycopg.Connection
) -> None:
    connection.execute("""
        CREATE VIEW long AS SELECT lpad((n % 100)::text, CASE n WHEN 7 THEN 3 ELSE 4 END, '0') AS "ID",
        DATE '2024-01-01' + n AS "DAY", NULL::numeric AS "SCORE", n AS "COUNT", '' AS "NOTE" FROM generate_series(1, 9) n
    """)
    refused = refusal(catalogue, "long", tmp_path / "a", url=url, columns=None)
    assert isinstance(refused, LoadRefused)
    assert [(f.code, f.variable, f.rows) for f in refused.report.faults] == [("load.pattern", "ID", (9,))]


def test_no_database_a_wrong_one_and_one_that_denies(
    catalogue: Catalogue, url: str, tmp_path: Path, connection: psycopg.Connection
) -> None:
    assert refusal(catalogue, "Inntak.Svar", tmp_path / "a", url=None).code == "source.no_url"
    away = refusal(catalogue, "Inntak.Svar", tmp_path / "a", url="postgresql://nobody:s3cret@127.0.0.1:9/x")
    assert away.code == "source.unavailable"
    assert "s3cret" not in str(away)
    connection.execute('CREATE TABLE closed AS SELECT * FROM "Inntak"."Svar"; REVOKE ALL ON closed FROM CURRENT_USER')
    assert refusal(catalogue, "closed", tmp_path / "a", url=url).code == "source.denied"
