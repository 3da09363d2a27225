"""The figures of a whole national run in half a minute: counted on the life-courses, before any row is written.

`python -m tools.lived [PARAMETERS]` prints the published figures that can be counted so beside the counted ones: the
targets, but for those set aside, which nobody who fits is to see, and the neighbours of `neighbours.csv`: figures of
other years than those of the targets. Counts are those of `figures.sql`, which is what a run is judged by; a test
compares the two.
"""

import argparse
import multiprocessing
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from avrop.catalogue.packform import Simulation
from avrop.errors import AvropError
from avrop.vigo.simulator import training_rows
from avrop.vigo.simulator.block import Block, block
from avrop.vigo.simulator.curriculum import ACADEMIC, curriculum
from avrop.vigo.simulator.document_rows import EXAM_SHOWN
from avrop.vigo.simulator.draws import Flags, Ints
from avrop.vigo.simulator.fidelity import Figures, targets
from avrop.vigo.simulator.later_wishes import unmet
from avrop.vigo.simulator.life import live
from avrop.vigo.simulator.lives import ABROAD, EXTERNAL, LEFT, PARTIAL, PASSED, PUPIL, Lives
from avrop.vigo.simulator.places import counties, day
from avrop.vigo.simulator.plan import FIRST_COHORT, WOMAN, Group, Plan, profile
from avrop.vigo.simulator.run import plan_of
from tools import trained
from tools.published import neighbours
from tools.tally import AREAS, LEVEL, THREE_YEARS, Tally, alike, study

_FINAL = np.array([area.level >= 3 and area.route != "trade" for area in AREAS])
_FIRST = np.array(curriculum().first_years())
_SUPPLEMENT, _AFTER_TRADE = curriculum().where("PBPBY3"), curriculum().where("PBPBY4")


def counted(plan: Plan, groups: Sequence[Group]) -> Tally:
    """The figures of some groups of people."""
    tally = Tally()
    for group in groups:
        lives = live(plan, group)
        own = block(plan, group, 0, lives)
        (training_rows.candidates if group.adult else training_rows.training)(own)
        trained.tests(tally, own)
        training, certified = trained.contracts(tally, own)
        _pupils(tally, lives, training)
        _applications(tally, own)
        if not group.adult:
            _admissions(tally, lives)
            _completions(tally, lives, certified)
    return tally


def by_cohort(folders: Mapping[Path | None, Collection[int]], workers: int = 2) -> Iterator[Mapping[int, Tally]]:
    """The figures of the country by the cohort that they come from, for each folder of parameters and its cohorts."""
    orders = [(Simulation(profile="national", parameters=folder), sorted(own)) for folder, own in folders.items()]
    with multiprocessing.get_context("fork").Pool(workers) as pool:
        found = pool.imap(_part, [(order, cohort) for order, own in orders for cohort in own])
        for _, own in orders:
            yield {cohort: next(found) for cohort in own}


def everybody(folder: Path | None, workers: int = 2) -> Mapping[int, Tally]:
    """The figures of the whole country, by cohort, for a folder of parameters."""
    return next(by_cohort({folder: profile("national").cohorts}, workers))


def together(parts: Mapping[int, Tally]) -> Tally:
    """The figures of all cohorts."""
    tally = Tally()
    for part in parts.values():
        tally.part.update(part.part)
        tally.whole.update(part.whole)
    return tally


def national(parameters: Path | None = None, workers: int = 2) -> Figures:
    """The figures of the whole country."""
    return together(everybody(parameters, workers)).figures()


def _part(which: tuple[Simulation, int]) -> Tally:
    order, cohort = which
    plan = plan_of(order)
    return counted(plan, [group for group in plan.groups(profile("national")) if group.cohort == cohort])


