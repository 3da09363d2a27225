"""What changed in a dated code list between two days: codes that came, ended, were renamed, or were succeeded."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Literal

from avrop.canonical import document
from avrop.catalogue.codelists import Code, CodeList
from avrop.catalogue.unittypes import Text

Kind = Literal["added", "ended", "renamed", "replaced", "merged", "split"]


@document
class Change:
    """One code that is not as it was. `day` is the first day on which it is so; `label` is the code's own, or for a
    renamed one the new. `successors` are the codes that took its place, as far as the list says."""

    kind: Kind
    code: str
    day: date
    label: Text
    successors: tuple[str, ...] = ()


def changes(code_list: CodeList, *, start: date, end: date) -> tuple[Change, ...]:
    """What is different on `end` from `start`, by day and code.

    A code that ended is told with the day of its last end before `end`, and a successor's beginning with its
    predecessor, and not as added. One that came and went between the two is no difference, and told only where it
    leads from a code that ended to what stands on `end` in its place.
    """
    before, after = code_list.on(start), code_list.on(end)
    ended = _followed(code_list, [code for name, code in before.items() if name not in after], set(after), end)
    taken = {successor for code in ended for successor in code.successors}
    shared = _shared(ended)
    gone = [_ended(code, end, shared) for code in ended]
    renamed = [
        Change(kind="renamed", code=name, day=code.valid_from, label=code.label)
        for name, code in after.items()
        if name in before and before[name].label != code.label
    ]
    added = [
        Change(kind="added", code=name, day=code.valid_from, label=code.label)
        for name, code in after.items()
        if name not in before and name not in taken
    ]
    return tuple(sorted([*gone, *renamed, *added], key=lambda change: (change.day, change.code)))


def _followed(code_list: CodeList, ended: list[Code], there: set[str], end: date) -> list[Code]:
    """Codes that ended, as they last were, and those of their successors that ended too, as far as the list says."""
    lasts = {
        code.code: code
        for code in sorted(code_list.codes, key=lambda code: code.valid_from)
        if code.valid_to and code.valid_to <= end and code.code not in there
    }
    found: dict[str, Code] = {}
    waiting = [code.code for code in ended]
    while waiting:
        name = waiting.pop()
        if name in lasts and name not in found:
            found[name] = lasts[name]
            waiting += lasts[name].successors
    return list(found.values())


def _shared(ended: Iterable[Code]) -> set[str]:
    """The successors that several codes have in common."""
    counted = Counter(name for code in ended for name in set(code.successors))
    return {name for name, count in counted.items() if count > 1}


def _ended(code: Code, end: date, shared: set[str]) -> Change:
    kind = _kind(code, shared)
    return Change(kind=kind, code=code.code, day=code.valid_to or end, label=code.label, successors=code.successors)


def _kind(code: Code, shared: set[str]) -> Kind:
    if not code.successors:
        return "ended"
    if len(code.successors) > 1:
        return "split"
    return "merged" if code.successors[0] in shared else "replaced"
