"""Subjects of a course and their assessments: half-year marks, final marks and exams, with what the rules ask.

Marks come from ability, skill and chance; how the year ended (drawn before, in the life) is then made true in them: a
year that was passed has no failed subject, one that failed has a 1 in one, one without basis has `IV` or did not meet.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from avrop.vigo.simulator.block import Block, write_everywhere, year_code
from avrop.vigo.simulator.columns import NO_DAY
from avrop.vigo.simulator.course_rows import Courses
from avrop.vigo.simulator.curriculum import curriculum
from avrop.vigo.simulator.draws import Flags, Ints, Words, edges
from avrop.vigo.simulator.exams import Exams, draw_exams
from avrop.vigo.simulator.forms import KINDS, MARKS, REMARKS, SUBJECT_STATUSES, SUBJECT_TYPES, subject_codes
from avrop.vigo.simulator.lives import FAILED, LEFT, NO_BASIS, PARTIAL, PASSED
from avrop.vigo.simulator.marks import levels_of, mark_of
from avrop.vigo.simulator.places import day

SLOTS = 9
_LIMIT = 2016
"""The school year from which on absence has a limit: for pupils, not for adults."""
_IV, _VO = MARKS.index("IV"), MARKS.index("VO")
_NO = -1
CONTINUING = np.array([subject.continues for subject in curriculum().subjects])
ONLY_EXAM = np.array([subject.group == "X" for subject in curriculum().subjects])
HOURS = np.array([subject.hours for subject in curriculum().subjects])
_TYPES = np.array([SUBJECT_TYPES.index(subject.type) for subject in curriculum().subjects])
_STATUS = {name: place for place, name in enumerate(SUBJECT_STATUSES)}


@dataclass(frozen=True)
class Subjects:
    """Shape (courses, SLOTS) each. `subject`: position, -1 for none. `special`: the slot that decides the year, or -1.

    `final`: the final mark 1 to 6, positions of MARKS + 1 for IV and VO, 0 for none. `absent`, `documented`: hours.
    `limited`, shape (courses,): whether the subject without a basis lacks it by the limit of absence.
    """

    subject: Ints
    special: Ints
    final: Ints
    absent: Ints
    documented: Ints
    limited: Flags
    exams: Exams


def choose_subjects(own: Block, made: Courses) -> Ints:
    """The subjects of each course: its area's plan, an alternative drawn where there are several."""
    names, cuts = _plans()
    words = own.draws.words(f"subjects/{made.year}", SLOTS)[made.person]
    which = (words >= cuts[made.area]).astype(np.int64)
    found: Ints = np.take_along_axis(names[made.area], which[:, :, None], axis=2)[:, :, 0]
    return found


@lru_cache(maxsize=1)
def _plans() -> tuple[Ints, npt.NDArray[np.uint64]]:
    """For each area and slot two subjects, -1 for none, and the word from which on it is the second."""
    book = curriculum()
    names = np.full((len(book.areas), SLOTS, 2), _NO, dtype=np.int64)
    cuts = np.full((len(book.areas), SLOTS), 1 << 32, dtype=np.uint64)
    for place, slots in enumerate(book.slots):
        for slot, alternatives in enumerate(slots):
            names[place, slot, : len(alternatives)] = [name for name, _ in alternatives]
            if len(alternatives) > 1:
                cuts[place, slot] = edges([weight for _, weight in alternatives])[0]
    return names, cuts


def subjects(own: Block, made: Courses) -> Subjects:
    """Subjects, marks, exams and absences of the courses of a year, which end as their lives say."""
    subject = choose_subjects(own, made)
    there = subject >= 0
    words = own.draws.words(f"subject/{made.year}", 16)[made.person]
    special = _special(made, subject, words[:, 15])
    level = levels_of(own, made, subject, "final")
    final = np.where(there & ~CONTINUING[subject] & ~ONLY_EXAM[subject], mark_of(own, subject, level), 0)
    final = np.where(final == 1, 2, final)
    final[made.stop != NO_DAY] = 0
    rows = np.arange(len(special))
    exams = draw_exams(own, made, subject, special)
    by_mark = (exams.decides < 0) & (special >= 0)
    fails = by_mark & (made.end == FAILED)
    final[rows[fails], special[fails]] = 1
    bare = by_mark & (made.end == NO_BASIS)
    final[rows[bare], special[bare]] = _IV + 1
    partial = (made.end == PARTIAL) & (special >= 0)
    final[rows[partial], special[partial]] = (_VO if made.year >= 2023 else _IV) + 1
    limited = bare & (made.year >= _LIMIT) & ~np.bool_(own.group.adult) & ((words[:, 14] & 1) == 1)
    absent, documented = _absence(made, subject, words[:, :SLOTS], over=limited, special=special)
    special = np.where(exams.decides >= 0, exams.decides, special)
    return Subjects(subject, special, final, absent, documented, limited, exams)


def _special(made: Courses, subject: Ints, words: Words) -> Ints:
    """The slot in which the year failed: one with a final mark; -1 for a year that was passed or left."""
    fits = (subject >= 0) & ~CONTINUING[subject] & ~ONLY_EXAM[subject]
    count = fits.sum(axis=1)
    wanted = (words.astype(np.int64) * count) >> 32
    order = np.cumsum(fits, axis=1) - 1
    slot = (fits & (order == wanted[:, None])).argmax(axis=1)
    found: Ints = np.where((made.end == PASSED) | (made.end == LEFT), _NO, slot)
    return found


