"""Those who come as adults: pupils of their courses, applicants without a place, and practice candidates."""

import numpy as np

from avrop.vigo.simulator.abilities import Abilities
from avrop.vigo.simulator.choicerules import Cuts
from avrop.vigo.simulator.curriculum import curriculum
from avrop.vigo.simulator.draws import Draws, Ints, Words, edges, pick
from avrop.vigo.simulator.lives import (
    APPLY,
    CERTIFIED,
    LEFT,
    NONE,
    ON,
    OUT,
    PASSED,
    PUPIL,
    TEST_FAILED,
    TEST_PASSED,
    Lives,
    not_admitted,
    unlived,
)
from avrop.vigo.simulator.parameters import Parameters
from avrop.vigo.simulator.places import BASES
from avrop.vigo.simulator.plan import LAST_YEAR, Group, Plan
from avrop.vigo.simulator.schools import schools

YEARS = 3


def live_adults(plan: Plan, group: Group) -> Lives:
    """The lives of those who came as adults to one area in one year, all within its first school years."""
    size = plan.size(group)
    draws = plan.draws(group, 0, size)
    years = min(YEARS, LAST_YEAR - group.cohort + 1)
    lives = unlived(
        group, plan.people(group, 0, size), _abilities(draws), not_admitted(size),
        home=np.full((size, years), BASES.index(group.base), dtype=np.int64), private=np.zeros(size, dtype=np.bool_),
        protected=draws.happens("protected", plan.parameters.share("protected")),
        objecting=draws.happens("objecting", plan.parameters.share("objecting")),
    )  # fmt: skip
    kind = pick(draws.word("kind"), _kinds(plan.parameters)[lives.people.sex])
    _candidates(plan, draws, lives, np.flatnonzero(kind == 0))
    _pupils(plan, draws, lives, np.flatnonzero(kind == 1))
    _refused(plan, draws, lives, np.flatnonzero(kind == 2))
    return lives


def _kinds(parameters: Parameters) -> Cuts:
    """Cut points of candidates, pupils and refused applicants, by sex: more men come as candidates than as pupils."""
    kinds, candidates = parameters.of("adults.kind"), parameters.of("adults.candidates")
    weights = [[(kinds["PK"] + kinds["FB"]) * candidates[sex], kinds["PU"], kinds["SO"]] for sex in ("men", "women")]
    return edges([[int(weight * 100) for weight in own] for own in weights])


def _trades(parameters: Parameters) -> Cuts:
    """Cut points of candidates' trades, by sex: in each as many women as want its programme in school."""
    wanted, places = parameters.of("wish.women"), [curriculum().where(code) for code in parameters.of("adults.trade")]
    women = [wanted[curriculum().areas[place].programme] for place in places]
    weights = list(zip(parameters.of("adults.trade").values(), women, strict=True))
    return edges([
        [int(weight * (1 - share) * 10_000) for weight, share in weights],
        [int(weight * share * 10_000) for weight, share in weights],
    ])  # fmt: skip


def _abilities(draws: Draws) -> Abilities:
    width = np.zeros((draws.people, 15), dtype=np.int64)
    return Abilities(
        draws.bell("ability")[:, 0], draws.bell("skills", 3), draws.bell("engagement")[:, 0],
        np.full(draws.people, 4), width, np.full(draws.people, -1),
    )  # fmt: skip


def _pupils(plan: Plan, draws: Draws, lives: Lives, who: Ints) -> None:
    words = draws.words("adult", 8)[who]
    area, second, school = _course(plan, lives, words)
    going = np.ones(len(who), dtype=np.bool_)
    for year in range(min(2, lives.years)):
        rows = who[going]
        lives.state[rows, year] = PUPIL
        lives.area[rows, year] = area[going]
        lives.base[rows, year] = BASES.index(lives.group.base)
        lives.school[rows, year] = school[going]
        leaves = words[:, 2 + year] < plan.parameters.share("adults.leaves")
        lives.end[rows, year] = np.where(leaves, LEFT, PASSED)[going]
        going = going & ~leaves & (second >= 0)
        area = second


def _course(plan: Plan, lives: Lives, words: Words) -> tuple[Ints, Ints, Ints]:
    """The areas of the first and the second year of what each applies for, -1 for no second one, and the school."""
    book, paths = curriculum(), plan.parameters.of("adults.path")
    path = pick(words[:, 0], edges([int(weight) for weight in paths.values()]))
    codes = [(*key.split("+"), "")[:2] for key in paths]
    first = np.array([book.where(code) for code, _ in codes])[path]
    second = np.array([book.where(code) if code else NONE for _, code in codes])[path]
    here = schools(plan.seed, BASES.index(lives.group.base))
    return first, second, here.draw(words[:, 1], np.full(len(words), 9))


def _refused(plan: Plan, draws: Draws, lives: Lives, who: Ints) -> None:
    """Applicants to a course who get no place; nothing more is known of them."""
    lives.area[who, 0], _, lives.school[who, 0] = _course(plan, lives, draws.words("adult", 8)[who])
    lives.base[who, 0] = lives.home[who, 0]
    lives.intended[who, 0] = ON


def _candidates(plan: Plan, draws: Draws, lives: Lives, who: Ints) -> None:
    """Practice candidates: the trade of the test and, the year after it was passed, the certificate."""
    trades = np.array([curriculum().where(code) for code in plan.parameters.of("adults.trade")])
    words = draws.words("candidate", 2)[who]
    lives.area[who, 0] = trades[pick(words[:, 0], _trades(plan.parameters)[lives.people.sex[who]])]
    lives.intended[who, 0] = APPLY
    lives.state[who, 0] = OUT
    passes = words[:, 1] < plan.parameters.share("test.passes", "PK")
    lives.trained[who, 0] = np.where(passes, TEST_PASSED, TEST_FAILED)
    if lives.years > 1:
        lives.state[who[passes], 1:] = CERTIFIED
