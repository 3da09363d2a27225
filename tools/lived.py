"""The figures of a whole national run in half a minute: counted on the life-courses, before any row is written.

`python -m tools.lived [PARAMETERS]` prints every published figure that can be counted so beside the counted one: the
targets, and the neighbours of `neighbours.csv`: published figures of other years than those of the targets.
Counts are those of `figures.sql`, which is what a run is judged by; a test compares the two.
"""

import argparse
import csv
import multiprocessing
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from avrop.catalogue.packform import Simulation
from avrop.errors import AvropError
from avrop.vigo.simulator import training_rows
from avrop.vigo.simulator.block import Block, block
from avrop.vigo.simulator.columns import NO_DAY
from avrop.vigo.simulator.curriculum import ACADEMIC, PROGRAMMES, curriculum
from avrop.vigo.simulator.draws import Flags, Ints
from avrop.vigo.simulator.fidelity import Figures, targets
from avrop.vigo.simulator.forms import TABLES
from avrop.vigo.simulator.life import live
from avrop.vigo.simulator.lives import LEFT, PARTIAL, PASSED, PUPIL, STAY_OUT, Lives
from avrop.vigo.simulator.places import counties, day
from avrop.vigo.simulator.plan import FIRST_COHORT, LAST_YEAR, WOMAN, Group, Plan, profile
from avrop.vigo.simulator.run import plan_of
from tools.source import ROOT

NEIGHBOURS = ROOT / "tools" / "neighbours.csv"
_AREAS = curriculum().areas
_LEVEL = np.array([area.level for area in _AREAS])
_STUDY = np.array([area.route in {"academic", "supplement"} for area in _AREAS])
_FINAL = np.array([area.level >= 3 and area.route != "trade" for area in _AREAS])
_FIRST = np.array(curriculum().first_years())
_MEDIA = int(_FIRST[PROGRAMMES.index("ME")])
_NEVER = 1 << 30
_CANDIDATE = TABLES["kontrakt"]["kontraktstype"].codes.index("O")
"""Contracts of training candidates: no trade certificate stands at their end."""
_PARTS = 40
"""So many that workers end at about the same time: groups differ in size."""


@dataclass(frozen=True)
class Tally:
    """How many, by figure, key and year; and of how many where it is a share."""

    part: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    whole: Counter[tuple[str, str, int]] = field(default_factory=Counter)

    def count(self, figure: str, key: str, year: int, number: int) -> None:
        """So many more."""
        self.part[figure, key, year] += int(number)

    def share(self, figure: str, key: str, year: int, flags: Flags) -> None:
        """So many more of so many."""
        self.part[figure, key, year] += int(flags.sum())
        self.whole[figure, key, year] += len(flags)

    def by_track(self, figure: str, year: int, areas: Ints, flags: Flags, level: str = "") -> None:
        """A share for each track."""
        for study, name in ((True, "academic"), (False, "vocational")):
            self.share(figure, f"{name}{level}", year, flags[_STUDY[areas] == study])

    def by_programme(self, figure: str, year: int, areas: Ints, flags: Flags | None = None) -> None:
        """A count, or a share, for each programme as it was called in that year."""
        names = np.array([area.programme_in(year) for area in _AREAS])[areas]
        for name in np.unique(names).tolist():
            if flags is None:
                self.count(figure, name, year, int((names == name).sum()))
            else:
                self.share(figure, name, year, flags[names == name])

    def figures(self) -> Figures:
        """As `fidelity.figures` gives them: counts of 0, shares in per cent and of how many."""
        return {
            key: (100 * number / self.whole[key], self.whole[key]) if self.whole[key] else (float(number), 0)
            for key, number in self.part.items()
        }


def counted(plan: Plan, groups: Sequence[Group]) -> Tally:
    """The figures of some groups of people."""
    tally = Tally()
    for group in groups:
        lives = live(plan, group)
        own = block(plan, group, 0, lives)
        (training_rows.candidates if group.adult else training_rows.training)(own)
        _tests(tally, own)
        training, certified = _contracts(tally, own)
        _pupils(tally, lives, training)
        _applications(tally, lives)
        if not group.adult:
            _admissions(tally, lives)
            _completions(tally, lives, certified)
    return tally


def national(parameters: Path | None = None, workers: int = 2) -> Figures:
    """The figures of the whole country."""
    order = Simulation(profile="national", parameters=parameters)
    tally = Tally()
    with multiprocessing.get_context("fork").Pool(workers) as pool:
        for part in pool.imap_unordered(_part, [(order, number) for number in range(_PARTS)]):
            tally.part.update(part.part)
            tally.whole.update(part.whole)
    return tally.figures()


