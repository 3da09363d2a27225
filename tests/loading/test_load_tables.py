"""What a load makes: typed, sorted, whole files that hold exactly what came in, with a report and a manifest."""

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avrop.canonical import canonical, digest, read
from avrop.catalogue.datasets import Catalogue, carried
from avrop.catalogue.files import read_catalogue
from avrop.disclosure.snapshots import LoadReport, SnapshotManifest, snapshot_manifest
from avrop.engines.loading import LoadRefused, load_person_list, load_tables
from avrop.engines.tablefiles import digest_file
from avrop.errors import Conflict, Fault
from avrop.vigo.pack import pack
from tests.examples import tried
from tests.sources import counts, made

Load = Callable[..., LoadReport]
NOW = datetime(2026, 11, 24, tzinfo=UTC)


def courses(snapshot: Path) -> list[tuple[object, ...]]:
    rows = pq.read_table(snapshot / "COURSE").to_pylist()
    return [tuple(row.values()) for row in rows]


def test_rows_are_typed_and_sorted_and_zeros_and_nulls_survive(load: Load, tmp_path: Path) -> None:
    load()
    assert courses(tmp_path / "snapshot") == [
        ("0001", date(2024, 10, 1), "old", 99, "b"),
        ("0002", date(2024, 10, 1), "old", 5, None),
        ("0001", date(2025, 10, 1), "new", None, "a"),
    ]
    schema = pq.read_schema(tmp_path / "snapshot" / "COURSE" / "part-000.parquet")
    assert [str(field.type) for field in schema] == ["string", "date32[day]", "string", "int64", "string"]


def test_the_report_tells_what_came_in_and_what_was_made(load: Load, tmp_path: Path) -> None:
    people, course = load().datasets
    assert (people.rows, people.people, people.first, people.last) == (3, 3, None, None)
    assert (course.rows, course.people) == (3, 2)
    assert (course.first, course.last) == (date(2024, 10, 1), date(2025, 10, 1))
    assert {column.name: column.nulls for column in course.columns} == {
        "ID": 0,
        "DAY": 0,
        "AREA": 0,
        "HOURS": 1,
        "NOTE": 1,
    }
    (source,), (file,) = course.sources, course.files
    path = tmp_path / "snapshot" / file.name
    assert (file.digest, file.size, file.rows) == (digest_file(path), path.stat().st_size, 3)
    assert source.digest == file.source == digest_file(tmp_path / "sources" / "COURSE.csv")
    assert source.size == course.size


def test_report_and_manifest_are_documents_that_read_back(load: Load) -> None:
    report = load()
    manifest = snapshot_manifest("first", report, loaded_at=NOW, base=None)
    assert read(LoadReport, canonical(report), what="report") == report
    assert read(SnapshotManifest, canonical(manifest), what="manifest") == manifest
    assert [file.name for file in manifest.files] == ["PERSON/part-000.parquet", "COURSE/part-000.parquet"]


def test_columns_may_come_in_any_order_and_quoted(load: Load, tmp_path: Path) -> None:
    load(
        courses='\ufeff"NOTE","HOURS","AREA","DAY","ID"\r\n"a ""b"", c","7","old","2024-01-02","0001"\r\n'
        '"","","new","2025-01-02","0001"\r\n'
    )
    assert courses(tmp_path / "snapshot") == [
        ("0001", date(2024, 1, 2), "old", 7, 'a "b", c'),
        ("0001", date(2025, 1, 2), "new", None, None),
    ]


def test_parquet_is_read_like_csv(load: Load, tmp_path: Path) -> None:
    path = tmp_path / "courses.parquet"
    table = pa.table(
        {
            "DAY": pa.array([date(2025, 10, 1), date(2024, 10, 1)]),
            "ID": pa.array(["0001", "0001"]).dictionary_encode(),
            "NOTE": pa.nulls(2),
            "HOURS": pa.array([1, None], pa.int16()),
            "AREA": ["new", "old"],
        }
    )
    pq.write_table(table, path)
    load(courses=path)
    assert courses(tmp_path / "snapshot") == [
        ("0001", date(2024, 10, 1), "old", None, None),
        ("0001", date(2025, 10, 1), "new", 1, None),
    ]


