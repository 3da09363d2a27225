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
class Counted:
    """How many lines there are; how many too many for one per person and date; with a date outside what can be
    written; with a text that cannot be written; and rows without a value, which have no line."""

    lines: int
    repeated: int
    outside: int
    unwritable: int
    missing: int


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


def time_column(chosen: Chosen) -> str | None:
    """The date column that says when a value holds; None for a variable that never changes.

    Errors: `export.accumulated`, `export.no_date` (Refusal).
    """
    if chosen.variable.temporality == "FIXED":
        return None
    if chosen.variable.temporality == "ACCUMULATED":
        raise Refusal(
            "export.accumulated",
            "An accumulated variable needs the beginning and the end of its period; a row has one date.",
            hint="Hand the generation over in another form.",
            variable=chosen.variable.name,
        )
    name = chosen.dataset.time
    if not any(shown.name == name and shown.type == "date" for shown in chosen.file.columns):
        raise Refusal(
            "export.no_date",
            "The generation does not have the table's date as a day, so nobody could say when the values hold.",
            hint="Call off the table's date too, at its finest level.",
            dataset=chosen.dataset.name,
            variable=chosen.variable.name,
        )
    return name


def require_writable(counted: Counted, chosen: Chosen) -> None:
    """Refuse what that form cannot say. It tells numbers of lines, never a value.

    Errors: `export.repeated`, `export.empty`, `export.date_range`, `export.unwritable` (Refusal).
    """
    where = {"dataset": chosen.dataset.name, "variable": chosen.variable.name}
    if counted.repeated:
        raise Refusal(
            "export.repeated",
            f"That form has one value per person and date; {counted.repeated} lines are too many.",
            hint="Export a variable of a table that has one row per person and date.",
            **where,
        )
    if not counted.lines:
        raise Refusal(
            "export.empty",
            "No row has a value, and that form has no empty dataset.",
            hint="Export another variable.",
            **where,
        )
    _require_expressible(counted, where)


def _require_expressible(counted: Counted, where: dict[str, str]) -> None:
    if counted.outside:
        raise Refusal(
            "export.date_range",
            f"That form's dates go from 1880-04-15 to 2059-09-18; {counted.outside} lines are outside.",
            hint="Call off a shorter period.",
            **where,
        )
    if counted.unwritable:
        raise Refusal(
            "export.unwritable",
            f"{counted.unwritable} lines have a text with a line's end in it or spaces around it.",
            hint="Correct the source, or call off a coarser level.",
            **where,
        )
