"""The level of a pupil in a subject, and the mark that it gives: whole numbers, one word of chance for each."""

from functools import lru_cache

import numpy as np

from avrop.vigo.simulator.abilities import SKILLS
from avrop.vigo.simulator.block import Block
from avrop.vigo.simulator.course_rows import Courses
from avrop.vigo.simulator.curriculum import curriculum
from avrop.vigo.simulator.draws import Ints, Words
from avrop.vigo.simulator.parameters import Parameters

_SKILL = {"N": 0, "E": 0, "H": 0, "M": 1, "S": 1, "P": 2, "K": 2, "X": 2}
_GROUPS = np.array([_SKILL[subject.group] for subject in curriculum().subjects])
_ABILITY, _OWN, _REST = 700, 300, 660
"""Loadings of 1024: squares add up to one."""

_TERM = {"final": 0, "first": 420, "second": 300, "exam": 690}
"""How much of a level is new at each assessment, of 1024."""


def levels_of(own: Block, made: Courses, subject: Ints, kind: str) -> Ints:
    """Levels in 1/1024 standard deviation, shape of `subject`: the pupil's in the subject, and what is new."""
    who = own.lives.who
    width = subject.shape[1]
    chance = _bell(own.draws.words(f"mark/{made.year}", width)[made.person])
    skills = who.skills[made.person].reshape(-1, SKILLS)
    level = (
        _ABILITY * who.general[made.person][:, None]
        + _OWN * np.take_along_axis(skills, _GROUPS[subject], axis=1)
        + _REST * chance
    ) >> 10
    new = _TERM[kind]
    if not new:
        return level
    kept = _kept(new)
    fresh = _bell(own.draws.words(f"mark/{kind}/{made.year}", width)[made.person])
    found: Ints = (kept * level + new * fresh) >> 10
    return found


def mark_of(subject: Ints, level: Ints, harder: int = 0) -> Ints:
    """Marks 1 to 6 of levels; `harder` is what an exam takes off, in 1/1024 of a mark."""
    means, spreads = _scales()
    value = means[subject] + (spreads[subject] * level >> 10) - harder
    found: Ints = np.clip((value + 512) >> 10, 1, 6)
    return found


@lru_cache(maxsize=1)
def _scales() -> tuple[Ints, Ints]:
    """Mean and spread of each subject's final mark, in 1/1024 of a mark."""
    return _MEANS, _SPREADS


def set_scales(parameters: Parameters) -> None:
    """Take means and spreads of marks from the parameters, for this process."""
    means, spread = parameters.of("mark.mean"), parameters.one("mark.sd", "upper")
    groups = parameters.of("mark.group")
    for place, subject in enumerate(curriculum().subjects):
        _MEANS[place] = int(means.get(subject.code, groups[subject.group]) * 1024)
        _SPREADS[place] = int(spread * 1024)


_MEANS = np.full(len(curriculum().subjects), 4 * 1024, dtype=np.int64)
_SPREADS = np.full(len(curriculum().subjects), 1126, dtype=np.int64)


def _kept(new: int) -> int:
    """What is left of the old, so that the spread stays."""
    kept = 1024
    while kept * kept + new * new > 1 << 20:
        kept -= 1
    return kept


def _bell(words: Words) -> Ints:
    """As draws.bell_of, faster: the four bytes of a word are added two at a time."""
    pairs = (words & np.uint32(0x00FF00FF)) + ((words >> np.uint32(8)) & np.uint32(0x00FF00FF))
    total = (pairs & np.uint32(0xFFFF)) + (pairs >> np.uint32(16))
    found: Ints = (total.astype(np.int64) - 510) * 1024 // 148
    return found