def test_empty_text_is_null_in_parquet_too(load: Load, tmp_path: Path) -> None:
    path = tmp_path / "courses.parquet"
    columns = {"ID": ["0001"], "DAY": ["2024-10-01"], "AREA": ["old"], "HOURS": [""], "NOTE": [""]}
    pq.write_table(pa.table(columns), path)
    report = load(courses=path)
    assert courses(tmp_path / "snapshot") == [("0001", date(2024, 10, 1), "old", None, None)]
    assert [column.nulls for column in report.datasets[1].columns] == [0, 0, 0, 1, 1]


def test_an_empty_dataset_is_a_dataset(load: Load, tmp_path: Path) -> None:
    report = load(courses="ID,DAY,AREA,HOURS,NOTE\n")
    assert report.datasets[1].rows == 0
    assert courses(tmp_path / "snapshot") == []


@tried(25)
@given(
    notes=st.lists(
        st.none() | st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=8), max_size=12
    ),
    data=st.data(),
)
def test_any_text_and_number_comes_through_as_it_went_in(
    catalogue: Catalogue, tmp_path_factory: pytest.TempPathFactory, notes: list[str | None], data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("any")
    hours = [data.draw(st.none() | st.integers(0, 99)) for _ in notes]
    rows = [
        ("0001", date(2024, 1, day), "old", *values) for day, values in enumerate(zip(hours, notes, strict=True), 1)
    ]
    text = io.StringIO(newline="")
    csv.writer(text).writerows([("ID", "DAY", "AREA", "HOURS", "NOTE"), *data.draw(st.permutations(rows))])
    (folder / "COURSE.csv").write_text(text.getvalue(), newline="")
    (folder / "PERSON.csv").write_text("ID,SEX\n0001,1\n")
    sources = {name: [folder / f"{name}.csv"] for name in ("PERSON", "COURSE")}
    load_tables(catalogue, sources, folder / "snapshot", threads=1, memory_limit="500MB")
    assert courses(folder / "snapshot") == rows


def test_an_unchanged_source_is_lent_and_a_changed_one_written(load: Load, tmp_path: Path) -> None:
    first = load(target=tmp_path / "first")
    previous = snapshot_manifest("first", first, loaded_at=NOW, base=None), tmp_path / "first"
    changed = "ID,DAY,AREA,HOURS,NOTE\n0003,2024-10-01,old,1,\n"
    second = load(courses=changed, target=tmp_path / "second", previous=previous)
    assert [dataset.reused for dataset in second.datasets] == [1, 0]
    name = first.datasets[0].files[0].name
    assert (tmp_path / "first" / name).samefile(tmp_path / "second" / name)
    assert second.datasets[0].files == first.datasets[0].files
    assert courses(tmp_path / "second") == [("0003", date(2024, 10, 1), "old", 1, None)]


def test_nothing_is_lent_under_another_catalogue_or_from_a_spoilt_file(
    catalogue: Catalogue, load: Load, tmp_path: Path
) -> None:
    first = load(target=tmp_path / "first")
    manifest = snapshot_manifest("first", first, loaded_at=NOW, base=None)
    other = replace(manifest, catalogue=digest(replace(catalogue, version="2")))
    second = load(target=tmp_path / "second", previous=(other, tmp_path / "first"))
    assert [dataset.reused for dataset in second.datasets] == [0, 0]
    spoilt = tmp_path / "first" / manifest.files[0].name
    spoilt.write_bytes(spoilt.read_bytes()[:-1] + b"X")
    third = load(target=tmp_path / "third", previous=(manifest, tmp_path / "first"))
    assert [dataset.reused for dataset in third.datasets] == [0, 1]
    assert pq.read_table(tmp_path / "third" / "PERSON").num_rows == 3


def test_a_lent_source_is_checked_against_what_changed_beside_it(load: Load, tmp_path: Path) -> None:
    first = load(target=tmp_path / "first")
    previous = snapshot_manifest("first", first, loaded_at=NOW, base=None), tmp_path / "first"
    with pytest.raises(LoadRefused) as failure:
        load(people="ID,SEX\n0001,1\n", target=tmp_path / "second", previous=previous)
    assert [(fault.code, fault.rows) for fault in failure.value.report.faults] == [("load.orphan", (1,))]


def test_a_snapshot_is_never_written_over(load: Load, tmp_path: Path) -> None:
    load()
    before = sorted(tmp_path.rglob("*.parquet"))
    with pytest.raises(Conflict) as failure:
        load()
    assert failure.value.code == "load.exists"
    assert sorted(tmp_path.rglob("*.parquet")) == before
    (tmp_path / "empty").mkdir()
    load(target=tmp_path / "empty")


POINTS = [
    "load.started",
    "load.dataset-checked",
    "load.dataset-checked",
    "load.file-written",
    "load.file-synced",
    "load.file-written",
    "load.file-synced",
    "load.folder-written",
]


def test_fault_points_are_reached_in_order(load: Load) -> None:
    reached: list[str] = []
    load(reach=reached.append)
    assert reached == POINTS


@pytest.mark.parametrize("point", sorted(set(POINTS) - {"load.folder-written"}))
def test_whatever_stops_a_load_leaves_nothing_and_the_next_succeeds(load: Load, tmp_path: Path, point: str) -> None:
    def stop(reached: str) -> None:
        if reached == point:
            assert not (tmp_path / "snapshot").exists()
            raise OSError(28, "No space left on device")

    with pytest.raises(Fault) as failure:
        load(reach=stop)
    assert failure.value.code == "load.failed"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["sources"]
    assert load().datasets[1].rows == 3


def test_leftovers_of_a_killed_load_are_swept_by_the_next(load: Load, tmp_path: Path) -> None:
    class Killed(BaseException):
        pass

    left = tmp_path / ".partial-snapshot.loading"

    def keep(reached: str) -> None:
        if reached == "load.file-written":
            (tmp_path / "kept").mkdir()
            left.rename(tmp_path / "kept" / "work")
            raise Killed

    with pytest.raises(Killed):
        load(reach=keep)
    (tmp_path / "kept" / "work").rename(left)
    load()
    assert not left.exists()
    assert len(courses(tmp_path / "snapshot")) == 3


def test_a_person_list_is_one_column_each_once_and_sorted(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("person\n0002\n0001\n0002\n")
    reached: list[str] = []
    report = load_person_list(tmp_path / "list.csv", tmp_path / "list.parquet", reach=reached.append)
    table = pq.read_table(tmp_path / "list.parquet")
    assert table.to_pydict() == {"person": ["0001", "0002"]}
    assert table.schema.field("person").type == pa.string()
    assert (report.people, report.digest) == (2, digest_file(tmp_path / "list.parquet"))
    assert reached == ["load.list-written"]


def test_an_empty_person_list_is_a_list(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("person\n")
    assert load_person_list(tmp_path / "list.csv", tmp_path / "list.parquet").people == 0


@pytest.mark.parametrize(
    ("text", "code", "rows"),
    [
        ("people\n0001\n", "load.columns", ()),
        ("person,more\n0001,1\n", "load.columns", ()),
        ('person\n0001\n""\n', "load.null", (2,)),
        ("person\n0001\n12\n", "load.pattern", (2,)),
        ("", "load.unreadable", ()),
    ],
)
def test_a_wrong_person_list_is_refused_and_the_old_one_stays(
    tmp_path: Path, text: str, code: str, rows: tuple[int, ...]
) -> None:
    source, target = tmp_path / "list.csv", tmp_path / "list.parquet"
    source.write_text("person\n0007\n")
    load_person_list(source, target, pattern="[0-9]{4}")
    source.write_text(text)
    with pytest.raises(LoadRefused) as failure:
        load_person_list(source, target, pattern="[0-9]{4}")
    assert (failure.value.report.faults[0].code, failure.value.report.faults[0].rows) == (code, rows)
    assert pq.read_table(target).to_pydict() == {"person": ["0007"]}


def test_the_simulated_tables_load_whole(tmp_path: Path) -> None:
    catalogue = read_catalogue(pack().catalogue)
    sources = {each.name: sorted(made().glob(f"{each.name}-*")) for each in carried(catalogue).datasets}
    report = load_tables(
        catalogue,
        sources,
        tmp_path / "snapshot",
        threads=2,
        memory_limit="500MB",
        register_day=date(2026, 10, 1),
    )
    assert {each.dataset: each.rows for each in report.datasets}.items() <= counts().items()
    assert len(report.datasets) == 10
    pattern = catalogue.variable("PERSON_ID").pattern
    for name in ("protected", "objecting"):
        listed = load_person_list(made() / "lists" / f"{name}.csv", tmp_path / f"{name}.parquet", pattern=pattern)
        assert listed.people == counts()[name] > 0
