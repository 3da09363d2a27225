"""The national simulator, beside a bare loop that writes the same columns and beside libraries that draw rows."""

import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import version

from bench.figures import Figures, spread, table
from bench.simulatedways import COHORT, PEOPLE, SCRATCH

WAYS = ("ours", "bare", "ours-2", "bare-2", "faker", "mimesis")
GROUPS = 8


def section(rounds: int, rows: int | None) -> str:
    """The measured part of the page; `rows` is how many groups are made."""
    groups = rows or GROUPS
    SCRATCH.mkdir(exist_ok=True)
    measured: list[dict[str, Figures]] = []
    for number in range(rounds):
        measured.append({way: _once(way, groups) for way in WAYS})
        told = ", ".join(f"{way} {measured[-1][way]['wall']:.2f} s" for way in WAYS)
        sys.stdout.write(f"simulated, round {number + 1}: {told}\n")
    return _page(measured, groups=groups)


def _once(way: str, groups: int) -> Figures:
    done = subprocess.run(
        [sys.executable, "-m", "bench.simulatedways", way, str(groups)], stdout=subprocess.PIPE, text=True, check=True
    )
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    return figures


def _page(measured: list[dict[str, Figures]], *, groups: int) -> str:
    def ratio(over: str, under: str, name: str = "wall") -> str:
        return spread([x[over][name] / x[under][name] for x in measured], ".2f")

    pace = {way: spread([x[way]["rows"] / x[way]["wall"] / 1e6 for x in measured], ".3f") for way in WAYS}
    gain = spread(
        [(x["ours"]["wall"] / x["ours-2"]["wall"]) / (x["bare"]["wall"] / x["bare-2"]["wall"]) for x in measured], ".2f"
    )
    lines = [
        "## A national VIGO of nobody",
        "",
        f"The {groups} largest groups of the cohort of {COHORT}, all tables to Parquet. The bare loop draws as many",
        "rows and columns with NumPy and writes them alike, with no logic, no hash and no flush. With -2, the work is",
        f"done by two processes. Faker and Mimesis: {PEOPLE:,} rows of twelve columns, nothing tied together. SDV is",
        "not measured: it installs six gigabytes, most of it for graphics processors, and begins with rows. Its",
        "licence (BUSL) would let it be run here; it is not one to build on.",
        "",
        f"NumPy {version('numpy')}, PyArrow {version('pyarrow')}, CPython {platform.python_version()}, "
        f"{os.cpu_count()} cores, {len(measured)} rounds, {datetime.now(UTC):%Y-%m-%d}.",
        "",
        *table(measured, WAYS, (("wall", "wall s", ".2f"), ("cpu", "CPU s", ".2f"), ("peak", "peak MiB", ".0f"))),
        "",
        "| ratio | wall |",
        "|---|---|",
        f"| ours / bare | {ratio('ours', 'bare')} |",
        f"| ours-2 / bare-2 | {ratio('ours-2', 'bare-2')} |",
        f"| what the second core gives ours, against what it gives the bare loop | {gain} |",
        "",
        "| way | million rows a second |",
        "|---|---|",
        *(f"| {way} | {pace[way]} |" for way in WAYS),
    ]
    return "\n".join(lines) + "\n"
