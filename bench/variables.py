"""One variable as CSV over HTTP, beside a published datasource's own iterator and beside nginx with the ready file.

Ours and the peer both without who is asking: no token, no permission, no database. The peer is drained in its own
process without any HTTP, which flatters it.
"""

import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path

from bench import csvclient, csvpeer
from bench.data import make_generation
from bench.figures import Figures, spread, table
from bench.ways import SCRATCH

ROWS = 1_000_000
OURS = ("ours-ready", "ours-first", "ours-window")
RATIOS = (
    ("ours-ready", "nginx"), ("ours-ready", "peer"), ("ours-ready", "peer-tuned"), ("ours-first", "nginx"),
    ("ours-first", "peer"), ("ours-first", "peer-tuned"), ("ours-window", "peer-window"),
)  # fmt: skip


def section(rounds: int, rows: int | None) -> str:
    """The measured part of the page. What is not on this machine is left out, and said loudly."""
    rows = rows or ROWS
    generation = make_generation(SCRATCH, rows)
    missing: list[str] = []
    with ExitStack() as stack:
        ways = _ways(stack, generation, missing)
        measured = []
        for number in range(rounds):
            measured.append({name: way() for name, way in ways.items()})
            told = ", ".join(f"{name} {figures['wall']:.3f} s" for name, figures in measured[-1].items())
            sys.stdout.write(f"variables, round {number + 1}: {told}\n")
    return _page(measured, tuple(ways), rows=rows, missing=missing)


def _ways(stack: ExitStack, generation: Path, missing: list[str]) -> Mapping[str, Callable[[], Figures]]:
    ways: dict[str, Callable[[], Figures]] = {}
    peer = csvpeer.ready(SCRATCH, missing)
    if peer is not None:
        ways |= {name: partial(csvpeer.once, peer, generation, name) for name in csvpeer.WAYS}
    ready = csvclient.ready_file(SCRATCH, generation)
    nginx = csvclient.nginx(stack, ready, missing)
    if nginx is not None:
        ways["nginx"] = nginx
    ways |= {name: partial(csvclient.ours, generation, name) for name in OURS}
    for name in missing:
        sys.stderr.write(f"NOT MEASURED: {name}\n")
    return ways


def _page(measured: list[dict[str, Figures]], ways: tuple[str, ...], *, rows: int, missing: list[str]) -> str:
    wholes = {way: {x[way]["check"] for x in measured} for way in ways if not way.endswith("window")}
    alike = "are the same bytes" if len(set().union(*wholes.values())) == 1 else f"DIFFER: {wholes}"
    lines = [
        "## One variable as CSV over HTTP",
        "",
        f"{rows:,} rows of pseudonym, code, start and stop. `ours-ready`: the ready file through the live answer;",
        "`ours-first`: rendered and flushed first, as the first who asks has it; `ours-window`: the spells that touch",
        "one year, computed as they are sent. `peer`: the iterator of kudaf_datasource_tools 0.4.4 with the 100 rows a",
        "batch that its API asks for; `peer-tuned`: with the 65 535 that is the iterator's own default; `peer-window`:",
        "its filtered iterator for the same year, which lets out only the spells that lie wholly within it. `nginx`:",
        f"the ready file by sendfile. The answers without a window {alike}.",
        "",
        "Ours and the peer without who is asking (token, permission, database); the peer without any HTTP at all.",
        "",
        f"DuckDB {version('duckdb')}, uvicorn {version('uvicorn')}, 2 threads, {len(measured)} rounds, "
        f"{datetime.now(UTC):%Y-%m-%d}." + "".join(f" **Not measured: {name}.**" for name in missing),
        "",
        *table(measured, ways, (("wall", "wall s", ".3f"), ("cpu", "CPU s", ".2f"), ("peak", "peak MiB", ".0f"))),
        "",
        "| ratio | wall | CPU | peak memory |",
        "|---|---|---|---|",
    ]
    for ours, base in RATIOS:
        if base in ways:
            cells = [_ratio(measured, ours, base, name) for name in ("wall", "cpu", "peak")]
            lines.append(f"| {ours} / {base} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _ratio(measured: list[dict[str, Figures]], ours: str, base: str, name: str) -> str:
    """CPU seconds come in hundredths: of less than a tenth there is no ratio."""
    if name == "cpu" and min(x[base][name] for x in measured) < 0.1:
        return "–"
    return spread([x[ours][name] / x[base][name] for x in measured], ".4f")
