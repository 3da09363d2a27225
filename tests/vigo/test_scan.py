"""The scan finds every number that could be somebody's, in every kind of file, and never says which.

No such number is written here: they are made when the test runs, from a day, a series and the control digits.
"""

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from avrop.errors import Mistake
from avrop.vigo.scan import streams
from avrop.vigo.scan.files import scan
from avrop.vigo.scan.numbers import kind, with_zero
from tests import sources
from tests.cli.conftest import Prompt
from tests.examples import tried

SERIES = {
    "national": (0, 0, "5"), "d-number": (40, 0, "5"), "h-number": (0, 40, "5"), "d-and-h-number": (40, 40, "5"),
    "provisional": (40, 0, "9"),
}  # fmt: skip


def digit(weights: tuple[int, ...], stem: str) -> int:
    return -sum(w * int(d) for w, d in zip(weights, stem, strict=True)) % 11


def number(series: str = "national", *, day: int = 9, month: int = 3, year: int = 7, count: int = 0) -> str:
    """A number of that series with right control digits: the first one from `count` on that has them."""
    more_days, more_months, first = SERIES[series]
    return made(day + more_days, month + more_months, year, first, count)


def made(day: int, month: int, year: int, first: str, count: int) -> str:
    for individual in range(count, 100):
        stem = f"{day:02d}{month:02d}{year:02d}{first}{individual:02d}"
        one = digit((3, 7, 6, 1, 8, 9, 4, 5, 2), stem)
        if one < 10 and (two := digit((5, 4, 3, 2, 7, 6, 5, 4, 3, 2), f"{stem}{one}")) < 10:
            return f"{stem}{one}{two}"
    raise AssertionError("no number")


FILES: dict[str, Callable[[str], tuple[str, bytes]]] = {
    "text": lambda n: ("a.txt", f"one\ntwo {n}, three\n".encode()),
    "latin-1": lambda n: ("a.txt", f"på\nær {n}\n".encode("latin-1")),
    "utf-16": lambda n: ("a.txt", f"one\nto {n}\n".encode("utf-16")),
    "utf-16 without a mark": lambda n: ("a.txt", f"one\nto {n}\n".encode("utf-16-be")),
    "csv": lambda n: ("a.csv", f"a,b\n1,{n}\n".encode()),
    "json": lambda n: ("a.json", f'{{\n"a": "{n}"}}'.encode()),
    "with a space": lambda n: ("a.txt", f"x\n{n[:6]} {n[6:]}".encode()),
    "as a date": lambda n: ("a.txt", f"x\n{n[:2]}.{n[2:4]}.{n[4:6]} {n[6:]}".encode()),
    "gzip": lambda n: ("a.gz", gzip.compress(f"x\n{n}".encode())),
    "zip": lambda n: ("a.zip", zipped("b.txt", f"x\n{n}".encode())),
    "gzip in zip": lambda n: ("a.zip", zipped("b.gz", gzip.compress(f"x\n{n}".encode()))),
    "zstd": lambda n: ("a.zst", compressed(f"x\n{n}".encode())),
    "binary": lambda n: ("a.bin", bytes(range(256)) + b"\n" + n.encode()),
}


def zipped(name: str, data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, data)
    return out.getvalue()


def compressed(data: bytes) -> bytes:
    out = pa.BufferOutputStream()
    with pa.CompressedOutputStream(out, "zstd") as stream:
        stream.write(data)
    return out.getvalue().to_pybytes()


def written(tmp_path: Path, file: tuple[str, bytes]) -> Path:
    path = tmp_path / file[0]
    path.write_bytes(file[1])
    return path


@pytest.mark.parametrize("series", SERIES)
def test_each_series_is_told_apart(series: str) -> None:
    assert kind(number(series)) == series


@pytest.mark.parametrize("day", [9, 49])
def test_the_synthetic_population_is_nobody(day: int) -> None:
    """With 80 added to the month, also with 40 added to the day."""
    assert kind(made(day, 83, 7, "5", 0)) is None


def test_a_day_that_never_was_and_wrong_control_digits_are_nobodys() -> None:
    assert kind(made(30, 2, 7, "5", 0)) is None
    right = number()
    wrong = [right[:9] + f"{(int(right[9]) + 5) % 10}" + right[10:], right[:10] + f"{(int(right[10]) + 1) % 10}"]
    assert [kind(each) for each in wrong] == [None, None]


