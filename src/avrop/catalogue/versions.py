"""Catalogue versions: frozen when no check stops them, and what differs from one to the next."""

from collections.abc import Sequence
from typing import Literal

from avrop.canonical import document
from avrop.catalogue.datasets import Catalogue
from avrop.catalogue.findings import Finding
from avrop.catalogue.variables import Variable
from avrop.errors import Refusal


@document
class Change:
    """One difference between two versions: compatible if every plan on the old one still means the same."""

    subject: str
    what: str
    kind: Literal["compatible", "breaking"]


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
    """What changed from one version to the next, sorted by subject."""
    before, after = {v.name: v for v in old.variables}, {v.name: v for v in new.variables}
    changes = [Change(subject=name, what="removed", kind="breaking") for name in before.keys() - after.keys()]
    changes += [Change(subject=name, what="added", kind="compatible") for name in after.keys() - before.keys()]
    for name in before.keys() & after.keys():
        changes += _variable_changes(before[name], after[name])
    for code_list in old.code_lists:
        codes = {(c.code, c.valid_from) for c in code_list.codes}
        kept = {(c.code, c.valid_from) for n in new.code_lists if n.name == code_list.name for c in n.codes}
        if codes - kept:
            changes.append(Change(subject=code_list.name, what="codes removed", kind="breaking"))
        if kept - codes:
            changes.append(Change(subject=code_list.name, what="codes added", kind="compatible"))
    return tuple(sorted(changes, key=lambda change: (change.subject, change.what)))


def _variable_changes(old: Variable, new: Variable) -> list[Change]:
    meaning = ("data_type", "unit_type", "code_list", "temporality", "sensitivity")
    changes = [
        Change(subject=old.name, what=f"{field} changed", kind="breaking")
        for field in meaning
        if getattr(old, field) != getattr(new, field)
    ]
    if new.levels[: len(old.levels)] != old.levels:
        changes.append(Change(subject=old.name, what="levels changed", kind="breaking"))
    elif len(new.levels) > len(old.levels):
        changes.append(Change(subject=old.name, what="levels added", kind="compatible"))
    if (old.label, old.definition) != (new.label, new.definition):
        changes.append(Change(subject=old.name, what="texts changed", kind="compatible"))
    if old.withdrawn != new.withdrawn:
        changes.append(Change(subject=old.name, what="withdrawal changed", kind="breaking"))
    return changes
