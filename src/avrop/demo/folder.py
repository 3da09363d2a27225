"""The demo's folder: one demo at a time in it, and an earlier one is replaced only where it is a demo's."""

import errno
import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from avrop.demo.story import clear
from avrop.errors import Conflict, Mistake
from avrop.store import embedded

LOCK = ".demo.lock"
"""The file that a running demo holds; it also tells that the folder is a demo's."""


@contextmanager
def claimed(folder: Path, *, resume: bool, say: Callable[[str], None]) -> Iterator[Path]:
    """The folder, whole and to oneself while the block runs; empty unless an earlier demo is resumed.

    Errors: `demo.folder`, `demo.running` (Conflict), `demo.folder_unusable` (Mistake), `database.folder` (Fault);
    nothing is made or removed then.
    """
    home = folder.resolve()
    embedded.require_plain(home)
    found = _content(home)
    if found and "clock.txt" not in found and LOCK not in found:
        raise Conflict("demo.folder", "The folder is not an earlier demo.", hint="Name another.", file=folder.name)
    with _held(home):
        if found - {LOCK} and not resume:
            say(f"Replacing the earlier demo in {folder}")
            clear(home, keep=LOCK)
        yield home


@contextmanager
def _held(home: Path) -> Iterator[None]:
    """The lock, which ends with the process that holds it."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        handle = os.open(home / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as failure:
        raise _unusable(home, failure) from None
    try:
        _lock(handle, home)
        yield
    finally:
        os.close(handle)


def _lock(handle: int, home: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Conflict(
            "demo.running", "A demo runs in that folder.", hint="Wait for its end, or name another.", file=home.name
        ) from None


def _content(home: Path) -> set[str]:
    try:
        return {path.name for path in home.iterdir()}
    except FileNotFoundError:
        return set()
    except OSError as failure:
        raise _unusable(home, failure) from None


def _unusable(home: Path, failure: OSError) -> Mistake:
    return Mistake(
        "demo.folder_unusable",
        f"The demo cannot live there ({errno.errorcode.get(failure.errno or 0, 'unknown')}).",
        hint="Name a folder with --folder that can be made and written.",
        file=home.name,
    )
