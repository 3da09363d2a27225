"""A run has one root, whatever made it; it goes on after an interruption; a changed file is found and named."""

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from avrop.catalogue.packform import Simulation
from avrop.errors import Conflict, Fault, Missing, Mistake
from avrop.vigo.scan.files import scan
from avrop.vigo.simulator import writing
from avrop.vigo.simulator.checking import check
from avrop.vigo.simulator.explain import explain
from avrop.vigo.simulator.forms import TABLES
from avrop.vigo.simulator.logical import Logical, logical
from avrop.vigo.simulator.plan import profile
from avrop.vigo.simulator.run import make, order_of, pieces, plan_of, run
from avrop.vigo.simulator.writing import MANIFESTS, read_chunk

CHILD = (
    "import sys, pathlib; from avrop.catalogue.packform import Simulation; from avrop.vigo.simulator.run import run\n"
    "if __name__ == '__main__': print(run(pathlib.Path(sys.argv[1]), Simulation(profile='micro', block=int(sys.argv[2])),"
    " workers=int(sys.argv[3]))['root'])"
)


def root(folder: Path) -> str:
    """The root of a finished run."""
    found: str = json.loads((folder / "manifest.json").read_text())["root"]
    return found


def child(script: Path, folder: Path, block: int, workers: int, **environment: str) -> str:
    """The root of a run by a process of its own."""
    script.write_text(CHILD)
    done = subprocess.run(
        [sys.executable, str(script), str(folder), str(block), str(workers)],
        env={**os.environ, **environment}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout.strip()


@pytest.mark.slow
@pytest.mark.parametrize(("block", "workers"), [(20_000, 2), (7, 4), (13, 1)])
def test_workers_and_blocks_make_no_difference(tmp_path: Path, micro: Path, block: int, workers: int) -> None:
    assert child(tmp_path / "child.py", tmp_path / "run", block, workers) == root(micro)


def instructions(**environment: str) -> set[str]:
    """What NumPy uses beyond its baseline in a process of its own: what this machine has, and is not switched off."""
    code = "import numpy as np; print(*np.show_config(mode='dicts')['SIMD Extensions'].get('found', ()))"
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **environment}, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


@pytest.mark.slow
@pytest.mark.parametrize("kept", [("X86_V3",), ()], ids=["without AVX-512", "with the baseline alone"])
def test_without_wide_instructions_the_rows_are_the_same(tmp_path: Path, micro: Path, kept: tuple[str, ...]) -> None:
    off = " ".join(sorted(instructions() - set(kept)))
    switched = {"NPY_DISABLE_CPU_FEATURES": off, "ARROW_USER_SIMD_LEVEL": "AVX2" if kept else "NONE"}
    assert instructions(**switched) <= set(kept), "a name is not NumPy's, and was not switched off"
    assert child(tmp_path / "child.py", tmp_path / "run", 20_000, 1, **switched) == root(micro)


def test_another_seed_is_another_root(tmp_path: Path, micro: Path) -> None:
    assert run(tmp_path / "run", Simulation(profile="micro", seed=2))["root"] != root(micro)


@pytest.mark.slow
def test_killed_at_ten_points_and_started_again_it_has_the_same_root(tmp_path: Path, micro: Path) -> None:
    (tmp_path / "child.py").write_text(CHILD)
    folder, killed = tmp_path / "run", 0
    arguments = [sys.executable, str(tmp_path / "child.py"), str(folder), "5", "1"]
    while killed < 10:
        before = len(list((folder / MANIFESTS).glob("*.json"))) if folder.exists() else 0
        process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while len(list((folder / MANIFESTS).glob("*.json"))) <= before + killed % 3 and process.poll() is None:
            time.sleep(0.001)
        assert process.poll() is None, "it ended before it was killed"
        process.send_signal(signal.SIGKILL)
        process.wait()
        killed += 1
        assert not (folder / "manifest.json").exists()
    assert child(tmp_path / "child.py", folder, 5, 1) == root(micro)
    assert check(folder) == []


def test_one_chunk_alone_is_that_chunk(tmp_path: Path, micro: Path) -> None:
    order = Simulation(profile="micro")
    piece = pieces(plan_of(order), profile("micro"), order.block)[4]
    made = make(tmp_path, order, piece)
    assert read_chunk(micro, piece.name) == made


def test_a_second_run_makes_nothing(micro: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in micro.rglob("*.parquet")}
    told: list[tuple[int, int]] = []
    run(micro, Simulation(profile="micro"), progress=lambda done, of: told.append((done, of)))
    assert {path: path.stat().st_mtime_ns for path in micro.rglob("*.parquet")} == before
    assert told == [(8, 8)]


