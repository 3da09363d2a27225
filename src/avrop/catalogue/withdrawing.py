"""Withdraws a variable in the texts that describe it: two lines after its name, and all else as it was written,
line ends too."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from avrop.catalogue.files import read_catalogue
from avrop.catalogue.places import places
from avrop.catalogue.variables import Variable
from avrop.errors import Conflict, Missing, Mistake


def withdraw(
    texts: Mapping[str, str], name: str, *, day: date, today: date, successors: Sequence[str] = ()
) -> tuple[str, str]:
    """The file that describes the variable, and its text with the day from which it cannot be asked for.

    Errors: `withdraw.unknown` (Missing), for a successor too; `withdraw.itself`, `withdraw.already` (Conflict);
    `withdraw.past`, `withdraw.too_early` (Mistake) for a day that has passed, or on which it has no values yet;
    `withdraw.by_hand` (Mistake) where the entry is written so that lines cannot be added; those of `read_catalogue`.
    """
    catalogue = read_catalogue(texts)
    known = {variable.name: variable for variable in catalogue.variables}
    for wanted in (name, *successors):
        if wanted not in known:
            raise Missing(
                "withdraw.unknown",
                "No such variable is described.",
                hint="See `avrop describe variables` for the names.",
                variable=wanted,
            )
    if name in successors:
        raise Conflict("withdraw.itself", "A variable cannot succeed itself.", hint="Name another.", variable=name)
    if known[name].withdrawn is not None:
        raise Conflict(
            "withdraw.already", "The variable is withdrawn already.", hint="Change the day where it stands.",
            variable=name,
        )  # fmt: skip
    _require_to_come(known[name], day, today)
    at = places(texts)[Variable, name]
    said = [f"withdrawn: {day}", *([f"successors: [{', '.join(successors)}]"] if successors else [])]
    lines = texts[at.file].splitlines(keepends=True)
    end = "\r\n" if lines[at.line - 1].endswith("\r\n") else "\n"
    lines[at.line : at.line] = [" " * (at.column - 1) + line + end for line in said]
    changed = "".join(lines)
    expected = replace(known[name], withdrawn=day, successors=tuple(successors) or None)
    if _without_fault({**texts, at.file: changed}, name) != expected:
        raise Mistake(
            "withdraw.by_hand", "Lines cannot be added to an entry that is written like this one.",
            hint=f"Add {', '.join(said)} to it by hand.", file=at.file, line=at.line,
        )  # fmt: skip
    return at.file, changed


def _require_to_come(variable: Variable, day: date, today: date) -> None:
    """Who has planned with a variable is never told that it went before they did."""
    if day < today:
        raise Mistake(
            "withdraw.past", f"The day {day} has passed: it could be asked for since.",
            hint="Name today, or a day to come that leaves time to plan anew.", variable=variable.name,
        )  # fmt: skip
    if variable.since is not None and day <= variable.since:
        raise Mistake(
            "withdraw.too_early", f"It has values from {variable.since} on, and would be withdrawn before.",
            hint="Name a later day, or correct `since`.", variable=variable.name,
        )  # fmt: skip


def _without_fault(texts: Mapping[str, str], name: str) -> Variable | None:
    try:
        return read_catalogue(texts).variable(name)
    except Mistake:
        return None