def _absence(made: Courses, subject: Ints, words: Words, *, over: Flags, special: Ints) -> tuple[Ints, Ints]:
    """Hours by subject: a part of the course's, at most its tenth where the subject got a mark and no documents."""
    hours = np.where(subject >= 0, HOURS[subject], 0)
    weight = ((words >> np.uint32(25)).astype(np.int64) + 32) * hours
    total = np.maximum(weight.sum(axis=1), 1)
    part = made.hours[:, None] * weight // total[:, None]
    rows = np.flatnonzero(over)
    part[rows, special[rows]] = hours[rows, special[rows]] // 8 + 1
    beyond = np.maximum(part - hours // 10, 0)
    if made.year < _LIMIT:
        beyond = np.zeros_like(beyond)
    beyond[rows, special[rows]] = 0
    return part, beyond


def write_subjects(own: Block, made: Courses, found: Subjects) -> Ints:
    """Write the subjects of courses; gives the ids, shape (courses, SLOTS)."""
    ids = made.id[:, None] * 100 + np.arange(SLOTS)
    rows, slots = np.nonzero(found.subject >= 0)
    subject = found.subject[rows, slots]
    left = made.stop[rows] != NO_DAY
    partial = (made.end[rows] == PARTIAL) & (slots == found.special[rows])
    hours = HOURS[subject]
    absent = found.absent[rows, slots]
    none = np.full(len(rows), _NO, dtype=np.int64)
    columns = {
        "elevfag_id": ids[rows, slots], "elevforhold_id": made.id[rows], "skoleaar": year_code(made.year, len(rows)),
        "fagkode": subject_codes(subject, made.area[rows], made.year), "fagtype": _TYPES[subject],
        "fagstatus": np.select([left, partial], [_STATUS["S"], _STATUS["A"]], _STATUS["V" if own.group.adult else "E"]),
        "startdato": made.start[rows], "avbruddsdato": made.stop[rows], "aarstimer": hours,
        "fravaer_timer": none if own.group.adult else absent,
        "fravaer_dokumentert": none if own.group.adult else found.documented[rows, slots],
        "fravaer_prosent": np.where((hours > 0) & ~own.group.adult, 1000 * absent // np.maximum(hours, 1), -1),
    }  # fmt: skip
    elsewhere = tuple(bases[rows] for bases in made.elsewhere)
    write_everywhere(own, "elevfag", made.origin[rows], elsewhere, columns)
    return ids


def write_assessments(own: Block, made: Courses, found: Subjects, ids: Ints) -> None:
    """Half-year marks, final marks and exams."""
    year = made.year
    there = (found.subject >= 0) & ~ONLY_EXAM[found.subject]
    stayed = made.stop == NO_DAY
    half = there & (stayed | (made.stop > day(year + 1, 1, 20)))[:, None]
    _write(
        own,
        made,
        ids,
        half,
        "T1",
        mark_of(own, found.subject, levels_of(own, made, found.subject, "first")),
        day(year + 1, 1, 15),
    )
    again = there & stayed[:, None] & CONTINUING[found.subject]
    _write(
        own,
        made,
        ids,
        again,
        "T2",
        mark_of(own, found.subject, levels_of(own, made, found.subject, "second")),
        day(year + 1, 6, 12),
    )
    remark = np.full(found.final.shape, _NO, dtype=np.int64)
    remark[found.final == _IV + 1] = REMARKS.index("FAM21")
    over = np.flatnonzero(found.limited)
    remark[over, found.special[over]] = REMARKS.index("FAM51")
    special = np.flatnonzero((made.end == PARTIAL) & (found.special >= 0))
    remark[special, found.special[special]] = REMARKS.index("FAM05")
    _write(own, made, ids, found.final > 0, "STP", found.final, day(year + 1, 6, 17), remark)
    exams = found.exams
    _write(own, made, ids, exams.form >= 0, "EKS", exams.mark, exams.days, exams.remark, exams.form)


def _write(
    own: Block, made: Courses, ids: Ints, which: Flags, kind: str, marks: Ints, when: int | Ints,
    remark: Ints | None = None, form: Ints | None = None,
) -> None:  # fmt: skip
    rows, slots = np.nonzero(which)
    none = np.full(len(rows), _NO, dtype=np.int64)
    place = KINDS.index(kind)
    columns = {
        "vurdering_id": ids[rows, slots] * 10 + place, "elevfag_id": ids[rows, slots],
        "skoleaar": year_code(made.year, len(rows)), "slag": none + 1 + place,
        "form": none if form is None else form[rows, slots], "karakter": marks[rows, slots] - 1,
        "merknad": none if remark is None else remark[rows, slots],
        "dato": none + 1 + when if isinstance(when, int) else when[rows, slots], "klage": none + 1,
    }  # fmt: skip
    write_everywhere(own, "vurdering", made.origin[rows], tuple(bases[rows] for bases in made.elsewhere), columns)
