"""Throw-away virtual environments for other people's tools: one for each tool, since two of them bring the same
command, and none of them stands beside ours."""

import atexit
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import fasteners
import pytest

_SAY_VERSION = "import ensurepip, sys, venv; print('%d.%d' % sys.version_info[:2])"


@cache
def environment(name: str, python: str, requirements: tuple[str, ...], *, or_newer: bool = False) -> Path:
    """The folder of an environment with those requirements: its commands lie in `bin`. Made once per run.

    `python` is a version such as `3.10`. `or_newer` says that the tool works with the Python of this run too, although
    it asks for an older one. Without any, the test is skipped; where CI is set, it fails. AVROP_WIRE_ENVIRONMENTS names
    a folder that keeps environments between runs.
    """
    interpreter = find_python(python)
    bound: tuple[str, ...] = ()
    if interpreter is None and or_newer:
        interpreter, bound = sys.executable, ("--ignore-requires-python",)
    if interpreter is None:
        told = f"{name} needs Python {python} with venv: neither on PATH, in ~/.pyenv/versions nor in /usr/local."
        pytest.fail(told) if os.environ.get("CI") else pytest.skip(told)
    marks = hashlib.sha256("\n".join((interpreter, *bound, *requirements)).encode()).hexdigest()[:12]
    folder = _folder() / f"{name}-{marks}"
    with fasteners.InterProcessLock(str(folder.with_suffix(".lock"))):
        if not (folder / ".ready").exists():
            _make(folder, interpreter, (*bound, *requirements))
            (folder / ".ready").touch()
    return folder


@cache
def find_python(version: str) -> str | None:
    """The first interpreter of that version that can make an environment, or None. What only looks like one, as a
    version manager's stand-in does, is passed over."""
    return next((found for found in _candidates(version) if _version(found) == version), None)


def _candidates(version: str) -> Iterator[str]:
    yield sys.executable
    named = shutil.which(f"python{version}")
    if named is not None:
        yield named
    beside = Path(sys.base_prefix).parent  # where a version manager keeps the others, whatever HOME says
    for versions in (Path.home() / ".pyenv" / "versions", beside):
        for folder in sorted(versions.glob(f"{version}.*"), reverse=True):
            yield str(folder / "bin" / f"python{version}")
    yield f"/usr/local/bin/python{version}"


def _version(interpreter: str) -> str | None:
    try:
        done = subprocess.run([interpreter, "-c", _SAY_VERSION], capture_output=True, text=True, check=False)
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


@cache
def _folder() -> Path:
    """Where environments lie: kept, or gone with this process."""
    named = os.environ.get("AVROP_WIRE_ENVIRONMENTS")
    if named:
        Path(named).mkdir(parents=True, exist_ok=True)
        return Path(named).resolve()
    folder = Path(tempfile.mkdtemp(prefix="avrop-wire-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _make(folder: Path, interpreter: str, words: Sequence[str]) -> None:
    _run([interpreter, "-m", "venv", "--clear", str(folder)])
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-input"]
    _run([*pip, "--disable-pip-version-check", *words])


def _run(words: Sequence[str]) -> None:
    outside = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "PYTHONHOME")}
    done = subprocess.run(words, capture_output=True, text=True, env=outside, check=False)
    if done.returncode != 0:
        pytest.fail(f"{words[0]} failed:\n{done.stdout}\n{done.stderr}"[-4000:])
