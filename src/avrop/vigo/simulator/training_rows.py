"""Apprenticeships: contracts, pauses, endings, trade tests and certificates, from the lives' years of training."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from avrop.vigo.simulator.block import Block, controller, copies, write_everywhere
from avrop.vigo.simulator.columns import NO_DAY, positions
from avrop.vigo.simulator.draws import Flags, Ints, Words, chance, scaled
from avrop.vigo.simulator.forms import CLOSINGS, TABLES, area_codes, county_codes
from avrop.vigo.simulator.lives import APPRENTICE, ENDED, GOES_ON, IN_SCHOOL, LONGER, MOVED, TEST_FAILED, TEST_PASSED
from avrop.vigo.simulator.market import FULL
from avrop.vigo.simulator.places import counties, day, workday
from avrop.vigo.simulator.schools import OFFICES, company_organisations, office_organisations, school_organisations

_YEARS = FULL + 2
"""School years that a contract may stand in before the first test: it begins late in one, and may take longer."""
_FAILED = 2
_APPRENTICE, _CANDIDATE, _PUPIL = positions(TABLES["kontrakt"]["kontraktstype"].codes, "L", "O", "E")
_TESTED_AS = np.empty(3, dtype=np.int64)
_TESTED_AS[[_APPRENTICE, _CANDIDATE, _PUPIL]] = positions(TABLES["prove"]["kandidattype"].codes, "LA", "LK", "EL")
"""For each type of contract the type of candidate at its test."""
_ENDED_BY = positions(CLOSINGS, "FV", "AR", "PS", "AS", "BR", "OK", "FL", "PS")


def training(own: Block) -> None:
    """Write all contracts, tests and certificates of a block."""
    lives = own.lives
    for place in range(lives.years):
        begins = lives.state[:, place] == APPRENTICE
        if place:
            carried = (lives.state[:, place - 1] == APPRENTICE) & (lives.trained[:, place - 1] != MOVED)
            begins &= ~carried
        who = np.flatnonzero(begins)
        if len(who):
            _contracts(own, who, place)


def candidates(own: Block) -> None:
    """Write the tests of practice candidates, who have no contract."""
    lives, year = own.lives, own.group.cohort
    who = np.flatnonzero(lives.trained[:, 0] >= TEST_PASSED)
    words = own.draws.words("candidate/test", 3)[who]
    base, ids = lives.home[who, 0], own.ids[who] * 100
    when = workday(day(year, 9, 1) + scaled(words[:, 0], 250))
    best = words[:, 1] < _distinction(own, "PK")
    passed = lives.trained[who, 0] == TEST_PASSED
    none = np.full(len(who), -1, dtype=np.int64)
    origin = controller(base)
    write_everywhere(own, "prove", origin, (), {
        "prove_id": ids + 1, "kontrakt_id": none, "person_lnr": own.lnr[who],
        "avgiverfylke": county_codes(counties(base, when)), "kandidattype": none + 2,
        "laerefag": _by_year(lives.area[who, 0], when), "forsok_nr": none + 2, "dato": when,
        "resultat": np.where(passed, np.where(best, 0, 1), 2),
    })  # fmt: skip
    got = np.flatnonzero(passed)
    write_everywhere(own, "fagbrev", origin[got], (), {
        "fagbrev_id": ids[got] + 1, "prove_id": ids[got] + 1, "person_lnr": own.lnr[who[got]],
        "utstedt": when[got] + 10, "type": (lives.area[who[got], 0] % 7 == 0).astype(np.int64),
    })  # fmt: skip


def _contracts(own: Block, who: Ints, place: int) -> None:
    """Contracts that begin in a year, followed to their end or to the end of what is simulated."""
    lives = own.lives
    words = own.draws.words(f"contract/{own.group.cohort + place}", 8)[who]
    times = _times(own, who, place, words)
    starts = times.starts
    ended, closed = _closed(own, who, place, starts, words)
    tests = _tests(own, who, place, times)
    at_school = lives.training[who, place] == IN_SCHOOL
    ended = np.where(at_school & (ended != NO_DAY), np.minimum(ended, times.ends), ended)
    only = at_school & (tests.result == _FAILED)
    closing = np.select(
        [ended != NO_DAY, tests.passed, tests.failed, only], [closed, *positions(CLOSINGS, "AB", "S2", "S1")], -1
    )
    finished = np.select(
        [ended != NO_DAY, tests.passed | tests.failed | only], [ended, np.maximum(tests.last, times.ends)], NO_DAY
    )
    by = np.where(
        np.isin(closing, positions(CLOSINGS, "FV", "AR", "PS", "AS", "BR", "OK", "FL", "ON")),
        2 - (words[:, 5] >> np.uint32(30)).astype(np.int64) % 3,
        -1,
    )
    base, home = lives.base[who, place], lives.home[who, place]
    ids = own.ids[who] * 10 + place
    candidate = words[:, 6] < own.plan.parameters.share("contract.candidate")
    kind = np.select([at_school, candidate], [_PUPIL, _CANDIDATE], _APPRENTICE)
    in_office = (words[:, 7] < np.uint32(3 << 30)) & ~at_school
    office = np.where(in_office, scaled(words[:, 7] << np.uint32(2), OFFICES), -1)
    own_place = lives.school[who, place]
    trainer = np.where(at_school, school_organisations(base, own_place), company_organisations(base, own_place))
    origin = controller(base)
    others = (controller(home), controller(lives.home[who, -1]))
    elsewhere = tuple(np.where(there, other, -1) for there, other in zip(copies(origin, *others), others, strict=True))
    write_everywhere(own, "kontrakt", origin, elsewhere, {
        "kontrakt_id": ids, "person_lnr": own.lnr[who], "avgiverfylke": county_codes(counties(base, starts)),
        "hjemstedsfylke": county_codes(counties(home, starts)),
        "orgnr": trainer,
        "opplaeringskontor": np.where(office >= 0, office_organisations(base, np.maximum(office, 0)), -1),
        "laerefag": _by_year(lives.area[who, place], starts), "kontraktstype": kind,
        "godkjent": starts + scaled(words[:, 4], 20), "laeretid_fra": starts,
        "laeretid_til": times.ends, "avbrudd_fra": times.pause, "avbrudd_til": times.back, "netto_laeretid": times.net,
        "avsluttet": finished, "hevet_av": by, "avslutningskode": closing,
    })  # fmt: skip
    tests.write(own, who, ids, origin, elsewhere, kind, base, lives.area[who, place], finished)


@dataclass(frozen=True)
class _Times:
    """Of contracts: first day, a pause or NO_DAY, when the first test is due, last day, months without the pause."""

    starts: Ints
    pause: Ints
    back: Ints
    due: Ints
    ends: Ints
    net: Ints


def _times(own: Block, who: Ints, place: int, words: Words) -> _Times:
    year, turn = own.group.cohort + place, own.lives.training[who, place]
    moved_in = _moved_in(own, who, place)
    starts = np.where(moved_in != NO_DAY, moved_in, day(year, 8, 10) + scaled(words[:, 0], 50))
    pauses = (words[:, 1] < own.plan.parameters.share("contract.pauses")) & (turn == 1)
    pause = np.where(pauses, starts + 60 + scaled(words[:, 2], 300), NO_DAY)
    length = np.where(pauses, 1 + scaled(words[:, 3], 4), 0)
    months = np.select([turn == 1, turn == IN_SCHOOL], [24, 10], 12) + _longer(own, who, place)
    again = (_second_year(own, who, place) == TEST_FAILED) & (turn != IN_SCHOOL)
    net = months + np.where(again, 6, 0)
    return _Times(
        starts, pause, np.where(pauses, add_months(pause, length), NO_DAY), add_months(starts, months + length),
        add_months(starts, net + length), net,
    )  # fmt: skip


def add_months(days: Ints, months: Ints) -> Ints:
    """The same day so many months later, or the month's last one; NO_DAY stays."""
    null = days == NO_DAY
    dates = np.where(null, 0, days).astype("datetime64[D]")
    month = dates.astype("datetime64[M]")
    number = (dates - month).astype(np.int64)
    later = month + months
    length = ((later + 1).astype("datetime64[D]") - later.astype("datetime64[D]")).astype(np.int64)
    found = (later.astype("datetime64[D]").astype(np.int64)) + np.minimum(number, length - 1)
    return np.where(null, NO_DAY, found)


