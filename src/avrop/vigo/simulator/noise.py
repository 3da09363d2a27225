"""Mess on purpose: kinds of dirt at stated rates, each told in an answer key, so that a checker can be scored.

Kinds: a missing school number, a course that stands twice, a contract whose dates are swapped, an expired county code
in an application, and a final mark that was corrected late. All are drawn as everything else, from the person.
"""

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from avrop.vigo.simulator.columns import ID, Column, Rows, code
from avrop.vigo.simulator.draws import Flags, Ints, key
from avrop.vigo.simulator.parameters import Parameters
from avrop.vigo.simulator.places import renamed

PROFILES = ("clean", "register")
KINDS = ("missing school number", "course twice", "dates swapped", "expired county", "mark corrected late")
_TABLES = ("elevforhold", "elevforhold", "kontrakt", "soknad", "vurdering")
_IDS = {"elevforhold": "elevforhold_id", "kontrakt": "kontrakt_id", "soknad": "soknad_id", "vurdering": "vurdering_id"}
NOISE: Mapping[str, Mapping[str, Column]] = {
    "stoy_fasit": {"tabell": code(*_IDS), "id": ID, "feil": code(*KINDS)},
}
"""The answer key: a row for each row that was spoilt, by table, id and kind."""


def spoil(
    seed: int, parameters: Parameters, tables: Mapping[str, pa.Table]
) -> tuple[dict[str, pa.Table], Mapping[str, pa.Table]]:
    """The tables of a chunk with mess in them, and its answer key."""
    made = dict(tables)
    answers = Rows(NOISE["stoy_fasit"])
    spoilers: tuple[Callable[[pa.Table, Flags], tuple[pa.Table, Flags]], ...] = (
        _missing_school, _twice, _swapped, _expired, _corrected,
    )  # fmt: skip
    for place, (kind, table, spoiler) in enumerate(zip(KINDS, _TABLES, spoilers, strict=True)):
        rows = made[table]
        ids = rows.column(_IDS[table]).to_numpy()
        hit = _drawn(seed, kind, ids) < int(parameters.one("noise", kind) * (1 << 32))
        made[table], done = spoiler(rows, hit)
        spoilt = np.unique(ids[done])
        answers.add(
            tabell=np.full(len(spoilt), tuple(_IDS).index(table), dtype=np.int64), id=spoilt,
            feil=np.full(len(spoilt), place, dtype=np.int64),
        )  # fmt: skip
    return made, {"stoy_fasit": answers.table()}


def _drawn(seed: int, kind: str, ids: Ints) -> npt.NDArray[np.uint64]:
    """A word for each id: the same for all copies of a row, whatever block or base it stands in."""
    words = ids.astype(np.uint64) ^ np.uint64(key(seed, "noise", kind) & 0xFFFFFFFFFFFFFFFF)
    with np.errstate(over="ignore"):
        for factor in (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)):
            words = (words ^ (words >> np.uint64(30))) * factor
    return words >> np.uint64(32)


def _replaced(rows: pa.Table, name: str, values: pa.ChunkedArray | pa.Array) -> pa.Table:
    return rows.set_column(rows.column_names.index(name), name, values)


def _missing_school(rows: pa.Table, hit: Flags) -> tuple[pa.Table, Flags]:
    column = rows.column("skolenr")
    texts = column.cast(pa.string())
    return _replaced(rows, "skolenr", pc.if_else(pa.array(hit), None, texts).dictionary_encode()), hit


def _twice(rows: pa.Table, hit: Flags) -> tuple[pa.Table, Flags]:
    return pa.concat_tables([rows, rows.filter(pa.array(hit))]), hit


def _swapped(rows: pa.Table, hit: Flags) -> tuple[pa.Table, Flags]:
    start, end, chosen = rows.column("laeretid_fra"), rows.column("laeretid_til"), pa.array(hit)
    swapped = _replaced(rows, "laeretid_fra", pc.if_else(chosen, end, start))
    return _replaced(swapped, "laeretid_til", pc.if_else(chosen, start, end)), hit


def _expired(rows: pa.Table, hit: Flags) -> tuple[pa.Table, Flags]:
    """Applications of the first three months of a reform's year that still have the code of the year before."""
    sent = rows.column("innsendt").cast(pa.int32()).to_numpy().astype("datetime64[D]").astype("datetime64[Y]")
    years = (sent.astype(np.int64) + 1970).tolist()
    earlier = {year: renamed(year) for year in set(years)}
    texts = rows.column("avgiverfylke").cast(pa.string()).to_pylist()
    done = hit & np.array([int(text) in earlier[year] for text, year in zip(texts, years, strict=True)], dtype=np.bool_)
    for place in np.flatnonzero(done).tolist():
        texts[place] = f"{earlier[years[place]][int(texts[place])]:02d}"
    return _replaced(rows, "avgiverfylke", pa.array(texts, pa.string()).dictionary_encode()), done


def _corrected(rows: pa.Table, hit: Flags) -> tuple[pa.Table, Flags]:
    """A complaint that was upheld after the school year: the mark is one higher, its day forty days later."""
    kind = np.array(rows.column("slag").cast(pa.string()).to_pylist(), dtype=object)
    marks = np.array(rows.column("karakter").cast(pa.string()).to_pylist(), dtype=object)
    done = hit & (kind == "STP") & np.isin(marks.astype(str), ("2", "3", "4", "5"))
    marks[done] = [str(int(mark) + 1) for mark in marks[done]]
    later = pc.add(rows.column("dato").cast(pa.int32()), pa.array(np.where(done, 60, 0).astype(np.int32)))
    complained = pc.if_else(pa.array(done), "J", rows.column("klage").cast(pa.string()))
    changed = _replaced(rows, "karakter", pa.array(marks.tolist(), pa.string()).dictionary_encode())
    changed = _replaced(changed, "dato", later.cast(pa.date32()))
    return _replaced(changed, "klage", complained.dictionary_encode()), done
