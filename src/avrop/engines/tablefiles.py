"""Write files that are whole or not there: a working folder, flushed files, and a name that comes last."""

import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from avrop.canonical import Digest
from avrop.errors import Fault


def temporary(target: Path) -> Path:
    """The name beside the target under which it is made. A leftover with it is swept away at the next start."""
    target = target.resolve()
    return target.with_name(f".partial-{target.name.removeprefix('.partial-')}.loading")


@contextmanager
def working_folder(target: Path) -> Iterator[Path]:
    """A hidden folder beside the target, emptied first, gone afterwards. Errors: `load.failed` (Fault) for OSError."""
    work = temporary(target)
    try:
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        yield work
    except OSError as failure:
        raise Fault(
            "load.failed",
            f"The load stopped ({errno.errorcode.get(failure.errno or 0, 'OSError')}); nothing was kept.",
            hint="Look at the disk's space and rights, and load again.",
        ) from None
    finally:
        shutil.rmtree(work, ignore_errors=True)


def publish_folder(work: Path, target: Path) -> None:
    """Make the finished folder appear under its name, and the name last."""
    for folder in (*(each for each in work.iterdir() if each.is_dir()), work):
        sync(folder)
    work.rename(target.resolve())
    sync(target.resolve().parent)


def sync(path: Path) -> None:
    """Flush a file or folder to disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def digest_file(path: Path) -> Digest:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return Digest("sha256:" + hashlib.file_digest(file, "sha256").hexdigest())
