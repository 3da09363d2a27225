"""The published datasource's own iterator: from its wheel, with its template's pins, in an environment of its own."""

import json
import subprocess
import zipfile
from pathlib import Path

import pytest

from bench.figures import Figures
from tests.wire.environments import environment

WAYS = ("peer", "peer-tuned", "peer-window")
_TOOL, _VERSION = "kudaf-datasource-tools", "0.4.4"
_PINS = ("fastapi==0.110.0", "httpx==0.27.0", "numpy==1.26.4", "pandas==2.2.1", "pyarrow==15.0.0")
_MODULE = "app/logic/data.py"

DRAIN = """
import datetime, json, resource, runpy, sys, time, types, zlib
module, path, way = sys.argv[1:]
mapping = dict(identifier_columns=["pseudonym"], measure_columns=["CODE"], attribute_columns=["START", "STOP"],
               data_filepath=path, temporality_type="EVENT")
config = types.ModuleType("app.core.config")
config.settings = types.SimpleNamespace(VARIABLE_MAPPINGS={"V": mapping})
sys.modules.update({name: types.ModuleType(name) for name in ("app", "app.core")} | {"app.core.config": config})
own = runpy.run_path(module)
before, began = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
if way == "peer-window":
    day = datetime.date
    window = [("START", ">=", day(2018, 1, 1)), ("STOP", "<=", day(2019, 1, 1))]
    pieces = own["variable_data_iterator"]("V", filters=window)
else:
    pieces = own["parquet_variable_data_iterator"]("V", **({"limit_rows": 100} if way == "peer" else {}))
size = check = rows = 0
for piece in pieces:
    data = piece.encode()
    size, check, rows = size + len(data), zlib.crc32(data, check), rows + data.count(b"\\n")
wall, used = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF)
cpu = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
peak = int(open("/proc/self/status").read().partition("VmHWM:")[2].split()[0]) / 1024  # of this program alone
print(json.dumps(dict(wall=wall, cpu=cpu, peak=peak, bytes=size, check=check, rows=max(0, rows - 1))))
"""
"""What drains it: its module as it is, its configuration in place of the rendered one."""


def ready(scratch: Path, missing: list[str]) -> tuple[Path, Path] | None:
    """Its Python and its module; None where they cannot be had, with the reason in `missing`."""
    try:
        python = environment("bench-peer", "3.11", _PINS) / "bin" / "python"
        return python, _module(python, scratch)
    except (pytest.fail.Exception, pytest.skip.Exception, subprocess.CalledProcessError) as failure:
        missing.append(f"the peer's iterator ({type(failure).__name__}: its environment cannot be made)")
        return None


def once(peer: tuple[Path, Path], generation: Path, way: str) -> Figures:
    """Drain it once."""
    python, module = peer
    words = [str(python), "-c", DRAIN, str(module), str(generation), way]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    return figures


def _module(python: Path, scratch: Path) -> Path:
    folder = scratch / f"peer-{_VERSION}"
    if not (folder / "data.py").exists():
        words = [str(python), "-m", "pip", "download", "--quiet", "--no-input", "--no-deps", "--only-binary=:all:"]
        words += ["--python-version", "3.10", "--dest", str(folder), f"{_TOOL}=={_VERSION}"]
        subprocess.run(words, capture_output=True, check=True)
        (wheel,) = folder.glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            (name,) = [name for name in archive.namelist() if name.endswith(_MODULE)]
            (folder / "data.py").write_bytes(archive.read(name))
    return folder / "data.py"
