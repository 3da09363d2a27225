"""`python -m bench [--only SECTION] [--rounds N] [--rows N] [--page FILE]`: every way in turn, each in a process of its
own, as ratios; the page keeps the sections that were not measured now."""

import argparse
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from bench import catalogue, packages, simulated, slices, variables

SECTIONS: Mapping[str, Callable[[int, int | None], str]] = {
    "slices": slices.section,
    "variables": variables.section,
    "packages": packages.section,
    "simulated": simulated.section,
    "catalogue": catalogue.section,
}
"""Each measures so many rounds over so many rows (its own number if None), and gives its part of the page."""

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"
HEAD = """# Benchmarks

Made by `make bench`; each way in a process of its own, in turn, so that all meet the same machine. Quote the
ratios: they are medians of the per-round ratios, with the smallest and the largest in brackets.
"""


def main() -> None:
    """Measure and write the page."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", choices=sorted(SECTIONS))
    parser.add_argument("--rows", type=int)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--page", type=Path, default=PAGE)
    chosen = parser.parse_args()
    known = _sections(chosen.page.read_text("utf-8")) if chosen.page.exists() else {}
    for name in [chosen.only] if chosen.only else list(SECTIONS):
        text = SECTIONS[name](chosen.rounds, chosen.rows)
        known |= _sections(text)
        sys.stdout.write(text)
    chosen.page.write_text("\n".join((HEAD, *known.values())), "utf-8")


def _sections(text: str) -> dict[str, str]:
    """The parts of a page by their headings."""
    return {part.partition("\n")[0]: part.rstrip("\n") + "\n" for part in re.split(r"(?m)^(?=## )", text)[1:]}


if __name__ == "__main__":
    main()
