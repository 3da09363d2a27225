"""Calibration: parameters are moved towards published figures, and never by those that were set aside."""

import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avrop.vigo.simulator.abilities import between
from avrop.vigo.simulator.fidelity import Target, targets
from avrop.vigo.simulator.lives import YEARS
from avrop.vigo.simulator.parameters import load
from tests.examples import examples
from tools.calibrate import TABLE, Fit, write
from tools.fitting import Knob, Slope, Ties, slopes, step, system, ties, trials
from tools.lived import by_cohort
from tools.published import Published, fitted, neighbours
from tools.tally import Tally

TEXT = TABLE.read_text(encoding="utf-8")
SHARE, COUNT = ("left", "all", 2020), ("pupils", "", 2020)


def published(name: tuple[str, str, int], value: float, tolerance: float = 1) -> Published:
    figure, key, year = name
    return Published(figure=figure, key=key, year=year, at=year, value=value, tolerance=tolerance)


def test_every_knob_turns_assumptions_that_there_are_and_says_so_there() -> None:
    parameters = load()
    found = trials(TEXT, parameters)
    rows = {(row.name, row.key): row for row in parameters.rows}
    assert len(found) >= 50
    for trial in found:
        assert len(set(trial.parts)) == len(trial.parts)
        for part in trial.parts:
            assert "fitted" in rows[part].note


@pytest.mark.parametrize("part", ["wish.women,HS", "outcome.programme,XX", "nothing,"])
def test_what_is_published_or_unknown_may_not_be_turned(part: str) -> None:
    with pytest.raises(ValueError, match="no assumption among the parameters"):
        trials(f"{TEXT}more,{part},0.1,\n", load())


def test_a_share_of_all_and_an_unknown_way_to_go_are_refused(tmp_path: Path) -> None:
    shutil.copytree(str(files("avrop.vigo.simulator") / "parameters"), tmp_path / "p")
    path = tmp_path / "p" / "training.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    ended = [line if not line.startswith("test.fails.2,") else "test.fails.2,,1,share,,assumption,,," for line in lines]
    path.write_text("\n".join(ended) + "\n", encoding="utf-8")
    with pytest.raises(ValueError, match="nothing or of all"):
        trials(TEXT, load(tmp_path / "p"))
    with pytest.raises(ValueError, match="goes by county"):
        trials(f"{TEXT}more,after.out,on,0.1,county\n", load())


def test_those_set_aside_are_the_eight_that_were_named_first() -> None:
    assert {target.id for target in targets() if target.withheld} == {
        "F04", "F10", "F13", "F17", "F19", "F23", "F25", "F27",
    }  # fmt: skip


@pytest.mark.parametrize(
    "aside", [target for target in targets() if target.withheld], ids=lambda each: f"{each.id} {each.key}"
)
def test_a_figure_that_was_set_aside_is_refused(aside: Target) -> None:
    name = (aside.figure, aside.key, aside.year)
    assert name not in {(each.figure, each.key, each.year) for each in fitted()}
    with pytest.raises(ValueError, match="set aside"):
        fitted([*neighbours(), published(name, aside.value)])


def test_what_goes_by_cohort_is_felt_whole_by_each() -> None:
    parameters = load()
    by_cohort = [trial for trial in trials(TEXT, parameters) if trial.knobs[0].cohorts]
    assert by_cohort
    for trial in by_cohort:
        for cohort in range(2006, 2026):
            felt = [knob.cohorts.get(cohort, 0.0) for knob in trial.knobs]
            nothing = not between(parameters.of(trial.parts[0][0]), cohort)  # a factor on nothing is felt by nobody
            assert sum(felt) == pytest.approx(0 if nothing else 1)
            assert min(felt) >= 0


def test_each_cohort_tells_what_its_own_part_does() -> None:
    trial = next(trial for trial in trials(TEXT, load()) if trial.parts[0][0] == "wish.academic.year")
    before = {2006: Tally(Counter({SHARE: 10}), Counter({SHARE: 100})), 2021: Tally(Counter({SHARE: 10}))}
    after = {2006: Tally(Counter({SHARE: 16}), Counter({SHARE: 100})), 2021: Tally(Counter({SHARE: 10}))}
    found = {knob.name: slope for knob, slope in zip(trial.knobs, slopes(trial, before, after), strict=True)}
    assert found["wish.academic.year.2006"].part[SHARE] == pytest.approx(6 / trial.step)
    assert found["wish.academic.year.2021"].part[SHARE] == 0


