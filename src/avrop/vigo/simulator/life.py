"""Life-courses: for every person and school year the state on 1 October, where, in which area, and how the year ended.

A whole group is lived at once, because places at schools and in companies are limited for the group. Within a year:
what each intends, who is admitted or matched, then how the year ends. Everything is a comparison of a word with cut
points; nothing here depends on how many of the group are written afterwards.
"""

import numpy as np

from avrop.vigo.simulator import choicerules, choices, market
from avrop.vigo.simulator.abilities import Lower, abilities
from avrop.vigo.simulator.admission import admission, wishes
from avrop.vigo.simulator.adults import live_adults
from avrop.vigo.simulator.curriculum import PROGRAMMES, curriculum, programmes
from avrop.vigo.simulator.draws import Draws, Flags, Ints, scaled
from avrop.vigo.simulator.lives import IN_SCHOOL, NONE, OUT, PUPIL, YEARS, Lives, unlived
from avrop.vigo.simulator.places import BASES, neighbours
from avrop.vigo.simulator.plan import LAST_YEAR, Group, Plan
from avrop.vigo.simulator.schools import schools

_PRIVATE = (PROGRAMMES.index("ST"), PROGRAMMES.index("ID"))
"""What private schools have here: were they spread over all academic programmes, applicants to art and music lacked."""


def live(plan: Plan, group: Group) -> Lives:
    """The lives of a whole group: of those who left lower secondary in one area and year, or came as adults."""
    if group.adult:
        return live_adults(plan, group)
    size = plan.size(group)
    draws = plan.draws(group, 0, size)
    people = plan.people(group, 0, size)
    parameters = plan.parameters
    who = abilities(Lower(parameters, group), draws, people)
    base = BASES.index(group.base)
    alone = choices.first_programme(parameters, group, draws, who, people.sex)
    private = _private(plan, draws, alone)
    guest = draws.happens("guest", parameters.share("guest"))
    also = draws.happens("private/applies", parameters.share("private.applies"))
    applies = np.where(private, also, ~guest)
    decided = np.where(private, alone, NONE)
    admitted = admission(wishes(parameters, group), draws, who, people.sex, applies, decided, schools(plan.seed, base))
    years = min(YEARS, LAST_YEAR - group.cohort + 1)
    lives = unlived(
        group, people, who, admitted, home=_homes(plan, draws, base, years), private=private,
        protected=draws.happens("protected", parameters.share("protected")),
        objecting=draws.happens("objecting", parameters.share("objecting")),
    )  # fmt: skip
    rules = choicerules.rules(parameters, group)
    for year in range(years):
        if not year:
            _start(draws, lives, alone, rules)
        else:
            _begin(draws, lives, rules, year)
        _schooling(plan, draws, lives, year)
        choices.end_year(rules, draws, lives, year)
    return lives


def _homes(plan: Plan, draws: Draws, base: int, years: int) -> Ints:
    """Where everybody lives in each year: some move, mostly to a neighbouring area, and stay there."""
    home = np.full((draws.people, years), base, dtype=np.int64)
    moves, near = plan.parameters.share("moves"), plan.parameters.share("moves.near")
    for year in range(1, years):
        words = draws.words(f"moves/{year}", 4)
        there = np.where(
            words[:, 1] < near,
            neighbours(home[:, year - 1], scaled(words[:, 2], 4)),
            scaled(words[:, 3], len(BASES)),
        )
        home[:, year] = np.where(words[:, 0] < moves, there, home[:, year - 1])
    return home


def _private(plan: Plan, draws: Draws, alone: Ints) -> Flags:
    """Who goes to a private school: somebody who wants what most of those have, general studies or sports."""
    wants = np.isin(alone, _PRIVATE)
    share = plan.parameters.share("private") * len(alone) // max(int(wants.sum()), 1)
    return wants & draws.happens("private", min(share, (1 << 32) - 1))


