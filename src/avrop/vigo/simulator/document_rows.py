"""Failed subjects taken again, and what a pupil gets to show: diplomas and certificates of competence.

A subject that failed is a debt. Whoever is a pupil the next year and stays pays it, and so does an external candidate:
by an exam, which is passed. A diploma needs the last year passed but for that, no debt and no partial competence; its
average is the mean of all final marks and exams of passed years and paid debts, with two decimals.
"""

import numpy as np

from avrop.vigo.simulator.block import Block, write_everywhere, year_code
from avrop.vigo.simulator.columns import NO_DAY
from avrop.vigo.simulator.course_rows import Courses
from avrop.vigo.simulator.curriculum import curriculum
from avrop.vigo.simulator.draws import Flags, Ints
from avrop.vigo.simulator.forms import (
    EXAMS,
    KINDS,
    SUBJECT_STATUSES,
    SUBJECT_TYPES,
    area_codes,
    county_codes,
    subject_codes,
)
from avrop.vigo.simulator.lives import APPRENTICE, EXTERNAL, FAILED, LEFT, NO_BASIS, OUT, PARTIAL, PASSED
from avrop.vigo.simulator.marks import levels_of, mark_of
from avrop.vigo.simulator.other_courses import external
from avrop.vigo.simulator.places import counties, day, workday
from avrop.vigo.simulator.schools import school_numbers
from avrop.vigo.simulator.subject_rows import HOURS, Subjects

_NO = -1
EXAM_SHOWN = (1, 15)
"""Month and day on which an external candidate's diploma is made out, after the autumn's exams."""
_DIPLOMA, _CERTIFICATE = 0, 1
_TYPES = np.array([SUBJECT_TYPES.index(subject.type) for subject in curriculum().subjects])
_FINAL = np.array([area.level >= 3 and area.route != "trade" for area in curriculum().areas])
_GENERAL = np.array([area.route in {"academic", "supplement"} for area in curriculum().areas])


class Record:
    """What each of a block has so far: sum and count of marks, a failed subject and its area, partial competence.

    `shown`: whether a certificate of competence was written when the person went out before.
    """

    def __init__(self, people: int) -> None:
        self.sum = np.zeros(people, dtype=np.int64)
        self.count = np.zeros(people, dtype=np.int64)
        self.debt = np.full(people, _NO, dtype=np.int64)
        self.debt_area = np.full(people, _NO, dtype=np.int64)
        self.partial = np.zeros(people, dtype=np.bool_)
        self.shown = np.zeros(people, dtype=np.bool_)


def pay(own: Block, made: Courses, record: Record) -> None:
    """Write the failed subjects that pupils take again in the year of these courses."""
    rows = np.flatnonzero((record.debt[made.person] >= 0) & (made.end != LEFT))
    _paid(own, made, rows, record, slot=50)


def pay_as_external(own: Block, place: int, record: Record) -> None:
    """Write those that apprentices and external candidates take again, each in a course for the subject alone, and
    the diplomas of who lacked nothing else."""
    state = own.lives.state[:, place]
    who = np.flatnonzero(np.isin(state, (APPRENTICE, EXTERNAL)) & (record.debt >= 0))
    if not len(who):
        return
    made = external(own, place, who)
    _paid(own, made, np.arange(len(who)), record, slot=0)
    rows = np.flatnonzero((state[who] == EXTERNAL) & ~record.partial[who])
    _write(own, made, rows, np.ones(len(rows), dtype=np.bool_), record, day(made.year + 1, *EXAM_SHOWN))