def test_the_logical_hash_knows_no_order_and_sees_any_change(micro: Path) -> None:
    path = sorted((micro / "elevforhold").glob("*.parquet"))[0]
    table, form = pq.read_table(path), TABLES["elevforhold"]
    whole = logical(table, form)
    assert logical(table.take(list(range(table.num_rows))[::-1]), form) == whole
    assert logical(table.slice(0, 5), form) + logical(table.slice(5), form) == whole
    assert logical(table.slice(1), form) != whole
    assert Logical.of_text(whole.rows, whole.text) == whole


@pytest.mark.parametrize("table", ["vurdering", "person", "kontrakt"])
def test_a_file_that_was_changed_is_named(tmp_path: Path, micro: Path, table: str) -> None:
    shutil.copytree(micro, tmp_path / "run")
    path = sorted((tmp_path / "run" / table).glob("*.parquet"))[0]
    rows = pq.read_table(path)
    pq.write_table(rows.slice(0, rows.num_rows - 1), path)
    (breach,) = check(tmp_path / "run")
    assert (breach.rule, breach.keys) == ("SR40", (f"{table}/{path.name}: changed",))


def test_a_missing_and_a_foreign_file_are_named(tmp_path: Path, micro: Path) -> None:
    shutil.copytree(micro, tmp_path / "run")
    path = sorted((tmp_path / "run" / "prove").glob("*.parquet"))[0]
    path.rename(path.with_name("other.parquet"))
    (breach,) = check(tmp_path / "run")
    assert breach.keys == (f"prove/{path.name}: missing", "prove/other.parquet: in no manifest")


def test_a_hidden_column_is_found(tmp_path: Path, micro: Path) -> None:
    shutil.copytree(micro, tmp_path / "run")
    (tmp_path / "run" / "fasit_latent").mkdir()
    shutil.copy(sorted((micro / "person").glob("*.parquet"))[0], tmp_path / "run" / "fasit_latent" / "x.parquet")
    assert [breach.rule for breach in check(tmp_path / "run", ("SR42",))] == ["SR42"]


def test_a_full_disk_is_told_and_the_run_goes_on(tmp_path: Path, micro: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, calls = pq.write_table, []

    def full(*arguments: object, **named: object) -> None:
        calls.append(1)
        if len(calls) > 30:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(*arguments, **named)

    monkeypatch.setattr(writing.pq, "write_table", full)
    with pytest.raises(Fault) as error:
        run(tmp_path / "run", Simulation(profile="micro"))
    assert error.value.code == "simulate.no_space"
    assert not list((tmp_path / "run").rglob(".*"))
    monkeypatch.setattr(writing.pq, "write_table", real)
    assert run(tmp_path / "run", Simulation(profile="micro"))["root"] == root(micro)


def test_what_a_worker_could_not_write_is_told_as_what_it_is(tmp_path: Path) -> None:
    command = 'ulimit -f 1; exec "$0" -m avrop vigo simulate run --profile micro --workers 2 --out "$1"'
    ended = subprocess.run(
        ["bash", "-c", command, sys.executable, str(tmp_path / "run")], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1
    assert "simulate.no_space" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_bad_orders_are_told(tmp_path: Path, micro: Path) -> None:
    with pytest.raises(Missing, match="no profile"):
        run(tmp_path / "a", Simulation(profile="huge"))
    with pytest.raises(Mistake):
        run(tmp_path / "a", Simulation(profile="micro", block=0))
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "mine.txt").write_text("x")
    with pytest.raises(Conflict):
        run(tmp_path / "b", Simulation(profile="micro"))
    with pytest.raises(Missing, match="no run"):
        order_of(tmp_path / "b")
    with pytest.raises(Missing, match="no such person"):
        explain(micro, "1")
    with pytest.raises(Missing):
        check(micro, ("SR99",))
    shutil.copytree(micro, tmp_path / "c")
    sorted((tmp_path / "c" / MANIFESTS).glob("*.json"))[0].unlink()
    with pytest.raises(Missing, match="not finished"):
        check(tmp_path / "c")


def test_a_life_is_told(micro: Path) -> None:
    (lnr,) = pq.read_table(sorted((micro / "kontrakt").glob("*.parquet"))[0])["person_lnr"].to_pylist()[:1]
    told = explain(micro, str(lnr))
    assert "left lower secondary" in told[0]
    assert any("matched with a company" in line for line in told)


def test_the_scanner_finds_no_number_in_any_file(micro: Path) -> None:
    """Ids of rows are too long, and those of people too short, to look like somebody's number."""
    files = [path for path in micro.rglob("*") if path.is_file()]
    assert len(files) > 100
    assert [(path.name, found.place) for path in files for found in scan(path)] == []


def test_blocks_make_no_difference(tmp_path: Path, micro: Path) -> None:
    assert run(tmp_path / "run", Simulation(profile="micro", block=16))["root"] == root(micro)
