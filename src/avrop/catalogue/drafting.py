"""Drafts a description of one table: from what its columns are called and how they are stored, and from no value.

What a person must say is left empty, so that nothing is published before it is said; what the draft assumed is asked.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from avrop.catalogue.codelists import Code, CodeList
from avrop.catalogue.datasets import Catalogue, Dataset
from avrop.catalogue.importing import Imported, Names, Notes, What
from avrop.catalogue.sources import SourceTable
from avrop.catalogue.unittypes import Text, UnitType
from avrop.catalogue.variables import DataType, Variable
from avrop.errors import Mistake

PERSON = UnitType(
    name="PERSON",
    label=Text(nb="Person", nn="Person", en="Person"),
    definition=Text(nb="Et menneske.", nn="Eit menneske.", en="A human being."),
)

FEWEST = 5
"""A value is drafted as a code if as many people have it."""

FIRST_DAY = date(1900, 1, 1)
"""From when drafted codes hold, until somebody says it."""


Form = Literal[
    "day.month.year", "decimal comma", "yes or no in words", "day and time", "time of day", "yes or no", "moment",
]  # fmt: skip
"""A way in which values are written or stored that a description and a load have no word for."""


@dataclass(frozen=True, kw_only=True)
class TableColumn:
    """What is known of a column. `data_type` is null where it can be held by none of ours; `empty` says whether a row
    may lack it; `codes` are candidates that were asked for, and `rare` how many values too few people have to be
    shown; `form` is what all its values are like, where a person must see to that."""

    name: str
    data_type: DataType | None
    empty: bool = True
    codes: tuple[str, ...] | None = None
    rare: int = 0
    form: Form | None = None


@dataclass(frozen=True, kw_only=True)
class Order:
    """What to draft. Columns by their names in the table: who the row is about, the date on which it holds, the end of
    its spell, and what tells rows apart (else person and time)."""

    name: str
    publisher: str
    source: str
    person: str
    time: str | None = None
    until: str | None = None
    key: tuple[str, ...] = ()
    delimiter: str = ","
    version: str = "1"
    valid_from: date = FIRST_DAY


def draft(order: Order, columns: Sequence[TableColumn]) -> Imported:
    """A catalogue of the one table, its source map, and what there is to do and to know.

    Errors (Mistake): `init.header` if the columns' names do not look like names; `init.no_column` for one that is not
    there; `init.no_date` for a time that is no date.
    """
    by_name = named(columns)
    notes, names = Notes(), Names(Notes())
    for column in (order.person, order.time, order.until, *order.key):
        require(by_name, column)
    if order.until is not None and order.time in (None, order.until):
        hint = "Name with --time the column of dates on which a row begins to hold."
        raise Mistake("init.no_time", "A spell that ends begins on another date.", hint=hint, column=order.until)
    if by_name[order.person].codes is not None:
        hint = "Leave it out of --codes."
        raise Mistake("init.people_as_codes", "Who a row is about is no code.", hint=hint, column=order.person)
    for column in (order.time, order.until):
        if column is not None and by_name[column].data_type != "date":
            form = by_name[column].form
            told = _WRITTEN[form][1] if form in ("day.month.year", "day and time") else _DATES
            hint = f"{told} Without --time the table is a register, with one row per person."
            raise Mistake("init.no_date", "The column is not one of dates.", hint=hint, column=column)
    made = {column: names.plain(column.upper()) for column, each in by_name.items() if each.data_type is not None}
    for column in by_name.keys() - made.keys():
        if by_name[column].form is None:
            notes.say("left out", column, "It is stored in a way that a description cannot hold.", "Make a view of it.")
    lists = {column: _code_list(each, made[column], order, notes) for column, each in by_name.items() if each.codes}
    key = tuple(made[column] for column in order.key or _usual_key(order))
    catalogue = Catalogue(
        name=Names(notes).plain(order.name),
        version=order.version,
        title=_words(order.name),
        publisher=order.publisher,
        unit_types=(PERSON,),
        code_lists=tuple(lists.values()),
        variables=tuple(
            sorted(
                (_variable(by_name[column], name, order, key, notes) for column, name in made.items()),
                key=lambda variable: variable.name,
            )
        ),
        datasets=(_dataset(order, made, key),),
    )
    _say(order, by_name, notes)
    source = SourceTable(
        dataset=catalogue.datasets[0].name, source=order.source, delimiter=order.delimiter,
        columns=tuple((name, column) for column, name in made.items()),
    )  # fmt: skip
    return Imported(catalogue=catalogue, sources=(source,), report=tuple(notes))


def require(by_name: Mapping[str, object], column: str | None) -> None:
    """Refuse a column that the table does not have. Errors: `init.no_column` (Mistake)."""
    if column is not None and column not in by_name:
        # The names themselves are not shown: of a file without a header they are somebody's row.
        raise Mistake(
            "init.no_column", f"None of the table's {len(by_name)} columns is called so.",
            hint="See the table's first line; --delimiter says what is between its names.", column=column,
        )  # fmt: skip


def named(columns: Sequence[TableColumn]) -> dict[str, TableColumn]:
    """The columns by name. Errors: `init.header` (Mistake), if a name is a value, is missing, or stands twice.

    A file without a header has its first row where the names should be, and no value may get into a description.
    """
    for place, column in enumerate(columns, start=1):
        if not re.match(r"[^\W\d_]", column.name) or re.search(r"\d{5}|\d{4}-\d\d", column.name):
            raise Mistake(
                "init.header", "A column's name does not look like one.",
                hint="The first line must be a header of names that begin with a letter, without long numbers.",
                column=place,
            )  # fmt: skip
    found = {column.name: column for column in columns}
    if len(found) < len(columns):
        raise Mistake("init.header", "Two columns have the same name.", hint="Rename one of them in the table.")
    return found


def _words(name: str) -> Text:
    """Bokmål as the thing is called; the English is for a person to write."""
    return Text(nb=re.sub(r"_+", " ", name).strip(), en="")


def _usual_key(order: Order) -> tuple[str, ...]:
    return (order.person,) if order.time is None else (order.person, order.time)


def _variable(column: TableColumn, name: str, order: Order, key: tuple[str, ...], notes: Notes) -> Variable:
    person = column.name == order.person
    if person and column.data_type != "text":
        notes.say(
            "question", column.name, "People are numbers in the table, so leading zeros are lost.",
            "Make a view in which it is a text.",
        )  # fmt: skip
    return Variable(
        name=name,
        label=_words(column.name),
        definition=Text(nb="", en=""),
        unit_type=PERSON.name,
        data_type="text" if person or column.codes else column.data_type or "text",
        temporality="FIXED" if person else "EVENT" if order.time else "STATUS",
        sensitivity="identifier" if person else "confidential",
        source="",
        code_list=name if column.codes else None,
        nullable=column.empty and name not in key,
    )


def _dataset(order: Order, made: Mapping[str, str], key: tuple[str, ...]) -> Dataset:
    return Dataset(
        name=Names(Notes()).plain(order.name.upper()),
        label=_words(order.name),
        definition=Text(nb="", en=""),
        unit_type=PERSON.name,
        kind="register" if order.time is None else "event",
        person=made[order.person],
        key=key,
        variables=tuple(made.values()),
        time=None if order.time is None else made[order.time],
        until=None if order.until is None else made[order.until],
    )


def _code_list(column: TableColumn, name: str, order: Order, notes: Notes) -> CodeList:
    notes.say(
        "question", column.name, f"Its codes are what the table has, valid from {order.valid_from}.",
        "Write what they mean, say from when they are valid, and add those that the table lacks.",
    )  # fmt: skip
    codes = tuple(Code(code=code, label=Text(nb="", en=""), valid_from=order.valid_from) for code in column.codes or ())
    return CodeList(name=name, title=_words(column.name), source="", codes=codes)


_DATES = "Dates are written 2025-01-31."
_WRITTEN: Mapping[Form, tuple[str, str]] = {
    "day.month.year": (
        "All its values look like dates written 31.12.2024, and it is drafted as text.",
        "Write them as 2024-12-31 in the table or in a view of it, and draft anew: then they are dates.",
    ),
    "decimal comma": (
        "All its values look like numbers with a comma before the decimals, and it is drafted as text.",
        "Write them with a point in the table or in a view of it, and draft anew: then they are numbers.",
    ),
    "yes or no in words": (
        "All its values look like yes or no, and it is drafted as text.",
        "Draft it with --codes, so that these words and no others are allowed.",
    ),
    "day and time": (
        "All its values look like a date with a time of day, and it is drafted as text.",
        "Write the day alone in the table or in a view of it, and draft anew: then they are dates.",
    ),
    "time of day": (
        "All its values look like a time of day, and it is drafted as text.",
        "Give it a pattern, or leave it out: a description has no such type.",
    ),
    "yes or no": (
        "It is stored as yes or no, and a description has no such type.",
        "Make a view in which it is a text or a number, such as 1 and 0, and draft that with --codes.",
    ),
    "moment": (
        "It is stored with a time of day, and drafted as a date.",
        "A load refuses rows with another time than midnight. Make a view that has the day alone.",
    ),
}
"""What is said of a column of that form, and what to do."""

_RARE_IN_LIST = (
    "Look at them in the table. Write those that are codes under `codes` in its file in codelists: rows with a code "
    "that is not on the list are refused. Correct those that are slips in the table."
)
_RARE_ALL = (
    "So it has no code list. If its values are codes, write the list as a file in codelists, and name it as the "
    "variable's `code_list`; else give it a `pattern`, or let any text be allowed."
)


def _say(order: Order, by_name: Mapping[str, TableColumn], notes: Notes) -> None:
    notes.say(
        "question", "every variable", "It is called as its column is in the table's first line.",
        "See that no value stands among the names: a file without a header has its first row there.",
    )  # fmt: skip
    notes.say(
        "question", "every variable", "It is drafted as confidential, and its texts are empty.",
        "Say what it means in bokmål and English, and how sensitive it is.",
    )  # fmt: skip
    notes.say(
        "question", "every variable", "Levels are the value as it stands.",
        "Add coarser ones, so that less can be asked for: months, bands, groups.",
    )  # fmt: skip
    if order.time is None:
        notes.say("question", order.name, "It is drafted as a register: one row per person.", "Else name --time.")
    if not order.key:
        told = " and ".join(_usual_key(order))
        notes.say("question", order.name, f"Rows are told apart by {told}.", "Else name --key.")
    for column in by_name.values():
        if column.form is not None and (column.codes is None or column.form != "yes or no in words"):
            what: What = "left out" if column.data_type is None else "question"
            notes.say(what, column.name, *_WRITTEN[column.form])
        if column.rare:
            several = "1 value stands" if column.rare == 1 else f"{column.rare} different values stand"
            notes.say(
                "left out", column.name,
                f"{several} in rows of fewer than {FEWEST} people, and could be somebody's own: not drafted as codes.",
                _RARE_IN_LIST if column.codes else _RARE_ALL,
            )  # fmt: skip
        elif column.data_type == "text" and not (column.name == order.person or column.codes or column.form):
            notes.say("question", column.name, "Any text is allowed.", "Give it a code list (--codes), or a pattern.")
