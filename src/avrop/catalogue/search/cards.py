"""What a search finds: a card for each variable, made from our own description or from what a publisher said."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Literal

from avrop.canonical import document
from avrop.catalogue.commons import Code, DatasetEntry, Said, UnitTypeEntry, VariableEntry, Words, first
from avrop.catalogue.datasets import Catalogue, Dataset
from avrop.catalogue.search.words import words
from avrop.catalogue.unittypes import Text
from avrop.catalogue.variables import Variable

ValueType = Literal["codes", "number", "date", "text"]
Status = Literal["available", "described only", "withdrawn"]
_CODES_READ = 400
_VALUES: Mapping[str, ValueType] = {"text": "text", "integer": "number", "number": "number", "date": "date"}
_FORMS: Mapping[str, ValueType] = {"LONG": "number", "DOUBLE": "number", "DATE": "date", "STRING": "text"}


@document
class Named:
    """Something that a variable belongs to: what it is called in addresses and filters, and to people."""

    key: str
    label: Said


@document
class Card:
    """One variable as a search shows it.

    `units` are what its rows are about, `joins` the unit types by which those rows can be joined to others'. `since`
    and `until` are the first and the last year with values, as far as anybody said. `counties` are the controllers
    whose rows there are, or what a publisher said of its coverage.
    """

    id: str
    name: str
    publisher: str
    label: Said
    definition: Said
    topics: tuple[Named, ...]
    units: tuple[Named, ...]
    joins: tuple[str, ...]
    value_type: ValueType
    sensitivity: str
    status: Status
    counties: tuple[str, ...]
    since: int | None = None
    until: int | None = None
    breaks: tuple[int, ...] = ()


@document
class Indexed:
    """A card and the texts that it is found by, the weightiest first: what it is called, what is near, what it says of
    itself, and its codes."""

    card: Card
    called: str
    near: str
    says: str
    codes: str


def said(text: Text | None) -> Said:
    """A text of ours in the form of the commons."""
    if text is None:
        return ()
    found: tuple[tuple[Code, str | None], ...] = (("nb", text.nb), ("nn", text.nn), ("en", text.en))
    return tuple(Words(language=code, value=value) for code, value in found if value)


def own_cards(catalogue: Catalogue, *, publisher: str, counties: Sequence[str], on: date) -> tuple[Indexed, ...]:
    """A card for each variable of our own catalogue, in its order."""
    homes: dict[str, list[Dataset]] = {}
    for dataset in catalogue.datasets:
        for name in dataset.variables:
            homes.setdefault(name, []).append(dataset)
    return tuple(
        _own(catalogue, variable, homes.get(variable.name, []), publisher, tuple(counties), on)
        for variable in catalogue.variables
    )


def _own(
    catalogue: Catalogue, variable: Variable, homes: Sequence[Dataset], publisher: str, counties: tuple[str, ...],
    on: date,
) -> Indexed:  # fmt: skip
    units = {unit.name: unit for unit in catalogue.unit_types}
    rows = dict.fromkeys([home.unit_type for home in homes] or [variable.unit_type])
    joins = sorted({catalogue.variable(home.person).unit_type for home in homes})
    only = variable.described_only or (bool(homes) and all(home.described_only for home in homes))
    gone = variable.gone(on)
    card = Card(
        id=variable.name, name=variable.name, publisher=publisher, label=said(variable.label),
        definition=said(variable.definition),
        topics=tuple(Named(key=home.name, label=said(home.label)) for home in homes),
        units=tuple(Named(key=name, label=said(units[name].label)) for name in rows), joins=tuple(joins),
        value_type="codes" if variable.code_list else _VALUES[variable.data_type], sensitivity=variable.sensitivity,
        status="withdrawn" if gone else "described only" if only else "available", counties=counties,
        since=variable.since.year if variable.since else None,
        until=variable.withdrawn.year if gone and variable.withdrawn else None,
        breaks=tuple(sorted({each.day.year for each in variable.breaks or ()})),
    )  # fmt: skip
    codes = catalogue.code_list(variable.code_list).codes[:_CODES_READ] if variable.code_list else ()
    return Indexed(
        card=card,
        called=_text(variable.name, *_values(card.label)),
        near=_text(variable.source, *(word for topic in card.topics for word in _values(topic.label))),
        says=_text(
            *_values(card.definition), *_values(said(variable.population)), *(level.name for level in variable.levels)
        ),
        codes=_text(*(part for code in codes for part in (code.code, *_values(said(code.label))))),
    )  # fmt: skip


def told_card(
    entry: VariableEntry, dataset: DatasetEntry, units: Mapping[str, UnitTypeEntry], *, known_as: str, publisher: str
) -> Indexed:
    """The card of a variable that a publisher told the commons; `units` are those that its catalogue knows."""
    measures = entry.measures
    label = next((measure.label for measure in measures if measure.label), ()) or (
        Words(language="no", value=entry.name),
    )
    definition = next((measure.description for measure in measures if measure.description), ())
    linked = [units[measure.unit_type] for measure in measures if measure.unit_type and measure.unit_type in units]
    domains = [domain for domain in (*(m.domain for m in measures), *(unit.domain for unit in linked)) if domain]
    codes = [code for domain in domains for code in domain.codes][:_CODES_READ]
    form = next((measure.data_type for measure in measures if measure.data_type), "STRING")
    topics = [Named(key=key, label=subject) for subject in entry.subjects if (key := _line(first(subject)))] or [
        Named(key=_line(first(dataset.title)), label=dataset.title)
    ]
    known = [Named(key=name, label=units[name].label if name in units else ()) for name in entry.identified_by]
    card = Card(
        id=known_as, name=entry.name, publisher=publisher, label=label, definition=definition, topics=tuple(topics),
        units=tuple(known), joins=tuple(entry.identified_by), value_type="codes" if codes else _FORMS.get(form, "text"),
        sensitivity="public" if entry.openness == "PUBLIC" else "not public", status="available",
        counties=tuple(dict.fromkeys(filter(None, map(_line, _values(entry.coverage))))),
    )  # fmt: skip
    return Indexed(
        card=card,
        called=_text(entry.name, *(part for measure in measures for part in _values(measure.label))),
        near=_text(*_values(dataset.title), *(part for subject in entry.subjects for part in _values(subject))),
        says=_text(*_values(definition), *_values(entry.population), *_values(dataset.description)),
        codes=_text(*(part for code in codes for part in (code.code, *_values(code.title)))),
    )


def _line(text: str) -> str:
    """A text as one line. It becomes a filter's value, and a form sends line ends otherwise than they came."""
    return " ".join(text.split())


def _values(text: Said) -> tuple[str, ...]:
    return tuple(each.value for each in text)


def _text(*parts: str) -> str:
    return "\n".join(parts)


def vocabulary(found: Iterable[Indexed]) -> tuple[str, ...]:
    """The words by which things are called, for those who spell them otherwise."""
    return tuple(
        sorted({word for each in found for word in words(f"{each.called}\n{each.near}") if len(word) > _SHORT})
    )


_SHORT = 3
