"""Looking at a table to draft its description: types and counts come out, values do not."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avrop.actions.describe import draft_description
from avrop.catalogue.drafting import Order
from avrop.engines.profiling import profile
from avrop.engines.tablesources import FileSource, TableSource
from avrop.errors import AvropError, Mistake
from tests.examples import tried

TODAY = date(2026, 11, 29)


def csv(folder: Path, text: str) -> FileSource:
    path = folder / "x.csv"
    path.write_text(text, "utf-8")
    return FileSource(path=path)


def kinds(source: FileSource) -> dict[str, tuple[str | None, bool]]:
    return {column.name: (column.data_type, column.empty) for column in profile(source)}


def test_types_of_a_csv_file_are_what_all_its_values_look_like(tmp_path: Path) -> None:
    found = kinds(csv(tmp_path, "a,b,c,d,e,f\n1,01,1.5,2025-01-01,x,\n-2,02,3,2025-01-02,,\n0,3,1e3,,2,\n"))
    assert found == {
        "a": ("integer", False), "b": ("text", False), "c": ("number", False), "d": ("date", True), "e": ("text", True),
        "f": ("text", True),
    }  # fmt: skip


def test_types_of_a_parquet_file_are_its_own(tmp_path: Path) -> None:
    table = pa.table({
        "a": pa.array([1, None]), "b": pa.array(["1", "2"]), "c": pa.array([1.5, 2.0]),
        "d": pa.array([1, 2], pa.date32()), "e": pa.array([1, 2], pa.timestamp("us")), "f": pa.array([[1], [2]]),
    })  # fmt: skip
    pq.write_table(table, tmp_path / "x.parquet")
    assert kinds(FileSource(path=tmp_path / "x.parquet")) == {
        "a": ("integer", True), "b": ("text", False), "c": ("number", False), "d": ("date", False), "e": ("date", False),
        "f": (None, False),
    }  # fmt: skip


def test_what_is_written_in_a_way_that_no_load_reads_is_told_and_not_changed(tmp_path: Path) -> None:
    source = csv(tmp_path, 'a,b,c,d\n31.12.2024,"1,5",1.5,31.12.2024\n1.1.2025,2,"2,5",x\n,"-0,25",,\n')
    assert [(each.data_type, each.form) for each in profile(source)] == [
        ("text", "day.month.year"), ("text", "decimal comma"), ("text", None), ("text", None),
    ]  # fmt: skip
    source = csv(tmp_path, "a,b,c,d,e\nja,TRUE,12:30,2025-01-01 12:30,ja\nNei,,7:05:59,2025-01-02T00:00:00.5Z,12:30\n")
    assert [(each.data_type, each.form) for each in profile(source)] == [
        ("text", "yes or no in words"), ("text", "yes or no in words"), ("text", "time of day"), ("text", "day and time"),
        ("text", None),
    ]  # fmt: skip
    table = pa.table(
        {"a": pa.array([True, None]), "b": pa.array([1, 2], pa.timestamp("us")), "c": pa.array(["x", "y"])}
    )
    pq.write_table(table, tmp_path / "x.parquet")
    found = profile(FileSource(path=tmp_path / "x.parquet"))
    assert [(each.data_type, each.form) for each in found] == [(None, "yes or no"), ("date", "moment"), ("text", None)]


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        (b"a,b\nKari,2\n3\n", 3, "has 1 values, and the first line has 2 names"),
        (b"a,b\n1,2\n\nKari,2,3\n", 4, "has 3 values"),
        (b'a,b\n"1\n2",2\n"Kari,3\n4,5\n', 4, "none closes it"),
        (b'a,b\n"Kari,3\n' + b"4,5\n" * 50_000, 2, "none closes it"),
        (b'a,b\r\n1,2\r\n"Ka"ri,2\r\n', 3, "quotation mark stands within"),
        (b"a,b\n" + b"1,2\n" * 5000 + b"Kari \xe6,2\n", 5002, "not UTF-8"),
    ],
)
def test_the_line_that_cannot_be_read_is_named_and_no_value_of_it(
    tmp_path: Path, text: bytes, line: int, told: str
) -> None:
    (tmp_path / "x.csv").write_bytes(text)
    with pytest.raises(Mistake) as refused:
        profile(FileSource(path=tmp_path / "x.csv"))
    assert (refused.value.code, refused.value.where["line"]) == ("init.unreadable", line)
    assert told in refused.value.sentence
    assert "Kari" not in str(refused.value)


def test_codes_come_only_from_columns_that_are_named_and_only_if_five_rows_have_them(tmp_path: Path) -> None:
    source = csv(tmp_path, "a,b\n" + "A,secret\n" * 5 + "B,secret\n" * 4 + "C,secret\n" * 6)
    first, second = profile(source, codes=["a"])
    assert (first.codes, first.rare) == (("A", "C"), 1)
    assert second.codes is None


def test_a_code_is_what_five_people_have_however_many_rows_one_of_them_fills(tmp_path: Path) -> None:
    alone = "1,hiv-positiv Ola\n" * 6 + '"",x\n' * 5
    shared = "".join(f"{person},flu\n" for person in range(5)) + "".join(
        f"{person},cold\n" for person in (1, 2, 3, 4, 4)
    )
    source = csv(tmp_path, "who,code\n" + alone + shared)
    _, found = profile(source, person="who", codes=["code"])
    assert (found.codes, found.rare) == (("flu",), 3)
    rows = source.path.read_text("utf-8").splitlines()[1:]
    who, code = zip(*(row.split(",") for row in rows), strict=True)
    pq.write_table(pa.table({"who": [each.strip('"') for each in who], "code": code}), tmp_path / "x.parquet")
    _, found = profile(FileSource(path=tmp_path / "x.parquet"), person="who", codes=["code"])
    assert (found.codes, found.rare) == (("flu",), 3)


def test_who_a_row_is_about_is_a_text_in_a_csv_file_and_what_it_is_stored_as_elsewhere(tmp_path: Path) -> None:
    who, number = profile(csv(tmp_path, "who,n\n100,1\n101,2\n"), person="who")
    assert (who.data_type, who.form, number.data_type) == ("text", None, "integer")
    pq.write_table(pa.table({"who": [100, 101], "n": [1, 2]}), tmp_path / "x.parquet")
    who, _ = profile(FileSource(path=tmp_path / "x.parquet"), person="who")
    assert who.data_type == "integer"


def test_what_is_no_list_of_codes_is_refused(tmp_path: Path) -> None:
    source = csv(tmp_path, "a\n" + "".join(f"{n}\n" * 5 for n in range(401)))
    with pytest.raises(Mistake) as refused:
        profile(source, codes=["a"])
    assert refused.value.code == "init.many_codes"


@pytest.mark.parametrize("text", ["", "a,b\n1\n2,3,4\n", 'a\n"x\n', "a;b\n1;2,3\n1,2,3\n"])
def test_a_file_that_is_no_table_is_refused_without_a_value(tmp_path: Path, text: str) -> None:
    with pytest.raises(Mistake) as refused:
        profile(csv(tmp_path, text))
    assert refused.value.code in ("init.unreadable", "init.header", "init.one_column")


def code_of(source: FileSource, *, person: str | None = None, codes: Sequence[str] = ()) -> str:
    with pytest.raises(AvropError) as refused:
        profile(source, person=person, codes=codes)
    assert "Kari" not in str(refused.value)
    return refused.value.code


def test_what_a_newcomer_may_get_wrong_is_told_apart(tmp_path: Path) -> None:
    assert code_of(FileSource(path=tmp_path / "gone.csv")) == "init.no_file"
    assert code_of(csv(tmp_path, "a;b\n1;2\n")) == "init.one_column"
    assert code_of(replace(csv(tmp_path, "a,b\n"), delimiter=";;")) == "init.delimiter"
    assert code_of(csv(tmp_path, "Kari,Oslo,Bok\nOla,Oslo,Bok\nKari,Bodø,Spill\n")) == "init.row_as_header"
    assert code_of(csv(tmp_path, "Kari,b\n1,2\n"), codes=["c"]) == "init.no_column"
    assert code_of(csv(tmp_path, "Kari,b\n1,2\n"), person="c", codes=["b"]) == "init.no_column"
    assert {kind for kind, _ in kinds(csv(tmp_path, "x,b\nx,2\n,3\n")).values()} == {"text", "integer"}


WORDS = st.text(
    st.characters(codec="utf-8", exclude_characters='\0\r\n",', exclude_categories=["Cc", "Cs", "Z"]),
    min_size=4,
    max_size=12,
)


@tried(100)
@given(values=st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=8))
def test_no_value_of_a_table_stands_in_its_draft(
    tmp_path_factory: pytest.TempPathFactory, values: list[tuple[str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("draft")
    rows = [(f"#{one}#", f"#{other}#") for one, other in values]
    source = csv(folder, "person,other\n" + "".join(f"{one},{other}\n" for one, other in rows))
    order = Order(name="T", publisher="p", source=str(source.path), person="person")
    texts, made = draft_description(order, codes=[], controller="p", source_url=None, today=TODAY)
    told = "".join([*texts.values(), *(f"{note.subject}{note.sentence}{note.hint}" for note in made.report)])
    assert not [value for row in rows for value in row if value in told]


def test_a_table_of_postgresql_is_drafted_from_its_definition(fresh_database: Callable[[str], str]) -> None:
    url = fresh_database("source")
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(
            'CREATE SCHEMA s; CREATE TABLE s."Loan" ("Who" text NOT NULL, day date, n int, x point, code varchar(2))'
        )
        connection.execute(
            """INSERT INTO s."Loan" SELECT 'p' || g, '2025-01-01', g, NULL, 'A' FROM generate_series(1, 5) g"""
        )
    found = profile(TableSource(table="s.Loan"), codes=["code"], url=url)
    assert [(column.name, column.data_type, column.empty, column.codes) for column in found] == [
        ("Who", "text", False, None), ("day", "date", True, None), ("n", "integer", True, None), ("x", None, True, None),
        ("code", "text", True, ("A",)),
    ]  # fmt: skip
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(
            """INSERT INTO s."Loan" SELECT 'p1', '2025-01-01', g, NULL, 'B' FROM generate_series(1, 6) g"""
        )
        connection.execute(
            """INSERT INTO s."Loan" SELECT '', '2025-01-01', g, NULL, 'B' FROM generate_series(1, 6) g"""
        )
    *_, code = profile(TableSource(table="s.Loan"), person="Who", codes=["code"], url=url)
    assert (code.codes, code.rare) == (("A",), 1)
    with pytest.raises(Mistake) as refused:
        profile(TableSource(table="s.Nothing"), url=url)
    assert refused.value.code == "source.no_table"
