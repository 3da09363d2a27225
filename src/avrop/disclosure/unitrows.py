"""Which variable of a generation can be told as one value per person and date, and why another cannot."""

from dataclasses import dataclass

from avrop.catalogue.datasets import Dataset
from avrop.catalogue.variables import Variable
from avrop.disclosure.manifest import Manifest, ManifestColumn, ManifestFile
from avrop.disclosure.plan import PSEUDONYM
from avrop.errors import Missing, Refusal


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """One column of one file of a generation, and what it is in the catalogue."""

    file: ManifestFile
    column: ManifestColumn
    dataset: Dataset
    variable: Variable


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """The date columns between which a value holds, both days included; none for what never changes. Without length, a
    value holds on one day, or is of a spell that may be open."""

    start: str | None = None
    stop: str | None = None
    needs_length: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Counted:
    """How many rows there are, and how many lines, which are what they say, each once; how many lines overlap the
    person's next; have a date outside what can be written; end before they begin; have an end; have a text that cannot
    be written; and rows without a value, which have no line."""

    rows: int
    lines: int
    overlapping: int
    outside: int
    backwards: int
    closed: int
    unwritable: int
    missing: int

    @property
    def repeated(self) -> bool:
        """Whether rows say the same, so that there are fewer lines."""
        return self.rows - self.missing > self.lines


def column(manifest: Manifest, name: str, table: str | None = None) -> tuple[ManifestFile, ManifestColumn]:
    """The one column of that name; of several, the table says which.

    Errors: `export.no_variable` (Missing), `export.which_table` (Refusal).
    """
    found = [
        (file, column)
        for file in manifest.files
        for column in file.columns
        if column.name == name != PSEUDONYM and table in (None, file.table)
    ]
    if not found:
        raise Missing(
            "export.no_variable", "The generation has no such variable.", hint="See its manifest.", variable=name
        )
    if len(found) > 1:
        names = ", ".join(file.table for file, _ in found)
        raise Refusal(
            "export.which_table", f"Several tables have it: {names}.", hint="Say which with --table.", variable=name
        )
    return found[0]


def period(chosen: Chosen) -> Period:
    """When a value holds: a status on its row's day, an event on that day or for its row's spell, an accumulated one
    for the spell.

    Errors: `export.no_spell`, `export.no_date` (Refusal).
    """
    if chosen.variable.temporality == "FIXED":
        return Period()
    start = _day(chosen, chosen.dataset.time)
    if chosen.variable.temporality == "STATUS":
        return Period(start=start, stop=start)
    accumulated = chosen.variable.temporality == "ACCUMULATED"
    if accumulated and chosen.dataset.until is None:
        raise Refusal(
            "export.no_spell",
            "An accumulated value is one of a period, and the table's rows have no end.",
            hint="Hand the generation over in another form.",
            dataset=chosen.dataset.name,
            variable=chosen.variable.name,
        )
    stop = start if chosen.dataset.until is None else _day(chosen, chosen.dataset.until)
    return Period(start=start, stop=stop, needs_length=accumulated)


def _day(chosen: Chosen, name: str | None) -> str:
    for shown in chosen.file.columns:
        if shown.name == name and shown.type == "date":
            return shown.name
    raise Refusal(
        "export.no_date",
        "The generation does not have the table's dates as days, so nobody could say when the values hold.",
        hint="Call off the table's time, and the end of its spells, at their finest level.",
        dataset=chosen.dataset.name,
        variable=chosen.variable.name,
    )


def require_writable(counted: Counted, chosen: Chosen) -> None:
    """Refuse what that form cannot say. It tells numbers of lines, never a value.

    Errors: `export.empty`, `export.overlapping`, `export.backwards`, `export.all_open`, `export.date_range`,
    `export.unwritable` (Refusal).
    """
    where = {"dataset": chosen.dataset.name, "variable": chosen.variable.name}
    if not counted.lines:
        raise Refusal(
            "export.empty",
            "No row has a value, and that form has no empty dataset.",
            hint="Export another variable.",
            **where,
        )
    if counted.overlapping:
        raise Refusal(
            "export.overlapping",
            f"That form has one value of a person at a time; {counted.overlapping} lines overlap the next.",
            hint="Export a variable of a table that has one row per person at a time.",
            **where,
        )
    if chosen.variable.temporality != "FIXED":
        _require_periods(counted, where)
    if counted.unwritable:
        raise Refusal(
            "export.unwritable",
            f"{counted.unwritable} lines have a text with a line's end in it or spaces around it.",
            hint="Correct the source, or call off a coarser level.",
            **where,
        )


def _require_periods(counted: Counted, where: dict[str, str]) -> None:
    if counted.outside:
        raise Refusal(
            "export.date_range",
            f"That form's dates go from 1880-04-15 to 2059-09-18; {counted.outside} lines are outside.",
            hint="Call off a shorter period.",
            **where,
        )
    if counted.backwards:
        raise Refusal(
            "export.backwards",
            f"{counted.backwards} lines end before they begin, or have no length where that form needs one.",
            hint="Correct the source.",
            **where,
        )
    if not counted.closed:
        raise Refusal(
            "export.all_open",
            "No spell has an end, and that form needs at least one that has.",
            hint="Wait for the next generation.",
            **where,
        )
