"""Pictures of the report: bars, ranges and a flow, as SVG that needs nothing else. Every text is escaped."""

from collections.abc import Sequence
from html import escape

from avrop.catalogue.flows import Flow, outline, placed

COLOURS = ("#1b6ca8", "#d1495b", "#66a182", "#edae49", "#7a5c9e", "#5c6b73", "#00798c", "#b56576")
ORDERED = ("#c6dbef", "#9ecae1", "#6baed6", "#4292c6", "#2171b5", "#084594")
"""For steps of one scale, such as marks: the darker, the more."""

_WIDTH = 760


def bars(rows: Sequence[tuple[str, float]], *, unit: str, most: float | None = None, title: str) -> str:
    """Horizontal bars with their values."""
    top = most or max((value for _, value in rows), default=1) or 1
    height = 26 * len(rows) + 6
    parts = [_open(height, title)]
    for place, (label, value) in enumerate(rows):
        y = 26 * place + 4
        width = 360 * value / top
        parts.append(_text(290, y + 14, label if len(label) < 46 else f"{label[:44]}…", anchor="end"))
        parts.append(f'<rect x="300" y="{y}" width="{width:.1f}" height="18" rx="2" fill="{COLOURS[0]}"/>')
        parts.append(_text(306 + width, y + 14, f"{value:.1f} {unit}"))
    return "".join([*parts, "</svg>"])


def stacked(rows: Sequence[tuple[str, Sequence[float]]], names: Sequence[str], *, title: str) -> str:
    """Bars of shares that add up to one, with a legend."""
    height = 26 * len(rows) + 34
    parts = [_open(height, title)]
    for place, name in enumerate(names):
        x = 200 + 480 / len(names) * place
        parts.append(f'<rect x="{x:.0f}" y="4" width="12" height="12" fill="{ORDERED[place % 6]}"/>')
        parts.append(_text(x + 16, 14, name))
    for place, (label, shares) in enumerate(rows):
        y, x = 26 * place + 28, 200.0
        parts.append(_text(190, y + 14, label, anchor="end"))
        total = sum(shares) or 1
        for turn, share in enumerate(shares):
            width = 480 * share / total
            parts.append(f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="18" fill="{ORDERED[turn % 6]}">')
            parts.append(f"<title>{escape(names[turn])}: {100 * share / total:.1f} %</title></rect>")
            x += width
    return "".join([*parts, "</svg>"])


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
        said = f"{labels[box.column, box.key]} {100 * box.people / told.people:.0f} %"
        parts.append(_text(x + bar + 4, box.top + box.height / 2 + 4, said))
    return "".join([*parts, "</g></svg>"])


def _open(height: float, title: str) -> str:
    return (
        f'<svg viewBox="0 0 {_WIDTH} {height:.0f}" role="img" aria-label="{escape(title, quote=True)}" '
        f'xmlns="http://www.w3.org/2000/svg">'
    )


def _text(x: float, y: float, text: str, *, anchor: str = "start") -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}">{escape(text)}</text>'
