"""A flow as a figure: stages in columns, ribbons as thick as people are many; and as a table."""

from dataclasses import dataclass

from avrop.catalogue.flows import Flow, Link
from avrop.web.texts import Speech

WIDTH, HEIGHT, BOX, GAP, EDGE, LAST = 900, 380, 12, 14, 10, 190
"""In the figure's own units; LAST is the space for what the last stages are called."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Box:
    """A stage: where it stands, and what is said beside it."""

    x: int
    y: int
    height: int
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Ribbon:
    """Those who go from a stage to the next: its outline, its colour by number, and the same in words."""

    path: str
    colour: int
    start: str
    end: str
    people: int
    percent: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """Everything that the page draws and says."""

    boxes: tuple[Box, ...]
    ribbons: tuple[Ribbon, ...]
    label: str
    cohort: int
    seed: int
    people: int


def drawn(flow: Flow, speech: Speech) -> Figure:
    """The figure of a flow, in a language."""
    tops, sizes = _boxes(flow)
    labels = {(n, s.key): str(speech.of(s.label)) for n, column in enumerate(flow.columns) for s in column}
    boxes = tuple(
        Box(
            x=_x(flow, place), y=top, height=max(round(_thick(flow, sizes[place, key])), 1),
            text=f"{labels[place, key]} {_percent(sizes[place, key], flow, speech)}",
        )
        for (place, key), top in tops.items()
        if sizes[place, key]
    )  # fmt: skip
    share = _percent(flow.reached, flow, speech)
    label = speech("flow.caption", share=share, cohort=str(flow.cohort), people=flow.people)
    return Figure(
        boxes=boxes, ribbons=tuple(_ribbons(flow, tops, labels, speech)), label=label, cohort=flow.cohort,
        seed=flow.seed, people=flow.people,
    )  # fmt: skip


def _ribbons(
    flow: Flow, tops: dict[tuple[int, str], int], labels: dict[tuple[int, str], str], speech: Speech
) -> list[Ribbon]:
    out, into = {place: float(y) for place, y in tops.items()}, {place: float(y) for place, y in tops.items()}
    order = [[stage.key for stage in column] for column in flow.columns]
    found = []
    for link in sorted(flow.links, key=lambda e: (e.column, order[e.column].index(e.start), _place(order, e))):
        thick, start, end = _thick(flow, link.people), (link.column, link.start), (link.column + 1, link.end)
        path = _outline(_x(flow, link.column) + BOX, out[start], _x(flow, link.column + 1), into[end], thick)
        out[start] += thick
        into[end] += thick
        colour, share = order[link.column].index(link.start), _percent(link.people, flow, speech)
        made = Ribbon(path=path, colour=colour, start=labels[start], end=labels[end], people=link.people, percent=share)
        found.append(made)
    return found


def _place(order: list[list[str]], link: Link) -> int:
    return order[link.column + 1].index(link.end)


def _outline(x: int, y: float, to: int, end: float, thick: float) -> str:
    half = (x + to) // 2
    upper = f"M{x},{y:.1f} C{half},{y:.1f} {half},{end:.1f} {to},{end:.1f}"
    return f"{upper} V{end + thick:.1f} C{half},{end + thick:.1f} {half},{y + thick:.1f} {x},{y + thick:.1f} Z"


def _boxes(flow: Flow) -> tuple[dict[tuple[int, str], int], dict[tuple[int, str], int]]:
    """The top of each stage, and how many people it has."""
    tops, sizes = dict[tuple[int, str], int](), dict[tuple[int, str], int]()
    for place, column in enumerate(flow.columns):
        y = float(EDGE)
        for stage in column:
            leave = sum(link.people for link in flow.links if (link.column, link.start) == (place, stage.key))
            come = sum(link.people for link in flow.links if (link.column + 1, link.end) == (place, stage.key))
            tops[place, stage.key], sizes[place, stage.key] = round(y), max(leave, come)
            y += _thick(flow, max(leave, come)) + GAP
    return tops, sizes


def _thick(flow: Flow, people: int) -> float:
    rows = max(len(column) for column in flow.columns)
    return people * (HEIGHT - 2 * EDGE - GAP * rows) / max(flow.people, 1)


def _x(flow: Flow, place: int) -> int:
    return EDGE + place * (WIDTH - LAST - EDGE) // (len(flow.columns) - 1)


def _percent(people: int, flow: Flow, speech: Speech) -> str:
    return speech.percent(people / max(flow.people, 1))