def _by_year(trade: Ints, starts: Ints) -> Ints:
    """The trade's code when the contract began: by the school year of the day."""
    years = (starts - 212).astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
    found = np.empty_like(trade)
    for year in np.unique(years).tolist():
        own = years == year
        found[own] = area_codes(trade[own], year)
    return found


def _ends_at(own: Block, who: Ints, place: int) -> Ints:
    """The day in a year on which contracts that ended early did so."""
    words = own.draws.words(f"contract/end/{own.group.cohort + place}", 1)[who, 0]
    return day(own.group.cohort + place, 11, 1) + scaled(words, 260)


def _moved_in(own: Block, who: Ints, place: int) -> Ints:
    """The day on which the contract is carried over from another company, or NO_DAY."""
    if not place:
        return np.full(len(who), NO_DAY, dtype=np.int64)
    lives = own.lives
    moved = (lives.state[who, place - 1] == APPRENTICE) & (lives.trained[who, place - 1] == MOVED)
    return np.where(moved, _ends_at(own, who, place - 1) + 14, NO_DAY)


def _closed(own: Block, who: Ints, place: int, starts: Ints, words: Words) -> tuple[Ints, Ints]:
    """Day and code of contracts that ended before their time; NO_DAY for the others."""
    lives = own.lives
    ended = np.full(len(who), NO_DAY, dtype=np.int64)
    code = np.full(len(who), -1, dtype=np.int64)
    for year, running in _runs(own, who, place):
        trained = lives.trained[who, year]
        stops = running & ((trained == ENDED) | (trained == MOVED))
        when = np.maximum(_ends_at(own, who, year), starts + 45)
        ended = np.where(stops, when, ended)
        code = np.where(stops, np.where(trained == MOVED, CLOSINGS.index("ON"), _ENDED_BY[words[:, 5] & 7]), code)
    return ended, code


