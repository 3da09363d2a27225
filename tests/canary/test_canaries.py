"""Canaries planted in the rows of those who are left out: nothing that is made for anyone else holds one.

Each group has a subject code of its own that exists nowhere else. The same search that finds none of them finds the code
of an approving controller.
"""

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from rich.console import Console

from avrop.actions import disclose
from avrop.catalogue.packform import Pack
from avrop.demo.scene import open_scene
from avrop.demo.story import tell
from avrop.errors import Refusal
from avrop.packs import load_pack
from avrop.store import embedded
from tests.sources import PROFILE, counts

pytestmark = pytest.mark.slow

LEFT_OUT = {
    "rejecting": "ZQXW018", "lapsed": "ZQXW056", "shorter period": "ZQXW050", "protected": "ZQXW901", "objecting": "ZQXW902",
    "private school": "ZQXW903", "claimed by a rejecting controller": "ZQXW904", "before the period": "ZQXW905",
}  # fmt: skip
APPROVING, REVOKING = "ZQXW003", "ZQXW011"
ROWS: Mapping[str, Callable[[dict], bool]] = {
    "ZQXW018": lambda r: r["REPORTING_COUNTY"] == "18" and _own(r),
    "ZQXW056": lambda r: r["REPORTING_COUNTY"] == "56" and _own(r),
    "ZQXW050": lambda r: r["REPORTING_COUNTY"] == "50" and _own(r, year="2024-2025"),
    "ZQXW901": lambda r: r["REPORTING_COUNTY"] == "03" and _own(r),
    "ZQXW902": lambda r: r["REPORTING_COUNTY"] == "32" and _own(r),
    "ZQXW903": lambda r: r["SCHOOL_OWNER"] == "4" and r["REPORTING_COUNTY"] not in ("11", "18", "50", "56") and r["SCHOOL_YEAR"] == "2025-2026",
    "ZQXW904": lambda r: r["REPORTING_COUNTY"] == "34" and _own(r),  # and is given a home in the rejecting county
    "ZQXW905": lambda r: r["REPORTING_COUNTY"] == "42" and _own(r, year="2023-2024"),
    "ZQXW003": lambda r: r["REPORTING_COUNTY"] == "15" and _own(r),
    "ZQXW011": lambda r: r["REPORTING_COUNTY"] == "11" and _own(r),
}  # fmt: skip


def _own(row: dict, *, year: str = "2025-2026") -> bool:
    """An ordinary row of the reporting county's own, in that school year."""
    return row["SCHOOL_YEAR"] == year and row["SCHOOL_OWNER"] == "1" and row["HOME_COUNTY"] == row["REPORTING_COUNTY"]


@dataclass(frozen=True)
class Played:
    """A story that was played on planted tables."""

    home: Path
    people: frozenset[str]
    urls: Mapping[str, str]


def _planted(pack: Pack) -> Pack:
    codes = "".join(f"  - {{code: {code}, label: {{nb: Kanari, en: Canary}}}}\n" for code in ROWS)
    texts = {**pack.catalogue, "codelists/SUBJECT.yaml": pack.catalogue["codelists/SUBJECT.yaml"] + codes}

    def simulate(folder: Path, profile: str, seed: int, workers: int) -> Mapping[str, int]:
        counts = pack.simulate(folder, profile, seed, workers)
        _plant(folder)
        return counts

    return replace(pack, catalogue=texts, simulate=simulate)


def _plant(folder: Path) -> None:
    tables = {p: _table(p) for p in sorted(folder.glob("RESULT-*"))}
    listed = {n: set(_column(folder / "lists" / f"{n}.csv", "person")) for n in ("protected", "objecting")}
    rows = [(path, n, row) for path, table in tables.items() for n, row in enumerate(table.to_pylist())]
    changed: dict[Path, dict[int, str]] = {}
    taken: set[str] = set()
    for code, fits in ROWS.items():
        path, n, row = next(
            (path, n, row) for path, n, row in rows
            if fits(row) and row["PERSON_ID"] not in taken and not any(row["PERSON_ID"] in x for x in listed.values())
        )  # fmt: skip
        taken.add(row["PERSON_ID"])
        changed.setdefault(path, {})[n] = code
        for name in ("protected", "objecting"):
            if code == LEFT_OUT[name]:
                with (folder / "lists" / f"{name}.csv").open("a") as handle:
                    handle.write(f"{row['PERSON_ID']}\n")
    for path, codes in changed.items():
        claimed = {n: "18" for n, code in codes.items() if code == LEFT_OUT["claimed by a rejecting controller"]}
        _write(path, _with(_with(tables[path], "SUBJECT", codes), "HOME_COUNTY", claimed))


def _with(table: pa.Table, name: str, values: Mapping[int, str]) -> pa.Table:
    """The table with other values in some rows of a column."""
    column = [values.get(n, value) for n, value in enumerate(table.column(name).to_pylist())]
    return table.set_column(table.column_names.index(name), name, pa.array(column, pa.string()))


def _table(path: Path) -> pa.Table:
    if path.suffix == ".parquet":
        return pq.read_table(path)
    with path.open() as handle:
        names = next(csv.reader(handle))
    options = pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True)
    return pyarrow.csv.read_csv(path, convert_options=options)


def _column(path: Path, name: str) -> list[str]:
    with path.open() as handle:
        return [row[name] for row in csv.DictReader(handle)]


