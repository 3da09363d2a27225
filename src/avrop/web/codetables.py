"""Code lists as tables: our own dated ones, and those that publishers told; on a day, and between two days."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from avrop.actions.look import Shown
from avrop.catalogue import dated
from avrop.catalogue.listchanges import changes
from avrop.catalogue.search.words import fold
from avrop.web.texts import Speech, Spoken

PAGE = 100
"""Codes of one page."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One code. Dates are texts of ISO 8601, empty where none is said; `until` is the first day on which it is not."""

    code: str
    label: Spoken
    since: str = ""
    until: str = ""
    successors: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """Codes of one day: those shown, the place of the first of them, which page that is, and how many there are."""

    rows: tuple[Row, ...]
    total: int
    source: str = ""
    first: int = 1
    page: int = 1
    pages: int = 1


def table(shown: Shown, speech: Speech, *, on: date, text: str = "", most: int = PAGE, page: int = 1) -> Table | None:
    """The codes valid on a day whose code or label has the text, `most` a page; None for a variable without codes."""
    if shown.code_list is None and not shown.codes:
        return None
    rows = [row for row in _rows(shown, speech) if _holds(row, on) and _has(row, text)]
    pages = max(-(-len(rows) // most), 1)
    here = min(page, pages)
    start = (here - 1) * most
    return Table(
        rows=tuple(rows[start : start + most]), total=len(rows), first=start + 1, page=here, pages=pages,
        source=shown.code_list.source if shown.code_list is not None else "",
    )  # fmt: skip


def _rows(shown: Shown, speech: Speech) -> Iterable[Row]:
    for code in shown.code_list.codes if shown.code_list is not None else ():
        yield Row(
            code=code.code, label=speech.of(code.label), since=code.valid_from.isoformat(),
            until=code.valid_to.isoformat() if code.valid_to else "", successors=code.successors,
        )  # fmt: skip
    for told in shown.codes:
        since, until = dated.day(told.valid_from), dated.day_after(told.valid_until)
        yield Row(
            code=told.code, label=speech.of(told.title), since=since.isoformat() if since else "",
            until=until.isoformat() if until else "",
        )  # fmt: skip


def _has(row: Row, text: str) -> bool:
    return fold(text) in fold(f"{row.code} {row.label}")


def _holds(row: Row, on: date) -> bool:
    return row.since <= on.isoformat() and (not row.until or on.isoformat() < row.until)


def changed(
    shown: Shown, speech: Speech, *, start: date, end: date, text: str = ""
) -> tuple[tuple[Row, ...], tuple[Row, ...]] | None:
    """The codes that came, and those that ended, between two days, whose code or label has the text. None for a list of
    which nobody said any day: it has no history."""
    code_list = shown.code_list or dated.code_list(shown.codes, name=shown.card.name)
    if code_list is None:
        return None
    found = changes(code_list, start=min(start, end), end=max(start, end))
    rows: list[tuple[str, Row]] = []
    for each in found:
        came = each.kind in ("added", "renamed")
        day = each.day.isoformat()
        row = Row(
            code=each.code, label=speech.of(each.label), since=day if came else "", until="" if came else day,
            successors=each.successors,
        )  # fmt: skip
        if _has(row, text):
            rows.append(("came" if came else "ended", row))
    return tuple(row for kind, row in rows if kind == "came"), tuple(row for kind, row in rows if kind == "ended")


def every(shown: Shown, speech: Speech) -> Iterable[tuple[str, ...]]:
    """All codes of all days, in the columns of `csvw.CODE_COLUMNS`."""
    for row in _rows(shown, speech):
        yield row.code, row.label.text, row.since, row.until, " ".join(row.successors)