def _paid(own: Block, made: Courses, rows: Ints, record: Record, *, slot: int) -> None:
    if not len(rows):
        return
    person = made.person[rows]
    subject = record.debt[person]
    level = levels_of(own, made, np.maximum(record.debt[made.person], 0)[:, None], "second")[rows]
    mark = np.maximum(mark_of(own, subject[:, None], level), 2)[:, 0]
    ids = made.id[rows] * 100 + slot
    none = np.full(len(rows), _NO, dtype=np.int64)
    null = np.full(len(rows), NO_DAY, dtype=np.int64)
    elsewhere = tuple(bases[rows] for bases in made.elsewhere)
    write_everywhere(own, "elevfag", made.origin[rows], elsewhere, {
        "elevfag_id": ids, "elevforhold_id": made.id[rows], "skoleaar": year_code(made.year, len(rows)),
        "fagkode": subject_codes(subject, record.debt_area[person], made.year), "fagtype": _TYPES[subject],
        "fagstatus": none + 1 + SUBJECT_STATUSES.index("P"), "startdato": null, "avbruddsdato": null,
        "aarstimer": HOURS[subject], "fravaer_timer": none, "fravaer_dokumentert": none, "fravaer_prosent": none,
    })  # fmt: skip
    exam = KINDS.index("EKS")
    write_everywhere(own, "vurdering", made.origin[rows], elsewhere, {
        "vurdering_id": ids * 10 + exam, "elevfag_id": ids, "skoleaar": year_code(made.year, len(rows)),
        "slag": none + 1 + exam, "form": none + 1 + EXAMS.index("S"), "karakter": mark - 1, "merknad": none,
        "dato": workday(none + 1 + day(made.year, 11, 24)), "klage": none + 1,
    })  # fmt: skip
    record.sum[person] += mark
    record.count[person] += 1
    record.debt[person] = _NO


def note(made: Courses, found: Subjects, record: Record) -> None:
    """Take the year's marks into the record; a year that was left counts nothing."""
    who = made.person
    stays = made.end != LEFT
    final, exam = found.final.copy(), np.where(found.exams.form >= 0, found.exams.mark, 0)
    rows = np.flatnonzero(np.isin(made.end, (FAILED, NO_BASIS, PARTIAL)) & (found.special >= 0))
    by_exam = found.exams.decides[rows] >= 0
    final[rows[~by_exam], found.special[rows[~by_exam]]] = 0
    exam[rows[by_exam], found.special[rows[by_exam]]] = 0
    for marks in (final, exam):
        number = np.where((marks >= 1) & (marks <= 6) & stays[:, None], marks, 0)
        record.sum[who] += number.sum(axis=1)
        record.count[who] += (number > 0).sum(axis=1)
    owes = np.flatnonzero(np.isin(made.end, (FAILED, NO_BASIS)) & (found.special >= 0))
    record.debt[who[owes]] = found.subject[owes, found.special[owes]]
    record.debt_area[who[owes]] = made.area[owes]
    record.partial[who] |= made.end == PARTIAL


def documents(own: Block, made: Courses, record: Record, place: int) -> None:
    """Write the documents of those whose schooling ends with the year: by passing the last one, or by going out."""
    lives, who = own.lives, made.person
    finishes = (made.end == PASSED) & _FINAL[made.area]
    goes = np.zeros(len(who), dtype=np.bool_)
    if place + 1 < lives.years:
        goes = np.isin(lives.state[who, place + 1], (OUT, EXTERNAL)) & ~record.shown[who]
    last = finishes | goes
    whole = finishes & (record.debt[who] < 0) & ~record.partial[who]
    rows = np.flatnonzero(last)
    record.shown[who[rows]] = True
    _write(own, made, rows, whole[rows], record, day(made.year + 1, 6, 22))


def _write(own: Block, made: Courses, rows: Ints, whole: Flags, record: Record, closing: int) -> None:
    who, area, year = made.person[rows], made.area[rows], made.year
    when = np.where(made.stop[rows] != NO_DAY, made.stop[rows], closing)
    count, total = record.count[who], record.sum[who]
    mean = np.where(whole & (count > 0), (200 * total + count) // np.maximum(2 * count, 1), _NO)
    competence = np.where(whole, np.where(_GENERAL[area], 0, 2), _NO)
    write_everywhere(own, "dokumentasjon", made.origin[rows], tuple(bases[rows] for bases in made.elsewhere), {
        "dok_id": made.id[rows], "person_lnr": own.lnr[who], "slag": np.where(whole, _DIPLOMA, _CERTIFICATE),
        "dato": when, "avgangsaar": np.full(len(rows), year + 1), "programomraadekode": area_codes(area, year),
        "skolenr": school_numbers(made.base[rows], made.school[rows], when),
        "avgiverfylke": county_codes(counties(made.base[rows], when)), "snitt": mean, "kompetanse": competence,
    })  # fmt: skip