def _part(which: tuple[Simulation, int]) -> Tally:
    order, number = which
    plan = plan_of(order)
    return counted(plan, sorted(plan.groups(profile("national")))[number::_PARTS])


def _written(own: Block, table: str, *columns: str) -> tuple[Ints, ...]:
    """Columns of a table as whole numbers, each row once however many bases it stands in; no day is NO_DAY."""
    parts = own.rows[table].parts
    found = [np.concatenate([part[name] for part in parts]) if parts else np.empty(0, np.int64) for name in columns]
    once = np.unique(found[0], return_index=True)[1]
    return tuple(each[once].astype(np.int64) for each in found)


def _years(days: Ints) -> Ints:
    found: Ints = days.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
    return found


def _tests(tally: Tally, own: Block) -> None:
    _, kinds, when, results = _written(own, "prove", "prove_id", "kandidattype", "dato", "resultat")
    years = _years(when - 273)
    for kind, name in ((0, "LA"), (1, "PK")):
        for year in np.unique(years[kinds == kind]).tolist():
            tally.share("test", name, year, results[(kinds == kind) & (years == year)] < 2)


def _contracts(tally: Tally, own: Block) -> tuple[Flags, Ints]:
    """Who is in training on each 1 October, two years beyond the last one lived; and the day of each certificate."""
    lives, first = own.lives, own.group.cohort
    names = ("kontrakt_id", "person_lnr", "laeretid_fra", "laeretid_til", "avsluttet", "kontraktstype")
    contract, person, begins, planned, ended, kinds = _written(own, "kontrakt", *names)
    who, ends = person - own.lnr[0], np.where(ended == NO_DAY, planned, ended)
    training = np.zeros((own.people, lives.years + 2), dtype=np.bool_)
    for place in range(min(lives.years + 2, LAST_YEAR - first + 1)):
        running = (begins <= day(first + place, 10, 1)) & (ends > day(first + place, 10, 1))
        training[who[running], place] = True
        tally.count("apprentices", "", first + place, int(running.sum()))
        tally.count("track", "vocational", first + place, int(running.sum()))
        tally.share("track.women", "vocational", first + place, lives.people.sex[who[running]] == WOMAN)
    certified = np.full(own.people, _NEVER)
    _, person, issued = _written(own, "fagbrev", "fagbrev_id", "person_lnr", "utstedt")
    np.minimum.at(certified, person - own.lnr[0], issued)
    order = np.argsort(begins, kind="stable")
    once = order[np.unique(who[order], return_index=True)[1]]
    years = _years(begins[once] + 92)
    for year in np.unique(years).tolist():
        due = once[(years == year) & (kinds[once] != _CANDIDATE)]
        if first + lives.years >= year + 5:
            in_time = certified[who[due]] < day(year + 5, 10, 1)
            tally.share("certificate", "all", year, in_time)
            tally.by_programme("certificate", year, lives.area[who[due], contract[due] % 10], in_time)
    return training, certified


def _pupils(tally: Tally, lives: Lives, training: Flags) -> None:
    """Who is a pupil, who leaves within the year, and who goes on to the next level."""
    first = lives.group.cohort
    for place in range(lives.years):
        year, who = first + place, np.flatnonzero(lives.state[:, place] == PUPIL)
        areas = lives.area[who, place]
        tally.count("pupils", "", year, len(who))
        for study, name in ((True, "academic"), (False, "vocational")):
            tally.count("track", name, year, int((_STUDY[areas] == study).sum()))
        tally.by_track("track.women", year, areas, lives.people.sex[who] == WOMAN)
        if lives.group.adult:
            continue
        left = lives.end[who, place] == LEFT
        tally.share("left", "all", year, left)
        tally.by_track("left", year, areas, left)
        tally.by_programme("left.programme", year, areas, left)
        places = counties(lives.base[who, place], day(year, 10, 1))
        for county in np.unique(places).tolist():
            tally.share("left.area", f"{county:02d}", year, left[places == county])
        if place + 1 == lives.years:
            continue
        pupil = lives.state[who, place + 1] == PUPIL
        reached = np.maximum(np.where(pupil, _LEVEL[lives.area[who, place + 1]], 0), training[who, place + 1] * 3)
        for level in (1, 2):
            here = _LEVEL[areas] == level
            tally.by_track("direct", year + 1, areas[here], reached[here] > level, level=f" {level}")
            tally.share("direct", f"all {level}", year + 1, reached[here] > level)


