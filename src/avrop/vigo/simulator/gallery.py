"""The gallery: scripted life-courses by name, the same in every run, for tests and for people who look something up.

A path has a word for each school year: `AREA:E` a pupil whose year ended so (B, I, M, A, S); `@AREA:x` an apprentice
(g goes on, e ended, m moved to another company, p passed the test, f failed it), `#AREA:x` one who is taught the
trade in school; `~AREA:B` a pupil at a school abroad; `+` an external candidate for what a diploma lacks; `-` outside.
`>NN` before a word moves home to that area. Their identity numbers come from the part of each day's list that nobody
else is given.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

import numpy as np
import pyarrow as pa

from avrop.errors import Missing
from avrop.vigo.simulator import numbers
from avrop.vigo.simulator.abilities import Abilities, lower_points
from avrop.vigo.simulator.block import person_ids
from avrop.vigo.simulator.curriculum import curriculum
from avrop.vigo.simulator.lives import (
    ABROAD,
    APPRENTICE,
    CERTIFIED,
    DIPLOMA,
    ENDS,
    EXTERNAL,
    IN_SCHOOL,
    LONGER,
    MOVED,
    PASSED,
    PUPIL,
    TEST_PASSED,
    Lives,
    not_admitted,
    unlived,
)
from avrop.vigo.simulator.places import BASES, day
from avrop.vigo.simulator.plan import LAST_YEAR, Group, People, Plan
from avrop.vigo.simulator.schools import schools

NAME = "gallery"
FIRST = 90_000
"""Places in a group that no real member of it has."""

_TRAINED = "gempfl"


@dataclass(frozen=True, kw_only=True)
class Script:
    """One scripted life: its running number (person_lnr) is the same in every run."""

    name: str
    about: str
    group: Group
    sex: int
    born: date
    flags: frozenset[str]
    path: tuple[str, ...]
    place: int

    @property
    def lnr(self) -> int:
        """The person's running number."""
        return int(person_ids(self.group, FIRST + self.place, 1)[0])


@cache
def gallery() -> Mapping[str, Script]:
    """All scripts by name."""
    text = (files("avrop.vigo.simulator") / "gallery.csv").read_text(encoding="utf-8")
    found: dict[str, Script] = {}
    places: dict[str, int] = {}
    for row in csv.DictReader(text.splitlines()):
        base, _, cohort = row["group"].partition("-")
        place = places.get(row["group"], 0)
        places[row["group"]] = place + 1
        found[row["name"]] = Script(
            name=row["name"], about=row["about"], group=Group(base, int(cohort)), sex=int(row["sex"]) - 1,
            born=date.fromisoformat(row["born"]), flags=frozenset(row["flags"].split()),
            path=tuple(row["path"].split()), place=place,
        )  # fmt: skip
    return found


def script(name: str) -> Script:
    """The script of that name. Errors: `simulate.gallery` (Missing)."""
    if name not in gallery():
        raise Missing("simulate.gallery", "The gallery has nobody of that name.", hint="See `simulate gallery`.")
    return gallery()[name]


def scripted(plan: Plan, person: int) -> tuple[Script, Lives] | None:
    """The script of a running number, and its life alone; nothing for the number of somebody else."""
    for each in gallery().values():
        if each.lnr == person:
            return each, _lives(plan, each.group, [each])
    return None


def scripted_lives(plan: Plan) -> list[tuple[Group, Lives]]:
    """All scripted lives, by group."""
    groups: dict[Group, list[Script]] = {}
    for each in gallery().values():
        groups.setdefault(each.group, []).append(each)
    return [(group, _lives(plan, group, scripts)) for group, scripts in groups.items()]


def joined(made: Sequence[Mapping[str, pa.Table]]) -> Mapping[str, pa.Table]:
    """The tables of several groups as one of each."""
    return {
        name: pa.concat_tables([each[name] for each in made]).unify_dictionaries().combine_chunks() for name in made[0]
    }


def _lives(plan: Plan, group: Group, scripts: list[Script]) -> Lives:
    people, years = len(scripts), LAST_YEAR - group.cohort + 1
    draws = plan.draws(group, FIRST, people)
    marks = 3 + draws.words("gallery/marks", 15).astype(np.int64) % 3
    who = Abilities(
        draws.bell("ability")[:, 0], draws.bell("skills", 3), draws.bell("engagement")[:, 0], np.full(people, 2), marks,
        lower_points(marks),
    )  # fmt: skip
    home = np.full((people, years), BASES.index(group.base))
    lives = unlived(
        group, _people(plan, scripts), who, not_admitted(people), home=home,
        private=np.array(["private" in each.flags for each in scripts]),
        protected=np.array(["protected" in each.flags for each in scripts]),
        objecting=np.array(["objecting" in each.flags for each in scripts]),
    )  # fmt: skip
    for place, each in enumerate(scripts):
        _script(plan.seed, lives, place, each)
    return lives


def _people(plan: Plan, scripts: list[Script]) -> People:
    years = np.array([each.born.year for each in scripts])
    sex = np.array([each.sex for each in scripts])
    days = np.array(
        [day(each.born.year, each.born.month, each.born.day) - day(each.born.year, 1, 1) for each in scripts]
    )
    taken = [scripts[:place] for place in range(len(scripts))]
    turn = np.array([
        sum(other.born == each.born and other.sex == each.sex for other in before)
        for each, before in zip(scripts, taken, strict=True)
    ])  # fmt: skip
    number, born = numbers.allot(
        plan.seed, years=years, women=sex, running=days, begins=np.full(len(scripts), numbers.RESERVED) + turn
    )
    return People(number, born, sex)


def _script(seed: int, lives: Lives, place: int, each: Script) -> None:
    done, training = 0, 0
    for year, (home, word) in enumerate(_words(each.path)):
        if home:
            lives.home[place, year:] = BASES.index(home)
        kind, _, end = word.lstrip("@#~").partition(":")
        if word == "-":
            continue
        if word == "+":
            lives.state[place, year], done = EXTERNAL, DIPLOMA
            continue
        lives.base[place, year] = lives.home[place, year]
        lives.area[place, year] = curriculum().where(kind)
        if word.startswith(("@", "#")):
            taught = word.startswith("#")
            lives.state[place, year], lives.school[place, year] = APPRENTICE, place % 3 if taught else 200 + place
            lives.trained[place, year] = _TRAINED.index(end)
            if not taught:
                training += lives.trained[place, year - 1] not in {MOVED, LONGER} or not training
            lives.training[place, year] = IN_SCHOOL if taught else training
            done = CERTIFIED if lives.trained[place, year] == TEST_PASSED else 0
        else:
            lives.state[place, year] = ABROAD if word.startswith("~") else PUPIL
            here = schools(seed, int(lives.home[place, year]))
            private = "private" in each.flags
            lives.school[place, year] = here.count - 1 if private else place % 3
            lives.end[place, year] = ENDS.index(end)
            last = curriculum().areas[curriculum().where(kind)].level >= 3
            done = DIPLOMA if last and lives.end[place, year] == PASSED else done
    lives.state[place, len(_words_list(each.path)) :] = done


def _words(path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    home = ""
    for word in path:
        if word.startswith(">"):
            home = word[1:]
        else:
            yield home, word
            home = ""


def _words_list(path: tuple[str, ...]) -> list[str]:
    return [word for _, word in _words(path)]
