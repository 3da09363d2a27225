"""How people flow through stages, told of simulated people: what shows why joined data are worth asking for."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from avrop.canonical import document, read
from avrop.catalogue.unittypes import Text


@document
class Stage:
    """One stage of a column; `reached` says whether it is what one set out for."""

    key: str
    label: Text
    reached: bool = False


@document
class Link:
    """So many people go from a stage of the column with that number to one of the next."""

    column: int
    start: str
    end: str
    people: int


@document
class Flow:
    """Those of one cohort of a simulated run, by its profile and seed, through the columns from left to right."""

    profile: str
    seed: int
    cohort: int
    columns: tuple[tuple[Stage, ...], ...]
    links: tuple[Link, ...]

    @property
    def people(self) -> int:
        """All of them."""
        return sum(link.people for link in self.links if link.column == 0)

    @property
    def reached(self) -> int:
        """Those who end in a stage that one set out for."""
        wanted = {stage.key for stage in self.columns[-1] if stage.reached}
        last = len(self.columns) - 2
        return sum(link.people for link in self.links if link.column == last and link.end in wanted)


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """A stage where it is drawn: its column and key, its upper edge and height, and its people."""

    column: int
    key: str
    top: float
    height: float
    people: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Ribbon:
    """A link where it is drawn: its upper edge at both ends, and how thick it is; `place` is that of its start in its
    column."""

    link: Link
    start: float
    end: float
    thick: float
    place: int


def placed(flow: Flow, *, height: float, gap: float) -> tuple[tuple[Placed, ...], tuple[Ribbon, ...]]:
    """The stages from the top down, and between them ribbons that do not cross within a stage. Stages that nobody
    reaches have no height."""
    rows = max(len(column) for column in flow.columns)
    scale = (height - gap * rows) / max(flow.people, 1)
    stages = tuple(_stages(flow, scale, gap))
    tops = {(each.column, each.key): each.top for each in stages}
    order = {(n, stage.key): place for n, column in enumerate(flow.columns) for place, stage in enumerate(column)}
    out, into, ribbons = dict(tops), dict(tops), []
    for link in sorted(flow.links, key=lambda e: (e.column, order[e.column, e.start], order[e.column + 1, e.end])):
        start, end, thick = (link.column, link.start), (link.column + 1, link.end), link.people * scale
        ribbons.append(Ribbon(link=link, start=out[start], end=into[end], thick=thick, place=order[start]))
        out[start] += thick
        into[end] += thick
    return stages, tuple(ribbons)


def _stages(flow: Flow, scale: float, gap: float) -> Iterator[Placed]:
    for column, stages in enumerate(flow.columns):
        top = 0.0
        for stage in stages:
            leave = sum(link.people for link in flow.links if (link.column, link.start) == (column, stage.key))
            come = sum(link.people for link in flow.links if (link.column + 1, link.end) == (column, stage.key))
            people = max(leave, come)
            yield Placed(column=column, key=stage.key, top=top, height=people * scale, people=people)
            top += people * scale + gap


def outline(ribbon: Ribbon, *, left: float, right: float) -> str:
    """The ribbon between two columns as a path of SVG."""
    half, y, end, thick = (left + right) / 2, ribbon.start, ribbon.end, ribbon.thick
    upper = f"M{left:.0f},{y:.1f} C{half:.0f},{y:.1f} {half:.0f},{end:.1f} {right:.0f},{end:.1f}"
    lower = f"C{half:.0f},{end + thick:.1f} {half:.0f},{y + thick:.1f} {left:.0f},{y + thick:.1f}"
    return f"{upper} V{end + thick:.1f} {lower} Z"


def read_flow(text: str) -> Flow:
    """What a pack brings. Errors (Mistake): `document.unreadable`."""
    return cast("Flow", read(Flow, text.encode(), what="The flow"))
