"""A flow as a figure of the page, in its language, and the same in words for its table."""

from dataclasses import dataclass

from avrop.catalogue.flows import Flow, outline, placed
from avrop.web.texts import Speech

WIDTH, HEIGHT, BOX, GAP, EDGE, LAST = 900, 360, 12, 14, 10, 190
"""In the figure's own units; LAST is the space for what the last stages are called."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Box:
    """A stage: where it stands, and what is said beside it."""

    x: int
    y: int
    height: int
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawn:
    """Those who go from a stage to the next: their ribbon's outline, its colour by number, and the same in words."""

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
    ribbons: tuple[Drawn, ...]
    label: str
    seed: int


def drawn(flow: Flow, speech: Speech) -> Figure:
    """The figure of a flow, in a language."""
    stages, ribbons = placed(flow, height=HEIGHT, gap=GAP)
    labels = {(n, each.key): str(speech.of(each.label)) for n, column in enumerate(flow.columns) for each in column}
    lefts = [EDGE + place * (WIDTH - LAST - EDGE) // (len(flow.columns) - 1) for place in range(len(flow.columns))]

    def share(people: int) -> str:
        return speech.percent(people / max(flow.people, 1))

    boxes = [
        Box(
            x=lefts[each.column], y=round(each.top), height=max(round(each.height), 1),
            text=f"{labels[each.column, each.key]} {share(each.people)}",
        )
        for each in stages
        if each.people
    ]  # fmt: skip
    made = [
        Drawn(
            path=outline(each, left=lefts[each.link.column] + BOX, right=lefts[each.link.column + 1]),
            colour=each.place, start=labels[each.link.column, each.link.start],
            end=labels[each.link.column + 1, each.link.end], people=each.link.people, percent=share(each.link.people),
        )
        for each in ribbons
    ]  # fmt: skip
    label = speech("flow.caption", share=share(flow.reached), cohort=str(flow.cohort), people=flow.people)
    return Figure(boxes=tuple(boxes), ribbons=tuple(made), label=label, seed=flow.seed)
