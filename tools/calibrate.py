"""Fit the simulator's free parameters to published figures, on everybody's lives: `python -m tools.calibrate`.

`calibration.csv` says which parameter answers for which figure, and how strongly (`gain`: by how much the logarithm of
the parameter changes for one in the figure's log odds, or in the logarithm of a count). The figures set aside in
`targets.csv` are refused, so that nothing is fitted to them.
"""

import argparse
import csv
import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from avrop.vigo.simulator.fidelity import Figures, Target, targets
from avrop.vigo.simulator.parameters import load
from tools.lived import national
from tools.source import ROOT

TABLE = ROOT / "tools" / "calibration.csv"
PARAMETERS = ROOT / "src" / "avrop" / "vigo" / "simulator" / "parameters"
NEAR = 0.005
"""A change of the logarithm that is not worth another run."""


@dataclass(frozen=True, kw_only=True)
class Knob:
    """Parameters that are moved together, and the published figure that they answer for."""

    parameter: str
    keys: tuple[str, ...]
    gain: float
    figure: str
    of: str
    year: int
    published: float

    @property
    def known(self) -> tuple[str, str, int]:
        """The figure as the measured ones are called."""
        return self.figure, self.of, self.year

    def step(self, simulated: float, count: int) -> float:
        """By what the parameters are multiplied; a share moves by its log odds, a count (`count` 0) by logarithm."""
        distance = _odds(self.published) - _odds(simulated) if count else math.log(self.published / simulated)
        return math.exp(max(-0.5, min(0.5, self.gain * distance)))


def _odds(per_cent: float) -> float:
    return math.log(per_cent / (100 - per_cent))


def knobs(text: str, published: Sequence[Target]) -> tuple[Knob, ...]:
    """The rows of the table. ValueError names a row that would fit a parameter to a figure that was set aside."""
    found = tuple(
        Knob(
            parameter=row["parameter"], keys=tuple(row["keys"].split()) or ("",), gain=float(row["gain"]),
            figure=row["figure"], of=row["of"], year=int(row["year"]), published=float(row["published"]),
        )
        for row in csv.DictReader(text.splitlines())
    )  # fmt: skip
    aside = {(target.figure, target.key, target.year) for target in published if target.withheld}
    for knob in found:
        if knob.known in aside:
            raise ValueError(f"{' '.join(map(str, knob.known))} was set aside: nothing may be fitted to it")
    return found


def factors(wanted: Sequence[Knob], found: Figures) -> Mapping[tuple[str, str], float]:
    """What each parameter is multiplied by. KeyError: a figure that the run does not have."""
    return {(knob.parameter, key): knob.step(*found[knob.known]) for knob in wanted for key in knob.keys}


def write(folder: Path, changes: Mapping[tuple[str, str], float]) -> None:
    """Multiply parameters where they stand, to four digits; everything else in the files stays as it is."""
    for path in sorted(folder.glob("*.csv")):
        lines = path.read_text(encoding="utf-8").splitlines()
        for place, line in enumerate(lines):
            name, key, value, rest = line.split(",", 3)
            if (name, key) in changes:
                moved = float(Fraction(value)) * changes[name, key]
                lines[place] = (
                    f"{name},{key},{moved:.0f},{rest}"
                    if rest.startswith("count,")
                    else f"{name},{key},{moved:.4g},{rest}"
                )
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """Run and fit until nothing moves."""
    parser = argparse.ArgumentParser(
        prog="tools.calibrate", description="Fit free parameters on the whole country's lives."
    )
    parser.add_argument("--rounds", type=int, default=6, help="at most")
    options = parser.parse_args()
    wanted = knobs(TABLE.read_text(encoding="utf-8"), targets())
    for turn in range(1, options.rounds + 1):
        found = national(PARAMETERS)
        _say(f"round {turn}")
        for knob in wanted:
            _say(f"  {' '.join(map(str, knob.known))}: {found[knob.known][0]:.2f} of {knob.published}")
        changes = factors(wanted, found)
        if all(abs(math.log(factor)) < NEAR for factor in changes.values()):
            return 0
        write(PARAMETERS, changes)
        load(PARAMETERS)
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
