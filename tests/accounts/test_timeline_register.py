"""What people see of the account: a sentence for each event without a person, and the register without a count."""

import dataclasses
import types
import typing
from datetime import UTC, date, datetime

import pytest

from avrop.accounts.entries import ActorRecord, CaseId, Payload
from avrop.accounts.register import RegisterEntry, register_entry, told
from avrop.accounts.timeline import WORDS, in_words, short, timeline
from avrop.actors import OrganisationId
from avrop.canonical import digest
from avrop.governance import events as e
from avrop.governance import purposes as p
from avrop.governance.calloff import CallOffState, CallOffStatus
from avrop.governance.controllercase import APPROVING, ControllerState, ControllerStatus
from avrop.governance.delivery import DeliveryState, DeliveryStatus
from avrop.governance.keys import HeldKey

EVENTS = typing.get_args(typing.get_args(e.Event)[0])
SEALED = digest("sealed")
PERSON = "kari@receiver"


def sample(form: object) -> object:
    """Some value of a field's type."""
    origin, arguments = typing.get_origin(form), typing.get_args(form)
    if origin is typing.Literal:
        return arguments[0]
    if origin in (typing.Union, types.UnionType):
        return sample(arguments[0])
    if origin is tuple:
        return (sample(arguments[0]),) if arguments[-1] is Ellipsis else tuple(map(sample, arguments))
    samples = {str: "some text", int: 3, bool: True, date: date(2026, 3, 1), datetime: datetime(2026, 3, 1, tzinfo=UTC)}
    return samples.get(typing.cast("type", form), SEALED)


def made(event: type) -> typing.Any:
    """An event of that type; a person's field says a person."""
    forms = typing.get_type_hints(event)
    values = {field.name: sample(forms[field.name]) for field in dataclasses.fields(event) if field.name != "type"}
    return event(**values | {name: PERSON for name in ("person", "preparer", "prepared_by") if name in values})


def test_every_event_has_its_sentence_and_no_sentence_is_left_over() -> None:
    assert set(WORDS) == set(EVENTS)


@pytest.mark.parametrize("event", EVENTS, ids=lambda x: x.__name__)
def test_a_sentence_ends_has_no_whole_digest_and_no_person(event: type) -> None:
    said = in_words(made(event))
    assert said.strip() == said
    assert said.endswith((".", "some text"))
    assert SEALED not in said
    assert PERSON not in said


def test_a_line_says_when_which_case_which_role_and_never_which_person() -> None:
    payload = Payload(
        case=CaseId("2026-001/c1"),
        sequence=4,
        at=datetime(2026, 3, 1, 8, 5, 59, tzinfo=UTC),
        actor=ActorRecord(person=PERSON, organisation="c1", role="case_handler"),
        event=e.SliceRevoked(reason="x", recall=True, revocation=SEALED),
    )
    (line,) = timeline([payload])
    assert dataclasses.astuple(line) == (
        "2026-03-01 08:05", "2026-001/c1", 4, "case handler of c1", "Revoked, with recall.",
    )  # fmt: skip
    assert PERSON not in repr(line)


def test_lines_keep_the_logs_order() -> None:
    def payload(sequence: int, day: int) -> Payload:
        who = ActorRecord(person=PERSON, organisation="x", role="operator")
        at = datetime(2026, 3, day, tzinfo=UTC)
        return Payload(case=CaseId("a"), sequence=sequence, at=at, actor=who, event=e.CallOffClosed())

    assert [line.sequence for line in timeline([payload(2, 1), payload(1, 2)])] == [2, 1]


def test_a_short_digest_is_twelve_characters_and_none_is_a_dash() -> None:
    assert short("sha256:0123456789abcdef") == "0123456789ab"
    assert short(None) == "-"


