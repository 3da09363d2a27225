"""Calibration: parameters are moved towards published figures, and never by those that were set aside."""

import shutil
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avrop.vigo.simulator.fidelity import targets
from avrop.vigo.simulator.parameters import load
from tests.examples import examples
from tools.calibrate import TABLE, Knob, factors, knobs, write

TEXT = TABLE.read_text(encoding="utf-8")
PERCENT = st.floats(1, 99)


def test_every_row_moves_parameters_that_there_are_and_none_is_fitted_to_a_figure_set_aside() -> None:
    parameters = load()
    found = knobs(TEXT, targets())
    assert len(found) >= 10
    assert [knob for knob in found if {*knob.keys} - parameters.of(knob.parameter).keys()] == []
    assert {target.id for target in targets() if target.withheld} == {
        "F04", "F10", "F13", "F17", "F19", "F23", "F25", "F27",
    }  # fmt: skip


@pytest.mark.parametrize(
    "aside", [target for target in targets() if target.withheld], ids=lambda each: f"{each.id} {each.key}"
)
def test_a_figure_that_was_set_aside_is_refused(aside: object) -> None:
    target = next(each for each in targets() if each == aside)
    row = f"after.year,2015,-1,{target.figure},{target.key},{target.year},{target.value},SSB,"
    with pytest.raises(ValueError, match="set aside"):
        knobs(f"{TEXT}{row}\n", targets())


@examples(100)
@given(simulated=PERCENT, published=PERCENT, gain=st.floats(-3, 3))
def test_a_step_goes_the_way_of_its_gain_and_never_far(simulated: float, published: float, gain: float) -> None:
    knob = Knob(parameter="p", keys=("",), gain=gain, figure="f", of="", year=2015, published=published)
    factor = knob.step(simulated, 1000)
    assert 0.6 < factor < 1.7
    assert (factor - 1) * gain * (published - simulated) >= 0
    assert knob.step(published, 1000) == pytest.approx(1)
    assert replace(knob, published=200, gain=1).step(100, 0) == pytest.approx(1.6487, abs=1e-3)


def test_only_the_values_that_are_moved_change(tmp_path: Path) -> None:
    shutil.copytree(str(files("avrop.vigo.simulator") / "parameters"), tmp_path / "p")
    before = {(row.name, row.key): row for row in load(tmp_path / "p").rows}
    knob = knobs(TEXT, targets())[0]
    write(tmp_path / "p", factors([knob], {knob.known: (knob.published * 1.1, 0)}))
    after = {(row.name, row.key): row for row in load(tmp_path / "p").rows}
    moved = {key for key in before if before[key] != after[key]}
    assert moved == {(knob.parameter, key) for key in knob.keys}
