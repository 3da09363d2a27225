"""Pictures of the report: bars, ranges and a flow, as SVG that needs nothing else. Every text is escaped."""

from collections.abc import Mapping, Sequence
from html import escape

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


def flow(columns: Sequence[Sequence[str]], links: Mapping[tuple[int, str, str], float], *, title: str) -> str:
    """People who flow through columns of states; `links` has how many go from a state to one of the next column."""
    height, gap, bar = 420, 12, 14
    total = sum(value for (place, _, _), value in links.items() if place == 0) or 1
    scale = (height - 40 - gap * max(len(column) for column in columns)) / total
    tops, sizes = _boxes(columns, links, scale, gap)
    step = (_WIDTH - 170) / (len(columns) - 1)
    parts = [_open(height, title)]
    out = dict(tops)
    into = dict(tops)
    for (place, source, target), value in sorted(links.items(), key=lambda link: (link[0][0], link[0][1], link[0][2])):
        if not value:
            continue
        x, to = place * step + bar, (place + 1) * step
        y, end, thick = out[place, source], into[place + 1, target], value * scale
        out[place, source] += thick
        into[place + 1, target] += thick
        half = (x + to) / 2
        colour = COLOURS[columns[place].index(source) % 8]
        parts.append(
            f'<path d="M{x:.0f},{y:.1f} C{half:.0f},{y:.1f} {half:.0f},{end:.1f} {to:.0f},{end:.1f} '
            f"L{to:.0f},{end + thick:.1f} C{half:.0f},{end + thick:.1f} {half:.0f},{y + thick:.1f} "
            f'{x:.0f},{y + thick:.1f} Z" fill="{colour}" '
            f'fill-opacity="0.35"><title>{escape(source)} to {escape(target)}: {value:.0f}</title></path>'
        )
    for (place, name), y in tops.items():
        size = sizes[place, name]
        if size:
            parts.append(
                f'<rect x="{place * step:.0f}" y="{y:.1f}" width="{bar}" height="{max(size, 1):.1f}" class="box"/>'
            )
            parts.append(_text(place * step + bar + 4, y + size / 2 + 4, f"{name} {size / scale / total * 100:.0f} %"))
    return "".join([*parts, "</svg>"])


def _boxes(
    columns: Sequence[Sequence[str]], links: Mapping[tuple[int, str, str], float], scale: float, gap: int
) -> tuple[dict[tuple[int, str], float], dict[tuple[int, str], float]]:
    tops: dict[tuple[int, str], float] = {}
    sizes: dict[tuple[int, str], float] = {}
    for place, column in enumerate(columns):
        y = 20.0
        for name in column:
            leaves = sum(value for (at, source, _), value in links.items() if at == place and source == name)
            comes = sum(value for (at, _, target), value in links.items() if at == place - 1 and target == name)
            tops[place, name], sizes[place, name] = y, max(leaves, comes) * scale
            y += sizes[place, name] + gap
    return tops, sizes


def _open(height: float, title: str) -> str:
    return (
        f'<svg viewBox="0 0 {_WIDTH} {height:.0f}" role="img" aria-label="{escape(title, quote=True)}" '
        f'xmlns="http://www.w3.org/2000/svg">'
    )


def _text(x: float, y: float, text: str, *, anchor: str = "start") -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}">{escape(text)}</text>'
