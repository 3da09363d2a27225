"""One variable of a generation as a table of its own: its columns, and the days that somebody asks for."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from avrop.canonical import document
from avrop.catalogue.datasets import Catalogue
from avrop.disclosure.manifest import Manifest, ManifestColumn, ManifestFile
from avrop.disclosure.plan import PSEUDONYM
from avrop.errors import Mistake


@document
class VariableTable:
    """Which columns of which file of a generation one variable is served as, named as they are there.

    `identifiers` are pseudonyms. `start` and `stop` say when a row holds; without `stop` it holds on that day alone.
    `types` are those of all columns that are named, by name.
    """

    dataset: str
    file: str
    file_digest: str
    identifiers: tuple[str, ...]
    measure: str
    types: tuple[tuple[str, str], ...]
    start: str | None = None
    stop: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns in the order they are served, each once."""
        named = (*self.identifiers, self.measure, self.start, self.stop)
        return tuple(dict.fromkeys(name for name in named if name is not None))


def variable_tables(manifest: Manifest, catalogue: Catalogue, variable: str) -> tuple[VariableTable, ...]:
    """The variable as it is in the generation: one table per dataset that has it, in the manifest's order.

    The dataset's time is a start, and the end of its spells a stop, only if they are themselves in the generation, as
    days: a coarser one says no day. A fixed variable holds always, and has none.
    """
    fixed = catalogue.variable(variable).temporality == "FIXED"
    found = []
    for file in manifest.files:
        columns = {column.name: column for column in file.columns}
        if variable in columns and variable != PSEUDONYM:
            dataset = catalogue.dataset(file.table)
            start = None if fixed else _day(dataset.time, columns)
            stop = None if start is None else _day(dataset.until, columns)
            found.append(_table(file, variable, start=start, stop=stop))
    return tuple(found)


def _day(name: str | None, columns: dict[str, ManifestColumn]) -> str | None:
    return name if name is not None and name in columns and columns[name].type == "date" else None


def _table(file: ManifestFile, variable: str, *, start: str | None, stop: str | None) -> VariableTable:
    types = {column.name: column.type for column in file.columns}
    served = dict.fromkeys(name for name in (PSEUDONYM, variable, start, stop) if name is not None)
    return VariableTable(
        dataset=file.table,
        file=file.name,
        file_digest=file.digest,
        identifiers=(PSEUDONYM,),
        measure=variable,
        types=tuple((name, types[name]) for name in served),
        start=start,
        stop=stop,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Days:
    """The days from `start` to before `stop`; an end that is None is open."""

    start: date | None = None
    stop: date | None = None

    def __bool__(self) -> bool:
        return self.start is not None or self.stop is not None


def days(start: str | None, stop: str | None) -> Days:
    """The days that a window of ISO dates or moments touches, zones left aside: rows hold on days.

    Errors: `window.unreadable`, `window.empty` (Mistake).

    >>> days("2025-01-01", "2025-01-02T12:00:00Z")
    Days(start=datetime.date(2025, 1, 1), stop=datetime.date(2025, 1, 3))
    """
    begins, ends = _moment("start", start), _moment("stop", stop)
    if begins is not None and ends is not None and begins >= ends:
        raise Mistake("window.empty", "`start` is not before `stop`.", hint="Give a start that is before the stop.")
    return Days(start=None if begins is None else begins.date(), stop=None if ends is None else _day_after(ends))


def _moment(name: str, text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        if not text.isascii() or len(text) > 40:
            raise ValueError
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        raise Mistake(
            "window.unreadable", f"`{name}` is no ISO 8601 date.", hint="Write it as 2025-08-01, or leave it out."
        ) from None


def _day_after(moment: datetime) -> date | None:
    """The first day that a window ending at this moment does not touch; None after the last day there is."""
    if moment == datetime.combine(moment.date(), datetime.min.time()):
        return moment.date()
    return moment.date() + timedelta(days=1) if moment.date() < date.max else None