def _write(path: Path, table: pa.Table) -> None:
    if path.suffix == ".parquet":
        pq.write_table(table, path)
    else:
        pyarrow.csv.write_csv(table, path, write_options=pyarrow.csv.WriteOptions(quoting_style="needed"))


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    home, out = tmp_path_factory.mktemp("leaks"), io.StringIO()
    tell(home, _planted(load_pack()), console=Console(file=out, width=250), profile=PROFILE)
    (home / "terminal.txt").write_text(out.getvalue())
    urls = {name: embedded.start(home / "postgres", name) for name in ("provider", "receiver")}
    yield Played(home, frozenset(_column(home / "sources" / "PERSON-1.csv", "PERSON_ID")), urls)
    embedded.stop(home / "postgres")


def _bytes_of(path: Path) -> bytes:
    """Raw bytes; of Parquet also every page and dictionary without compression, and the footer."""
    raw = path.read_bytes()
    if path.suffix != ".parquet":
        return raw
    sink = io.BytesIO()
    pq.write_table(pq.read_table(path), sink, compression="none")
    return raw + sink.getvalue() + str(pq.read_metadata(path).to_dict()).encode()


def _files(*folders: Path) -> list[Path]:
    return sorted(p for folder in folders for p in ([folder] if folder.is_file() else folder.rglob("*")) if p.is_file())


def _holding(code: str, files: list[Path]) -> list[str]:
    return [path.name for path in files if code.encode() in _bytes_of(path)]


def _leaving(played: Played) -> list[Path]:
    """Everything that leaves, or is shown to others than the provider."""
    home = played.home
    names = ("exchange", "receiver/zone", "bundle", "provider/zone/generations", "terminal.txt", "postgres/data/log")
    return [path for path in _files(*(home / name for name in names)) if not _is_the_catalogue(path)]


def _is_the_catalogue(path: Path) -> bool:
    """The published catalogue describes the canary codes themselves; no other document may name one."""
    return path.suffix == ".json" and b'"code_lists":[' in path.read_bytes()


@pytest.mark.parametrize("group", sorted(LEFT_OUT))
def test_nothing_that_leaves_holds_a_canary_of_those_who_are_left_out(played: Played, group: str) -> None:
    assert _holding(LEFT_OUT[group], _leaving(played)) == []


@pytest.mark.parametrize("group", sorted(LEFT_OUT))
def test_no_extract_holds_one_either(played: Played, group: str) -> None:
    assert _holding(LEFT_OUT[group], _files(played.home / "provider" / "zone" / "extracts")) == []


def test_the_same_search_finds_the_canary_of_an_approving_controller(played: Played) -> None:
    for number in (1, 2):
        generations = played.home / "provider" / "zone" / "generations"
        assert _holding(APPROVING, _files(generations / f"2026-001-delivery-{number}")) == ["RESULT.parquet"]
    assert _holding(APPROVING, _files(played.home / "exchange")) == ["RESULT.parquet"]
    assert _holding(APPROVING, _files(played.home / "receiver" / "zone")) == ["RESULT.parquet"]


def test_the_planted_rows_are_in_the_snapshot(played: Played) -> None:
    snapshot = _files(played.home / "provider" / "zone" / "snapshots")
    for code in ROWS:
        assert _holding(code, snapshot) != []


def test_nothing_made_or_served_after_a_revocation_holds_that_controller(played: Played) -> None:
    generations = played.home / "provider" / "zone" / "generations"
    assert _holding(REVOKING, _files(generations / "2026-001-delivery-1")) == ["RESULT.parquet"]
    after = _files(generations / "2026-001-delivery-2", played.home / "exchange" / "2026-001-delivery-2")
    assert _holding(REVOKING, after) == []
    assert _holding(REVOKING, _files(played.home / "receiver" / "zone")) == []
    for path in (p for p in after if p.name == "ENROLMENT.parquet"):
        assert "11" not in set(pq.read_table(path).column("REPORTING_COUNTY").to_pylist())


def test_a_closed_generation_is_not_served(played: Played) -> None:
    with open_scene(played.home, load_pack(), database_urls=played.urls) as scene:
        with pytest.raises(Refusal) as no:
            disclose.served(scene.provider, "2026-001/delivery/1")
        assert no.value.code == "delivery.closed"


def test_no_identity_number_is_in_anything_that_leaves_nor_in_the_databases(played: Played) -> None:
    texts = [_bytes_of(path) for path in _leaving(played)]
    texts += [_database_text(url) for url in played.urls.values()]
    for text in texts:
        found = {text[i : i + 11] for i in _digit_runs(text)}
        assert not {x for x in found if x.decode() in played.people}
    assert len(played.people) == counts()["PERSON"]


def _digit_runs(text: bytes) -> Iterator[int]:
    """Every place where eleven digits begin."""
    run = 0
    for place, byte in enumerate(text):
        run = run + 1 if 48 <= byte <= 57 else 0
        if run >= 11:
            yield place - 10


def _database_text(url: str) -> bytes:
    """Every value of every column of every table, as text."""
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        names = connection.execute(
            "SELECT quote_ident(table_name) FROM information_schema.tables WHERE table_schema = 'public'"
        ).fetchall()
        parts = []
        for (name,) in names:
            for row in connection.execute(f"SELECT * FROM {name}"):
                parts += [bytes(x) if isinstance(x, memoryview | bytes) else str(x).encode() for x in row]
    return b"\n".join(parts)


def test_no_canary_is_in_the_databases(played: Played) -> None:
    for url in played.urls.values():
        text = _database_text(url)
        catalogue = text.count(b"ZQXW018")
        for code in (*LEFT_OUT.values(), APPROVING, REVOKING):
            assert text.count(code.encode()) == catalogue  # only in the described code list
