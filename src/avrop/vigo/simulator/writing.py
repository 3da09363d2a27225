"""Chunks on disk: a Parquet file for each table of a block, and a manifest that is written last.

`<table>/<chunk>.parquet` and `_chunks/<chunk>.json`. Files are written under a temporary name, flushed and renamed;
only a chunk whose manifest is there counts. A name that begins with a dot is nobody's.
"""

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from avrop.errors import Fault, Tampered
from avrop.vigo.simulator.answers import ANSWERS
from avrop.vigo.simulator.forms import TABLES
from avrop.vigo.simulator.logical import Logical, logical
from avrop.vigo.simulator.noise import NOISE

MANIFESTS = "_chunks"
_ROWS = 122_880
_FORMS = {**TABLES, **ANSWERS, **NOISE}
_MARK = {b"synthetic": b"true", b"about": b"Avrop's simulator: these people do not exist"}


@dataclass(frozen=True, kw_only=True)
class Chunk:
    """What a chunk's manifest says. `files`: for each table its rows, logical hash, SHA-256 and size in bytes."""

    name: str
    group: str
    first: int
    people: int
    files: Mapping[str, Mapping[str, Any]]

    def logical(self, table: str) -> Logical:
        """The hash of the chunk's rows of a table; nothing for a table without rows."""
        entry = self.files.get(table)
        return Logical.of_text(entry["rows"], entry["logical"]) if entry else Logical()


def write_chunk(folder: Path, name: str, group: str, first: int, people: int, tables: Mapping[str, pa.Table]) -> Chunk:
    """Write all tables that have rows, then the manifest. Errors: `simulate.no_space`, `simulate.disk` (Fault)."""
    files: dict[str, Mapping[str, Any]] = {}
    with disk():
        for table, rows in tables.items():
            if not rows.num_rows:
                continue
            path = folder / table / f"{name}.parquet"
            with _replacing(path) as temporary:
                marked = rows.replace_schema_metadata({**_MARK, b"table": table.encode()})
                pq.write_table(marked, temporary, compression="zstd", compression_level=1, row_group_size=_ROWS)
            files[table] = {
                "rows": rows.num_rows, "logical": logical(rows, _FORMS[table]).text, "sha256": digest(path),
                "bytes": path.stat().st_size,
            }  # fmt: skip
        chunk = Chunk(name=name, group=group, first=first, people=people, files=files)
        write_json(folder / MANIFESTS / f"{name}.json", vars(chunk))
    return chunk


def read_chunk(folder: Path, name: str) -> Chunk | None:
    """What the manifest of a chunk says; None where it is not finished. Errors: `simulate.manifest` (Tampered)."""
    path = folder / MANIFESTS / f"{name}.json"
    if not path.exists():
        return None
    try:
        return Chunk(**json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError):
        raise Tampered(
            "simulate.manifest", "A chunk's manifest cannot be read.", hint="Remove it and run again.", chunk=name
        ) from None


def finished(folder: Path, name: str) -> bool:
    """Whether a chunk has its manifest, and all its files in their sizes. Errors: as read_chunk."""
    chunk = read_chunk(folder, name)
    return chunk is not None and all(
        (path := folder / table / f"{name}.parquet").is_file() and path.stat().st_size == said["bytes"]
        for table, said in chunk.files.items()
    )


def sweep(folder: Path) -> None:
    """Remove what processes left that were killed while they wrote."""
    for path in folder.glob("*/.*"):
        writer = path.name.rpartition(".")[2]
        if writer.isdecimal() and not _lives(int(writer)):
            path.unlink(missing_ok=True)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_json(path: Path, value: object) -> None:
    """Write a JSON file whole or not at all. Errors: as write_chunk."""
    write_text(path, json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1) + "\n")


def write_text(path: Path, text: str) -> None:
    """Write a file whole or not at all. Errors: as write_chunk."""
    with disk(), _replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


@contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        yield temporary
        handle = os.open(temporary, os.O_RDONLY)
        try:
            os.fdatasync(handle)
        finally:
            os.close(handle)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def fresh(folder: Path) -> Iterator[Path]:
    """A folder to be filled that gets its name when all went well, and is gone otherwise."""
    work = folder.resolve().with_name(f".partial-{folder.name}")
    try:
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        yield work
        if folder.is_dir():
            folder.rmdir()  # an empty one
        work.rename(folder.resolve())
    finally:
        shutil.rmtree(work, ignore_errors=True)


@contextmanager
def disk() -> Iterator[None]:
    """Tell what the machine refused. Errors: `simulate.no_space`, `simulate.disk` (Fault)."""
    try:
        yield
    except OSError as failure:
        if failure.errno in (errno.ENOSPC, errno.EFBIG, errno.EDQUOT):
            raise Fault(
                "simulate.no_space",
                "The disk is full. Finished chunks stay.",
                hint="Make space and run again: it goes on.",
            ) from None
        name = errno.errorcode.get(failure.errno or 0, "unknown")
        raise Fault(
            "simulate.disk",
            f"A file could not be written ({name}).",
            hint="See the folder and its permissions, and run again.",
        ) from None
