"""Counts by facet, added up in memory: what a kind of card is never changes, so a kind is read once, and the database
is asked only how many cards of each kind there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from threading import Lock

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa
from sqlalchemy import Connection

from avrop.catalogue.search.questions import FACETS, Facet, Search
from avrop.store import search_tables as t
from avrop.store import stamps

Numbers = npt.NDArray[np.int64]
_MOST_KINDS = 100_000
_MOST_WHOLE = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Kinds:
    """Kinds by their number: each one's row in `places`, which says which of each facet's `sets` of values it has."""

    rows: Mapping[int, int]
    places: Numbers
    sets: tuple[tuple[tuple[str, ...], ...], ...]

    def lacking(self, wanted: Sequence[int]) -> list[int]:
        """Those of them that are not here."""
        return [kind for kind in wanted if kind not in self.rows]

    def having(self, more: Mapping[int, Sequence[Sequence[str]]]) -> "Kinds":
        """These and those, given by the values of each facet."""
        known = [{values: place for place, values in enumerate(several)} for several in self.sets]
        added = [
            [places.setdefault(tuple(values), len(places)) for places, values in zip(known, facets, strict=True)]
            for facets in more.values()
        ]
        return Kinds(
            rows={**self.rows, **{kind: row for row, kind in enumerate(more, start=len(self.rows))}},
            places=np.concatenate([self.places, np.array(added, dtype=np.int64).reshape(-1, len(FACETS))]),
            sets=tuple(tuple(places) for places in known),
        )


_NONE = Kinds(rows={}, places=np.zeros((0, len(FACETS)), dtype=np.int64), sets=((),) * len(FACETS))


@dataclass(frozen=True, kw_only=True, slots=True)
class Counted:
    """How many cards there are of each kind: rows of `kinds`, and their `numbers`."""

    kinds: Kinds
    rows: Numbers
    numbers: Numbers

    def total(self, search: Search) -> int:
        """How many its filters let through."""
        return int(self.numbers[self._let(search)].sum())

    def facets(self, search: Search, *, only: Sequence[Facet] = FACETS) -> dict[Facet, list[tuple[str, int]]]:
        """How many there would be for each value of each facet, with everything else that is chosen; the most first.

        Values of one facet are alternatives, so a facet's own filter does not count for it; `joins` must all hold.
        """
        every = self._let(search)
        own = {facet for facet, _ in search.chosen if facet != "joins"}
        return {facet: self._values(facet, self._let(search, but=facet) if facet in own else every) for facet in only}

    def _let(self, search: Search, *, but: Facet | None = None) -> npt.NDArray[np.bool_]:
        """Which kinds the filters let through, without those of one facet."""
        let = np.ones(len(self.rows), dtype=np.bool_)
        for facet, chosen in search.chosen:
            if facet != but:
                place, wanted = FACETS.index(facet), set(chosen)
                passes = [
                    wanted <= set(values) if facet == "joins" else not wanted.isdisjoint(values)
                    for values in self.kinds.sets[place]
                ]
                let &= np.array(passes, dtype=np.bool_)[self.kinds.places[self.rows, place]]
        return let

    def _values(self, facet: Facet, let: npt.NDArray[np.bool_]) -> list[tuple[str, int]]:
        place = FACETS.index(facet)
        having = np.bincount(self.kinds.places[self.rows[let], place], weights=self.numbers[let])
        found: dict[str, int] = {}
        for one in np.flatnonzero(having):
            for value in self.kinds.sets[place][one]:
                found[value] = found.get(value, 0) + int(having[one])
        return sorted(found.items(), key=lambda each: (-each[1], each[0]))


def counted(connection: Connection, kinds: Sequence[int], numbers: Sequence[int]) -> Counted:
    """So many cards of each of these kinds."""
    known = _memory().kinds(connection, kinds)
    pairs = [(known.rows[kind], n) for kind, n in zip(kinds, numbers, strict=True) if kind in known.rows]
    both = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return Counted(kinds=known, rows=both[:, 0], numbers=both[:, 1])


def whole(connection: Connection) -> Counted:
    """Every card, by kind: counted once for each stamp of what is public."""
    stamp = stamps.settled(connection)
    known = _memory().whole(stamp)
    if known is not None:
        return known
    row = connection.execute(_WHOLE).one()
    made = counted(connection, row.kinds, row.numbers)
    if stamp is not None:
        _memory().keep(row.stamp, made)
    return made


_WHOLE = sa.text(
    "SELECT (SELECT stamp::text FROM public_stamp) AS stamp, coalesce(array_agg(kind), '{}') AS kinds,"
    " coalesce(array_agg(n), '{}') AS numbers FROM (SELECT kind, count(*) AS n FROM search_cards GROUP BY kind) AS each"
)


class _Memory:
    """What this process knows of kinds, and of the whole of the latest stamps. A kind's number is a digest of what it
    is, and a stamp is never given twice, so neither is ever out of date, whichever database it is from."""

    def __init__(self) -> None:
        self._kinds, self._whole, self._lock = _NONE, dict[str, Counted](), Lock()

    def kinds(self, connection: Connection, wanted: Sequence[int]) -> Kinds:
        """Kinds with all of these that there are."""
        known = self._kinds
        lacking = known.lacking(wanted)
        if not lacking:
            return known
        if len(known.rows) + len(lacking) > _MOST_KINDS:
            known, lacking = _NONE, list(wanted)
        found = {row[0]: row[1:] for row in connection.execute(_KINDS, {"kinds": lacking})}
        made = known.having(found)
        if len(made.rows) <= _MOST_KINDS:
            self._kinds = made
        return made

    def whole(self, stamp: str | None) -> Counted | None:
        """What was counted at that stamp."""
        return self._whole.get(stamp) if stamp is not None else None

    def keep(self, stamp: str, made: Counted) -> None:
        """Keep it with the latest others."""
        with self._lock:
            self._whole[stamp] = made
            while len(self._whole) > _MOST_WHOLE:
                del self._whole[next(iter(self._whole))]


@cache
def _memory() -> _Memory:
    return _Memory()


_KINDS = sa.select(t.kinds.c.kind, *(t.kinds.c[facet] for facet in FACETS)).where(
    t.kinds.c.kind == sa.any_(sa.bindparam("kinds", type_=sa.ARRAY(sa.BigInteger)))
)
