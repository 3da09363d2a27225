"""The risk report in three views: full, one controller's own, and the requester's, which is rounded."""

from collections.abc import Sequence
from typing import Literal

from avrop.canonical import Digest, document
from avrop.measure.classes import Exposure


@document
class ControllerExposure:
    """One controller's slice in one scenario, exact: for that controller only."""

    controller: str
    scenario: str
    label: str
    exposure: Exposure


@document
class RiskReport:
    """All measured slices in all scenarios: stays with the provider."""

    version: Digest
    snapshot: Digest
    policy: str
    k: int
    parts: tuple[ControllerExposure, ...]


@document
class RequesterLine:
    """One scenario over all measured controllers, rounded: what the receiver may see. `unique` and `small` are shares
    of people in percent, as texts; `people` is rounded to the policy's step."""

    scenario: str
    label: str
    people: int
    unique: str
    small: str


@document
class RequesterView:
    """What the receiver sees of the exposure: sums, rounded, and never a count below k."""

    version: Digest
    controllers: int
    lines: tuple[RequesterLine, ...]
    view: Literal["requester"] = "requester"


def controller_view(report: RiskReport, controller: str) -> tuple[ControllerExposure, ...]:
    """One controller's own part, exact."""
    return tuple(part for part in report.parts if part.controller == controller)


def requester_view(report: RiskReport, *, rounding_step: int) -> RequesterView:
    """The rounded sums."""
    scenarios = dict.fromkeys((part.scenario, part.label) for part in report.parts)
    lines = tuple(
        _line(scenario, label, [p.exposure for p in report.parts if p.scenario == scenario], rounding_step, report.k)
        for scenario, label in scenarios
    )
    return RequesterView(
        version=report.version, controllers=len({part.controller for part in report.parts}), lines=lines
    )


def _line(scenario: str, label: str, parts: Sequence[Exposure], step: int, k: int) -> RequesterLine:
    people = sum(part.people for part in parts)
    return RequesterLine(
        scenario=scenario,
        label=label,
        people=people // step * step,
        unique=_share(sum(part.unique for part in parts), people, k),
        small=_share(sum(part.small for part in parts), people, k),
    )


def _share(count: int, people: int, k: int) -> str:
    """Whole percent, in steps of five above ten; a count below k, or its complement below k, is not told apart."""
    if people == 0 or count < k:
        return "under 1 %" if people >= 100 * k else "few or none"
    if people - count < k:
        return "nearly all"
    percent = 100 * count // people
    return f"{percent // 5 * 5} %" if percent >= 10 else f"about {max(percent, 1)} %"