def _pupils(tally: Tally, lives: Lives, training: Flags) -> None:
    """Who is a pupil, who leaves within the year, and who goes on to the next level."""
    first = lives.group.cohort
    for place in range(lives.years):
        year, who = first + place, np.flatnonzero(lives.state[:, place] == PUPIL)
        areas = lives.area[who, place]
        tally.count("pupils", "", year, len(who))
        academic, women = study(areas, year), lives.people.sex[who] == WOMAN
        tally.count("track", "academic", year, int(academic.sum()))
        tally.count("track", "vocational", year, int((~academic).sum()))
        for figure in ("track.women", "pupils.women"):
            tally.by_track(figure, year, academic, women)
        if lives.group.adult:
            continue
        tally.count("pupils.young", "", year, len(who))
        tally.count("abroad", "", year, int((lives.state[:, place] == ABROAD).sum()))
        begin = LEVEL[areas] == 1
        tally.by_track("pupils.women", year, academic[begin], women[begin], level=" 1")
        tally.by_programme("pupils.women.programme", year, areas[begin], women[begin])
        tally.count("supplement.trade", "", year, int((areas == _AFTER_TRADE).sum()))
        for level in (1, 2):
            tally.among("pupils.programme", level, year, areas)
        left = lives.end[who, place] == LEFT
        tally.share("left", "all", year, left)
        tally.by_sex("left", "", year, women, left)
        for level in (1, 2, 3):
            own = academic[(LEVEL[areas] == level) & ~np.isin(areas, (_SUPPLEMENT, _AFTER_TRADE))]
            tally.share("pupils.academic", str(level), year, own)
            tally.count("pupils.level", f"academic {level}", year, int(own.sum()))
            tally.count("pupils.level", f"vocational {level}", year, int((~own).sum()))
        second = (LEVEL[areas] == 2) & ~academic
        tally.ratio("supplement", "", year, int((areas == _SUPPLEMENT).sum()), int(second.sum()))
        tally.by_track("left", year, academic, left)
        tally.by_programme("left.programme", year, areas, left)
        places = counties(lives.base[who, place], day(year, 10, 1))
        for county in np.unique(places).tolist():
            tally.share("left.area", f"{county:02d}", year, left[places == county])
        if place + 1 == lives.years:
            continue
        pupil = lives.state[who, place + 1] == PUPIL
        reached = np.maximum(np.where(pupil, LEVEL[lives.area[who, place + 1]], 0), training[who, place + 1] * 3)
        away = reached == 0
        tally.share("again", "3", year + 1, pupil[LEVEL[areas] >= 3])
        for level in (1, 2):
            here = LEVEL[areas] == level
            tally.by_track("direct", year + 1, academic[here], reached[here] > level, level=f" {level}")
            tally.share("direct", f"all {level}", year + 1, reached[here] > level)
            tally.by_track("away", year + 1, academic[here], away[here], level=f" {level}")
            tally.share("away", f"all {level}", year + 1, away[here])
            tally.share("direct.area", f"{lives.group.base} {level}", year + 1, reached[here] > level)


def _applications(tally: Tally, own: Block) -> None:
    """Who applies to a later year of school or as an adult, who is offered a place there, and who of those that apply
    for training gets it."""
    lives = own.lives
    for place in range(0 if lives.group.adult else 1, lives.years):
        year, pupil = lives.group.cohort + place, lives.state[:, place] == PUPIL
        asked = lives.matched[:, place]
        who = np.flatnonzero(lives.applies(place) & (pupil | lives.refused(place)))
        area = lives.area[who, place]
        tally.count("applicants", "all", year, len(who))
        tally.by_programme("applicants", year, area)
        begin = who[LEVEL[area] == 1]
        _wishes(tally, lives, year, begin, ~THREE_YEARS[lives.area[begin, place]])
        later = unmet(own, place)
        offered = ~lives.refused(place)[who] & ~later.late[who]
        tally.share("admission.all", "offered", year, offered)
        tally.share("admission.all", "first", year, offered & (later.area[who] < 0))
        tally.share("matched", "", year, asked[asked >= 0] == 1)
        tally.count("asked", "", year, int((asked >= 0).sum()))


def _wishes(tally: Tally, lives: Lives, year: int, who: Ints, vocational: Flags) -> None:
    """What those wish for first who apply to a first year."""
    tally.share("wish.vocational", "", year, vocational)
    tally.share("wish.vocational.area", lives.group.base, year, vocational)
    tally.by_sex("wish.vocational", "", year, lives.people.sex[who] == WOMAN, vocational)


