"""microdata-tools 2.2.3, as it is published, takes our datasets and archives, and we take its archives (W3)."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from avrop.actions.export import export_variable
from avrop.actors import Role
from avrop.disclosure.microdata_archive import read_archive, table
from avrop.disclosure.microdata_package import PRIVATE_KEY_FILE, PUBLIC_KEY_FILE, private_from_pem, public_from_pem
from avrop.errors import AvropError
from tests.export.playing import DELIVERY, Scene, delivered
from tests.wire.microdata_tools import run

pytestmark = pytest.mark.wire
NAMES = ("SEX", "STATE", "PLACE", "GRADE", "EARNED", "HOURS", "SHARE", "BORN", "DAY")
"""Fixed, status, event on days and event of spells, some open, and accumulated; and numbers, a coarsened date, a date."""


@pytest.fixture(scope="module")
def scene(fresh_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with delivered(fresh_database, tmp_path_factory.mktemp("wire")) as opened:
        yield opened


@pytest.fixture(scope="module")
def datasets(scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Our exports, one folder per variable."""
    out = tmp_path_factory.mktemp("datasets")
    for name in NAMES:
        export(scene, name, out)
    return out


def export(scene: Scene, name: str, out: Path, *, sealing_key: str | None = None) -> Path:
    operator = scene.person("provider", Role.OPERATOR)
    done = export_variable(
        scene.provider,
        operator,
        DELIVERY,
        name,
        out=out,
        table="STAY" if name == "PLACE" else None,
        sealing_key=sealing_key,
    )
    return done.place


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A receiver's keys, written by the tool itself."""
    folder = tmp_path_factory.mktemp("keys")
    run("keys", folder, cwd=folder)
    return folder


def validate(name: str, folder: Path, working: Path) -> list[str]:
    working.mkdir(exist_ok=True)
    found: list[str] = run("validate", name, folder, working, cwd=working)
    return found


def test_the_exports_are_of_every_temporality(datasets: Path) -> None:
    found = {name: json.loads((datasets / name / f"{name}.json").read_text())["temporalityType"] for name in NAMES}
    assert [found[name] for name in NAMES[:5]] == ["FIXED", "STATUS", "EVENT", "EVENT", "ACCUMULATED"]
    assert any(line.endswith(";;") for line in (datasets / "GRADE" / "GRADE.csv").read_text().splitlines())


@pytest.mark.parametrize("name", NAMES)
def test_the_tool_finds_no_error_in_our_export(name: str, datasets: Path, tmp_path: Path) -> None:
    assert validate(name, datasets, tmp_path / "work") == []


def lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def edit(text: str, line: int, **fields: str) -> str:
    """The text with fields of one line written otherwise: they hold no separator."""
    all_lines = lines(text)
    unit, value, start, stop, _ = all_lines[line].rstrip("\n").split(";")
    new = {"unit": unit, "value": value, "start": start, "stop": stop, **fields}
    all_lines[line] = ";".join((new["unit"], new["value"], new["start"], new["stop"], "")) + "\n"
    return "".join(all_lines)


def own(text: str, line: int) -> str:
    return lines(text)[line].split(";")[0]


