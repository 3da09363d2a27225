"""Snapshots: what a load found, which immutable files it made, and from which sources they came."""

from datetime import date, datetime

from avrop.canonical import Digest, document
from avrop.disclosure.operators import Column

SAID = {
    "load.dataset": "No file is given for a dataset that the catalogue describes",
    "load.dataset_unknown": "The catalogue describes no such dataset",
    "load.no_file": "There is no such file",
    "load.unreadable": "The file cannot be read as a table",
    "load.columns": "The columns are not those that are described",
    "load.type": "A value is not of the described type",
    "load.null": "A value that must be there is missing",
    "load.pattern": "A value does not have the described form",
    "load.range": "A number is outside the described range",
    "load.code": "A code is not on the code list on that day",
    "load.key": "Two rows have the same key",
    "load.orphan": "A person is not in the register",
}
"""What each fault says; which rows it says it of stands beside it."""


@document
class LoadFault:
    """One kind of fault in one file.

    `rows` are the first few row numbers, 1 being the first record after the header; `count` is how many there are (0:
    the fault is the file's or the column's, not a row's). `file` is empty when a dataset has none.
    """

    code: str
    dataset: str
    file: str
    variable: str | None = None
    rows: tuple[int, ...] = ()
    count: int = 0

    def __str__(self) -> str:
        place = " ".join(part for part in (self.dataset, self.variable, f"in {self.file}" if self.file else "") if part)
        what = SAID.get(self.code, "It cannot be loaded")
        if not self.count:
            return f"{what} ({self.code}: {place})"
        rows = ", ".join(str(row) for row in self.rows)
        more = f" and {self.count - len(self.rows)} more" if self.count > len(self.rows) else ""
        return f"{what} ({self.code}: {place}, row {rows}{more})"


@document
class SourceFile:
    """A file that came in: its name, bytes, rows and digest."""

    dataset: str
    name: str
    rows: int
    size: int
    digest: Digest


@document
class SnapshotFile:
    """A Parquet file of the snapshot, `<dataset>/part-NNN.parquet`. `source` is the digest of the source file it holds,
    or of the file, its delimiter and its named columns where these are not the dataset's own."""

    dataset: str
    name: str
    rows: int
    size: int
    digest: Digest
    columns: tuple[Column, ...]
    source: Digest


@document
class ColumnReport:
    """How many of a column's values are null."""

    name: str
    nulls: int


@document
class DatasetReport:
    """What was loaded of one dataset. `size` is the bytes of its sources, `people` its distinct identifiers, `first`
    and `last` the span of its time (null for a register), `reused` how many files a previous snapshot lent."""

    dataset: str
    rows: int
    size: int
    people: int
    columns: tuple[ColumnReport, ...]
    sources: tuple[SourceFile, ...]
    files: tuple[SnapshotFile, ...]
    first: date | None = None
    last: date | None = None
    reused: int = 0


@document
class LoadReport:
    """What a load found. With faults, nothing was kept and `datasets` is empty. `register_day` is the day on which the
    codes of registers had to be valid (null: on any day)."""

    catalogue: Digest
    register_day: date | None = None
    datasets: tuple[DatasetReport, ...] = ()
    faults: tuple[LoadFault, ...] = ()


@document
class PersonListReport:
    """A list of people that was loaded: how many, from which file, into which."""

    people: int
    source: Digest
    digest: Digest


@document
class SnapshotManifest:
    """One immutable snapshot: its files, the sources they came from, and the snapshot it was based on."""

    name: str
    catalogue: Digest
    files: tuple[SnapshotFile, ...]
    sources: tuple[SourceFile, ...]
    loaded_at: datetime
    base: Digest | None = None
    register_day: date | None = None


def snapshot_manifest(name: str, report: LoadReport, *, loaded_at: datetime, base: Digest | None) -> SnapshotManifest:
    """The manifest of a snapshot that was loaded without faults; `base` is the previous manifest's digest."""
    return SnapshotManifest(
        name=name,
        catalogue=report.catalogue,
        register_day=report.register_day,
        files=tuple(file for dataset in report.datasets for file in dataset.files),
        sources=tuple(source for dataset in report.datasets for source in dataset.sources),
        loaded_at=loaded_at,
        base=base,
    )