def test_the_rule_of_2032_is_known() -> None:
    """The first control may leave up to 3 then."""
    stem = number()[:9]
    one = digit((3, 7, 6, 1, 8, 9, 4, 5, 2), stem)
    later = [(stem + str(d)) for d in range(10) if 0 < (d - one) % 11 <= 3]
    ends = [(s, digit((5, 4, 3, 2, 7, 6, 5, 4, 3, 2), s)) for s in later]
    assert [kind(f"{s}{two}") for s, two in ends if two < 10] == ["national"] * sum(two < 10 for _, two in ends)
    assert any(two < 10 for _, two in ends)


@pytest.mark.parametrize("form", FILES)
def test_it_is_found_in_every_kind_of_file(tmp_path: Path, form: str) -> None:
    found = list(scan(written(tmp_path, FILES[form](number()))))
    assert [each.kind for each in found] == ["national"], form
    assert found[0].place.endswith("line 2") or form == "binary"
    assert list(scan(written(tmp_path, FILES[form](made(9, 83, 7, "5", 0))))) == []


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("text", lambda n: pa.array(["x", n])),
        ("dictionary", lambda n: pa.array(["x", n]).dictionary_encode()),
        ("whole number", lambda n: pa.array([1, int(n)], pa.int64())),
        ("decimal", lambda n: pa.array([1, int(n)], pa.int64()).cast(pa.decimal128(20, 0))),
        ("float", lambda n: pa.array([1.0, float(n)])),
        ("list", lambda n: pa.array([[], [n]])),
        ("struct", lambda n: pa.array([{"a": "x"}, {"a": n}])),
        ("map", lambda n: pa.array([[], [(n, 1)]], pa.map_(pa.string(), pa.int64()))),
        ("bytes", lambda n: pa.array([b"x", n.encode()])),
    ],
)
def test_it_is_found_in_every_kind_of_column(tmp_path: Path, name: str, column: Callable[[str], pa.Array]) -> None:
    path = tmp_path / "a.parquet"
    for one, kinds in ((number(), ["national"]), (made(9, 83, 7, "5", 0), [])):
        pq.write_table(pa.table({"safe": pa.array([0, 0]), "here": column(one)}), path)
        found = list(scan(path))
        assert [each.kind for each in found] == kinds, name
        assert all("column here" in each.place for each in found)


def test_the_footer_of_a_table_is_read_too(tmp_path: Path) -> None:
    table = pa.table({"a": [1]}).replace_schema_metadata({"made for": number()})
    pq.write_table(table, tmp_path / "a.parquet")
    assert {each.place for each in scan(tmp_path / "a.parquet")} == {"the file's own metadata"}


def test_a_lost_zero_is_put_back_and_nothing_else() -> None:
    lost = number(day=9)
    assert with_zero(int(lost)) == lost
    assert [with_zero(n) for n in (10**9 - 1, 10**11, 0)] == [None] * 3


@tried(300)
@given(
    st.integers(1, 28), st.integers(1, 12), st.integers(0, 99), st.integers(0, 60),
    st.text("gh \n,;", max_size=200), st.text("gh \n,;", max_size=200), st.integers(1, 200),
)  # fmt: skip
def test_it_is_found_wherever_it_stands_and_however_the_file_is_read(
    day: int, month: int, year: int, count: int, before: str, after: str, block: int
) -> None:
    planted = number(day=day, month=month, year=year, count=count)
    text = f"{before}{planted}{after}".encode()
    found = list(streams.in_stream(io.BytesIO(text), block=block))
    assert found == [(before.count("\n") + 1, "national")]


@tried(200)
@given(st.binary(max_size=300), st.integers(1, 100))
def test_how_a_file_is_read_changes_nothing_that_is_found(data: bytes, block: int) -> None:
    assume(data.count(0) == 0 and data[:2] not in (b"\xff\xfe", b"\xfe\xff"))
    text = data + number().encode() + data
    assert list(streams.in_stream(io.BytesIO(text), block=block)) == list(streams.in_stream(io.BytesIO(text)))


def test_longer_runs_of_digits_and_digests_are_no_numbers() -> None:
    one = number()
    for text in (f"1{one}", f"{one}1", f"a0b1c2d3{one}e4f5", f"{one[:6]}  {one[6:]}"):
        assert list(streams.in_stream(io.BytesIO(text.encode()))) == [], text.replace(one, "N")


