"""Catalogue versions: frozen when no check stops them, and what differs from one to the next."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Literal

from avrop.canonical import document
from avrop.catalogue.codelists import Code, CodeList
from avrop.catalogue.datasets import Catalogue, Dataset
from avrop.catalogue.findings import Finding
from avrop.catalogue.unittypes import Text, UnitType
from avrop.catalogue.variables import Variable
from avrop.errors import Refusal


@document
class Change:
    """One difference between two versions: compatible if every plan on the old one still means the same.

    `meaning` says that words changed, or the days from which values do not compare: whether something else is meant now
    only a person can tell.
    """

    subject: str
    what: str
    kind: Literal["compatible", "breaking"]
    meaning: bool = False


VariableChange = tuple[Literal["variable", "code_list"], Change]
"""A difference with what it is about."""


def freeze(catalogue: Catalogue, findings: Sequence[Finding]) -> Catalogue:
    """The catalogue itself, if no finding stops it. Raises `catalogue.stopped` (Refusal) with the first of them."""
    stops = [finding for finding in findings if finding.severity == "stop"]
    if stops:
        raise Refusal(
            "catalogue.stopped",
            f"{len(stops)} findings stop this version; the first: {stops[0].subject}: {stops[0].sentence}",
            hint=stops[0].hint or "Correct the description.",
        )
    return catalogue


def difference(old: Catalogue, new: Catalogue) -> tuple[Change, ...]:
    """What changed from one version to the next, sorted by subject. The version itself, and the order in which unit
    types, code lists, variables and datasets stand, are no change."""
    changes = _fields(old, new, subject=old.name, compatible=("title", "publisher"), breaking=("name",))
    for kind, compare in _COMPARED.items():
        before = {item.name: item for item in getattr(old, f"{kind}s")}
        after = {item.name: item for item in getattr(new, f"{kind}s")}
        word = kind.replace("_", " ")
        changes += [_breaking(name, f"{word} removed") for name in before.keys() - after.keys()]
        changes += [_compatible(name, f"{word} added") for name in after.keys() - before.keys()]
        for name in before.keys() & after.keys():
            changes += compare(before[name], after[name])
    return tuple(sorted(changes, key=lambda change: (change.subject, change.what)))


def variable_difference(old: Catalogue, new: Catalogue, name: str) -> tuple[VariableChange, ...] | None:
    """What changed in a variable of the new version and in its code list; None if the old one had no such variable."""
    before = {variable.name: variable for variable in old.variables}.get(name)
    if before is None:
        return None
    after = new.variable(name)
    lists = {each.name: each for each in old.code_lists} if after.code_list else {}
    found: list[VariableChange] = [("variable", change) for change in _variable_changes(before, after)]
    if after.code_list is not None and after.code_list in lists:
        listed = _code_list_changes(lists[after.code_list], new.code_list(after.code_list))
        found += [("code_list", change) for change in listed]
    return tuple(sorted(found, key=lambda each: (each[0] == "code_list", each[1].what)))


def _breaking(subject: str, what: str) -> Change:
    return Change(subject=subject, what=what, kind="breaking")


def _compatible(subject: str, what: str, *, meaning: bool = False) -> Change:
    return Change(subject=subject, what=what, kind="compatible", meaning=meaning)


def _reworded(old: Any, new: Any) -> bool:
    """Whether a text says something in other words than before. A language that is added changes nothing."""
    if not isinstance(old, Text) or not isinstance(new, Text):
        return isinstance(old, Text) or isinstance(new, Text)
    return (old.nb, old.en) != (new.nb, new.en) or (bool(old.nn) and old.nn != new.nn)


def _fields(
    old: object, new: object, *, subject: str, compatible: Sequence[str] = (), breaking: Sequence[str] = ()
) -> list[Change]:
    """A change for each of the fields that differs."""
    made = [_breaking(subject, f"{field} changed") for field in breaking if getattr(old, field) != getattr(new, field)]
    return made + [
        _compatible(subject, f"{field} changed", meaning=_reworded(getattr(old, field), getattr(new, field)))
        for field in compatible
        if getattr(old, field) != getattr(new, field)
    ]


def _unit_type_changes(old: UnitType, new: UnitType) -> list[Change]:
    return _fields(old, new, subject=old.name, compatible=("label", "definition"))


def _code_list_changes(old: CodeList, new: CodeList) -> list[Change]:
    """By code and first day. A code that is valid for fewer days makes the list narrower."""
    before, after = ({(code.code, code.valid_from): code for code in each.codes} for each in (old, new))
    changes = _fields(old, new, subject=old.name, compatible=("title", "source"))
    if before.keys() - after.keys():
        changes.append(_breaking(old.name, "codes removed"))
    if after.keys() - before.keys():
        changes.append(_compatible(old.name, "codes added"))
    kept = [(before[key], after[key]) for key in before.keys() & after.keys()]
    ends = [(was.valid_to or date.max, now.valid_to or date.max) for was, now in kept]
    if any(now < was for was, now in ends):
        changes.append(_breaking(old.name, "validity shortened"))
    if any(now > was for was, now in ends):
        changes.append(_compatible(old.name, "validity lengthened"))
    if _meanings_moved(kept):
        changes.append(_breaking(old.name, "a code took another one's meaning"))
    if any((was.label, was.successors) != (now.label, now.successors) for was, now in kept):
        reworded = any(_reworded(was.label, now.label) for was, now in kept)
        changes.append(_compatible(old.name, "labels or successors changed", meaning=reworded))
    if not changes and old != new:
        changes.append(_compatible(old.name, "order changed"))
    return changes


def _meanings_moved(kept: Sequence[tuple[Code, Code]]) -> bool:
    """Whether a code is now called, in any language, what another one was called. Capitals, spaces and a full stop make
    no other name."""
    meant: dict[tuple[str, str], set[str]] = {}
    for was, _ in kept:
        for name in _called(was.label):
            meant.setdefault(name, set()).add(was.code)
    return any(
        name in meant and now.code not in meant[name]
        for was, now in kept
        if was.label != now.label
        for name in _called(now.label)
    )


def _called(label: Text) -> Iterator[tuple[str, str]]:
    """A label's languages, with what it is called in each."""
    for language, said in (("nb", label.nb), ("nn", label.nn), ("en", label.en)):
        if said:
            yield language, " ".join(said.casefold().split()).rstrip(" .!")


