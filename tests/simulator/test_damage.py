"""What befalls a finished run from outside: files that are cut, swapped, removed or forged, and processes that are killed."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from avrop.catalogue.packform import Simulation
from avrop.errors import Conflict
from avrop.vigo.delivery.deliver import deliver
from avrop.vigo.simulator.checking import check
from avrop.vigo.simulator.run import run

TABLE = "soknad"


@pytest.fixture
def copy(tmp_path: Path, micro: Path) -> Path:
    """A finished run that may be spoilt."""
    return Path(shutil.copytree(micro, tmp_path / "run"))


def first(folder: Path) -> Path:
    """A file of the run."""
    return sorted((folder / TABLE).glob("*.parquet"))[0]


def cut(folder: Path) -> str:
    path = first(folder)
    path.write_bytes(path.read_bytes()[:-50])
    return f"{TABLE}/{path.name}: changed"


def longer(folder: Path) -> str:
    path = first(folder)
    path.write_bytes(path.read_bytes() + b"x")
    return f"{TABLE}/{path.name}: changed"


def flipped(folder: Path) -> str:
    path = first(folder)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    return f"{TABLE}/{path.name}: changed"


def swapped(folder: Path) -> str:
    one, other = sorted((folder / TABLE).glob("*.parquet"))[:2]
    shutil.copy(other, one)
    return f"{TABLE}/{one.name}: changed"


def removed(folder: Path) -> str:
    path = first(folder)
    path.unlink()
    return f"{TABLE}/{path.name}: missing"


def junk(folder: Path) -> str:
    (folder / TABLE / "zzz.parquet").write_text("junk")
    return f"{TABLE}/zzz.parquet: in no manifest"


def note(folder: Path) -> str:
    (folder / "inner").mkdir()
    (folder / "inner" / "notes.md").write_text("mine")
    return "inner/notes.md: in no manifest"


def no_end(folder: Path) -> str:
    (folder / "manifest.json").unlink()
    return "manifest.json: missing, or cannot be read"


def changed(name: str, file: str, value: object) -> Callable[[Path], str]:
    def change(folder: Path) -> str:
        said = json.loads((folder / file).read_text())
        (folder / file).write_text(json.dumps({**said, name: value}))
        return f"manifest.json: {name} is not that of the chunks"

    return change


def forged(folder: Path) -> str:
    """A chunk's manifest that agrees with rows that were taken away: the root does not."""
    path = next(
        path
        for path in sorted((folder / "_chunks").glob("*.json"))
        if TABLE in json.loads(path.read_text())["files"] and path.stem[0].isdecimal()
    )
    said = json.loads(path.read_text())
    del said["files"][TABLE]
    path.write_text(json.dumps(said))
    (folder / TABLE / f"{path.stem}.parquet").unlink()
    return "manifest.json: root is not that of the chunks"


DAMAGE: dict[str, Callable[[Path], str]] = {
    "cut": cut, "longer": longer, "a bit flipped": flipped, "another chunk's": swapped, "removed": removed,
    "junk beside": junk, "a folder within": note, "no end": no_end, "another root": changed("root", "manifest.json", "00"),
    "other counts": changed("people", "manifest.json", 3), "another seed": changed("seed", "run.json", 9),
    "a forged manifest": forged,
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_found_and_named(copy: Path, name: str) -> None:
    expected = DAMAGE[name](copy)
    (breach,) = check(copy)
    assert breach.rule == "SR40"
    assert expected in breach.keys


@pytest.mark.parametrize("name", ["cut", "longer", "removed"])
def test_the_same_run_makes_anew_what_is_gone_or_of_another_size(copy: Path, micro: Path, name: str) -> None:
    DAMAGE[name](copy)
    told: list[tuple[int, int]] = []
    run(copy, Simulation(profile="micro"), progress=lambda done, of: told.append((done, of)))
    assert told == [(7, 8), (8, 8)], "one chunk and no other"
    assert check(copy) == []
    assert first(copy).read_bytes() == first(micro).read_bytes()


def test_what_was_changed_and_removed_is_made_anew(copy: Path) -> None:
    flipped(copy)
    first(copy).unlink()
    run(copy, Simulation(profile="micro"))
    assert check(copy) == []


def test_what_a_killed_process_left_is_removed_and_what_a_living_one_writes_is_not(copy: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    left, living = (copy / TABLE / f".x.parquet.{number}" for number in (gone.pid, os.getpid()))
    left.write_text("half")
    living.write_text("half")
    run(copy, Simulation(profile="micro"))
    assert (left.exists(), living.exists()) == (False, True)
    assert check(copy) == []


def test_what_is_delivered_does_not_lie_in_the_run(micro: Path) -> None:
    with pytest.raises(Conflict) as error:
        deliver(micro, micro / "sources")
    assert error.value.code == "deliver.exists"
    assert not (micro / "sources").exists()


def test_a_file_is_no_folder_to_fill(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("mine")
    with pytest.raises(Conflict):
        run(tmp_path / "run", Simulation(profile="micro"))
    assert (tmp_path / "run").read_text() == "mine"


CHILD = (
    "import sys, pathlib; from avrop.catalogue.packform import Simulation; from avrop.vigo.simulator.run import run\n"
    "if __name__ == '__main__': run(pathlib.Path(sys.argv[1]), Simulation(profile='small'), workers=2)"
)


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_no_worker_outlives_the_run(tmp_path: Path, how: signal.Signals) -> None:
    (tmp_path / "child.py").write_text(CHILD)
    parent = subprocess.Popen(
        [sys.executable, str(tmp_path / "child.py"), str(tmp_path / "run")], start_new_session=True
    )
    try:
        while not list((tmp_path / "run" / "_chunks").glob("*.json")):
            assert parent.poll() is None
            time.sleep(0.05)
        own = members(parent.pid)
        assert len(own) >= 3, "the run and its two workers"
        parent.send_signal(how)
        parent.wait()
        for _ in range(1200):
            if not members(parent.pid):
                break
            time.sleep(0.05)
        assert not members(parent.pid)
    finally:
        for process in members(parent.pid):
            os.kill(process, signal.SIGKILL)


def members(session: int) -> list[int]:
    """The processes of a session that still run."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            _, _, rest = path.read_text().rpartition(")")
        except OSError:
            continue
        state, _, _, own = rest.split()[:4]
        if int(own) == session and state != "Z":
            found.append(int(path.parent.name))
    return found
