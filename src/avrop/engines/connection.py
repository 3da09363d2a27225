"""A DuckDB connection shut off from every file and network but its inputs and its output folder."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from avrop.errors import Fault

_PATTERN = re.compile(r"[*?\[]")


def only(path: Path) -> str:
    """A path as DuckDB's pattern for that file alone: what it would expand stands between brackets.

    >>> only(Path("a[1]/b*.parquet"))
    'a[[]1]/b[*].parquet'
    """
    return _PATTERN.sub(r"[\g<0>]", str(path))


@contextmanager
def shut_off(
    *, read: Sequence[Path], write: Path | None, threads: int, memory_limit: str, joins_as_written: bool = False
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that reads only these files and writes only into that folder, or nothing without one. Its
    configuration is locked.

    `joins_as_written`: the right side of a join is what is held in memory, whatever the optimizer guesses.
    Errors: `engine.no_space`, `engine.failed` (Fault): neither says SQL nor a value.
    """
    connection = duckdb.connect(":memory:")
    try:
        connection.execute("SET python_enable_replacements = false")
        connection.execute("SET autoinstall_known_extensions = false")
        connection.execute("SET autoload_known_extensions = false")
        connection.execute(f"SET threads = {int(threads)}")
        connection.execute("SET memory_limit = ?", [memory_limit])
        connection.execute("SET preserve_insertion_order = true")
        if joins_as_written:
            connection.execute("SET disabled_optimizers = 'join_order,build_side_probe_side'")
        connection.execute("SET temp_directory = ?", [str(write / ".spill") if write else ""])
        # Both the pattern that is asked for and the file that it finds must be allowed.
        connection.execute("SET allowed_paths = ?", [[form for path in read for form in (str(path), only(path))]])
        connection.execute("SET allowed_directories = ?", [[str(write)] if write else []])
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        yield connection
    except duckdb.Error as failure:
        raise fault(failure) from None
    finally:
        connection.close()


def fault(failure: Exception) -> Fault:
    """The clear error of an engine that failed: neither SQL nor a value, which the failure's own text may hold."""
    text = str(failure).lower()
    if "unmapped identifier" in text:
        return Fault("pseudonym.unmapped", "A row has no identifier that has a pseudonym.", hint="Check the snapshot.")
    if "no space left" in text or "file too large" in text or "disk full" in text:
        return Fault("engine.no_space", "The disk is full. Nothing was half done.", hint="Make space and repeat.")
    return Fault(
        "engine.failed",
        f"The engine could not run the plan ({type(failure).__name__}). Nothing was half done.",
        hint="See that the snapshot's files are whole, and repeat.",
    )
