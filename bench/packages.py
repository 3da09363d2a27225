"""A sealed package beside the encrypted archive of microdata-tools: to make it, to open it, and what it weighs."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path

import pytest

from bench.figures import Figures, spread, table
from bench.packageways import NAME, WAYS, folder
from tests.wire.environments import environment
from tests.wire.microdata_tools import REQUIREMENTS

ROWS = 15_000_000
RATIOS = (("ours-seal", "peer-package"), ("ours-archive", "peer-package"), ("ours-open", "peer-unpackage"))
PEER = """
import json, logging, resource, sys, time
from pathlib import Path
from microdata_tools import package_dataset, unpackage_dataset
from microdata_tools.packaging.keys import PrivateKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
logging.disable(logging.CRITICAL)
way, folder, name = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
keys, tar = folder / "keys", folder / "out" / (name + ".tar")
if way == "keys":
    keys.mkdir(exist_ok=True)
    pair = PrivateKey(mlkem_key=MLKEM768PrivateKey.generate(), x25519_key=X25519PrivateKey.generate())
    pair.write_to_file(keys)
    pair.public_key().write_to_file(keys)
    sys.exit()
began = time.perf_counter()
if way == "peer-package":
    package_dataset(keys, folder / "in" / name, folder / "out")
    made = tar
else:
    unpackage_dataset(tar, keys, folder / "back")
    made = folder / "back" / name / (name + ".csv")
wall, used = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF)
peak = int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) / 1024
print(json.dumps(dict(wall=wall, cpu=used.ru_utime + used.ru_stime, peak=peak, bytes=made.stat().st_size)))
"""


def section(rounds: int, rows: int | None) -> str:
    """The measured part of the page. Without the peer ours is measured alone, and that is said loudly."""
    rows = rows or ROWS
    clear = _run([sys.executable, "-m", "bench.packageways", "prepare", str(rows)])["bytes"]
    missing: list[str] = []
    ways = _ways(rows, missing)
    measured = []
    for number in range(rounds):
        measured.append({name: way() for name, way in ways.items()})
        told = ", ".join(f"{name} {figures['wall']:.2f} s" for name, figures in measured[-1].items())
        sys.stdout.write(f"packages, round {number + 1}: {told}\n")
    return _page(measured, tuple(ways), rows=rows, clear=clear, missing=missing)


def _ways(rows: int, missing: list[str]) -> Mapping[str, Callable[[], Figures]]:
    ways: dict[str, Callable[[], Figures]] = {
        name: partial(_run, [sys.executable, "-m", "bench.packageways", name, str(rows)]) for name in WAYS
    }
    try:
        python = environment("microdata-tools", "3.11", REQUIREMENTS, or_newer=True) / "bin" / "python"
    except (pytest.fail.Exception, pytest.skip.Exception) as failure:
        missing.append(f"microdata-tools ({type(failure).__name__}: its environment cannot be made)")
        sys.stderr.write(f"NOT MEASURED: {missing[-1]}\n")
        del ways["ours-archive"]  # it is written for a key of the tool's own making
        return ways
    subprocess.run([python, "-c", PEER, "keys", str(folder(rows)), NAME], check=True)
    peer = {name: partial(_peer, python, name, rows) for name in ("peer-package", "peer-unpackage")}
    return peer | ways


def _peer(python: Path, way: str, rows: int) -> Figures:
    """Once; what it left before is removed first, since it stops on that."""
    for left in ("out", "back") if way == "peer-package" else ("back",):
        shutil.rmtree(folder(rows) / left, ignore_errors=True)
    return {**_run([str(python), "-c", PEER, way, str(folder(rows)), NAME]), "rows": rows}


def _run(words: list[str]) -> Figures:
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    return figures


def _page(
    measured: list[dict[str, Figures]], ways: tuple[str, ...], *, rows: int, clear: float, missing: list[str]
) -> str:
    lines = [
        "## A package, sealed and opened",
        "",
        f"{rows:,} rows of pseudonym, code, start and stop. `peer-package` and `peer-unpackage`: microdata-tools 2.2.3",
        f"on the table as CSV ({clear / 1e6:.0f} MB), which must lie on the disk in the clear before it begins; making",
        "that is not counted. `ours-seal`: the generation's Parquet file, from the store to a sealed file in one pass,",
        "hashed again as it is read; `ours-open`: verified and written back. `ours-archive`: the tool's own form from",
        "the same Parquet file in one pass, decoded and written as text on the way, with none of it on the disk.",
        "",
        f"cryptography {version('cryptography')}, DuckDB {version('duckdb')}, {len(measured)} rounds, "
        f"{datetime.now(UTC):%Y-%m-%d}." + "".join(f" **Not measured: {name}.**" for name in missing),
        "",
        *table(measured, ways, (("wall", "wall s", ".2f"), ("cpu", "CPU s", ".2f"), ("peak", "peak MiB", ".0f"))),
        "",
        "| ratio | wall | CPU | peak memory | bytes |",
        "|---|---|---|---|---|",
    ]
    for ours, base in RATIOS:
        if ours in ways and base in ways:
            cells = [
                spread([x[ours][name] / x[base][name] for x in measured], ".3f")
                for name in ("wall", "cpu", "peak", "bytes")
            ]
            lines.append(f"| {ours} / {base} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"
