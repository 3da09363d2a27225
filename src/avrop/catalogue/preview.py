"""Rows made from the description alone: what a table looks like, with nobody in it and no data read.

Each value is a function of the seed, the table, the row's number and the variable: the same call gives the same rows.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import TypeVar

from avrop.catalogue.datasets import Catalogue, Dataset
from avrop.catalogue.examples import example
from avrop.catalogue.variables import Variable
from avrop.errors import Mistake

Value = str | int | float | date | None
Row = dict[str, Value]
T = TypeVar("T")

_FIRST_DAY = date(2000, 1, 1)
_DAYS = 365
_ATTEMPTS = 50
_TWO_YEARS = re.compile(r"[0-9]{4}([-/])[0-9]{4}")
_BEGINS = 8
"""The month in which a school year begins."""
_NULLS_OF = 8
"""One value in so many is null, where a variable may be."""


def rows(catalogue: Catalogue, dataset: str, *, count: int, seed: int) -> tuple[Row, ...]:
    """At most `count` rows, valid by their own description, with a unique key; fewer where its domain is too small.

    Identifiers are `P-000001` to `P-<count>`, whatever their pattern says: no preview holds anything like an identity
    number. A register has each of them once, so that tables of the same count and seed belong together. Codes are
    valid on the row's time. Errors: `preview.pattern`, `preview.no_day` (Mistake); KeyError for an unknown dataset.
    """
    described = catalogue.dataset(dataset)
    days = _days(catalogue, described)
    made: dict[tuple[Value, ...], Row] = {}
    for number in range(1, count + 1):
        for attempt in range(_ATTEMPTS):
            place = f"{seed}/{dataset}/{number}/{attempt}"
            row = _row(catalogue, described, place=place, number=number, count=count, days=days)
            key = tuple(row[name] for name in described.key)
            if key not in made:
                made[key] = row
                break
    return tuple(made.values())


def _row(catalogue: Catalogue, dataset: Dataset, *, place: str, number: int, count: int, days: Sequence[date]) -> Row:
    start = _pick(f"{place}/day", days) if dataset.time else None
    needed = {dataset.person, dataset.time, *dataset.key}
    row: Row = {}
    for name in dataset.variables:
        variable, here = catalogue.variable(name), f"{place}/{name}"
        if variable.sensitivity == "identifier":
            whom = number if dataset.kind == "register" else 1 + _draw(here, count)
            row[name] = f"P-{whom:06d}"
        elif name == dataset.time:
            row[name] = start
        elif variable.nullable and name not in needed and _draw(f"{here}/null", _NULLS_OF) == 0:
            row[name] = None
        else:
            row[name] = _value(catalogue, variable, place=here, day=start)
    return row


def _value(catalogue: Catalogue, variable: Variable, *, place: str, day: date | None) -> Value:
    if variable.code_list is not None:
        code_list = catalogue.code_list(variable.code_list)
        codes = sorted(code_list.on(day)) if day else sorted({code.code for code in code_list.codes})
        return _pick(place, codes)
    if variable.data_type == "date":
        return _FIRST_DAY + timedelta(days=_draw(place, 20 * _DAYS))
    if variable.data_type == "integer":
        low, high = variable.minimum, variable.maximum
        low = low if low is not None else min(0, high or 0)
        return low + _draw(place, (high if high is not None else low + 100) - low + 1)
    if variable.data_type == "number":
        return _draw(place, 1000) / 8
    if variable.pattern is None:
        return f"text {_draw(place, 1000)}"
    made = example(variable.pattern, lambda step, below: _draw(f"{place}/{step}", below))
    if made is None:
        hint = "Use characters, [classes], (groups), | and counts only."
        raise Mistake("preview.pattern", "No text can be made by the pattern.", hint=hint, variable=variable.name)
    drawn = _FIRST_DAY + timedelta(days=_draw(f"{place}/year", 20 * _DAYS))
    return _school_year(made, variable.pattern, day or max(drawn, variable.since or drawn))


def _school_year(made: str, pattern: str, day: date) -> str:
    """Two years that follow each other, as that day's school year, for a pattern that takes any two; else as made."""
    parts = _TWO_YEARS.fullmatch(made)
    if parts is None:
        return made
    first = day.year - (day.month < _BEGINS)
    following = f"{first:04}{parts[1]}{first + 1:04}"
    return following if re.fullmatch(pattern, following) else made


def _days(catalogue: Catalogue, dataset: Dataset) -> Sequence[date]:
    """Days on which every code list of the table has a code: where one begins, and some after it; if there are such, of
    those since which the table has values."""
    columns = [catalogue.variable(name) for name in dataset.variables]
    named = {variable.code_list for variable in columns} - {None}
    lists = [code_list for code_list in catalogue.code_lists if code_list.name in named]
    starts = sorted({code.valid_from for code_list in lists for code in code_list.codes}) or [_FIRST_DAY]
    days = [day for day in _spread(starts) if all(code_list.on(day) for code_list in lists)]
    if not days:
        hint = "Correct the codes' validity."
        raise Mistake("preview.no_day", "On no day has every code list a code.", hint=hint, dataset=dataset.name)
    since = min((variable.since for variable in columns if variable.since), default=_FIRST_DAY)
    return [day for day in days if day >= since] or days


def _spread(starts: Sequence[date]) -> Iterator[date]:
    for start in starts:
        yield start
        yield from (start + timedelta(days=d) for d in (30, 200, 364) if start <= date.max - timedelta(days=_DAYS))


def _draw(place: str, below: int) -> int:
    """A whole number from 0 up to `below`, the same for the same place."""
    return int.from_bytes(hashlib.sha256(place.encode()).digest()[:16]) % below


def _pick(place: str, options: Sequence[T]) -> T:
    return options[_draw(place, len(options))]
