"""Who is drawn for which exam, and how it went: as the rules of the level say, with the springs without exams."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from avrop.vigo.simulator.block import Block
from avrop.vigo.simulator.columns import NO_DAY
from avrop.vigo.simulator.course_rows import Courses
from avrop.vigo.simulator.curriculum import curriculum
from avrop.vigo.simulator.draws import Flags, Ints, Words
from avrop.vigo.simulator.forms import EXAMS, MARKS, REMARKS
from avrop.vigo.simulator.lives import FAILED, NO_BASIS, PARTIAL
from avrop.vigo.simulator.marks import levels_of, mark_of
from avrop.vigo.simulator.parameters import Parameters
from avrop.vigo.simulator.places import day

_EXAM = np.array([("none", "oral", "written", "all", "cross").index(each.exam) for each in curriculum().subjects])
_ORAL, _WRITTEN, _ALL, _CROSS = 1, 2, 3, 4
_ROUTES = np.array(
    [("academic", "vocational", "supplement", "school", "trade").index(each.route) for each in curriculum().areas]
)
_LEVELS = np.array([each.level for each in curriculum().areas])
_NO = -1


@dataclass(frozen=True)
class Exams:
    """Shape (courses, slots): `form` position in EXAMS or -1, `mark` as in subject_rows, day and remark.

    `decides`: the slot of the exam by which the year failed or lacks a basis, -1 for none.
    """

    form: Ints
    mark: Ints
    days: Ints
    remark: Ints
    decides: Ints


def draw_exams(own: Block, made: Courses, subject: Ints, special: Ints) -> Exams:
    """The exams of a year's courses. Nobody who left, and none in a subject without a basis, has one."""
    shape = subject.shape
    kind = np.where(subject >= 0, _EXAM[subject], 0)
    open_ = (kind > 0) & (made.stop == NO_DAY)[:, None]
    stuck = np.isin(made.end, (FAILED, NO_BASIS, PARTIAL)) & (special >= 0)
    rows = np.arange(shape[0])
    open_[rows[stuck], special[stuck]] = False
    must = open_ & ((kind == _ALL) | (kind == _CROSS))
    words = own.draws.words(f"exam/{made.year}", shape[1] + 3)[made.person]
    drawn = must | _first(open_ & ~must, words[:, : shape[1]], _count(made, words[:, -1]))
    written = (kind == _ALL) | (kind == _WRITTEN) & ((words[:, : shape[1]] & 1) == 1)
    form = np.select([kind == _CROSS, written], [EXAMS.index("MP"), EXAMS.index("S")], EXAMS.index("M"))
    if made.year in {2019, 2020}:  # the springs of 2020 and 2021
        drawn = np.zeros_like(drawn)
    if made.year == 2021:
        drawn &= form != EXAMS.index("S")
    form = np.where(drawn, form, _NO)
    harder = np.where(form == EXAMS.index("S"), _harder(own.plan.parameters)[subject], 0)
    mark = mark_of(own, subject, levels_of(own, made, subject, "exam"), harder)
    mark = np.maximum(mark, 2)
    remark = np.full(shape, _NO, dtype=np.int64)
    decides = _decides(made, drawn, words[:, -2])
    failed = np.flatnonzero((decides >= 0) & (made.end == FAILED))
    mark[failed, decides[failed]] = 1
    away = np.flatnonzero((decides >= 0) & (made.end == NO_BASIS))
    mark[away, decides[away]] = MARKS.index("IM") + 1
    remark[away, decides[away]] = np.where((words[away, -3] & 1) == 1, REMARKS.index("FAM29"), REMARKS.index("FAM39"))
    return Exams(form, mark, _days(made, form, words[:, -3]), remark, decides)


@lru_cache(maxsize=4)
def _harder(parameters: Parameters) -> Ints:
    """What a written exam gives less than the final mark, by subject, in 1/1024 of a mark."""
    known = parameters.of("exam.harder")
    found = [int(known.get(each.code, known["all"]) * 1024) for each in curriculum().subjects]
    return np.array(found, dtype=np.int64)


def _count(made: Courses, words: Words) -> Ints:
    """How many are drawn beside those that everybody has."""
    route, level = _ROUTES[made.area], _LEVELS[made.area]
    fifth = (words < (1 << 32) // 5).astype(np.int64)
    found: Ints = np.select(
        [level == 1, (route == 0) & (level == 2), route == 1, (route == 0) & (level == 3), route == 2],
        [fifth, 1, fifth, 3, 2],
        0,
    )
    return found


def _first(fits: Flags, words: Words, count: Ints) -> Flags:
    """Of the slots that fit, so many with the lowest words."""
    keys = np.where(fits, words, np.uint32(0xFFFFFFFF))
    order = np.argsort(keys, axis=1, kind="stable")
    rank = np.empty_like(order)
    np.put_along_axis(rank, order, np.arange(fits.shape[1])[None, :].repeat(len(fits), axis=0), axis=1)
    found: Flags = fits & (rank < count[:, None])
    return found


def _decides(made: Courses, drawn: Flags, words: Words) -> Ints:
    """Of those who were drawn: half whose year failed, failed an exam; one in sixteen without a basis did not come."""
    failed, absent = (made.end == FAILED) & ((words & 1) == 1), (made.end == NO_BASIS) & ((words & 15) == 1)
    by_exam = (failed | absent) & drawn.any(axis=1)
    found: Ints = np.where(by_exam, drawn.argmax(axis=1), _NO)
    return found


def _days(made: Courses, form: Ints, words: Words) -> Ints:
    """Working days of the exam weeks: written ones from about 20 May, the others in June."""
    year = made.year + 1
    first = np.where(form == EXAMS.index("S"), day(year, 5, 20), day(year, 6, 3))
    shift = ((words >> np.uint32(8)).astype(np.int64) % 12)[:, None]
    when = first + shift
    weekday = (when + 3) % 7  # 1 January 1970 was a Thursday
    found: Ints = np.where(weekday >= 5, when + 7 - weekday, when)
    return found
