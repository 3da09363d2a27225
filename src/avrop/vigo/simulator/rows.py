"""All tables of a block, as Arrow."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from avrop.vigo.simulator import (
    application_rows,
    course_rows,
    document_rows,
    event_rows,
    other_courses,
    person_rows,
    subject_rows,
    training_rows,
)
from avrop.vigo.simulator.block import block
from avrop.vigo.simulator.lives import Lives
from avrop.vigo.simulator.plan import Group, Plan


def tables(plan: Plan, group: Group, first: int, lives: Lives) -> Mapping[str, pa.Table]:
    """The tables of a run of a group's people, `lives` holding those alone; a table without a row is there too."""
    own = block(plan, group, first, lives)
    person_rows.people(own)
    record = document_rows.Record(own.people)
    if first == 0 and not group.adult:
        application_rows.capacity(own)
    other_courses.never_came(own)
    for place in range(lives.years):
        application_rows.applications(own, place)
        application_rows.follow_up(own, place)
        whole, broken = course_rows.courses(own, place)
        for made in (whole, broken):
            found = subject_rows.subjects(own, made)
            course_rows.write_courses(own, place, made, np.maximum(made.hours, found.absent.sum(axis=1)))
            ids = subject_rows.write_subjects(own, made, found)
            if not made.broken:
                subject_rows.write_assessments(own, made, found, ids)
                document_rows.pay(own, made, record)
                document_rows.note(made, found, record)
                document_rows.documents(own, made, record, place)
        document_rows.pay_as_external(own, place, record)
        other_courses.abroad(own, place)
    if group.adult:
        training_rows.candidates(own)
    else:
        training_rows.training(own)
    event_rows.events(own)
    return {name: rows.table() for name, rows in own.rows.items()}
