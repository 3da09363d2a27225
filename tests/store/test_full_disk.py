"""A disk that is really full: a clear error, nothing left, and everything goes on when there is space again."""

import os
import subprocess
from pathlib import Path

import pytest

from avrop.errors import Fault
from avrop.store.files import Zone, write_file


@pytest.fixture
def small_disk(tmp_path: Path):
    """A file system of one megabyte; only root can mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = (
        os.geteuid() == 0
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)], check=False, capture_output=True
        ).returncode
    )
    if not mounted:
        pytest.skip("no file system can be mounted here; the limit on a file's size is tested in test_files.py")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def _files(root: Path) -> list[str]:
    return sorted(path.name for path in root.rglob("*") if path.is_file())


def test_a_folder_that_fills_the_disk_is_not_there_and_fits_later(small_disk: Path) -> None:
    zone = Zone(small_disk, lambda _point: None)
    with zone.writing("extracts/before") as folder:
        (folder / "x").write_bytes(b"x" * 1000)
    with pytest.raises(Fault) as no, zone.writing("extracts/big") as folder:
        (folder / "first").write_bytes(b"x" * 600_000)
        (folder / "second").write_bytes(b"x" * 600_000)
    assert no.value.code == "files.no_space"
    assert [path.name for path in (small_disk / "extracts").iterdir()] == ["before"]
    with zone.writing("extracts/big") as folder:
        (folder / "first").write_bytes(b"x" * 600_000)
    assert _files(small_disk) == ["first", "x"]


def test_a_file_that_fills_the_disk_leaves_the_old_one(small_disk: Path) -> None:
    write_file(small_disk / "held", b"old")
    with pytest.raises(Fault) as no:
        write_file(small_disk / "held", b"x" * 2_000_000)
    assert no.value.code == "files.no_space"
    assert _files(small_disk) == ["held"]
    assert (small_disk / "held").read_bytes() == b"old"
