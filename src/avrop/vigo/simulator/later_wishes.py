"""What those who go on in school wished for first and were not offered, and who was offered a place late.

Beyond the first year nobody competes here: who goes on gets a place. Published are, of all applicants, how many were
offered a place in the first round and how many their first wish; two shares say so of the years after the first.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from avrop.vigo.simulator.block import Block
from avrop.vigo.simulator.curriculum import Area, curriculum
from avrop.vigo.simulator.draws import Flags, Ints, scaled
from avrop.vigo.simulator.forms import levels
from avrop.vigo.simulator.lives import PUPIL


@dataclass(frozen=True)
class Unmet:
    """Shape (people,). `area`: the first wish where it was not met, else -1. `late`: who was offered a place only
    after the first round."""

    area: Ints
    late: Flags


def unmet(own: Block, place: int) -> Unmet:
    """Of those who apply for a later year than the first; a wish can be unmet where there is another course to take."""
    lives, shares = own.lives, own.plan.parameters
    area = np.maximum(lives.area[:, place], 0)
    goes_on = lives.applies(place) & (lives.state[:, place] == PUPIL) & (levels(area) > 1)
    words = own.draws.words(f"later-wish/{own.group.cohort + place}", 3)
    others, count = _others()
    missed = goes_on & (words[:, 0] < shares.share("later.missed")) & (count[area] > 0)
    wished = others[area, scaled(words[:, 1], np.maximum(count[area], 1))]
    return Unmet(np.where(missed, wished, -1), goes_on & (words[:, 2] < shares.share("later.late")))


@cache
def _others() -> tuple[Ints, Ints]:
    """For each area the others of its level and programme, shape (areas, most), and how many there are."""
    areas = curriculum().areas
    alike = [[place for place, other in enumerate(areas) if _alike(area, other)] for area in areas]
    table = np.full((len(areas), max(map(len, alike))), -1, dtype=np.int64)
    for place, others in enumerate(alike):
        table[place, : len(others)] = others
    return table, np.array([len(others) for others in alike])


def _alike(area: Area, other: Area) -> bool:
    same = all(getattr(area, part) == getattr(other, part) for part in ("programme", "before", "level", "route"))
    return same and area is not other
