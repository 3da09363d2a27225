"""Registered checks of a catalogue: each yields findings; a stop keeps the version from being frozen."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date

from avrop.catalogue.codelists import CodeList
from avrop.catalogue.datasets import Catalogue, Dataset
from avrop.catalogue.findings import CodeIn, Finding, Found, Item, Severity
from avrop.catalogue.unittypes import Text, UnitType
from avrop.catalogue.valuechecks import ladders, ranges, recodes
from avrop.catalogue.variables import Variable

Check = Callable[[Catalogue], Iterable[Found]]

_KINDS = ("unit_types", "code_lists", "variables", "datasets")


def find(catalogue: Catalogue) -> tuple[tuple[Item, Finding], ...]:
    """All findings with what they are about, stops first, then by check and name."""
    order: list[Severity] = ["stop", "question", "note"]
    found = [
        (item, Finding(check=name, severity=severity, subject=item.name, sentence=sentence, hint=hint))
        for name, (severity, check) in CHECKS.items()
        for item, sentence, hint in check(catalogue)
    ]
    return tuple(sorted(found, key=lambda pair: (order.index(pair[1].severity), pair[1].check, pair[1].subject)))


def run_checks(catalogue: Catalogue) -> tuple[Finding, ...]:
    """All findings, in the same order."""
    return tuple(finding for _, finding in find(catalogue))


def _unique_names(catalogue: Catalogue) -> Iterable[Found]:
    """A database and some file systems do not tell upper from lower case."""
    for kind in _KINDS:
        items: tuple[Item, ...] = getattr(catalogue, kind)
        written = {item.name.casefold(): item for item in items}
        for folded, count in Counter(item.name.casefold() for item in items).items():
            if count > 1:
                sentence = f"The name stands {count} times among the {kind.replace('_', ' ')}."
                yield written[folded], sentence, "Rename one."


def _plain_names(catalogue: Catalogue) -> Iterable[Found]:
    """Names become names of columns, folders and files."""
    for kind in _KINDS:
        for item in getattr(catalogue, kind):
            if re.fullmatch(r"[^\W\d_]\w{0,62}", item.name) is None:
                sentence = "It begins with no letter, is too long, or holds more than letters, digits and _."
                yield item, sentence, "Rename it."


def _unit_types(catalogue: Catalogue) -> Iterable[Found]:
    known = {unit.name for unit in catalogue.unit_types}
    items: tuple[Variable | Dataset, ...] = (*catalogue.variables, *catalogue.datasets)
    for item in items:
        if item.unit_type not in known:
            yield item, f"The unit type {item.unit_type} is not described.", "Describe it in unit_types.yaml."


def _domains(catalogue: Catalogue) -> Iterable[Found]:
    known = {code_list.name for code_list in catalogue.code_lists}
    for variable in catalogue.variables:
        if variable.code_list is not None and variable.code_list not in known:
            yield variable, f"The code list {variable.code_list} is not described.", "Add it to codelists/."


def _dataset_parts(catalogue: Catalogue) -> Iterable[Found]:
    known = {variable.name: variable for variable in catalogue.variables}
    for dataset in catalogue.datasets:
        for name in dataset.variables:
            if name not in known:
                yield dataset, f"Its variable {name} is not described.", "Describe it, or take it out."
        for name, count in Counter(dataset.variables).items():
            if count > 1:
                yield dataset, f"It has {name} {count} times.", "Name it once."
        if not dataset.key:
            yield dataset, "It has no key.", "Name the variables that tell its rows apart."
        for name in filter(None, (dataset.person, *dataset.key, dataset.time, dataset.until)):
            if name not in dataset.variables:
                yield dataset, f"It names {name}, which is not among its variables.", "Add it to the variables."
        if dataset.person in known and known[dataset.person].sensitivity != "identifier":
            yield dataset, "Its person variable is not an identifier.", "Mark it as identifier."
        if dataset.time in known and known[str(dataset.time)].data_type != "date":
            yield dataset, "Its time variable is not a date.", "Name a date variable."
        if dataset.until is not None and dataset.time is None:
            yield dataset, "It says when a spell ends and not when it begins.", "Name the time variable too."
        if dataset.until in known and known[str(dataset.until)].data_type != "date":
            yield dataset, "Its spells end on what is not a date.", "Name a date variable."
        if dataset.kind == "event" and dataset.time is None:
            yield dataset, "An event dataset needs a time variable.", "Name the date on which a row holds."
        if dataset.kind == "register" and dataset.key != (dataset.person,):
            yield dataset, "A register has one row per person.", "Make the person its only key."
        if any(name in known and known[name].nullable for name in dataset.key):
            yield dataset, "A key variable may be null.", "Make it not nullable."
        parts = filter(None, (dataset.person, *dataset.key, dataset.time, dataset.until))
        if not dataset.described_only and any(name in known and known[name].described_only for name in parts):
            yield dataset, "Its rows need a variable that is described only.", "Name one that its table has."


def _validity(catalogue: Catalogue) -> Iterable[Found]:
    for code_list in catalogue.code_lists:
        spans: dict[str, list[tuple[date, date]]] = {}
        names = {code.code for code in code_list.codes}
        if not names:
            yield code_list, "It has no codes.", "Add them, or take the list out."
        for place, code in enumerate(code_list.codes):
            end, here = code.valid_to or date.max, CodeIn(code_list=code_list, place=place)
            if code.valid_from >= end:
                yield here, f"Code {code.code} ends before it begins.", "Correct its dates."
            if any(start < end and code.valid_from < stop for start, stop in spans.get(code.code, [])):
                yield here, f"Code {code.code} is valid twice on some day.", "Correct its dates."
            spans.setdefault(code.code, []).append((code.valid_from, end))
            for successor in set(code.successors) - names:
                yield here, f"Code {code.code} is succeeded by {successor}, which is not there.", "Add it."


def _successions(catalogue: Catalogue) -> Iterable[Found]:
    """A code is succeeded on the day it ends, by codes that are valid then."""
    for code_list in catalogue.code_lists:
        for place, code in enumerate(code_list.codes):
            here = CodeIn(code_list=code_list, place=place)
            if code.valid_to is None and code.successors:
                yield here, f"Code {code.code} is succeeded and does not end.", "Say until when it is valid."
            if code.valid_to is None:
                continue
            standing, known = code_list.on(code.valid_to), {other.code for other in code_list.codes}
            for successor in code.successors:
                if successor in known and successor not in standing:
                    sentence = f"Code {code.code} is succeeded by {successor}, which is not valid on that day."
                    yield here, sentence, "Correct the dates of one of them."


def _replacements(catalogue: Catalogue) -> Iterable[Found]:
    """What is to be asked for instead of a variable that is withdrawn."""
    known = {variable.name: variable for variable in catalogue.variables}
    for variable in catalogue.variables:
        if variable.successors and variable.withdrawn is None:
            yield variable, "It has a successor and is not withdrawn.", "Say from when it can no longer be asked for."
        for name in variable.successors or ():
            if name not in known:
                yield variable, f"Its successor {name} is not described.", "Describe it, or name another."
            elif variable.withdrawn is not None and known[name].gone(variable.withdrawn):
                yield variable, f"Its successor {name} is withdrawn by then.", "Name another."


def _withdrawals(catalogue: Catalogue) -> Iterable[Found]:
    """What is withdrawn was there before: from its first day on, and from the day on which its values broke."""
    for variable in catalogue.variables:
        first = max([variable.since or date.min, *(each.day for each in variable.breaks or ())])
        if variable.withdrawn is not None and first > date.min and variable.withdrawn <= first:
            sentence = f"It is withdrawn from {variable.withdrawn}, and has values from {first}."
            yield variable, sentence, "Correct `withdrawn`, `since` or `breaks`."


def _texts(catalogue: Catalogue) -> Iterable[Found]:
    for item, what, text in _all_texts(catalogue):
        if not text.nb.strip() or not text.en.strip():
            yield item, f"Its {what} is missing in bokmål or English.", "Write it."


def _nynorsk(catalogue: Catalogue) -> Iterable[Found]:
    wholes = ((item.code_list if isinstance(item, CodeIn) else item, text) for item, _, text in _all_texts(catalogue))
    missing = Counter(id(item) for item, text in wholes if not text.nn)
    for item in _items(catalogue):
        if count := missing[id(item)]:
            yield item, f"{count} texts are missing in nynorsk.", "Write them when somebody can review them."


def _special_without_ladder(catalogue: Catalogue) -> Iterable[Found]:
    for variable in catalogue.variables:
        if variable.sensitivity == "special category" and len(variable.levels) == 1:
            yield variable, "A special category without a coarser level.", "Consider a ladder."


def _items(catalogue: Catalogue) -> tuple[UnitType | Variable | Dataset | CodeList, ...]:
    return (*catalogue.unit_types, *catalogue.variables, *catalogue.datasets, *catalogue.code_lists)


def _all_texts(catalogue: Catalogue) -> Iterable[tuple[Item, str, Text]]:
    yield catalogue, "title", catalogue.title
    for item in _items(catalogue):
        if isinstance(item, CodeList):
            yield item, "title", item.title
            for place, code in enumerate(item.codes):
                yield CodeIn(code_list=item, place=place), f"code {code.code}'s label", code.label
        else:
            yield from ((item, "label", item.label), (item, "definition", item.definition))


CHECKS: Mapping[str, tuple[Severity, Check]] = {
    "unique-names": ("stop", _unique_names),
    "plain-names": ("stop", _plain_names),
    "unit-types-known": ("stop", _unit_types),
    "code-lists-known": ("stop", _domains),
    "dataset-parts": ("stop", _dataset_parts),
    "code-validity": ("stop", _validity),
    "code-succession": ("question", _successions),
    "variable-succession": ("stop", _replacements),
    "withdrawal": ("stop", _withdrawals),
    "ladders": ("stop", ladders),
    "ranges": ("stop", ranges),
    "texts": ("stop", _texts),
    "recodes": ("question", recodes),
    "nynorsk": ("note", _nynorsk),
    "special-category-ladder": ("note", _special_without_ladder),
}
"""One line per check: its severity and its function."""
