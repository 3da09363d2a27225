"""What one run of the tests makes once, whichever of its processes comes first: a server, tables, played stories."""

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import fasteners

_RUN = "AVROP_TESTS_RUN"


def begin() -> Path:
    """Make this run's own folder. The processes that the run starts find it in their environment."""
    folder = Path(tempfile.mkdtemp(prefix="avrop-tests-"))
    os.environ[_RUN] = str(folder)
    return folder


def end(folder: Path) -> None:
    """Forget the folder and, unless AVROP_KEEP_TEST_FILES is set, remove it."""
    os.environ.pop(_RUN, None)
    if not os.environ.get("AVROP_KEEP_TEST_FILES"):
        shutil.rmtree(folder, ignore_errors=True)


def once(name: str, make: Callable[[Path], None]) -> Path:
    """The folder of that name, which `make` has filled; others wait meanwhile. Nobody changes what lies there.

    What failed on its way is made anew from the beginning.
    """
    folder = Path(os.environ[_RUN]) / "kept" / name
    folder.parent.mkdir(exist_ok=True)
    whole = folder.with_name(f"{name}.whole")
    with fasteners.InterProcessLock(folder.with_name(f"{name}.lock")):
        if not whole.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            whole.touch()
    return folder