def _runs(own: Block, who: Ints, place: int) -> Iterator[tuple[int, Flags]]:
    """The years that contracts may stand in until the first test, and which still run when each begins."""
    running = np.ones(len(who), dtype=np.bool_)
    for year in range(place, min(place + _YEARS, own.lives.years)):
        yield year, running
        running = running & np.isin(own.lives.trained[who, year], (GOES_ON, LONGER))


def _second_year(own: Block, who: Ints, place: int) -> Ints:
    """How the year ended in which the first test was due, the only one in school; -1 where it is not there."""
    lives = own.lives
    found = np.full(len(who), -1, dtype=np.int64)
    for year, running in _runs(own, who, place):
        due = running & (lives.state[who, year] == APPRENTICE) & np.isin(lives.training[who, year], (FULL, IN_SCHOOL))
        found = np.where(due, lives.trained[who, year], found)
    return found


def _longer(own: Block, who: Ints, place: int) -> Ints:
    """By how many months the training of each contract takes longer than its time: past the 1 October that follows."""
    longer = np.zeros(len(who), dtype=np.bool_)
    for year, running in _runs(own, who, place):
        longer |= running & (own.lives.trained[who, year] == LONGER)
    words = own.draws.words(f"contract/longer/{own.group.cohort + place}", 1)[who, 0]
    return np.where(longer, 3 + scaled(words, 7), 0)


