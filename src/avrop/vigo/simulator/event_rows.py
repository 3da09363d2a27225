"""The event log: what happened to whom and when, from which the other tables' dates and ends can be told again.

An event is of one row of another table (`objekt`), or of a person's home. It stands in every base where that row does.
"""

import numpy as np

from avrop.vigo.simulator.block import Block
from avrop.vigo.simulator.columns import NO_DAY, Column, Values
from avrop.vigo.simulator.draws import Ints
from avrop.vigo.simulator.forms import EVENT_VALUES, EVENTS, FIRST, TABLES
from avrop.vigo.simulator.places import day

_KINDS = len(EVENTS)
_YEARS = 40
_ENDS = np.array([day(FIRST + year + 1, 7, 31) for year in range(_YEARS)])


def events(own: Block) -> None:
    """Write the events of all rows that a block has so far."""
    for part in own.rows["elevforhold"].parts:
        stop = part["avbruddsdato"]
        when = np.where(stop == NO_DAY, _ENDS[part["skoleaar"]], stop)
        _write(own, part, "course ended", "elevforhold_id", when, _value("elevforhold", "fullfortkode", part))
    for part in own.rows["kontrakt"].parts:
        none = np.full(len(part["base"]), -1, dtype=np.int64)
        _write(own, part, "contract began", "kontrakt_id", part["laeretid_fra"], none)
        ended = np.flatnonzero(part["avsluttet"] != NO_DAY)
        closed = {name: values[ended] for name, values in part.items()}
        _write(
            own,
            closed,
            "contract ended",
            "kontrakt_id",
            closed["avsluttet"],
            _value("kontrakt", "avslutningskode", closed),
        )
    for kind, table, key, day_of, value in (
        ("test taken", "prove", "prove_id", "dato", "resultat"),
        ("certificate issued", "fagbrev", "fagbrev_id", "utstedt", "type"),
        ("document issued", "dokumentasjon", "dok_id", "dato", "slag"),
    ):
        for part in own.rows[table].parts:
            _write(own, part, kind, key, part[day_of], _value(table, value, part))
    for part in own.rows["bosted"].parts:
        home = {**part, "objekt": part["person_lnr"] * 100_000 + part["fom"]}
        _write(own, home, "home changed", "objekt", part["fom"], _value("bosted", "fylke", part))


def _write(own: Block, part: dict[str, Values], kind: str, key: str, when: Values, value: Ints) -> None:
    place = EVENTS.index(kind)
    own.rows["hendelse"].add(
        base=part["base"], hendelse_id=part[key] * _KINDS + place, person_lnr=part["person_lnr"], dato=when,
        slag=np.full(len(value), place, dtype=np.int64), objekt=part[key], verdi=value,
    )  # fmt: skip


def _value(table: str, name: str, part: dict[str, Values]) -> Ints:
    """A column's codes as positions in EVENT_VALUES."""
    column: Column = TABLES[table][name]
    places = np.array([*(EVENT_VALUES.index(code) for code in column.codes), -1])
    found: Ints = places[part[name]]
    return found
