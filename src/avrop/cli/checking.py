"""What checks of a catalogue found, for people: what many things have in common is said once, and names them all."""

from collections import Counter
from collections.abc import Iterable, Sequence

from avrop.catalogue.findings import Finding
from avrop.catalogue.places import Place

COLUMNS = ("severity", "check", "subject", "where", "finding", "what to do")
Located = Sequence[tuple[Finding, Place | None]]
Row = tuple[str, str, str, str, str, str]
_MANY = 20
"""Findings of one check that stand each on a line of their own."""


def each(findings: Located) -> list[Row]:
    """A row for each finding."""
    return [_row([found]) for found in findings]


def folded(findings: Located) -> list[Row]:
    """The same, but of a check that found more than twenty things of one severity, a row for each sentence: with all
    that it is about, in their order, and all the lines in which these stand."""
    counted = Counter((finding.severity, finding.check) for finding, _ in findings)
    groups: dict[tuple[object, ...], list[tuple[Finding, Place | None]]] = {}
    for number, (finding, place) in enumerate(findings):
        many = counted[finding.severity, finding.check] > _MANY
        alike = (finding.severity, finding.check, finding.sentence, finding.hint)
        groups.setdefault(alike if many else (number,), []).append((finding, place))
    return [_row(group) for group in groups.values()]


def _row(group: Located) -> Row:
    first = group[0][0]
    subjects = ", ".join(finding.subject for finding, _ in group)
    counted = f"{len(group)}: {subjects}" if len(group) > 1 else subjects
    return (first.severity, first.check, counted, _lines(at for _, at in group if at), first.sentence, first.hint)


def _lines(places: Iterable[Place]) -> str:
    """Files with their lines.

    >>> _lines([Place(file="a.yaml", line=1, column=1), Place(file="a.yaml", line=9, column=1)])
    'a.yaml:1,9'
    """
    files: dict[str, list[str]] = {}
    for place in places:
        files.setdefault(place.file, []).append(str(place.line))
    return "; ".join(f"{file}:{','.join(lines)}" for file, lines in files.items())