VERSION = p.CallOffVersion(
    reference="2026-001",
    number=1,
    agreement="frame",
    catalogue=SEALED,
    receiver=OrganisationId("receiver"),
    title="Completion",
    purpose=p.Purpose(statement="Know it.", category="statistics", task_reference="task", decision_use="none"),
    analyses=(p.Analysis(id="A1", question="How many?", method="rate", shells=()),),
    variables=(p.RequestedVariable(dataset="enrolment", variable="programme", level="area"),),
    people=p.People(description="All.", dataset="enrolment"),
    period=p.Period(start=date(2023, 8, 1), end=date(2026, 8, 1)),
    controllers=tuple(map(OrganisationId, ("c1", "c2", "c3", "c4", "c5", "c6"))),
    coverage=p.Coverage(minimum_controllers=1, consequence="None."),
    delivery_form="pseudonymised microdata",
    why_not_less="Needed.",
    legal_basis="GDPR art. 6(1)(e)",
    retention=p.Retention(until=date(2028, 1, 1), method="Deleted.", derived_kept="Tables."),
)


CASE = "2026-001/delivery/1"


def shown(**statuses: ControllerStatus) -> RegisterEntry:
    """The register's entry with the controllers in these states."""
    state = CallOffState(status=CallOffStatus.ACTIVE, version=SEALED, controllers=tuple(statuses))
    cases = {name: ControllerState(status=status) for name, status in statuses.items()}
    delivery = DeliveryState(status=DeliveryStatus.DELETED, generation=1, manifest=SEALED, open=False)
    return register_entry(
        "2026-001", state, VERSION, cases, {CASE: delivery}, columns={CASE: ("enrolment.programme at level basic",)}
    )


@pytest.mark.parametrize("status", ControllerStatus)
def test_a_controller_is_in_exactly_when_it_approves_and_otherwise_left_out_with_the_reason(
    status: ControllerStatus,
) -> None:
    entry = shown(c1=status)
    assert entry.included == (("c1",) if status in APPROVING else ())
    why = {ControllerStatus.LAPSED: "no decision", ControllerStatus.REVOKED: "revoked"}.get(status, status.value)
    assert entry.left_out == (() if status in APPROVING else (("c1", why),))


def test_the_register_says_purpose_period_variables_deliveries_and_until_when() -> None:
    entry = shown(c1=ControllerStatus.APPROVED)
    assert (entry.title, entry.purpose, entry.status) == ("Completion", "Know it.", "active")
    assert entry.period == "2023-08-01 to 2026-08-01"
    assert entry.variables == ("enrolment.programme asked at level area",)
    assert entry.analyses == ("A1: How many?",)
    assert entry.kept_until == "2028-01-01"
    (delivery,) = entry.deliveries
    assert (delivery.case, delivery.status, delivery.open) == (CASE, "deleted", False)
    assert ("delivered", "enrolment.programme at level basic") in told(entry)


def test_the_register_says_whose_key_was_replaced_ended_or_renewed() -> None:
    at = datetime(2026, 3, 1, tzinfo=UTC)
    keys = {
        "provider": (HeldKey(public_key="a", replaced_at=at), HeldKey(public_key="b", since=at, linked=True)),
        "controller/c1": (HeldKey(public_key="c", ended_at=at), HeldKey(public_key="d", since=at)),
        "controller/c9": (HeldKey(public_key="e", ended_at=at),),
    }
    state = CallOffState(status=CallOffStatus.ACTIVE, version=SEALED, controllers=("c1",))
    cases = {"c1": ControllerState(status=ControllerStatus.APPROVED)}
    assert register_entry("2026-001", state, VERSION, cases, {}, columns={}, keys=keys).keys == (
        "provider: replaced 2026-03-01", "controller/c1: ended 2026-03-01", "controller/c1: renewed 2026-03-01",
    )  # fmt: skip


def test_the_register_has_no_count_of_people() -> None:
    names = {field.name for field in dataclasses.fields(RegisterEntry)}
    assert not names & {"rows", "people", "count"}
