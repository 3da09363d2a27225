"""Fit the simulator's free parameters to published figures, on everybody's lives: `python -m tools.calibrate`.

`calibration.csv` says which parameters may be turned, together or alone, and how far. A round takes the derivatives of
every figure by every knob, then steps for as long as that brings them nearer (damped Gauss-Newton); the files are
written after each round. What was set aside in `targets.csv` is never looked at. A round takes an hour.
"""

import argparse
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import exp
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from avrop.errors import AvropError
from avrop.vigo.simulator.parameters import load
from tools.fitting import Knob, Slope, System, Trial, Vector, slopes, step, system, ties, trials
from tools.lived import by_cohort, everybody, together
from tools.published import Published, fitted
from tools.source import ROOT
from tools.tally import Tally

TABLE = ROOT / "tools" / "calibration.csv"
PARAMETERS = ROOT / "src" / "avrop" / "vigo" / "simulator" / "parameters"
STEPS = 5
"""Tries of a step in one round."""
WORTH = 0.99
"""A step that leaves more than this of what is missing is the last one."""


@dataclass(frozen=True)
class Point:
    """How far each knob is turned, by the logarithm of its factor, and what the country is like then."""

    turned: Vector
    lived: Mapping[int, Tally]


class Fit:
    """The parameters of a folder, and what is wanted of them."""

    def __init__(self, folder: Path, scratch: Path, wanted: Sequence[Published], text: str) -> None:
        self.folder, self.scratch, self.wanted = folder, scratch, wanted
        self.text = text
        self.knobs: tuple[Knob, ...] = tuple(knob for trial in trials(text, load(folder)) for knob in trial.knobs)
        self.held = ties(self.knobs)

    def written(self, name: str, turned: Vector, more: Mapping[tuple[str, str], float] | None = None) -> Path:
        """A folder with the parameters as far turned, and some further."""
        there = self.scratch / name
        shutil.rmtree(there, ignore_errors=True)
        shutil.copytree(self.folder, there)
        moved: dict[tuple[str, str], float] = dict(more or {})
        for knob, own in zip(self.knobs, turned.tolist(), strict=True):
            for part in knob.parts:
                moved[part] = moved.get(part, 0.0) + own
        write(there, {part: exp(size) for part, size in moved.items()})
        return there

    def point(self, turned: Vector) -> Point:
        """What the country is like with the knobs so far turned."""
        return Point(turned, everybody(self.written("point", turned)))

    def learn(self, here: Point) -> list[Slope]:
        """How every figure follows every knob."""
        own: tuple[Trial, ...] = trials(self.text, load(self.written("point", here.turned)))
        folders: dict[Path | None, frozenset[int]] = {
            self.written(f"trial-{place}", here.turned, dict.fromkeys(trial.parts, trial.step)): trial.cohorts
            for place, trial in enumerate(own)
        }
        found: list[Slope] = []
        for place, (trial, after) in enumerate(zip(own, by_cohort(folders), strict=True), start=1):
            found += slopes(trial, here.lived, after)
            _progress(f"derivative {place} of {len(own)}: {trial.knobs[0].name}")
        return found

    def missing(self, here: Point, learnt: Sequence[Slope] = ()) -> System:
        """What is missing of each figure, and how it follows the knobs."""
        return system(self.wanted, together(here.lived), learnt)

    def rounds(self, most: int) -> Iterator[Point]:
        """From how they stand, nearer and nearer."""
        here = self.point(np.zeros(len(self.knobs)))
        yield here
        for _ in range(most):
            damping, learnt, first = 0.3, self.learn(here), self._cost(here)
            for _ in range(STEPS):
                own = self.missing(here, learnt)
                there = self.point(here.turned + step(own, here.turned, self.held, damping))
                _progress(f"a step: from {self._cost(here):.0f} to {self._cost(there):.0f}, with what the knobs weigh")
                if self._cost(there) < self._cost(here):
                    worth = self._cost(there) < WORTH * self._cost(here)
                    here, damping = there, damping / 2
                    if not worth:
                        break
                else:
                    damping *= 8
            yield here
            if self._cost(here) > WORTH * first:
                return

    def _cost(self, here: Point) -> float:
        pull = self.held.pull(here.turned)
        return self.missing(here).cost + float(pull @ pull)


def write(folder: Path, factors: Mapping[tuple[str, str], float]) -> None:
    """Multiply parameters where they stand, to four digits; everything else in the files stays as it is.

    Of a share it is the odds that are multiplied, so that none gets to its end.
    """
    for path in sorted(folder.glob("*.csv")):
        lines = path.read_text(encoding="utf-8").splitlines()
        for place, line in enumerate(lines):
            name, key, value, kind, rest = line.split(",", 4)
            if (name, key) in factors:
                stood, factor = float(Fraction(value)), factors[name, key]
                moved = stood * factor / (1 - stood + stood * factor if kind == "share" else 1)
                figure = f"{moved:.0f}" if kind == "count" else f"{moved:.4g}"
                lines[place] = f"{name},{key},{figure},{kind},{rest}"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _progress(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def _say(fit: Fit, here: Point) -> None:
    own = fit.missing(here)
    sys.stdout.write(f"{len(own.names)} figures, {own.cost:.0f} squared tolerances away\n")
    for each, size in sorted(zip(own.names, own.missing.tolist(), strict=True), key=lambda pair: -abs(pair[1])):
        if abs(size) > 2:
            sys.stdout.write(f"  {each.figure} {each.key} {each.year}: {size:+.1f} tolerances are missing\n")
    sys.stdout.flush()


def main() -> int:
    """Fit, and write the parameters after each round."""
    parser = argparse.ArgumentParser(
        prog="tools.calibrate", description="Fit free parameters on the whole country's lives."
    )
    parser.add_argument("--rounds", type=int, default=2, help="at most")
    try:
        _fit(parser.parse_args().rounds)
    except (AvropError, ValueError) as failure:
        sys.stderr.write(f"{failure}\n")
        return failure.exit_code if isinstance(failure, AvropError) else 2
    return 0


def _fit(rounds: int) -> None:
    with TemporaryDirectory() as scratch:
        start = shutil.copytree(PARAMETERS, Path(scratch) / "start")
        fit = Fit(start, Path(scratch), fitted(), TABLE.read_text(encoding="utf-8"))
        for here in fit.rounds(rounds):
            _say(fit, here)
            for path in fit.written("kept", here.turned).glob("*.csv"):
                shutil.copy(path, PARAMETERS)
            load(PARAMETERS)


if __name__ == "__main__":
    raise SystemExit(main())
