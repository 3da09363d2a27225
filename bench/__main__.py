"""`python -m bench [--rows N] [--rounds N] [--page FILE]`: every way in turn, each in its own process, as ratios."""

import argparse
import json
import platform
import statistics
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from bench.data import make
from bench.ways import SCRATCH

WAYS = ("raw", "raw-ordered", "ours")
PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"


def main() -> None:
    """Measure and write the page."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--page", type=Path, default=PAGE)
    chosen = parser.parse_args()
    make(SCRATCH, chosen.rows)
    rounds = []
    for number in range(chosen.rounds):
        rounds.append({way: _once(way, chosen.rows) for way in WAYS})
        sys.stdout.write(f"round {number + 1}: " + ", ".join(f"{w} {rounds[-1][w]['wall']:.2f} s" for w in WAYS) + "\n")
    text = page(rounds, rows=chosen.rows)
    chosen.page.write_text(text, "utf-8")
    sys.stdout.write(text)


def _once(way: str, rows: int) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.ways", way, str(rows)], capture_output=True, text=True, check=True
    )
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def page(rounds: list[dict[str, dict[str, float]]], *, rows: int) -> str:
    """The results page."""
    lines = [
        "# Benchmarks",
        "",
        "Made by `make bench`; each way in a process of its own, in turn, so that all meet the same machine. Quote the",
        "ratios: they are medians of the per-round ratios, with the smallest and the largest in brackets.",
        "",
        "## A slice of one controller, minimised, pseudonymised and written",
        "",
        f"{rows:,} rows × 12 columns in; ours: origin, claimant, two lists of people, a period, three columns",
        "coarsened, pseudonyms for 200 000 people, ordered by pseudonym. Beside it DuckDB alone doing the same select",
        "and write with no policy: as the rows stand, and sorted.",
        "",
        f"DuckDB {version('duckdb')}, CPython {platform.python_version()}, 2 threads, {len(rounds)} rounds, "
        f"{datetime.now(UTC):%Y-%m-%d}.",
        "",
        "| way | wall s | CPU s | peak MiB | rows out | MB out |",
        "|---|---|---|---|---|---|",
    ]
    for way in WAYS:
        mine = [x[way] for x in rounds]
        cells = [
            _spread([x[name] for x in mine], form) for name, form in (("wall", ".2f"), ("cpu", ".2f"), ("peak", ".0f"))
        ]
        lines.append(f"| {way} | {' | '.join(cells)} | {int(mine[0]['rows']):,} | {mine[0]['bytes'] / 1e6:.1f} |")
    lines += ["", "| ratio | wall | CPU | peak memory |", "|---|---|---|---|"]
    for base in WAYS[:-1]:
        cells = [_spread([x["ours"][name] / x[base][name] for x in rounds], ".2f") for name in ("wall", "cpu", "peak")]
        lines.append(f"| ours / {base} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _spread(values: list[float], form: str) -> str:
    return f"{statistics.median(values):{form}} [{min(values):{form}}–{max(values):{form}}]"


if __name__ == "__main__":
    main()
