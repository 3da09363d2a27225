"""Answer keys, kept apart from what is delivered: whose each row is, and what is behind each person.

They say what nobody could know of real rows: the controller that a row came from, everybody who could claim it, and
the abilities behind the marks. They are made from the lives; of the rows, only which there are is taken.
"""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from avrop.vigo.simulator.block import person_ids
from avrop.vigo.simulator.columns import ID, WHOLE, Column, Rows, code
from avrop.vigo.simulator.forms import COUNTIES
from avrop.vigo.simulator.lives import Lives
from avrop.vigo.simulator.origins import KEYED, origins
from avrop.vigo.simulator.plan import Group

_WHOLE = Column(kind=WHOLE)
ANSWERS: Mapping[str, Mapping[str, Column]] = {
    "fasit_latent": {"person_lnr": ID, "evne": ID, "engasjement": ID, "sprak": ID, "tall": ID, "praksis": ID},
    "fasit_opphav": {
        "tabell": code(*KEYED), "id": ID, "nummer": _WHOLE, "opphav": code(*COUNTIES), "krav": code(*COUNTIES),
        "uavklart": _WHOLE,
    },
}  # fmt: skip
"""`fasit_opphav` has one row for each row of the tables, however many bases that stands in. `id`: what identifies it
there beside the base; `nummer`: of a wish its number too, else null. `opphav`: the county of today whose row it is, or
null if nobody's life has such a row; `krav`: another that could claim it, or null; `uavklart`: 1 if it has
no public owner."""


def answers(group: Group, first: int, lives: Lives, made: Mapping[str, pa.Table]) -> Mapping[str, pa.Table]:
    """The keys of a run of a group's people and of the tables made of them."""
    rows = {name: Rows(form) for name, form in ANSWERS.items()}
    lnr = person_ids(group, first, len(lives.state))
    who = lives.who
    rows["fasit_latent"].add(
        person_lnr=lnr, evne=who.general, engasjement=who.engagement, sprak=who.skills[:, 0], tall=who.skills[:, 1],
        praksis=who.skills[:, 2],
    )  # fmt: skip
    for own in origins(lives, int(lnr[0]), made):
        rows["fasit_opphav"].add(
            tabell=np.full(len(own.id), KEYED.index(own.table), dtype=np.int64), id=own.id, nummer=own.number,
            opphav=own.origin, krav=own.claim, uavklart=own.private.astype(np.int64),
        )  # fmt: skip
    return {name: each.table() for name, each in rows.items()}
