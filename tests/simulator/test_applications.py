"""What is applied for: later wishes that were not met, late offers, and those who go to a private school."""

import shutil
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from avrop.vigo.simulator.block import block
from avrop.vigo.simulator.curriculum import ACADEMIC, PROGRAMMES, curriculum, programmes
from avrop.vigo.simulator.explain import explain
from avrop.vigo.simulator.later_wishes import unmet
from avrop.vigo.simulator.life import live
from avrop.vigo.simulator.lives import PUPIL, Lives
from avrop.vigo.simulator.parameters import load
from avrop.vigo.simulator.plan import Group, Plan
from avrop.vigo.simulator.rows import tables
from tests.simulator.one_group import lives_of, plan
from tools.calibrate import write

GROUP = Group("08", 2015)
STATUS_OF_TAKEN = {"INNTF", "INNTS"}


def lived() -> Lives:
    return lives_of(GROUP)


def test_unmet_wishes_are_for_another_course_of_the_same_programme_and_level() -> None:
    own = block(plan(), GROUP, 0, lived())
    areas = curriculum().areas
    seen = 0
    for place in range(1, lived().years):
        asked = unmet(own, place)
        for person in np.flatnonzero(asked.area >= 0).tolist():
            wished, taken = areas[asked.area[person]], areas[lived().area[person, place]]
            assert wished is not taken
            assert (wished.programme, wished.level, wished.route) == (taken.programme, taken.level, taken.route)
            seen += 1
        going = (lived().state[:, place] == PUPIL) & lived().applies(place)
        assert not (asked.late & ~going).any()
    assert seen > 100
    assert not unmet(own, 0).late.any()  # the first year is the joint admission's


def test_rows_tell_the_unmet_wish_before_the_one_that_was_taken() -> None:
    rows = tables(plan(), GROUP, 0, lived())["onske"].to_pylist()
    by_application: dict[int, list[dict[str, Any]]] = {}
    for row in {(row["soknad_id"], row["onskenr"]): row for row in rows}.values():
        by_application.setdefault(int(row["soknad_id"]), []).append(row)
    later = [sorted(own, key=lambda row: int(row["onskenr"])) for own in by_application.values()]
    later = [own for own in later if any(row["status"] in STATUS_OF_TAKEN for row in own)]
    unmet_first = [own for own in later if any(row["status"] == "VENTO" for row in own)]
    assert 0.02 < len(unmet_first) / len(later) < 0.2
    for own in unmet_first:
        waiting = next(place for place, row in enumerate(own) if row["status"] == "VENTO")
        assert own[waiting + 1]["status"] in STATUS_OF_TAKEN
        assert own[waiting]["tilbud_dato"] is None
        assert own[waiting]["programomraadekode"] != own[waiting + 1]["programomraadekode"]
    months = [row["tilbud_dato"].month for own in later for row in own if row["status"] in STATUS_OF_TAKEN]
    assert set(months) == {7, 8}
    assert months.count(7) > months.count(8)


def test_some_of_those_in_private_schools_applied_and_answered_no_offer() -> None:
    lives = lived()
    applied = lives.admission.taken[lives.private] >= 0
    assert 0.3 < applied.mean() < 0.7
    wished = lives.admission.programme[lives.private][applied][:, 0]
    begun = lives.private & (lives.state[:, 0] == PUPIL)
    offered = {PROGRAMMES.index("ST"), PROGRAMMES.index("ID")}
    assert set(wished.tolist()) | set(programmes()[lives.area[begun, 0]].tolist()) == offered
    rows = tables(plan(), GROUP, 0, lives)
    people = {int(row["person_lnr"]) for row in rows["elevforhold"].to_pylist() if row["skoleeier"] == "4"}
    mine = {
        int(row["soknad_id"])
        for row in rows["soknad"].to_pylist()
        if int(row["person_lnr"]) in people and row["skoleaar"] == "2015-2016"
    }
    found = [row["status"] for row in rows["onske"].to_pylist() if int(row["soknad_id"]) in mine]
    assert "STROIT" in found
    assert "INNTO" not in found


def test_who_begins_another_programme_may_want_vocational_ones_more_or_less(tmp_path: Path) -> None:
    found = []
    for ratio in (1 / 8, 1, 8):
        folder = tmp_path / f"{ratio}"
        shutil.copytree(str(files("avrop.vigo.simulator") / "parameters"), folder)
        write(folder, {("switch.vocational", ""): ratio})
        found.append(begun_anew(live(Plan(load(folder), 1), GROUP)))
    fewer, standing, more = found
    assert fewer < standing - 0.05
    assert more > standing + 0.05


def begun_anew(lives: Lives) -> float:
    """The share of vocational ones among those who begin another programme in the year after the first."""
    areas = curriculum().areas
    first = np.array([area.level == 1 for area in areas])
    pupil = (lives.state[:, 0] == PUPIL) & (lives.state[:, 1] == PUPIL)
    who = np.flatnonzero(pupil & (lives.area[:, 0] != lives.area[:, 1]))
    who = who[first[lives.area[who, 1]]]
    assert len(who) > 50
    return float((programmes()[lives.area[who, 1]] >= ACADEMIC).mean())


def test_a_life_tells_what_was_wished_for_as_its_rows_do(micro: Path) -> None:
    people = {row["soknad_id"]: row["person_lnr"] for row in read(micro, "soknad")}
    wishes: dict[int, dict[int, Any]] = {}
    for row in read(micro, "onske"):
        wishes.setdefault(row["soknad_id"], {})[row["onskenr"]] = row
    joint = next(
        own for own in wishes.values() if own[1]["status"] == "VENTO" and own[1]["programomraadekode"][5] == "1"
    )
    later = next(
        own for own in wishes.values() if own[1]["status"] == "VENTO" and own[1]["programomraadekode"][5] == "2"
    )
    (line,) = [line for line in explain(micro, str(people[joint[1]["soknad_id"]])) if line.startswith("wished for")]
    wished = [f"{own['programomraadekode'][:2]} at {own['skolenr']}" for _, own in sorted(joint.items())]
    assert line.startswith(f"wished for {', '.join(wished)} (")
    taken = next(number for number, own in joint.items() if own["status"] in {"INNTO", "MANIO", "STROIT"})
    assert f"offered wish {taken} " in line
    told = explain(micro, str(people[later[1]["soknad_id"]]))
    area = later[1]["programomraadekode"].rstrip("-")
    assert any(f"wished for {area} first, which was full" in line for line in told)


def read(run: Path, table: str) -> list[dict[str, Any]]:
    return [row for path in sorted((run / table).glob("*.parquet")) for row in pq.read_table(path).to_pylist()]