def test_what_goes_by_school_year_is_tried_year_by_year() -> None:
    found = [trial for trial in trials(TEXT, load()) if trial.parts[0][0] == "outcome.year"]
    assert len(found) > 5
    for trial in found:
        (knob,) = trial.knobs
        assert knob.name == f"outcome.year.{trial.parts[0][1]}"
        assert not knob.cohorts
        assert trial.parts == knob.parts


def test_a_year_is_tried_on_those_who_live_it_and_on_those_alone() -> None:
    parameters = load()
    feel = {trial.knobs[0].name: trial.cohorts for trial in trials(TEXT, parameters)}
    years = sorted(int(year) for year in parameters.of("outcome.year"))
    before, after = years[years.index(2014) - 1], years[years.index(2014) + 1]
    assert feel["outcome.year.2014"] == {
        cohort for cohort in range(2006, 2026) if cohort < after and cohort + YEARS - 1 > before
    }
    assert feel["vocational.leaving"] == frozenset(range(2006, 2026))
    parts = ("outcome.year", "2014")
    assert next(by_cohort({None: [2025]})).keys() == {2025}
    trial = next(trial for trial in trials(TEXT, parameters) if trial.parts == (parts,))
    same = {2006: Tally(Counter({SHARE: 1}), Counter({SHARE: 9})), 2025: Tally(Counter({SHARE: 2}))}
    (slope,) = slopes(trial, same, {2006: Tally(Counter({SHARE: 3}), Counter({SHARE: 9}))})
    assert slope.part == {SHARE: 2 / trial.step}, "who cannot feel it is not asked, and counts as unmoved"


def test_a_year_is_tied_to_the_one_before_it_and_other_knobs_to_where_they_stand() -> None:
    years = [
        Knob(name=f"x.{year}", parts=(("x", str(year)),), loose=0.5, chain="x", level=level)
        for year, level in ((2006, 1.0), (2010, 1.5), (2014, 0.0))
    ]
    held = ties([*years, Knob(name="y", parts=(("y", ""),), loose=0.1)])
    assert held.pull(np.zeros(4)).tolist() == [0, 1, -3, 0]
    assert held.pull(np.array([0, -0.5, 1, 0])).tolist() == [0, 0, 0, 0], "a row of years that is level pulls no more"
    assert held.pull(np.array([0, 0, 0, 0.2])) == pytest.approx(np.array([0, 1, -3, 2]))


def loose(*sizes: float) -> Ties:
    return ties([Knob(name="", parts=(), loose=size) for size in sizes])


@examples(100)
@given(simulated=st.integers(50, 950), aim=st.floats(5, 95), gain=st.floats(0.5, 3), sign=st.sampled_from((1, -1)))
def test_a_step_brings_a_figure_to_where_it_is_published(simulated: int, aim: float, gain: float, sign: int) -> None:
    found = Tally(Counter({SHARE: simulated}), Counter({SHARE: 1000}))
    share = simulated / 1000
    slope = Slope()
    slope.part[SHARE] = sign * gain * 1000 * share * (1 - share)
    own = system([published(SHARE, aim, 0.01)], found, [slope])
    moved = step(own, np.zeros(1), loose(100), 0)
    odds = np.log(share / (1 - share)) + sign * gain * moved[0]
    assert 100 / (1 + np.exp(-odds)) == pytest.approx(aim, abs=0.01)
    damped = step(own, np.zeros(1), loose(100), 1e12)
    assert abs(damped[0]) <= abs(moved[0])


