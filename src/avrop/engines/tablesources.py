"""What a load reads: a CSV or Parquet file and which of its columns feed which variables, or a PostgreSQL table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from avrop.canonical import Digest, digest

DATABASE = "postgresql:"
"""Before a table of the source database, where a source is written as text."""

StoredColumn = tuple[str, str]
"""A column's name in its source, and how it is stored there: text, integer, number, date, timestamp, boolean, null or
other."""


@dataclass(frozen=True, kw_only=True)
class FileSource:
    """One file. `columns` gives the column that feeds each variable, and nothing else of the file is read; without it,
    the file has exactly the dataset's variables. `name` is what reports call it (else the file's name). `stored` is
    what is known of its columns, where they are not to be looked up in the file."""

    path: Path
    delimiter: str = ","
    columns: Mapping[str, str] | None = None
    name: str = ""
    stored: Sequence[StoredColumn] | None = None

    @property
    def label(self) -> str:
        """What reports call it."""
        return self.name or self.path.name

    @property
    def is_parquet(self) -> bool:
        """Whether it is read as Parquet; everything else is CSV."""
        return self.path.suffix.lower() == ".parquet"

    def column_of(self, variable: str) -> str:
        """The column that feeds the variable."""
        return variable if self.columns is None else self.columns.get(variable, "")

    def reading(self, file: Digest) -> Digest:
        """What the rows depend on: the file's digest; and where columns are named, which, and how they are cut."""
        if self.columns is None and self.delimiter == ",":
            return file
        columns = None if self.columns is None else dict(self.columns)
        return digest({"file": file, "delimiter": self.delimiter, "columns": columns})


@dataclass(frozen=True, kw_only=True)
class TableSource:
    """A table or view of a PostgreSQL, as `schema.table`, and the column that feeds each variable (else its name)."""

    table: str
    columns: Mapping[str, str] | None = None

    @property
    def label(self) -> str:
        """What reports call it."""
        return self.table

    @property
    def quoted(self) -> str:
        """The table's name as PostgreSQL reads it, in its own upper and lower case."""
        return ".".join(f'"{part.replace(chr(34), chr(34) * 2)}"' for part in self.table.split("."))

    def column_of(self, variable: str) -> str:
        """The column that feeds the variable."""
        return variable if self.columns is None else self.columns.get(variable, "")


Source = FileSource | TableSource


def source_at(place: str, *, delimiter: str = ",", columns: Mapping[str, str] | None = None) -> Source:
    """A source by how a person writes it: a file's path, or `postgresql:schema.table`."""
    if place.startswith(DATABASE):
        return TableSource(table=place.removeprefix(DATABASE), columns=columns)
    return FileSource(path=Path(place), delimiter=delimiter, columns=columns)


def as_source(given: Path | Source) -> Source:
    """A path is a comma-separated or Parquet file with exactly the dataset's variables."""
    return FileSource(path=given) if isinstance(given, Path) else given