def _start(draws: Draws, lives: Lives, alone: Ints, rules: choicerules.Rules) -> None:
    """The first year: in the programme that admitted, or, for who took no part in it or goes to a private school, in
    the one that each wants."""
    first = np.array(curriculum().first_years())
    wish = np.maximum(lives.admission.taken, 0)
    programme = np.take_along_axis(lives.admission.programme, wish[:, None], axis=1)[:, 0]
    programme = np.where((lives.admission.taken < 0) | lives.private, alone, programme)
    starts = ~draws.happens("late-start", rules.late_start)
    lives.state[:, 0] = np.where(starts, PUPIL, OUT)
    lives.area[:, 0] = np.where(starts, first[programme], NONE)


def _begin(draws: Draws, lives: Lives, rules: choicerules.Rules, year: int) -> None:
    """The state of a later year, from what each intended and who was admitted or matched."""
    market.go_on(rules, draws, lives, year)
    choices.intend(rules, draws, lives, year)
    market.match(rules, draws, lives, year)
    choices.enter(rules, draws, lives, year)


def _schooling(plan: Plan, draws: Draws, lives: Lives, year: int) -> None:
    """Base and school of the pupils of the year, also of those abroad, and of those who are taught a trade in school:
    the one from before where it goes on there, else another."""
    pupils = np.flatnonzero(lives.attends(year) | (lives.training[:, year] == IN_SCHOOL))
    if not len(pupils):
        return
    home = lives.home[pupils, year]
    words = draws.words(f"school/{year}", 4)[pupils]
    crosses = words[:, 0] < plan.parameters.share("guest")
    if year == 0:  # who took no part in the area's admission and goes to no private school is a guest elsewhere
        crosses = (lives.admission.taken[pupils] < 0) & ~lives.private[pupils]
    near = neighbours(home, scaled(words[:, 1], 4))
    programme = programmes()[lives.area[pupils, year]]
    before = _last(lives, pupils, year)
    base, school = before
    stays = (base >= 0) & (lives.home[pupils, year] == lives.home[pupils, max(year - 1, 0)])
    base = np.where(stays, base, np.where(crosses, near, home))
    new = ~stays | ~_offered(plan.seed, base, school, programme)
    found = school.copy()
    for place in np.unique(base).tolist():
        own = np.flatnonzero(new & (base == place))
        here = schools(plan.seed, place)
        found[own] = here.draw(words[own, 2], programme[own])
        alone = own[lives.private[pupils[own]]]
        found[alone] = here.private(words[alone, 3])
    if year == 0:
        taken = lives.admission.taken[pupils]
        applied = (taken >= 0) & ~lives.private[pupils]
        wished = np.take_along_axis(lives.admission.school[pupils], np.maximum(taken, 0)[:, None], axis=1)[:, 0]
        found = np.where(applied, wished, found)
        base = np.where(applied, home, base)
    lives.base[pupils, year] = base
    lives.school[pupils, year] = found


def _last(lives: Lives, pupils: Ints, year: int) -> tuple[Ints, Ints]:
    """Base and school of the last year in school, -1 where there was none."""
    base = np.full(len(pupils), NONE, dtype=np.int64)
    school = base.copy()
    for earlier in range(year):
        had = lives.attends(earlier)[pupils]
        base = np.where(had, lives.base[pupils, earlier], base)
        school = np.where(had, lives.school[pupils, earlier], school)
    return base, school


def _offered(seed: int, base: Ints, school: Ints, programme: Ints) -> Flags:
    """Whether the school has the programme; state and private schools have what their pupils take."""
    found = np.zeros(len(base), dtype=np.bool_)
    for place in np.unique(base).tolist():
        own = np.flatnonzero((base == place) & (school >= 0))
        here = schools(seed, place)
        public = school[own] < here.public
        found[own] = ~public | here.offers[np.minimum(school[own], here.public - 1), programme[own]]
    return found