FAULTS: dict[str, tuple[str, Callable[[str], str], str]] = {
    "four columns": ("SEX", lambda text: text.replace(";\n", "\n"), "Expected 5 columns, got 4"),
    "a person twice": ("SEX", lambda text: text + lines(text)[0], "Duplicate identifiers in #1 column"),
    "a date on what is fixed": ("SEX", lambda text: edit(text, 0, start="2024-10-01"), "Expected empty #3 column"),
    "a status with a length": (
        "STATE", lambda text: edit(text, 0, stop="2024-10-02"), "#3 column not equal to #4 column",
    ),
    "a status twice on a day": (
        "STATE", lambda text: edit(text, 1, start="2024-10-01", stop="2024-10-01", unit=own(text, 0)),
        "has duplicate dates",
    ),
    "an event that goes into the next": (
        "GRADE", lambda text: edit(text, 0, stop="2024-07-01"), "Invalid overlapping timespans for identifier",
    ),
    "an accumulated value of one day": (
        "EARNED", lambda text: edit(text, 0, stop="2024-01-10"), "Invalid #3 and/or #4 columns",
    ),
    "a code that is none": ("STATE", lambda text: edit(text, 0, value="99"), "is not in code list"),
    "a date beyond sixteen bits": (
        "STATE", lambda text: edit(text, 0, start="2099-01-01", stop="2099-01-01"), "not in range: -32768 to 32767",
    ),
    "no value": ("STATE", lambda text: edit(text, 0, value=""), "Invalid value in #2 column"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_seeded_fault_gets_its_message(fault: str, datasets: Path, tmp_path: Path) -> None:
    name, spoil, message = FAULTS[fault]
    shutil.copytree(datasets / name, tmp_path / name)
    csv = tmp_path / name / f"{name}.csv"
    assert validate(name, tmp_path, tmp_path / "work") == [], "before the fault"
    csv.write_text(spoil(csv.read_text()))
    messages = validate(name, tmp_path, tmp_path / "work")
    assert any(message in said for said in messages), messages


def test_the_tool_opens_our_archive_and_finds_the_same_dataset(
    scene: Scene, datasets: Path, keys: Path, tmp_path: Path
) -> None:
    public = public_from_pem((keys / PUBLIC_KEY_FILE).read_bytes())
    for name in NAMES[:5]:
        tar = export(scene, name, tmp_path / "sealed", sealing_key=public)
        assert run("unpackage", tar, keys, tmp_path / "out", cwd=tmp_path) is None
        for kind in ("csv", "json"):
            file = f"{name}/{name}.{kind}"
            assert (tmp_path / "out" / file).read_bytes() == (datasets / file).read_bytes()
        assert validate(name, tmp_path / "out", tmp_path / "work") == []


@pytest.mark.parametrize("chunk_size", [0, 100], ids=["one chunk", "many chunks"])
@pytest.mark.parametrize("name", NAMES[:5])
def test_our_reader_opens_the_tools_archive(
    name: str, chunk_size: int, datasets: Path, keys: Path, tmp_path: Path
) -> None:
    shutil.copytree(datasets / name, tmp_path / "in" / name)
    run("package", keys, tmp_path / "in" / name, tmp_path / "out", chunk_size, cwd=tmp_path)
    with (tmp_path / "out" / f"{name}.tar").open("rb") as file:
        found = read_archive(file, name, most_bytes=1 << 30)
        data = b"".join(table(found, private_from_pem((keys / PRIVATE_KEY_FILE).read_bytes())))
        assert len(found.chunks) == (1 if chunk_size == 0 else -(-len(data) // chunk_size))
        assert found.metadata() == (datasets / name / f"{name}.json").read_bytes()
    assert data == (datasets / name / f"{name}.csv").read_bytes()


def test_a_flipped_byte_is_an_error_for_the_tool_and_for_us(scene: Scene, keys: Path, tmp_path: Path) -> None:
    private = private_from_pem((keys / PRIVATE_KEY_FILE).read_bytes())
    tar = export(scene, "STATE", tmp_path, sealing_key=public_from_pem((keys / PUBLIC_KEY_FILE).read_bytes()))
    whole = tar.read_bytes()
    with tar.open("rb") as file:
        found = read_archive(file, "STATE", most_bytes=1 << 30)
    sealed = found.others["STATE.kem.encr"].offset
    for place in (sealed, sealed + 1130, found.chunks[0].offset + 5, found.chunks[0].offset + 40):
        tar.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert run("unpackage", tar, keys, tmp_path / "out", cwd=tmp_path) == "UnpackagingError"
        with tar.open("rb") as file, pytest.raises(AvropError):
            b"".join(table(read_archive(file, "STATE", most_bytes=1 << 30), private))
        shutil.rmtree(tmp_path / "STATE", ignore_errors=True)


def test_with_another_key_the_tool_opens_nothing(scene: Scene, keys: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    run("keys", other, cwd=other)
    tar = export(scene, "SEX", tmp_path, sealing_key=public_from_pem((other / PUBLIC_KEY_FILE).read_bytes()))
    assert run("unpackage", tar, keys, tmp_path / "out", cwd=tmp_path) == "UnpackagingError"
    shutil.rmtree(tmp_path / "SEX", ignore_errors=True)
    assert run("unpackage", tar, other, tmp_path / "out", cwd=tmp_path) is None
