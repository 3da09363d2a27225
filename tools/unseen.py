"""How well the simulator tells figures that nothing was fitted to: `python -m tools.unseen [PARAMETERS]`.

`unseen.csv` was written before the fit that stands was made, from published figures that no fit had been compared
with: by county, certificates by years, women by programme, and who adds a supplementary year to a certificate. Some
parameters come from figures near them: what counties wish (`wish.academic`, of 2023), how they differ in leaving, and
women in two programmes. An area is where somebody left lower secondary.
"""

from collections.abc import Sequence

from avrop.vigo.simulator.fidelity import Figures
from tools.lived import tell
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
    return tell(
        "tools.unseen", "Published figures that nothing was fitted to.", lambda found: told(read(UNSEEN), found)
    )


if __name__ == "__main__":
    raise SystemExit(main())
