"""Figures of ways and rounds as tables of medians with their extremes."""

import statistics
from collections.abc import Sequence

Figures = dict[str, float]
"""`wall` and `cpu` in seconds, `peak` in MiB, `rows` and `bytes` that came out."""


def spread(values: Sequence[float], form: str) -> str:
    """The median, and the smallest and the largest in brackets."""
    return f"{statistics.median(values):{form}} [{min(values):{form}}–{max(values):{form}}]"


def table(
    measured: Sequence[dict[str, Figures]], ways: Sequence[str], shown: Sequence[tuple[str, str, str]]
) -> list[str]:
    """One line per way: the shown figures (name, heading, form), rows out, megabytes out."""
    lines = [
        f"| way | {' | '.join(heading for _, heading, _ in shown)} | rows out | MB out |",
        "|---" * (len(shown) + 3) + "|",
    ]
    for way in ways:
        mine = [x[way] for x in measured]
        cells = [spread([x[name] for x in mine], form) for name, _, form in shown]
        lines.append(f"| {way} | {' | '.join(cells)} | {int(mine[0]['rows']):,} | {mine[0]['bytes'] / 1e6:.1f} |")
    return lines
