"""How well the simulator tells figures that nothing was fitted to: `python -m tools.unseen [PARAMETERS]`.

`unseen.csv` was written before the fit that stands was made, from published figures that no fit had been compared
with: by county, certificates by years, women by programme, and who adds a supplementary year to a certificate. Some
parameters come from figures near them: what counties wish (`wish.academic`, of 2023), how they differ in leaving, and
women in two programmes. An area is where somebody left lower secondary.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from avrop.errors import AvropError
from avrop.vigo.simulator.fidelity import Figures
from tools.lived import national
from tools.published import Published, read
from tools.source import ROOT

UNSEEN = ROOT / "tools" / "unseen.csv"


def told(wanted: Sequence[Published], found: Figures) -> list[str]:
    """A line for each figure, and one for all of them."""
    lines, held = [], 0
    for each in wanted:
        value = found[each.measured][0]
        holds = abs(value - each.value) <= each.tolerance
        held += holds
        name = " ".join(part for part in (each.figure, each.key, str(each.year)) if part)
        lines.append(f"{'holds ' if holds else 'misses'} {name}: {value:.1f} of {each.value:g} +- {each.tolerance:g}")
    return [*lines, f"{held} of {len(wanted)} hold"]


def main() -> int:
    """Print unseen figures beside counted ones."""
    parser = argparse.ArgumentParser(prog="tools.unseen", description="Published figures that nothing was fitted to.")
    parser.add_argument(
        "parameters", type=Path, nargs="?", help="a folder of parameter files; without it, the standing ones"
    )
    try:
        found = national(parser.parse_args().parameters)
    except AvropError as failure:
        sys.stderr.write(f"{failure}\n")
        return failure.exit_code
    sys.stdout.write("\n".join(told(read(UNSEEN), found)) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
