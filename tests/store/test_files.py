"""Files are whole or not there; a full disk is a clear error and leaves nothing behind."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from avrop.errors import Fault, Mistake
from avrop.store.files import Zone, write_file

SCRIPT = """
import resource, signal, sys
from pathlib import Path
from avrop.errors import Fault
from avrop.store.files import Zone, write_file
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
zone = Zone(Path(sys.argv[1]), lambda point: None)
try:
    with zone.writing("extracts/abc") as folder:
        (folder / "big").write_bytes(b"x" * 5000)
except Fault as no:
    print(no.code)
try:
    write_file(Path(sys.argv[1]) / "single", b"x" * 5000)
except Fault as no:
    print(no.code)
"""


@pytest.fixture
def zone(tmp_path: Path) -> Zone:
    return Zone(tmp_path, lambda _point: None)


def test_a_folder_appears_whole(zone: Zone) -> None:
    with zone.writing("extracts/abc") as folder:
        (folder / "x").write_text("1")
        assert not zone.path("extracts/abc").exists()
    assert (zone.path("extracts/abc") / "x").read_text() == "1"


def test_an_error_leaves_nothing(zone: Zone, tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), zone.writing("extracts/abc") as folder:
        (folder / "x").write_text("1")
        raise ZeroDivisionError
    assert list((tmp_path / "extracts").iterdir()) == []


def test_a_full_disk_is_a_clear_error_and_leaves_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path)], capture_output=True, text=True, check=True, env={**os.environ}
    )
    assert done.stdout.split() == ["files.no_space", "files.no_space"]
    assert list((tmp_path / "extracts").iterdir()) == []
    assert not (tmp_path / "single").exists()
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".partial")] == []
    assert resource.RLIMIT_FSIZE is not None


def test_what_no_row_speaks_for_is_swept(zone: Zone) -> None:
    for name in ("extracts/kept", "extracts/orphan"):
        with zone.writing(name) as folder:
            (folder / "x").write_text("1")
    (zone.path("extracts/kept").parent / ".partial-half").mkdir()
    assert zone.sweep(frozenset({"extracts/kept"})) == ("extracts/.partial-half", "extracts/orphan")
    assert zone.path("extracts/kept").exists()


@pytest.mark.parametrize("place", ["extracts/../x", "/etc/passwd", "extracts/", "nowhere/x", "extracts/.hidden"])
def test_a_place_outside_the_zone_is_refused(zone: Zone, place: str) -> None:
    with pytest.raises(Mistake) as no:
        zone.path(place)
    assert no.value.code == "files.place"
    with pytest.raises((Mistake, Fault)), zone.writing(place):
        pass


def test_a_file_is_written_whole(tmp_path: Path) -> None:
    write_file(tmp_path / "x", b"one")
    write_file(tmp_path / "x", b"two")
    assert (tmp_path / "x").read_bytes() == b"two"
    assert [p.name for p in tmp_path.iterdir()] == ["x"]
