"""Figures of training, counted on life-courses: contracts, apprentices, trade tests and certificates."""

import numpy as np

from avrop.vigo.simulator.block import Block
from avrop.vigo.simulator.columns import NO_DAY
from avrop.vigo.simulator.draws import Flags, Ints
from avrop.vigo.simulator.forms import TABLES
from avrop.vigo.simulator.places import day
from avrop.vigo.simulator.plan import LAST_YEAR, WOMAN
from tools.tally import Tally

_NEVER = 1 << 30
_APPRENTICE, _PUPIL = map(TABLES["kontrakt"]["kontraktstype"].codes.index, "LE")
"""Contracts of apprentices, and of those who are taught their trade in school."""


def tests(tally: Tally, own: Block) -> None:
    """Trade tests by candidate and school year: how many were passed."""
    _, kinds, when, results = _written(own, "prove", "prove_id", "kandidattype", "dato", "resultat")
    years = _years(when - 273)
    for name in ("LA", "PK", "EL"):
        kind = TABLES["prove"]["kandidattype"].codes.index(name)
        for year in np.unique(years[kinds == kind]).tolist():
            passed = results[(kinds == kind) & (years == year)] < 2
            tally.share("test", name, year, passed)
            tally.count("passed", name, year, int(passed.sum()))


def contracts(tally: Tally, own: Block) -> tuple[Flags, Ints]:
    """Who is in training on each 1 October, two years beyond the last one lived; and the day of each certificate."""
    lives, first = own.lives, own.group.cohort
    names = ("kontrakt_id", "person_lnr", "laeretid_fra", "laeretid_til", "avsluttet", "kontraktstype")
    contract, person, begins, planned, ended, kinds = _written(own, "kontrakt", *names)
    who, ends = person - own.lnr[0], np.where(ended == NO_DAY, planned, ended)
    training = np.zeros((own.people, lives.years + 2), dtype=np.bool_)
    for place in range(min(lives.years + 2, LAST_YEAR - first + 1)):
        running = (begins <= day(first + place, 10, 1)) & (ends > day(first + place, 10, 1))
        training[who[running], place] = True
        tally.count("apprentices", "", first + place, int(running.sum()))
        tally.count("track", "vocational", first + place, int(running.sum()))
        for figure, key in (("track.women", "vocational"), ("apprentices.women", "")):
            tally.share(figure, key, first + place, lives.people.sex[who[running]] == WOMAN)
        there = lives.area[who[running], contract[running] % 10]
        women = there[lives.people.sex[who[running]] == WOMAN]
        tally.by_programme("apprentices.programme", first + place, there)
        tally.by_programme("apprentices.programme.women", first + place, women)
    certified = np.full(own.people, _NEVER)
    _, person, issued = _written(own, "fagbrev", "fagbrev_id", "person_lnr", "utstedt")
    np.minimum.at(certified, person - own.lnr[0], issued)
    order = np.argsort(begins, kind="stable")
    once = order[np.unique(who[order], return_index=True)[1]]
    years = _years(begins[once] + 92)
    for year in np.unique(years).tolist():
        due = once[(years == year) & (kinds[once] == _APPRENTICE)]
        if first + lives.years >= year + 5:
            in_time = certified[who[due]] < day(year + 5, 10, 1)
            tally.share("certificate", "all", year, in_time)
            tally.by_programme("certificate", year, lives.area[who[due], contract[due] % 10], in_time)
            for span in (2, 3):
                tally.share("certificate.years", str(span), year, certified[who[due]] < day(year + span, 10, 1))
    in_school = _years(begins[kinds == _PUPIL])
    for year in np.unique(in_school).tolist():
        tally.count("contracts.school", "", year, int((in_school == year).sum()))
    return training, certified


def _written(own: Block, table: str, *columns: str) -> tuple[Ints, ...]:
    """Columns of a table as whole numbers, each row once however many bases it stands in; no day is NO_DAY."""
    parts = own.rows[table].parts
    found = [np.concatenate([part[name] for part in parts]) if parts else np.empty(0, np.int64) for name in columns]
    once = np.unique(found[0], return_index=True)[1]
    return tuple(each[once].astype(np.int64) for each in found)


def _years(days: Ints) -> Ints:
    found: Ints = days.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
    return found
