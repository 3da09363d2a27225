"""Subjects and marks of each course, and from them how the course ended."""

from dataclasses import dataclass

import numpy as np

from avrop.vigo.synth.courses import FIRST, SECOND, Courses
from avrop.vigo.synth.draws import Draws, Ints
from avrop.vigo.synth.people import YEARS, Flags, People
from avrop.vigo.synth.programmes import AREAS, SUBJECTS, WRITTEN_BY_ALL

SLOTS = max(len(subjects) for subjects in SUBJECTS.values())
NO_BASIS, EXEMPT, NOT_MET = 7, 8, 9
MARKS = ("", "1", "2", "3", "4", "5", "6", "IV", "F", "IM")
"""Marks by number; 0 is none."""

NAMES = tuple(sorted({name for subjects in SUBJECTS.values() for name in subjects}))
_POSITION = {name: place for place, name in enumerate(NAMES)}
_PER_MARK = 233
"""Score points per mark: standard deviation of a score is 256, of a mark 1.1 (VIGO facts 5.5)."""


@dataclass(frozen=True, kw_only=True)
class Marks:
    """Arrays of shape (courses, SLOTS). `subject` is a position in `NAMES`, -1 where the course has none; `final` and
    `exam` are positions in `MARKS`. `ended` is per course: whether any mark is missing, or failed."""

    subject: Ints
    final: Ints
    exam: Ints
    missing: Flags
    failed: Flags


def make_marks(draws: Draws, people: People, courses: Courses) -> Marks:
    """Marks of finished courses; courses that run or were broken off have subjects and no marks."""
    subject = _subjects(draws, people, courses)
    final = _finals(draws, people, courses)
    exam = _exams(draws, people, courses, final=final, subject=subject)
    marked = (subject >= 0) & ((courses.year < len(YEARS) - 1) & (courses.stop < 0))[:, None]
    final, exam = np.where(marked, final, 0), np.where(marked, exam, 0)
    return Marks(
        subject=subject,
        final=final,
        exam=exam,
        missing=((final == NO_BASIS) | (exam == NOT_MET)).any(axis=1),
        failed=((final == 1) | (exam == 1)).any(axis=1),
    )


def _subjects(draws: Draws, people: People, courses: Courses) -> Ints:
    table = np.full((len(AREAS), SLOTS), -1, dtype=np.int64)
    for row, area in enumerate(AREAS):
        table[row, : len(SUBJECTS[area])] = [_POSITION[name] for name in SUBJECTS[area]]
    subject = table[courses.area]
    count = (subject >= 0).sum(axis=1)
    taken = np.minimum(count, 4 + _by_course(draws, people, courses, stream="subjects", limit=4))
    # Who changes school takes some subjects before and the others after: one row per person, year and subject.
    split = (count + 1) // 2
    low = np.where(courses.part == FIRST, split, 0)
    high = np.select([courses.part == FIRST, courses.part == SECOND], [count, split], taken)
    slot = np.arange(SLOTS)
    return np.where((slot >= low[:, None]) & (slot < high[:, None]), subject, -1)


def _by_course(draws: Draws, people: People, courses: Courses, *, stream: str, limit: int, width: int = 1) -> Ints:
    """A person's draws in the year of each course."""
    rows = len(people.number)
    drawn = np.stack(
        [draws.below(f"{stream}/{place}", rows=rows, limit=limit, width=width) for place in range(len(YEARS))]
    )
    found: Ints = drawn[courses.year, courses.person]
    return found


def _finals(draws: Draws, people: People, courses: Courses) -> Ints:
    ability = draws.below("ability", rows=len(people.number), limit=256, width=8).sum(axis=1)
    luck = _by_course(draws, people, courses, stream="luck", limit=1 << 16, width=SLOTS)
    # Two bytes of one word, each counted twice: as wide as the sum of four.
    noise = 2 * (luck % 256) + luck // 256
    mean = np.where(people.academic, 405, 375)  # hundredths of a mark
    score = (ability - 1020)[courses.person][:, None] + noise - 382
    mark = (mean[courses.person][:, None] * _PER_MARK // 100 + score + _PER_MARK // 2) // _PER_MARK
    mark = np.clip(mark, 1, 6)
    # A one is rarer than the tail of a score: teachers give a two where there is anything to see.
    mark = np.where((mark == 1) & (luck % 2 == 0), 2, mark)
    oddity = _by_course(draws, people, courses, stream="oddity", limit=1000, width=SLOTS)
    lazy = _by_course(draws, people, courses, stream="no-basis", limit=1000)[:, None] < 26
    mark = np.where(lazy & (oddity < 600), NO_BASIS, mark)
    return np.where(oddity >= 992, EXEMPT, mark)


def _exams(draws: Draws, people: People, courses: Courses, *, final: Ints, subject: Ints) -> Ints:
    drawn = _by_course(draws, people, courses, stream="exam-drawn", limit=1000, width=SLOTS)
    everybody = np.isin(subject, [_POSITION[name] for name in sorted(WRITTEN_BY_ALL)])
    chance = np.where(everybody, 990, np.where(people.academic, 120, 70)[courses.person][:, None])
    change = _by_course(draws, people, courses, stream="exam-change", limit=1000, width=SLOTS)
    step = np.select([change < 470, change < 870], [-1, 0], 1)
    mark = np.where(change >= 980, NOT_MET, np.clip(final + step, 1, 6))
    return np.where((drawn < chance) & (final <= 6), mark, 0)


def completion(courses: Courses, marks: Marks, people: People, *, draws: Draws) -> np.typing.NDArray[np.str_]:
    """Completion per course: S broken off, H goes on (part-time, some adults), M, A, I, B; empty while it runs."""
    rows = len(people.number)
    slow = people.part_time | (people.adult & draws.happens("adult-slow", rows=rows, permille=400))
    partial = marks.missing & draws.happens("partial", rows=rows, permille=300)[courses.person]
    running = courses.year == len(YEARS) - 1
    return np.select(
        [courses.stop >= 0, slow[courses.person], running, partial, marks.missing, marks.failed],
        ["S", "H", "", "A", "M", "I"],
        "B",
    )
