"""Renderings in an installation's zone: a generation's variables as ready files, each made once, whole or not at all.

They lie in `served/<generation>/<dataset>.<variable>`, a folder with the rows and a card that says what they were made
of. The open generation speaks for them all: when it closes, they go.
"""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from avrop.canonical import canonical, document, read
from avrop.errors import Mistake
from avrop.store.files import Zone, flush_folder, no_space_or, write_file

_ROWS, _CARD = "rows.csv", "card.json"
_PARTIAL = ".partial-"


@document
class Card:
    """What a rendering is: of which file, by which form of the text, how many bytes, and their SHA-256 as hex."""

    source: str
    form: str
    size: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Rendering:
    """A ready file and its card."""

    path: Path
    card: Card


Chunks = Callable[[], bytes | None]
"""Gives the next bytes each time, and None after the last."""


def place_of(generation: str) -> str:
    """The place of a generation's renderings; the generation by its delivery's case."""
    return f"served/{generation.replace('/', '-')}"


def find(zone: Zone, generation: str, name: str, *, source: str, form: str) -> Rendering | None:
    """The rendering of that name if it is there, whole, and made of `source` in this `form`."""
    return _found(zone.path(place_of(generation)) / _plain(name), source=source, form=form)


def make(
    zone: Zone,
    generation: str,
    name: str,
    *,
    source: str,
    form: str,
    chunks: Callable[[], AbstractContextManager[Chunks]],
) -> Rendering:
    """Make it, unless it is there when we are alone with its name.

    Whoever asks meanwhile waits, in this process or another. A killed one leaves a temporary name, which the next
    removes. Errors: `files.no_space`, `files.failed` (Fault), and those of `chunks`.
    """
    folder = zone.path(place_of(generation))
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        with _alone(folder / f".lock-{_plain(name)}"):
            found = _found(folder / name, source=source, form=form)
            if found is not None:
                return found
            with chunks() as following:
                return _made(folder, name, source=source, form=form, following=following)
    except OSError as failure:
        raise no_space_or(failure) from None


def remove(zone: Zone, generation: str) -> None:
    """Remove every rendering of a generation. Whoever has one open reads on; nobody opens it again."""
    zone.remove(place_of(generation))


def _plain(name: str) -> str:
    if "/" in name or name.startswith("."):
        raise Mistake("files.place", "That is no place in this installation's zone.", hint="Use a listed one.")
    return name


def _found(place: Path, *, source: str, form: str) -> Rendering | None:
    try:
        known = cast("Card", read(Card, (place / _CARD).read_bytes(), what="A rendering's card"))
        size = (place / _ROWS).stat().st_size
    except FileNotFoundError:
        return None
    if (known.source, known.form, known.size) != (source, form, size):
        return None
    return Rendering(path=place / _ROWS, card=known)


def _made(folder: Path, name: str, *, source: str, form: str, following: Chunks) -> Rendering:
    temporary, final = folder / f"{_PARTIAL}{name}", folder / name
    shutil.rmtree(temporary, ignore_errors=True)
    try:
        temporary.mkdir(mode=0o700)
        with (temporary / _ROWS).open("wb") as rows:
            size, sha256 = _write(rows, following)
        card = Card(source=source, form=form, size=size, sha256=sha256)
        write_file(temporary / _CARD, canonical(card))
        shutil.rmtree(final, ignore_errors=True)  # a stale one
        temporary.rename(final)
        flush_folder(folder, recursive=False)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    return Rendering(path=final / _ROWS, card=card)


def _write(rows: BinaryIO, following: Chunks) -> tuple[int, str]:
    size, digest = 0, hashlib.sha256()
    while (chunk := following()) is not None:
        rows.write(chunk)
        digest.update(chunk)
        size += len(chunk)
    rows.flush()
    os.fsync(rows.fileno())
    return size, digest.hexdigest()


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    """Hold a lock that threads and processes wait for; a killed process loses it."""
    handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
