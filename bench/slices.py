"""A slice of one controller, minimised, pseudonymised and written, beside DuckDB alone."""

import json
import platform
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import version

from bench.data import make
from bench.figures import Figures, spread, table
from bench.ways import SCRATCH

WAYS = ("raw", "raw-ordered", "ours")
ROWS = 5_000_000


def section(rounds: int, rows: int | None) -> str:
    """The measured part of the page."""
    rows = rows or ROWS
    make(SCRATCH, rows)
    measured = []
    for number in range(rounds):
        measured.append({way: _once(way, rows) for way in WAYS})
        told = ", ".join(f"{w} {measured[-1][w]['wall']:.2f} s" for w in WAYS)
        sys.stdout.write(f"slices, round {number + 1}: {told}\n")
    return _page(measured, rows=rows)


def _once(way: str, rows: int) -> Figures:
    done = subprocess.run(
        [sys.executable, "-m", "bench.ways", way, str(rows)], capture_output=True, text=True, check=True
    )
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    return figures


def _page(measured: list[dict[str, Figures]], *, rows: int) -> str:
    lines = [
        "## A slice of one controller, minimised, pseudonymised and written",
        "",
        f"{rows:,} rows × 12 columns in; ours: origin, claimant, two lists of people, a period, three columns",
        "coarsened, pseudonyms for 200 000 people, ordered by pseudonym. Beside it DuckDB alone doing the same select",
        "and write with no policy: as the rows stand, and sorted.",
        "",
        f"DuckDB {version('duckdb')}, CPython {platform.python_version()}, 2 threads, {len(measured)} rounds, "
        f"{datetime.now(UTC):%Y-%m-%d}.",
        "",
        *table(measured, WAYS, (("wall", "wall s", ".2f"), ("cpu", "CPU s", ".2f"), ("peak", "peak MiB", ".0f"))),
        "",
        "| ratio | wall | CPU | peak memory |",
        "|---|---|---|---|",
    ]
    for base in WAYS[:-1]:
        cells = [spread([x["ours"][name] / x[base][name] for x in measured], ".2f") for name in ("wall", "cpu", "peak")]
        lines.append(f"| ours / {base} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"