def test_what_the_simulator_makes_is_nobodys() -> None:
    files = [path for path in sorted(sources.made().rglob("*")) if path.is_file()]
    assert [each for path in files for each in scan(path)] == []
    assert len(files) >= 5


CUT = {
    "cut.gz": gzip.compress(b"x" * 5000)[:20], "cut.parquet": b"PAR1 and nothing more",
    "cut.zip": zipped("a", b"x" * 500)[:60],
}  # fmt: skip


@pytest.mark.parametrize("name", CUT)
def test_what_cannot_be_read_is_said(tmp_path: Path, name: str) -> None:
    with pytest.raises(Mistake) as no:
        list(scan(written(tmp_path, (name, CUT[name]))))
    assert no.value.code == "scan.unreadable"


def test_archives_without_end_are_refused(tmp_path: Path) -> None:
    data = b"x"
    for _ in range(7):
        data = gzip.compress(data)
    with pytest.raises(Mistake) as no:
        list(scan(written(tmp_path, ("a.gz", data))))
    assert no.value.code == "scan.too_deep"


def test_the_command_says_where_and_never_which(tmp_path: Path) -> None:
    line, one = Prompt(folder=tmp_path), number("provisional")
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "in" / "deep" / "a.csv").write_text(f"a\n{one}\n")
    (tmp_path / "in" / "b.gz").write_bytes(b"\x1f\x8bno")
    code, out, err = line.run("vigo", "scan", "in", "--json")
    told = json.loads(out)
    assert code == 2
    assert [(Path(x["file"]).name, x["place"], x["kind"]) for x in told["found"]] == [
        ("b.gz", "", "scan.unreadable"), ("a.csv", "line 2", "provisional")
    ]  # fmt: skip
    assert told["files"] == 2
    assert one not in out + err
    assert one[:6] not in out + err
    assert "1 found" in line.run("vigo", "scan", "in", "--exclude", "*.gz")[1]
    assert line.no(5, "vigo", "scan", "nowhere")
    assert "scan.no_git" in line.no(2, "vigo", "scan", "in", "--tracked")


def test_a_number_in_a_name_is_found_and_not_shown(tmp_path: Path) -> None:
    line, one = Prompt(folder=tmp_path), number()
    (tmp_path / one).mkdir()
    (tmp_path / one / "cut.gz").write_bytes(b"\x1f\x8bno")
    code, out, err = line.run("vigo", "scan", one, "--json")
    assert code == 2
    assert [(x["place"], x["kind"]) for x in json.loads(out)["found"]] == [
        ("its path", "national"),
        ("", "scan.unreadable"),
    ]
    assert one not in out + err


def test_a_name_within_an_archive_is_found_and_not_shown(tmp_path: Path) -> None:
    one = number()
    found = list(scan(written(tmp_path, ("a.zip", zipped(f"{one}.txt", f"x\n{one}".encode())))))
    assert [(x.place, x.kind) for x in found] == [
        ("member 1, its name", "national"), ("member 1, line 2", "national")
    ]  # fmt: skip


def test_what_is_not_read_is_counted_and_nothing_to_read_is_an_error(tmp_path: Path) -> None:
    line = Prompt(folder=tmp_path)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "link").symlink_to("nowhere")
    assert "scan.no_file" in line.no(5, "vigo", "scan", "in")
    (tmp_path / "in" / "a.txt").write_text("nothing")
    assert "pipes or devices: 1." in line.run("vigo", "scan", "in")[1]
    assert json.loads(line.run("vigo", "scan", "in", "--json")[1])["skipped"] == 1
    assert "scan.no_file" in line.no(5, "vigo", "scan", "in", "--exclude", "*")


def test_a_link_that_is_named_itself_is_read(tmp_path: Path) -> None:
    line = Prompt(folder=tmp_path)
    (tmp_path / "a.txt").write_text(number())
    (tmp_path / "link").symlink_to("a.txt")
    assert line.run("vigo", "scan", "link")[0] == 2


def test_this_repository_holds_no_such_number() -> None:
    root = Path(__file__).parents[2]
    files = [p for folder in ("src", "tests", "docs", "tools", "bench") for p in sorted((root / folder).rglob("*"))]
    texts = [p for p in files if p.suffix in (".py", ".md", ".yaml", ".json", ".txt", ".csv")]
    assert len(texts) > 400
    assert [(p.name, each) for p in texts for each in scan(p)] == []
