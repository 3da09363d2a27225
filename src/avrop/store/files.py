"""Files of an installation's zone: written under a temporary name, flushed, renamed; only then does a row speak for
them. A crash leaves a temporary name, which the next start sweeps away."""

import errno
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from avrop.errors import Fault, Mistake

_TEMPORARY = ".partial-"
_AREAS = ("snapshots", "lists", "extracts", "generations", "packages", "incoming", "served")
_NO_SPACE = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)


class Zone:
    """The folder that holds everything of one installation but its database and its keys.

    Its areas are made for their owner alone. Errors: `files.no_space`, `files.failed` (Fault).
    """

    def __init__(self, root: Path, reach: Callable[[str], None]) -> None:
        self.root = root
        self._reach = reach
        try:
            for area in _AREAS:
                (root / area).mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as failure:
            fault = no_space_or(failure)
            fault.where = {"AVROP_HOME": str(root)}
            raise fault from None

    def path(self, place: str) -> Path:
        """The full path of a place such as `extracts/<name>`. Raises `files.place` (Mistake) for any other form."""
        area, _, name = place.partition("/")
        if area not in _AREAS or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,120}", name):
            raise Mistake("files.place", "That is no place in this installation's zone.", hint="Use a listed one.")
        return self.root / area / name

    @contextmanager
    def writing(self, place: str) -> Iterator[Path]:
        """A fresh temporary folder; at the end of the block it is flushed and renamed to `place`, replacing an
        unclaimed leftover there. After an error nothing is left. Errors: `files.no_space` (Fault)."""
        final = self.path(place)
        temporary = final.parent / f"{_TEMPORARY}{final.name}"
        _remove(temporary)
        try:
            temporary.mkdir()
            yield temporary
            self._reach(f"{final.parent.name}.before-flush")
            flush_folder(temporary)
            self._reach(f"{final.parent.name}.before-rename")
            _remove(final)
            temporary.rename(final)
            flush_folder(final.parent, recursive=False)
            self._reach(f"{final.parent.name}.after-rename")
        except OSError as failure:
            _remove(temporary)
            raise no_space_or(failure) from None
        except BaseException:
            _remove(temporary)
            raise

    def remove(self, place: str) -> None:
        """Remove a place and everything in it."""
        _remove(self.path(place))

    def sweep(self, spoken_for: frozenset[str]) -> tuple[str, ...]:
        """Remove every temporary name, and every place that no row speaks for. Returns what was removed."""
        removed = []
        for area in _AREAS:
            for found in sorted((self.root / area).iterdir()):
                if f"{area}/{found.name}" not in spoken_for:
                    _remove(found)
                    removed.append(f"{area}/{found.name}")
        return tuple(removed)


def no_space_or(failure: OSError) -> Fault:
    """The clear error of a full disk, or of another failing one."""
    if failure.errno in _NO_SPACE:
        return Fault(
            "files.no_space", "The disk is full. Nothing was half done.", hint="Make space and repeat the command."
        )
    return Fault(
        "files.failed", f"A file could not be written ({errno.errorcode.get(failure.errno or 0, 'unknown')}).",
        hint="See the disk and its permissions, and repeat the command.",
    )  # fmt: skip


def flush_folder(folder: Path, *, recursive: bool = True) -> None:
    """Flush the files of a folder, and the folder itself, to the disk."""
    if recursive:
        for path in sorted(folder.rglob("*")):
            _flush(path)
    _flush(folder)


def write_file(path: Path, data: bytes) -> None:
    """Write a file whole or not at all: temporary name, flush, rename."""
    temporary = path.with_name(f"{_TEMPORARY}{path.name}")
    try:
        temporary.write_bytes(data)
        _flush(temporary)
        temporary.rename(path)
        _flush(path.parent)
    except OSError as failure:
        temporary.unlink(missing_ok=True)
        raise no_space_or(failure) from None


@contextmanager
def replacing(target: Path, *, while_named: Callable[[], AbstractContextManager[None]]) -> Iterator[Path]:
    """A temporary name beside a target outside the zone, for a file or a folder that takes its place at the end of the
    block, within `while_named`. After an error nothing is left of it. Errors: `files.no_space`, `files.failed` (Fault).
    """
    temporary = target.with_name(f"{_TEMPORARY}{target.name}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _remove(temporary)
    except OSError as failure:
        raise no_space_or(failure) from None
    try:
        yield temporary
        flush_folder(temporary)
        with while_named():
            _remove(target)
            temporary.rename(target)
        flush_folder(target.parent, recursive=False)
    except OSError as failure:
        _remove(temporary)
        raise no_space_or(failure) from None
    except BaseException:
        _remove(temporary)
        raise


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
