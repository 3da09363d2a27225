"""Sealed packages and folders: a generation's files read where they lie, and a package's members written by name."""

import errno
import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from avrop.canonical import canonical
from avrop.disclosure.opening import Opening, Papers, Recipient
from avrop.disclosure.sealing import ReadAt
from avrop.errors import Fault


@contextmanager
def members_of(folder: Path) -> Iterator[ReadAt]:
    """A generation's files, to be read at any offset while the block lasts. Nothing is written.

    Errors, when it reads: `package.source_unreadable` (Fault).
    """
    with ExitStack() as opened:
        handles: dict[str, int] = {}

        def read(name: str, offset: int, count: int) -> bytes:
            try:
                if name not in handles:
                    handles[name] = os.open(folder / name, os.O_RDONLY | os.O_NOFOLLOW)
                    opened.callback(os.close, handles[name])
                return _whole_read(handles[name], offset, count)
            except OSError as failure:
                raise _unreadable(failure, name) from None

        yield read


def open_into(folder: Path, stream: Iterable[bytes], recipient: Recipient) -> Papers:
    """Open a package into an empty folder that is not yet a place: its members, `manifest.json` and `header.json`.

    Whoever calls renames the folder after this has returned, and removes it after an error: until then what is in it
    is not known to be whole (`Zone.writing` does both). Errors: those of `Opening`.
    """
    opening = Opening(recipient)
    with ExitStack() as opened:
        handles = {}
        for data in stream:
            for piece in opening.feed(data):
                if piece.name not in handles:  # by the header's plain names only, and never onto what is there
                    handles[piece.name] = opened.enter_context((folder / piece.name).open("xb"))
                handles[piece.name].write(piece.data)
        papers = opening.finish()
    (folder / "header.json").write_bytes(canonical(papers.signed_header))
    (folder / "manifest.json").write_bytes(canonical(papers.signed_manifest))
    return papers


def _whole_read(handle: int, offset: int, count: int) -> bytes:
    """As many bytes as there are, up to `count`: one call of the system may give fewer."""
    data = os.pread(handle, count, offset)
    while len(data) < count and (more := os.pread(handle, count - len(data), offset + len(data))):
        data += more
    return data


def _unreadable(failure: OSError, name: str) -> Fault:
    return Fault(
        "package.source_unreadable",
        f"A file of the generation cannot be read ({errno.errorcode.get(failure.errno or 0, 'unknown')}).",
        hint="See the disk and its permissions; the package can be sent on from where it stopped.",
        file=name,
    )
