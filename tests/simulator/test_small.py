"""One in a hundred of the whole country: made by two workers, no rule is broken, and its figures are near the published."""

from pathlib import Path

import pytest

from avrop.catalogue.packform import Simulation
from avrop.vigo.simulator.checking import check
from avrop.vigo.simulator.fidelity import compare, figures
from avrop.vigo.simulator.run import run

pytestmark = pytest.mark.slow


def test_the_small_profile_breaks_no_rule_and_is_near_what_is_published(tmp_path: Path) -> None:
    manifest = run(tmp_path / "run", Simulation(profile="small"), workers=2)
    assert manifest["people"] > 15_000
    assert check(tmp_path / "run") == []
    met = compare(figures(tmp_path / "run"))
    assert sum(each.holds is True for each in met) >= 0.6 * len(met)
