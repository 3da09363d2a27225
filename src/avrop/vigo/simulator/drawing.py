"""Pictures of the report: bars, ranges and a flow, as SVG that needs nothing else. Every text is escaped."""

from collections.abc import Sequence
from html import escape

from avrop.catalogue.flows import Flow, outline, placed

COLOURS = ("#1b6ca8", "#d1495b", "#66a182", "#edae49", "#7a5c9e", "#5c6b73", "#00798c", "#b56576")
ORDERED = ("#c6dbef", "#9ecae1", "#6baed6", "#4292c6", "#2171b5", "#084594")
"""For steps of one scale, such as marks: the darker, the more."""

_WIDTH = 760
_CLOSE = "</svg></div>"


def bars(rows: Sequence[tuple[str, float, int]], *, most: float | None = None, title: str) -> str:
    """Horizontal bars of per cents, each with its value and how many it is of."""
    top = most or max((value for _, value, _ in rows), default=1) or 1
    height = 26 * len(rows) + 6
    parts = [_open(height, title)]
    for place, (label, value, people) in enumerate(rows):
        y = 26 * place + 4
        width = 330 * value / top
        parts.append(_text(290, y + 14, _short(label), anchor="end"))
        parts.append(f'<rect x="300" y="{y}" width="{width:.1f}" height="18" rx="2" fill="{COLOURS[0]}"/>')
        parts.append(_text(306 + width, y + 14, f"{value:.1f} % of {people:,}"))
    return "".join([*parts, _CLOSE])


def stacked(rows: Sequence[tuple[str, Sequence[float]]], names: Sequence[str], *, title: str) -> str:
    """Bars of shares that add up to one, with a legend."""
    height = 26 * len(rows) + 34
    parts = [_open(height, title)]
    for place, name in enumerate(names):
        x = 300 + 400 / len(names) * place
        parts.append(f'<rect x="{x:.0f}" y="4" width="12" height="12" fill="{ORDERED[place % 6]}"/>')
        parts.append(_text(x + 16, 14, name))
    for place, (label, shares) in enumerate(rows):
        y, x = 26 * place + 28, 300.0
        parts.append(_text(290, y + 14, _short(label), anchor="end"))
        total = sum(shares) or 1
        for turn, share in enumerate(shares):
            width = 400 * share / total
            parts.append(f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="18" fill="{ORDERED[turn % 6]}">')
            parts.append(f"<title>{escape(names[turn])}: {100 * share / total:.1f} %</title></rect>")
            x += width
    return "".join([*parts, _CLOSE])


def flow(told: Flow, *, title: str) -> str:
    """People who flow through stages, named in English."""
    height, bar, top = 420, 14, 20
    stages, ribbons = placed(told, height=height - 2 * top, gap=12)
    labels = {(n, stage.key): stage.label.en for n, column in enumerate(told.columns) for stage in column}
    step = (_WIDTH - 170) / (len(told.columns) - 1)
    parts = [_open(height, title), f'<g transform="translate(0,{top})">']
    for each in ribbons:
        column, colour = each.link.column, COLOURS[each.place % 8]
        names = f"{labels[column, each.link.start]} to {labels[column + 1, each.link.end]}"
        path = outline(each, left=column * step + bar, right=(column + 1) * step)
        parts.append(f'<path d="{path}" fill="{colour}" fill-opacity="0.35">')
        parts.append(f"<title>{escape(names)}: {each.link.people}</title></path>")
    for box in (stage for stage in stages if stage.people):
        x, size = box.column * step, max(box.height, 1)
        parts.append(f'<rect x="{x:.0f}" y="{box.top:.1f}" width="{bar}" height="{size:.1f}" class="box"/>')
        said = f"{labels[box.column, box.key]}: {100 * box.people / told.people:.0f} %"
        parts.append(_text(x + bar + 4, box.top + box.height / 2 + 4, said))
    return "".join([*parts, "</g>", _CLOSE])


def _open(height: float, title: str) -> str:
    return (
        f'<div class="scroll" tabindex="0"><svg viewBox="0 0 {_WIDTH} {height:.0f}" role="img" '
        f'aria-label="{escape(title, quote=True)}" xmlns="http://www.w3.org/2000/svg">'
    )


def _short(label: str) -> str:
    return label if len(label) < 43 else f"{label[:41]}…"


def _text(x: float, y: float, text: str, *, anchor: str = "start") -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}">{escape(text)}</text>'
