"""Days on which nothing is taken: exams and trade tests are held on working days."""

from pathlib import Path

import duckdb
import pytest


@pytest.mark.parametrize(("table", "which"), [("vurdering", "slag = 'EKS'"), ("prove", "TRUE")])
def test_exams_and_trade_tests_are_on_no_weekend(micro: Path, table: str, which: str) -> None:
    with duckdb.connect() as database:
        days = database.execute(
            f"SELECT count(*), count(*) FILTER (isodow(dato) > 5) FROM read_parquet('{micro}/{table}/*.parquet') WHERE {which}"
        ).fetchall()
    ((all_of_them, weekend),) = days
    assert all_of_them > 10
    assert weekend == 0