def _applications(tally: Tally, lives: Lives) -> None:
    """Who applies to a later year of school, and who of those that apply for training gets it."""
    for place in range(1, lives.years):
        year, pupil = lives.group.cohort + place, lives.state[:, place] == PUPIL
        asked = lives.matched[:, place]
        who = np.flatnonzero(pupil & (~lives.private & (lives.intended[:, place] != STAY_OUT) | (asked >= 0)))
        tally.count("applicants", "all", year, len(who))
        tally.by_programme("applicants", year, lives.area[who, place])
        tally.share("matched", "", year, asked[asked >= 0] == 1)


def _admissions(tally: Tally, lives: Lives) -> None:
    """The joint admission: who applies for what, who is offered a place, and who gets the first wish."""
    year, taken = lives.group.cohort, lives.admission
    who = np.flatnonzero(taken.taken >= 0)
    wished, got, late = taken.programme[who, 0], taken.taken[who], taken.late[who]
    tally.count("applicants", "all", year, len(who))
    tally.by_programme("applicants", year, _FIRST[wished])
    tally.share("admission", "offered", year, ~late)
    tally.share("admission", "first", year, ((got == 0) & ~late)[(got != 0) | ~late])
    tally.by_programme("admission.programme", year, _FIRST[wished], taken.programme[who, got] == wished)
    tally.share("wish.vocational", "", year, wished >= ACADEMIC)


def _completions(tally: Tally, lives: Lives, certified: Ints) -> None:
    """Who of those that begin has a diploma or a certificate within five or six years."""
    first, done, partial = lives.group.cohort, certified.copy(), np.zeros(len(certified), dtype=np.bool_)
    for place in range(lives.years):
        pupil, areas = lives.state[:, place] == PUPIL, lives.area[:, place]
        partial |= pupil & (lives.end[:, place] == PARTIAL)
        passed = pupil & (lives.end[:, place] == PASSED) & _FINAL[areas] & ~partial
        done[passed] = np.minimum(done[passed], day(first + place + 1, 6, 22))
    who = np.flatnonzero((lives.state[:, 0] == PUPIL) & (_LEVEL[lives.area[:, 0]] == 1))
    areas, done, points = lives.area[who, 0], done[who], lives.who.points[who]
    nominal = np.where(_STUDY[areas], 3, 4)
    ends = np.array([day(first + years, 10, 1) for years in range(7)])
    whole, five = done < ends[nominal + 2], done < ends[5]
    tally.count("starters", str(first), first, len(who))
    tally.share("completion", "all", first, whole)
    tally.by_track("completion", first, areas, whole)
    tally.share("completion", "nominal", first, done < ends[nominal])
    tally.share("completion", "later", first, whole & (done >= ends[nominal]))
    tally.by_programme("completion.programme", first, areas, five if first == FIRST_COHORT else whole)
    # As it was published, while media and communication was a vocational programme.
    academic, women = _STUDY[areas] & (areas != _MEDIA), lives.people.sex[who] == WOMAN
    tally.share("completion.five", "all", first, five)
    for flags, track in ((academic, "academic"), (~academic, "vocational")):
        tally.share("completion.five", track, first, five[flags])
        for sex, name in ((women, "women"), (~women, "men")):
            tally.share("completion.five", f"{track} {name}", first, five[flags & sex])
    for low, high, name in ((250, 300, " 25-29"), (400, 500, " 40-49")):
        band = (points >= low) & (points < high)
        tally.by_track("completion.points", first, areas[band], whole[band], level=name)


def main() -> int:
    """Print published figures beside counted ones."""
    parser = argparse.ArgumentParser(
        prog="tools.lived", description="Published figures beside those of everybody's lives."
    )
    parser.add_argument(
        "parameters", type=Path, nargs="?", help="a folder of parameter files; without it, the standing ones"
    )
    try:
        found = national(parser.parse_args().parameters)
    except AvropError as failure:
        sys.stderr.write(f"{failure}\n")
        return failure.exit_code
    published = [(each.figure, each.key, each.year, each.value) for each in targets()]
    with NEIGHBOURS.open(encoding="utf-8") as lines:
        published += [
            (row["figure"], row["key"], int(row["year"]), float(row["value"])) for row in csv.DictReader(lines)
        ]
    for figure, key, year, value in published:
        if (figure, key, year) in found:
            sys.stdout.write(f"{figure} {key} {year}: {found[figure, key, year][0]:.2f} of {value:g}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
