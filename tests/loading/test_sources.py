"""A load reads named columns of a file cut by any delimiter, typed by the description; nothing else of it is read."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from avrop.actions.publish import named_sources
from avrop.catalogue.datasets import Catalogue
from avrop.catalogue.sources import SourceTable, read_sources, write_sources
from avrop.disclosure.snapshots import LoadReport, snapshot_manifest
from avrop.engines.loading import LoadRefused, load_tables
from avrop.engines.tablesources import FileSource, Source, TableSource
from avrop.errors import Mistake
from tests.loading.conftest import dataset, variable

Written = Callable[[str, str], Path]
COLUMNS = {"ID": "Fødselsnr", "DAY": "Start Dato", "SCORE": "Poeng", "COUNT": "Antall", "NOTE": "Merknad"}


@pytest.fixture
def catalogue(catalogue: Catalogue) -> Catalogue:
    """ANSWER(ID, DAY, SCORE?, COUNT?, NOTE?)."""
    variables = (
        variable("ID", pattern="[0-9]{4}"), variable("DAY", "date"), variable("SCORE", "number", nullable=True),
        variable("COUNT", "integer", nullable=True), variable("NOTE", nullable=True),
    )  # fmt: skip
    names = ("ID", "DAY", "SCORE", "COUNT", "NOTE")
    return replace(
        catalogue, variables=variables, code_lists=(),
        datasets=(dataset("ANSWER", names, key=("ID", "DAY"), time="DAY"),),
    )  # fmt: skip


def loaded(catalogue: Catalogue, source: Source | Path, target: Path, **options: Any) -> LoadReport:
    return load_tables(catalogue, {"ANSWER": [source]}, target, threads=1, memory_limit="500MB", **options)


def rows(target: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(target / "ANSWER" / "part-000.parquet").to_pylist()
    return found


def faults(catalogue: Catalogue, source: Source | Path, target: Path) -> set[tuple[str, str | None, tuple[int, ...]]]:
    with pytest.raises(LoadRefused) as refused:
        loaded(catalogue, source, target)
    return {(fault.code, fault.variable, fault.rows) for fault in refused.value.report.faults}


TEXT = """\ufeffHemmelig;Fødselsnr;Start Dato;Poeng;Antall;Merknad;id
x;0001;2024-10-01;3.50;;"semi;colon, ""quote"" and
line";1
y;0002;2024-10-02T00:00:00Z;;007;NULL;2
"""
ROWS = [
    {"ID": "0001", "DAY": date(2024, 10, 1), "SCORE": 3.5, "COUNT": None, "NOTE": 'semi;colon, "quote" and\nline'},
    {"ID": "0002", "DAY": date(2024, 10, 2), "SCORE": None, "COUNT": 7, "NOTE": "NULL"},
]  # fmt: skip


def test_named_columns_of_a_csv_file_keep_zeros_nulls_quotes_and_lines(
    catalogue: Catalogue, written: Written, tmp_path: Path
) -> None:
    source = FileSource(path=written("svar.csv", TEXT), delimiter=";", columns=COLUMNS)
    report = loaded(catalogue, source, tmp_path / "snapshot")
    assert rows(tmp_path / "snapshot") == ROWS
    assert [(s.name, s.rows) for s in report.datasets[0].sources] == [("svar.csv", 2)]
    (part,) = (tmp_path / "snapshot").rglob("*.parquet")
    assert b"Hemmelig" not in part.read_bytes()


@pytest.mark.parametrize("delimiter", ["\t", "|", ","])
def test_any_delimiter_cuts_a_file(catalogue: Catalogue, written: Written, tmp_path: Path, delimiter: str) -> None:
    text = "ID;DAY;SCORE;COUNT;NOTE\n0001;2024-10-01;1.5;2;a\n".replace(";", delimiter)
    loaded(catalogue, FileSource(path=written("a.csv", text), delimiter=delimiter), tmp_path / "snapshot")
    assert [row["NOTE"] for row in rows(tmp_path / "snapshot")] == ["a"]


def test_named_columns_of_a_parquet_file_are_read_and_moments_at_midnight_are_days(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    moments = [datetime(2024, 10, 1, tzinfo=UTC), datetime(2024, 10, 2, tzinfo=UTC)]
    table = {
        "Fødselsnr": ["0001", "0002"], "Start Dato": pa.array(moments, pa.timestamp("us", "Europe/Oslo")),
        "Poeng": pa.array([1, None], pa.int32()), "Antall": [7, None], "Merknad": ["", "x"], "Hemmelig": ["h1", "h2"],
    }  # fmt: skip
    pq.write_table(pa.table(table), tmp_path / "a.PARQUET")
    loaded(catalogue, FileSource(path=tmp_path / "a.PARQUET", columns=COLUMNS), tmp_path / "snapshot")
    assert [tuple(row.values()) for row in rows(tmp_path / "snapshot")] == [
        ("0001", date(2024, 10, 1), 1.0, 7, None), ("0002", date(2024, 10, 2), None, None, "x"),
    ]  # fmt: skip


def test_what_is_no_day_and_no_finite_number_is_a_fault_by_row_number(catalogue: Catalogue, tmp_path: Path) -> None:
    moments = [datetime(2024, 10, 1, tzinfo=UTC), datetime(2024, 10, 1, 12, tzinfo=UTC)]
    table = {
        "ID": ["0001", "0002"], "DAY": pa.array(moments, pa.timestamp("ns")), "SCORE": [float("nan"), 1.0],
        "COUNT": [1, 1], "NOTE": ["x", "y"],
    }  # fmt: skip
    pq.write_table(pa.table(table), tmp_path / "a.parquet")
    assert faults(catalogue, tmp_path / "a.parquet", tmp_path / "snapshot") == {
        ("load.type", "DAY", (2,)), ("load.type", "SCORE", (1,)),
    }  # fmt: skip


@pytest.mark.parametrize("score", ["1,5", "inf", "nan", "1e999", "0x1", "1.", ".5", " 1"])
def test_a_number_is_written_plainly(catalogue: Catalogue, written: Written, tmp_path: Path, score: str) -> None:
    text = f'ID,DAY,SCORE,COUNT,NOTE\n0001,2024-10-01,"{score}",1,\n'
    assert faults(catalogue, written("a.csv", text), tmp_path / "snapshot") == {("load.type", "SCORE", (1,))}


def test_a_column_that_is_missing_or_twice_or_of_no_variable_is_a_fault_of_its_variable(
    catalogue: Catalogue, written: Written, tmp_path: Path
) -> None:
    text = "Fødselsnr,Start Dato,Poeng,Poeng,Antall\n0001,2024-10-01,1,1,1\n"
    source = FileSource(path=written("a.csv", text), columns={**COLUMNS, "OTHER": "Antall"})
    assert faults(catalogue, source, tmp_path / "snapshot") == {
        ("load.columns", "SCORE", ()), ("load.columns", "NOTE", ()), ("load.columns", "OTHER", ()),
    }  # fmt: skip
    incomplete = FileSource(path=written("b.csv", TEXT), delimiter=";", columns={"ID": "Fødselsnr"})
    assert {variable for _, variable, _ in faults(catalogue, incomplete, tmp_path / "snapshot")} == set(COLUMNS) - {
        "ID"
    }


def test_columns_that_differ_in_case_alone_are_told_apart_or_refused(
    catalogue: Catalogue, written: Written, tmp_path: Path
) -> None:
    """DuckDB tells no upper from lower case: without care, the first of two would be read for both."""
    text = "id,ID,DAY,SCORE,COUNT,NOTE\n9999,0001,2024-10-01,1,1,x\n"
    columns = {name: name for name in COLUMNS}
    loaded(catalogue, FileSource(path=written("a.csv", text), columns=columns), tmp_path / "snapshot")
    assert rows(tmp_path / "snapshot")[0]["ID"] == "0001"
    table = {"id": ["9999"], "ID": ["0001"], "DAY": [date(2024, 10, 1)], "SCORE": [1.0], "COUNT": [1], "NOTE": ["x"]}
    pq.write_table(pa.table(table), tmp_path / "a.parquet")
    source = FileSource(path=tmp_path / "a.parquet", columns=columns)
    assert faults(catalogue, source, tmp_path / "other") == {("load.columns", "ID", ())}


def test_a_file_that_is_read_by_other_columns_is_not_lent(
    catalogue: Catalogue, written: Written, tmp_path: Path
) -> None:
    text = "ID,DAY,SCORE,COUNT,NOTE,OTHER\n0001,2024-10-01,1,1,x,y\n"
    path, columns = written("a.csv", text), {name: name for name in COLUMNS}
    first = loaded(catalogue, FileSource(path=path, columns=columns), tmp_path / "a")
    before = snapshot_manifest("a", first, loaded_at=datetime(2024, 1, 1, tzinfo=UTC), base=None)
    again = loaded(catalogue, FileSource(path=path, columns=columns), tmp_path / "b", previous=(before, tmp_path / "a"))
    turned = FileSource(path=path, columns={**columns, "NOTE": "OTHER"})
    other = loaded(catalogue, turned, tmp_path / "c", previous=(before, tmp_path / "a"))
    assert (again.datasets[0].reused, other.datasets[0].reused) == (1, 0)
    assert [row["NOTE"] for row in (*rows(tmp_path / "b"), *rows(tmp_path / "c"))] == ["x", "y"]


MAP = SourceTable(dataset="ANSWER", source="/data/svar.csv", delimiter=";", columns=(("ID", "Id"),))


def test_sources_are_given_mapped_or_both() -> None:
    plain = named_sources(["A=a.csv", "A=b=c.csv", "B=postgresql:s.t"])
    assert plain == {
        "A": [FileSource(path=Path("a.csv")), FileSource(path=Path("b=c.csv"))],
        "B": [TableSource(table="s.t")],
    }
    assert named_sources([], [MAP]) == {
        "ANSWER": [FileSource(path=Path("/data/svar.csv"), delimiter=";", columns={"ID": "Id"})]
    }
    assert named_sources(["ANSWER=postgresql:s.t"], [MAP]) == {
        "ANSWER": [TableSource(table="s.t", columns={"ID": "Id"})]
    }
    assert named_sources(["B=b.csv"], [MAP]).keys() == {"ANSWER", "B"}


def test_a_folder_gives_the_files_that_are_named_after_a_dataset(tmp_path: Path) -> None:
    for name in ("A-1.csv", "A-2.parquet", "B.csv", "notes.txt"):
        (tmp_path / name).touch()
    (tmp_path / "lists").mkdir()
    assert named_sources([str(tmp_path), "B=more.csv"]) == {
        "A": [FileSource(path=tmp_path / "A-1.csv"), FileSource(path=tmp_path / "A-2.parquet")],
        "B": [FileSource(path=tmp_path / "B.csv"), FileSource(path=Path("more.csv"))],
    }


@pytest.mark.parametrize("text", ["a.csv", "A=", ""])
def test_a_source_that_names_no_dataset_or_no_place_is_a_mistake(text: str) -> None:
    with pytest.raises(Mistake) as refused:
        named_sources([text])
    assert refused.value.code == "load.source"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("- [", "sources.yaml"), ("dataset: A", "sources.form"), ("- {dataset: A}", "document.unreadable"),
        ("- {dataset: A, source: a.csv, columns: x}", "document.unreadable"),
        ("- {dataset: A, source: a.csv, columns: {ID: Id}, delimiter: ';;'}", "document.unreadable"),
        ("- {dataset: A, source: a.csv, columns: {ID: Id}, url: postgresql://x}", "document.unreadable"),
    ],
)  # fmt: skip
def test_a_source_map_that_cannot_be_read_is_a_mistake_with_its_file(text: str, code: str) -> None:
    with pytest.raises(Mistake) as refused:
        read_sources(text, file="sources.yaml")
    assert refused.value.code == code
    assert "sources.yaml" in str(refused.value)


def test_a_source_map_is_read_back_as_it_was_written() -> None:
    odd = SourceTable(
        dataset="B", source="postgresql:Inntak.Svar", delimiter="\t", columns=(("NO", "no: {x}"), ("ID", "03"))
    )
    assert read_sources(write_sources([MAP, odd]), file="sources.yaml") == (MAP, odd)