def _admissions(tally: Tally, lives: Lives) -> None:
    """The joint admission: who applies for what, who is offered a place, and who gets the first wish."""
    year, taken = lives.group.cohort, lives.admission
    who = np.flatnonzero(taken.taken >= 0)
    wished, got, late = taken.programme[who, 0], taken.taken[who], taken.late[who]
    tally.count("applicants", "all", year, len(who))
    tally.by_programme("applicants", year, _FIRST[wished])
    tally.share("admission", "first", year, ((got == 0) & ~late)[(got != 0) | ~late])
    tally.share("admission.all", "offered", year, ~late)
    tally.share("admission.all", "first", year, (got == 0) & ~late)
    met = alike(year, _FIRST[taken.programme[who, got]], _FIRST[wished])
    tally.by_programme("admission.programme", year, _FIRST[wished], met)
    _wishes(tally, lives, year, who, wished >= ACADEMIC)


def _completions(tally: Tally, lives: Lives, certified: Ints) -> None:
    """Who of those that begin has a diploma or a certificate within five or six years."""
    first, done, partial = lives.group.cohort, certified.copy(), np.zeros(len(certified), dtype=np.bool_)
    for place in range(lives.years):
        pupil, areas = lives.state[:, place] == PUPIL, lives.area[:, place]
        partial |= pupil & (lives.end[:, place] == PARTIAL)
        passed = pupil & (lives.end[:, place] == PASSED) & _FINAL[areas] & ~partial
        done[passed] = np.minimum(done[passed], day(first + place + 1, 6, 22))
        exams = (lives.state[:, place] == EXTERNAL) & ~partial
        done[exams] = np.minimum(done[exams], day(first + place + 1, *EXAM_SHOWN))
    who = np.flatnonzero((lives.state[:, 0] == PUPIL) & (LEVEL[lives.area[:, 0]] == 1))
    areas, done, points = lives.area[who, 0], done[who], lives.who.points[who]
    academic, women = study(areas, first), lives.people.sex[who] == WOMAN
    ends = np.array([day(first + years, 10, 1) for years in range(7)])
    whole, five = done < ends[np.where(academic, 5, 6)], done < ends[5]
    nominal = done < ends[np.where(THREE_YEARS[areas], 3, 4)]
    tally.count("starters", str(first), first, len(who))
    tally.share("completion", "nominal", first, nominal)
    tally.share("completion", "later", first, whole & ~nominal)
    tally.by_track("completion.nominal", first, academic, nominal)
    tally.share("completion.five.area", lives.group.base, first, five)
    for figure, flags in (("completion", whole), ("completion.five", five)):
        tally.share(figure, "all", first, flags)
        tally.by_track(figure, first, academic, flags)
        tally.by_sex(figure, "", first, women, flags)
        for chosen, track in ((academic, "academic"), (~academic, "vocational")):
            tally.by_sex(figure, track, first, women[chosen], flags[chosen])
    tally.by_programme("completion.programme", first, areas, five if first == FIRST_COHORT else whole)
    tally.by_programme("completion.five.programme", first, areas, five)
    for low, high, name in ((250, 300, " 25-29"), (400, 500, " 40-49")):
        band = (points >= low) & (points < high)
        tally.by_track("completion.points", first, academic[band], whole[band], level=name)


def tell(program: str, description: str, lines: Callable[[Figures], Sequence[str]]) -> int:
    """A command that counts the country of a folder of parameters and prints lines about it; gives its exit code."""
    parser = argparse.ArgumentParser(prog=program, description=description)
    parser.add_argument(
        "parameters", type=Path, nargs="?", help="a folder of parameter files; without it, the standing ones"
    )
    try:
        found = national(parser.parse_args().parameters)
    except AvropError as failure:
        sys.stderr.write(f"{failure}\n")
        return failure.exit_code
    sys.stdout.write("".join(f"{line}\n" for line in lines(found)))
    return 0


def _beside(found: Figures) -> list[str]:
    published = [(each.figure, each.key, each.year, each.value) for each in targets() if not each.withheld]
    published += [(*each.measured, each.value) for each in neighbours() if each.at == each.year]
    return [
        f"{figure} {key} {year}: {found[figure, key, year][0]:.2f} of {value:g}"
        for figure, key, year, value in published
        if (figure, key, year) in found
    ]


def main() -> int:
    """Print published figures beside counted ones."""
    return tell("tools.lived", "Published figures beside those of everybody's lives.", _beside)


if __name__ == "__main__":
    raise SystemExit(main())
