"""The scan finds every number that could be somebody's, in every kind of file, and never says which.

No such number is written here: they are made when the test runs, from a day, a series and the control digits.
"""

import bz2
import gzip
import io
import json
import lzma
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from avrop.errors import Mistake
from avrop.vigo.scan.files import scan
from avrop.vigo.scan.numbers import kind
from tests import sources
from tests.cli.conftest import Prompt
from tests.vigo.planted import SERIES, compressed, digit, made, number, tarred, written, zipped

PADDING = "so much text that it is not stored as it is. " * 40
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
    "bzip2": lambda n: ("a.bz2", bz2.compress(f"x\n{n}".encode())),
    "xz": lambda n: ("a.xz", lzma.compress(f"x\n{n} {PADDING}".encode())),
    "gzip in zstd": lambda n: ("a.zst", compressed(gzip.compress(f"x\n{n}".encode()))),
    "zip in zstd": lambda n: ("a.zst", compressed(zipped("b.txt", f"x\n{n}".encode()))),
    "tar": lambda n: ("a.tar", tarred("b.txt", f"x\n{n}".encode())),
    "tar in gzip, with gzip in it": lambda n: (
        "a.tgz",
        gzip.compress(tarred("b.gz", gzip.compress(f"x\n{n}".encode()))),
    ),
    "after the end of a tar": lambda n: ("a.tar", tarred("b.txt", b"x") + f"x\n{n}".encode()),
    "zip behind a program": lambda n: ("a.exe", b"MZ and more\n" + zipped("b.gz", gzip.compress(f"x\n{n}".encode()))),
    "utf-32": lambda n: ("a.txt", f"one\nto {n}\n".encode("utf-32")),
    "utf-32 without a mark": lambda n: ("a.txt", f"one\nto {n}\n".encode("utf-32-be")),
    "utf-16 with a thin space": lambda n: ("a.txt", f"x\n{n[:6]}\u2009{n[6:]}".encode("utf-16-be")),
    "utf-16 after a letter whose low byte is a digit": lambda n: ("a.txt", f"x\n\u0431{n}\u0431".encode("utf-16-le")),
    "the same the other way round": lambda n: ("a.txt", f"x\n\u0431{n}\u0431".encode("utf-16-be")),
    "utf-16 within bytes": lambda n: ("a.bin", bytes(range(11, 255)) + f"\n{n}".encode("utf-16-le") + b"x" * 50),
    "between zeros": lambda n: ("a.bin", b"\n" + b"1\0" * 9 + n.encode() + b"\0" + b"2\0" * 9),
    "binary": lambda n: ("a.bin", bytes(range(256)) + b"\n" + n.encode()),
}


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
    assert found[0].place.endswith("line 2") or form in ("binary", "utf-16 within bytes")
    assert list(scan(written(tmp_path, FILES[form](made(9, 83, 7, "5", 0))))) == []


def test_what_the_simulator_makes_is_nobodys() -> None:
    files = [path for path in sorted(sources.made().rglob("*")) if path.is_file()]
    assert [each for path in files for each in scan(path)] == []
    assert len(files) >= 5


CUT = {
    "cut.gz": gzip.compress(b"x" * 5000)[:20], "cut.parquet": b"PAR1 and nothing more",
    "cut.bz2": bz2.compress(b"x" * 5000)[:30], "cut.xz": lzma.compress(b"x" * 5000)[:50],
    "damaged.xz": lzma.compress(b"x" * 5000).replace(b"YZ", b"ZY"),
    "cut.zst": compressed(b"x" * 5000)[:-3], "cut.tar": tarred("a", b"x" * 500)[:700],
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


def test_what_an_archive_says_beside_its_members_is_read_and_not_shown(tmp_path: Path) -> None:
    one, out = number(), io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.comment = one.encode()
        info = zipfile.ZipInfo("a")
        info.comment = one.encode()
        archive.writestr(info, b"")
    assert [x.place for x in scan(written(tmp_path, ("a.zip", out.getvalue())))] == ["its comment", "a, its properties"]
    for place in ("linkname", "uname", "gname"):
        found = scan(written(tmp_path, ("a.tar", tarred("a", b"", **{place: one}))))
        assert [x.place for x in found] == ["a, its properties"], place
    assert [x.place for x in scan(written(tmp_path, ("b.tar", tarred(one, b""))))] == ["member 1, its name"]


def test_times_of_the_members_of_a_tar_are_no_numbers(tmp_path: Path) -> None:
    """They stand as eleven digits in it."""
    assert list(scan(written(tmp_path, ("a.tar", tarred("a", b"x", mtime=int(in_octal(), 8)))))) == []  # type: ignore[arg-type]


def in_octal() -> str:
    made_of = (
        number(day=day, month=month, count=n) for day in range(10, 18) for month in range(1, 8) for n in range(60)
    )
    return next(n for n in made_of if set(n) <= set("01234567"))


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_what_stands_behind_what_is_packed_is_read(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    """Or it is refused, as gzip does."""
    path = written(tmp_path, ("a", pack(PADDING.encode()) + f"x\n{number()}".encode()))
    assert next(iter(scan(path))).kind == "national"


def test_the_name_that_gzip_keeps_is_read(tmp_path: Path) -> None:
    with (tmp_path / "a.gz").open("wb") as out, gzip.GzipFile(f"{number()}.csv", "wb", fileobj=out) as file:
        file.write(b"x")
    assert [x.kind for x in scan(tmp_path / "a.gz")] == ["national"]


def test_a_text_that_tells_of_zip_is_read_as_text(tmp_path: Path) -> None:
    text = b"PK\x05\x06".ljust(200) + f"\n{number()}".encode()
    assert [x.place for x in scan(written(tmp_path, ("a.txt", text)))] == ["line 2"]


def test_a_table_within_zstd_is_read(tmp_path: Path) -> None:
    out = io.BytesIO()
    pq.write_table(pa.table({"a": [int(number())] * 3}), out)
    found = list(scan(written(tmp_path, ("a.zst", compressed(out.getvalue())))))
    assert [x.place for x in found] == [f"row group 0, row {row}, column a" for row in range(3)]


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