def test_of_two_knobs_the_looser_one_is_turned_further_and_a_count_moves_by_its_logarithm() -> None:
    found = Tally(Counter({COUNT: 1000}))
    slope = Slope()
    slope.part[COUNT] = 1000
    own = system([published(COUNT, 1100)], found, [slope, slope])
    near, far = step(own, np.zeros(2), loose(0.1, 0.2), 0)
    assert far == pytest.approx(4 * near)
    assert near + far == pytest.approx(np.log(1.1), rel=0.01)
    met = system([published(COUNT, 1000)], found, [slope, slope])
    held = step(met, np.array([1.0, 1.0]), loose(0.1, 0.1), 0)
    assert max(held) < 0, "knobs that are turned far are drawn back"


def test_a_figure_that_was_not_simulated_asks_for_nothing() -> None:
    own = system([published(SHARE, 50), published(COUNT, 10)], Tally(Counter({COUNT: 10})), [])
    assert [each.measured for each in own.names] == [COUNT]
    assert own.cost == 0


def test_only_the_values_that_are_moved_change(tmp_path: Path) -> None:
    shutil.copytree(str(files("avrop.vigo.simulator") / "parameters"), tmp_path / "p")
    before = {(row.name, row.key): row for row in load(tmp_path / "p").rows}
    parts = trials(TEXT, load())[0].parts
    write(tmp_path / "p", dict.fromkeys(parts, 1.1))
    after = {(row.name, row.key): row for row in load(tmp_path / "p").rows}
    assert {key for key in before if before[key] != after[key]} == set(parts)
    for part in parts:
        assert after[part] == replace(before[part], value=after[part].value)
        assert float(after[part].value) == pytest.approx(1.1 * float(before[part].value), rel=1e-3)
    stood = float(before["market.places", "HS"].value)
    write(tmp_path / "p", {("market.places", "HS"): 100.0})
    moved = float(load(tmp_path / "p").one("market.places", "HS"))
    assert moved < 1, "no share gets to its end"
    assert moved / (1 - moved) == pytest.approx(100 * stood / (1 - stood), rel=0.02)


TABLE_OF_TWO = "knob,parameter,keys,loose,by\nout,after.out,on,0.5,\nyear,outcome.year,2006 2021,0.3,cohort\n"


def test_a_fit_ends_where_the_figures_are_published(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    start = shutil.copytree(str(files("avrop.vigo.simulator") / "parameters"), tmp_path / "start")
    before = load(start)

    def country(folders: list[Path]) -> Iterator[dict[int, Tally]]:
        """Two cohorts: pupils of both follow those that come back, who leaves follows the cohort's year."""
        for folder in folders:
            here = load(folder)
            back = float(here.one("after.out", "on") / before.one("after.out", "on"))
            leaves = {year: float(here.one("outcome.year", str(year)) / before.one("outcome.year", str(year)))
                      for year in (2006, 2021)}  # fmt: skip
            yield {
                year: Tally(
                    Counter({COUNT: round(1e6 * back**0.5), ("left", "all", year): round(1e5 * leaves[year])}),
                    Counter({("left", "all", year): 1_000_000}),
                )
                for year in (2006, 2021)
            }

    monkeypatch.setattr("tools.calibrate.by_cohort", country)
    monkeypatch.setattr("tools.calibrate.everybody", lambda folder: next(country([folder])))
    wanted = [
        published(COUNT, 2.2e6, 2e3), published(("left", "all", 2006), 12, 0.02), published(("left", "all", 2021), 9, 0.02),
    ]  # fmt: skip
    fit = Fit(start, tmp_path, wanted, TABLE_OF_TWO)
    points = list(fit.rounds(3))
    costs = [fit.missing(point).cost for point in points]
    assert costs == sorted(costs, reverse=True)
    assert costs[0] > 1000
    assert costs[-1] < 1
    factors = dict(zip((knob.name for knob in fit.knobs), np.exp(points[-1].turned), strict=True))
    assert factors["out"] == pytest.approx(1.21, abs=0.01)
    assert factors["year.2006"] == pytest.approx(1.2, abs=0.01)
    assert factors["year.2021"] == pytest.approx(0.9, abs=0.01)
    kept = load(fit.written("kept", points[-1].turned))
    assert float(kept.one("outcome.year", "2021") / before.one("outcome.year", "2021")) == pytest.approx(0.9, abs=0.01)
