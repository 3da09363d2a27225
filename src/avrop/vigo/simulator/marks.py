"""The level of a pupil in a subject, and the mark that it gives: whole numbers, one word of chance for each."""

from functools import lru_cache

import numpy as np

from avrop.vigo.simulator.abilities import SKILLS
from avrop.vigo.simulator.block import Block
from avrop.vigo.simulator.course_rows import Courses
from avrop.vigo.simulator.curriculum import curriculum
from avrop.vigo.simulator.draws import Ints, bell_of
from avrop.vigo.simulator.parameters import Parameters

_SKILL = {"N": 0, "E": 0, "H": 0, "M": 1, "S": 1, "P": 2, "K": 2, "X": 2}
_GROUPS = np.array([_SKILL[subject.group] for subject in curriculum().subjects])
_ABILITY, _OWN, _REST = 700, 300, 660
"""Loadings of 1024: squares add up to one."""

_TERM = {"final": 0, "first": 420, "second": 300, "exam": 730}
"""How much of a level is new at each assessment, of 1024."""


def levels_of(own: Block, made: Courses, subject: Ints, kind: str) -> Ints:
    """Levels in 1/1024 standard deviation, shape of `subject`: the pupil's in the subject, and what is new."""
    who = own.lives.who
    width = subject.shape[1]
    chance = bell_of(own.draws.words(f"mark/{made.year}", width)[made.person])
    skills = who.skills[made.person].reshape(-1, SKILLS)
    level: Ints = (
        _ABILITY * who.general[made.person][:, None]
        + _OWN * np.take_along_axis(skills, _GROUPS[subject], axis=1)
        + _REST * chance
    ) >> 10
    new = _TERM[kind]
    if not new:
        return level
    kept = _kept(new)
    fresh = bell_of(own.draws.words(f"mark/{kind}/{made.year}", width)[made.person])
    mixed: Ints = (kept * level + new * fresh) >> 10
    return mixed


def mark_of(own: Block, subject: Ints, level: Ints, harder: Ints | None = None) -> Ints:
    """Marks 1 to 6 of levels; `harder` is what an exam takes off, in 1/1024 of a mark."""
    means, spread = _scales(own.plan.parameters)
    value = means[subject] + (spread * level >> 10)
    if harder is not None:
        value = value - harder
    found: Ints = np.clip((value + 512) >> 10, 1, 6)
    return found


@lru_cache(maxsize=4)
def _scales(parameters: Parameters) -> tuple[Ints, int]:
    """Each subject's mean final mark, and the spread of marks, in 1/1024 of a mark."""
    means, groups = parameters.of("mark.mean"), parameters.of("mark.group")
    shift = parameters.of("mark.shift")
    found = [
        int((means.get(each.code, groups[each.group]) + shift.get(each.code, shift[each.group])) * 1024)
        for each in curriculum().subjects
    ]
    return np.array(found, dtype=np.int64), int(parameters.one("mark.sd", "upper") * 1024)


def _kept(new: int) -> int:
    """What is left of the old, so that the spread stays."""
    kept = 1024
    while kept * kept + new * new > 1 << 20:
        kept -= 1
    return kept