@dataclass(frozen=True)
class _Tests:
    """First and second test of contracts: day and result (0 distinction, 1 passed, _FAILED; -1 none)."""

    first: Ints
    result: Ints
    second: Ints
    again: Ints

    @property
    def passed(self) -> Flags:
        """Whether the last test was passed."""
        found: Flags = np.isin(self.result, (0, 1)) | np.isin(self.again, (0, 1))
        return found

    @property
    def failed(self) -> Flags:
        """Whether the second test was failed too."""
        found: Flags = self.again == _FAILED
        return found

    @property
    def last(self) -> Ints:
        """The day of the last test."""
        return np.where(self.again >= 0, self.second, self.first)

    def write(
        self, own: Block, who: Ints, ids: Ints, origin: Ints, elsewhere: tuple[Ints, ...], kind: Ints, base: Ints,
        trade: Ints, finished: Ints,
    ) -> None:  # fmt: skip
        """Write tests, and certificates of those that were passed; every sixteenth comes late. `kind`: of contract."""
        words = own.draws.words("certificate", 1)[who, 0]
        late = np.where(words < np.uint32(1 << 28), 30 + scaled(words << np.uint32(4), 150), 0)
        for number, (when, result) in enumerate(((self.first, self.result), (self.second, self.again)), start=1):
            rows = np.flatnonzero(result >= 0)
            if not len(rows):
                continue
            there = tuple(bases[rows] for bases in elsewhere)
            tests = ids[rows] * 10 + number
            write_everywhere(own, "prove", origin[rows], there, {
                "prove_id": tests, "kontrakt_id": ids[rows], "person_lnr": own.lnr[who[rows]],
                "avgiverfylke": county_codes(counties(base[rows], when[rows])),
                "kandidattype": _TESTED_AS[kind[rows]], "laerefag": _by_year(trade[rows], when[rows]),
                "forsok_nr": np.full(len(rows), number), "dato": when[rows], "resultat": result[rows],
            })  # fmt: skip
            got = rows[result[rows] < 2]
            issued = np.where(kind[got] == _CANDIDATE, 2, (trade[got] % 7 == 0).astype(np.int64))
            write_everywhere(own, "fagbrev", origin[got], tuple(bases[got] for bases in elsewhere), {
                "fagbrev_id": ids[got] * 10 + number, "prove_id": ids[got] * 10 + number,
                "person_lnr": own.lnr[who[got]], "utstedt": finished[got] + 5 + late[got], "type": issued,
            })  # fmt: skip


def _tests(own: Block, who: Ints, place: int, times: _Times) -> _Tests:
    lives = own.lives
    due = _second_year(own, who, place)
    third = np.full(len(who), -1, dtype=np.int64)
    for year in range(place, min(place + _YEARS + 1, lives.years)):
        third = np.where(
            (lives.state[who, year] == APPRENTICE) & (lives.training[who, year] > FULL), lives.trained[who, year], third
        )
    at_school = lives.training[who, place] == IN_SCHOOL
    third = np.where((due == TEST_FAILED) & ~at_school, third, -1)
    draw = own.draws.words(f"test/{own.group.cohort + place}", 4)[who]
    best = draw[:, 0] < np.where(at_school, _distinction(own, "EL"), _distinction(own, "LA"))
    first = times.due - scaled(draw[:, 1], 80)
    result = np.select([due == TEST_PASSED, due == TEST_FAILED], [np.where(best, 0, 1), _FAILED], -1)
    again = np.select([third == TEST_PASSED, third == TEST_FAILED], [1, _FAILED], -1)
    return _Tests(workday(first), result, workday(times.ends - 10 - scaled(draw[:, 2], 60)), again)


def _distinction(own: Block, kind: str) -> int:
    """How many of those who pass do so with distinction, of 2^32: the parameter is of all who are tested."""
    one = own.plan.parameters.one
    return chance(one("test.distinction") / one("test.passes", kind))
