"""A plan is run for the controller that decided it, and as its digest says, or not at all."""

from typing import Any

import pytest

from avrop.actions import building
from avrop.canonical import canonical, digest
from avrop.disclosure.plan import compile_slice
from avrop.errors import Tampered
from avrop.governance.grants import Grant, GrantedSlice
from avrop.store import db, documents
from avrop.system import System
from tests.plan.plan_data import question

PLAN = compile_slice(question(controller="A"))


def granted(controller: str, sealed: Any) -> Grant:
    slices = (GrantedSlice(controller=controller, slice_plan=sealed, decision=digest("a decision")),)
    return Grant(call_off="2026-001", version=PLAN.version, slices=slices)


def test_another_controllers_plan_is_not_run(system: System) -> None:
    with db.transaction(system.database) as connection:
        sealed = documents.put(connection, "slice plan", canonical(PLAN))
        assert building._granted_plans(connection, granted("A", sealed)) == ((PLAN, sealed),)
        with pytest.raises(Tampered) as no:
            building._granted_plans(connection, granted("B", sealed))
    assert no.value.code == "delivery.plan_differs"


def test_a_document_that_is_only_read_as_a_plan_of_that_digest_is_not_run(system: System) -> None:
    with db.transaction(system.database) as connection:
        sealed = documents.put(connection, "slice plan", canonical(PLAN) + b"\n")
        with pytest.raises(Tampered) as no:
            building._granted_plans(connection, granted("A", sealed))
    assert no.value.code == "delivery.plan_differs"