def _variable_changes(old: Variable, new: Variable) -> list[Change]:
    meaning = ("data_type", "unit_type", "code_list", "temporality", "sensitivity", "pattern", "withdrawn")
    texts = ("label", "definition", "source", "population", "open_points", "successors")
    changes = _fields(old, new, subject=old.name, compatible=texts, breaking=meaning) + _carried_changes(old, new)
    if old.breaks != new.breaks:  # values before and after such a day do not compare
        days = [{each.day for each in variable.breaks or ()} for variable in (old, new)]
        changes.append(_compatible(old.name, "breaks changed", meaning=days[0] != days[1]))
    if old.since != new.since:
        later = new.since is not None and (old.since is None or new.since > old.since)
        changes.append((_breaking if later else _compatible)(old.name, "since changed"))
    if new.levels[: len(old.levels)] != old.levels:
        changes.append(_breaking(old.name, "levels changed"))
    elif len(new.levels) > len(old.levels):
        changes.append(_compatible(old.name, "levels added"))
    if old.nullable != new.nullable:
        changes.append((_breaking if new.nullable else _compatible)(old.name, "nullable changed"))
    if (old.minimum, old.maximum) != (new.minimum, new.maximum):
        changes.append((_compatible if _covers(new, old) else _breaking)(old.name, "range changed"))
    return changes


def _carried_changes(old: Variable | Dataset, new: Variable | Dataset) -> list[Change]:
    """What is described only from now on can no longer be asked for."""
    if bool(old.described_only) == bool(new.described_only):
        return []
    return [(_breaking if new.described_only else _compatible)(old.name, "described_only changed")]


def _covers(wide: Variable, narrow: Variable) -> bool:
    low = wide.minimum is None or (narrow.minimum is not None and wide.minimum <= narrow.minimum)
    return low and (wide.maximum is None or (narrow.maximum is not None and narrow.maximum <= wide.maximum))


def _dataset_changes(old: Dataset, new: Dataset) -> list[Change]:
    meaning = ("unit_type", "kind", "person", "key", "time", "until")
    changes = _fields(old, new, subject=old.name, compatible=("label", "definition"), breaking=meaning)
    changes += _carried_changes(old, new)
    if set(old.variables) - set(new.variables):
        changes.append(_breaking(old.name, "variables removed"))
    if set(new.variables) - set(old.variables):
        changes.append(_compatible(old.name, "variables added"))
    if not changes and old != new:
        changes.append(_compatible(old.name, "order changed"))
    return changes


_COMPARED: Mapping[str, Callable[[Any, Any], list[Change]]] = {
    "unit_type": _unit_type_changes,
    "code_list": _code_list_changes,
    "variable": _variable_changes,
    "dataset": _dataset_changes,
}
