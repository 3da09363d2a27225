"""Answer keys, kept apart from what is delivered: whose each row is, and what is behind each person.

They say what nobody could know of real rows: the controller that a row came from, everybody who could claim it, and
the abilities behind the marks. They are made from the lives, not from the rows.
"""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from avrop.vigo.simulator.block import FAR, controller, person_ids
from avrop.vigo.simulator.columns import ID, WHOLE, Column, Rows, code
from avrop.vigo.simulator.draws import Ints
from avrop.vigo.simulator.forms import COUNTIES
from avrop.vigo.simulator.lives import APPRENTICE, MOVED, PUPIL, Lives
from avrop.vigo.simulator.plan import Group
from avrop.vigo.simulator.schools import owners

_WHOLE = Column(kind=WHOLE)
ANSWERS: Mapping[str, Mapping[str, Column]] = {
    "fasit_latent": {"person_lnr": ID, "evne": ID, "engasjement": ID, "sprak": ID, "tall": ID, "praksis": ID},
    "fasit_opphav": {
        "tabell": code("elevforhold", "kontrakt"), "id": ID, "opphav": code(*COUNTIES), "krav": code(*COUNTIES),
        "uavklart": _WHOLE,
    },
}  # fmt: skip
"""`opphav`: the county whose row it is; `krav`: another that could claim it, or null; `uavklart`: no public owner."""


def answers(group: Group, first: int, lives: Lives) -> Mapping[str, pa.Table]:
    """The keys of a run of a group's people."""
    rows = {name: Rows(form) for name, form in ANSWERS.items()}
    lnr = person_ids(group, first, len(lives.state))
    who = lives.who
    rows["fasit_latent"].add(
        person_lnr=lnr, evne=who.general, engasjement=who.engagement, sprak=who.skills[:, 0], tall=who.skills[:, 1],
        praksis=who.skills[:, 2],
    )  # fmt: skip
    for place in range(lives.years):
        pupils = np.flatnonzero(lives.state[:, place] == PUPIL)
        base = lives.base[pupils, place]
        private = owners(base, lives.school[pupils, place]) != 1
        _add(rows, 0, (FAR + lnr[pupils]) * 100 + place * 10, base, lives.home[pupils, place], private.astype(np.int64))
        begun = lives.state[:, place] == APPRENTICE
        if place:
            begun &= (lives.state[:, place - 1] != APPRENTICE) | (lives.trained[:, place - 1] == MOVED)
        own = np.flatnonzero(begun)
        none = np.zeros(len(own), dtype=np.int64)
        _add(rows, 1, (FAR + lnr[own]) * 10 + place, lives.base[own, place], lives.home[own, place], none)
    return {name: made.table() for name, made in rows.items()}


def _add(rows: dict[str, Rows], table: int, ids: Ints, base: Ints, home: Ints, private: Ints) -> None:
    origin, claim = controller(base), controller(home)
    rows["fasit_opphav"].add(
        tabell=np.full(len(ids), table, dtype=np.int64), id=ids, opphav=origin,
        krav=np.where(claim == origin, -1, claim), uavklart=private,
    )  # fmt: skip
