"""Loads and computes the plain facts that a transition reads, within the transaction that will append its events."""

from functools import lru_cache
from typing import cast

from sqlalchemy import Connection

from avrop.accounts.entries import CaseId
from avrop.actors import Actor
from avrop.canonical import Digest, canonical, digest, read
from avrop.catalogue.datasets import Catalogue
from avrop.disclosure.attribution import AttributionRule
from avrop.disclosure.manifest import Manifest
from avrop.disclosure.operators import SlicePlan
from avrop.disclosure.plan import LISTS, Question, compile_slice
from avrop.errors import Missing, Refusal
from avrop.governance import commands as c
from avrop.governance.agreements import AccountState
from avrop.governance.calloff import CallOffState
from avrop.governance.cases import ACCOUNT, fold, machine, reference
from avrop.governance.changes import direction
from avrop.governance.controllercase import ControllerState
from avrop.governance.decisions import Decision
from avrop.governance.delivery import DeliveryState
from avrop.governance.events import AgreementSigned, ExposureMeasured
from avrop.governance.facts import Facts
from avrop.governance.grants import Grant, grant_today
from avrop.governance.keys import CLOCKS_DIFFER
from avrop.governance.policy import Policy
from avrop.governance.purposes import CallOffVersion
from avrop.governance.slices import SliceTerms
from avrop.signed import Signed
from avrop.store import cases as case_store
from avrop.store import db, documents, rows, tables
from avrop.store import events as event_store
from avrop.system import System


def account(connection: Connection) -> AccountState:
    """The account's state."""
    return cast("AccountState", state(connection, ACCOUNT))


def state(connection: Connection, case: str) -> object:
    """A case's state: the fold of its events."""
    return fold(case, (payload.event for payload in event_store.payloads(connection, CaseId(case))))


def call_off(connection: Connection, ref: str) -> CallOffState:
    """A call-off's state."""
    return cast("CallOffState", state(connection, ref))


def known_call_off(connection: Connection, ref: str) -> CallOffState:
    """The same of a call-off that was submitted. Raises `call_off.unknown` (Missing)."""
    found = call_off(connection, ref) if machine(ref) == "call-off" else CallOffState()
    if found.version is None:
        raise Missing("call_off.unknown", "There is no such call-off.", hint="See `avrop account register`.", case=ref)
    return found


def controller_cases(connection: Connection, ref: str, controllers: tuple[str, ...]) -> dict[str, ControllerState]:
    """Each addressed controller's case."""
    return {name: cast("ControllerState", state(connection, f"{ref}/{name}")) for name in controllers}


def summaries(connection: Connection, kind: str) -> tuple[case_store.Summary, ...]:
    """The summary rows of a kind of case."""
    return case_store.all_of(connection, kind=kind)


def deliveries(connection: Connection, ref: str) -> dict[str, DeliveryState]:
    """All deliveries of a call-off, by case id, in order."""
    found = [s.case_id for s in case_store.all_of(connection, kind="delivery") if reference(s.case_id) == ref]
    ordered = sorted(found, key=lambda case: int(case.rsplit("/", 1)[-1]))
    return {case: cast("DeliveryState", state(connection, case)) for case in ordered}


def policy(connection: Connection, of: AccountState) -> Policy:
    """The policy in force by the framework agreement."""
    return cast("Policy", read(Policy, documents.get(connection, agreed(of).policy), what="The policy"))


def rule(connection: Connection, of: AccountState) -> AttributionRule:
    """The attribution rule in force by the framework agreement."""
    text = documents.get(connection, agreed(of).rule)
    return cast("AttributionRule", read(AttributionRule, text, what="The attribution rule"))


def catalogue(connection: Connection, sealed: Digest) -> Catalogue:
    """A published catalogue version. One that was read lately is not read anew: it never changes."""
    return read_catalogue(documents.get(connection, sealed))


@lru_cache(maxsize=4)
def read_catalogue(text: bytes) -> Catalogue:
    """A catalogue from its document."""
    return cast("Catalogue", read(Catalogue, text, what="The catalogue"))


def version(connection: Connection, sealed: Digest) -> CallOffVersion:
    """A submitted version of a call-off."""
    return cast("CallOffVersion", read(CallOffVersion, documents.get(connection, sealed), what="The call-off"))


def signed(connection: Connection, sealed: Digest) -> Signed:
    """A signed document."""
    return cast("Signed", read(Signed, documents.get(connection, sealed), what="The signed document"))


def slice_plan(
    connection: Connection, system: System, sealed: Digest, *, controller: str, terms: SliceTerms
) -> SlicePlan:
    """What a controller would let out of that version on those terms, compiled now."""
    return compile_slice(question(connection, system, sealed, controller=controller, terms=terms))


def question(connection: Connection, system: System, sealed: Digest, *, controller: str, terms: SliceTerms) -> Question:
    """Everything that a plan of that version is compiled from."""
    return question_of(connection, system, version(connection, sealed), controller=controller, terms=terms)


def question_of(
    connection: Connection, system: System, asked: CallOffVersion, *, controller: str, terms: SliceTerms
) -> Question:
    """The same of a version that need not be submitted."""
    return Question(
        version=asked,
        terms=terms,
        controller=controller,
        catalogue=catalogue(connection, asked.catalogue),
        rule=rule(connection, account(connection)),
        today=system.clock().date(),
    )


def grant(connection: Connection, system: System, ref: str) -> Grant | None:
    """Today's grant of a call-off."""
    standing = call_off(connection, ref)
    cases = controller_cases(connection, ref, standing.controllers)
    today = system.clock().date()
    return grant_today(ref, standing, cases, account=account(connection), today=today)


def load(connection: Connection, system: System, actor: Actor, case: str, command: c.Command) -> Facts:
    """Everything that is true for this command on this case."""
    ref, kind, standing = reference(case), machine(case), account(connection)
    around = CallOffState() if kind == "account" else call_off(connection, ref)
    return Facts(
        now=system.clock(),
        actor=actor,
        case=case,
        account=standing,
        policy=policy(connection, standing) if standing.agreement and kind != "account" else None,
        call_off=around,
        cases=controller_cases(connection, ref, around.controllers) if kind == "call-off" else {},
        deliveries=deliveries(connection, ref) if kind in ("call-off", "delivery") else {},
        direction=_direction(connection, around, command),
        slice_plans=_slice_plans(connection, system, case, around, command),
        grant=grant(connection, system, ref) if kind in ("call-off", "delivery") else None,
        file_digests=_file_digests(connection, case, command),
        lists_changed=kind == "delivery" and lists_changed(connection, system, case),
    )


def _direction(connection: Connection, around: CallOffState, command: c.Command) -> str:
    if not isinstance(command, c.Submit) or around.version is None:
        return "first"
    old = version(connection, around.version)
    return direction(old, command.version, catalogue=catalogue(connection, old.catalogue))


def _slice_plans(
    connection: Connection, system: System, case: str, around: CallOffState, command: c.Command
) -> dict[str, Digest]:
    """Compile, keep as documents, and give the digests."""
    wanted: dict[str, SliceTerms] = {}
    if isinstance(command, c.OpenControllers):
        wanted = dict.fromkeys(around.controllers, SliceTerms())
    elif isinstance(command, c.Decide):
        decision = cast("Decision", read(Decision, command.signed.body, what="The decision"))
        wanted = {case.rsplit("/", 1)[-1]: decision.terms}
    if not wanted or around.version is None:
        return {}
    plans = {
        name: slice_plan(connection, system, around.version, controller=name, terms=terms)
        for name, terms in wanted.items()
    }
    for plan in plans.values():
        documents.put(connection, "slice plan", canonical(plan))
    return {name: digest(plan) for name, plan in plans.items()}


def _file_digests(connection: Connection, case: str, command: c.Command) -> tuple[tuple[str, Digest], ...]:
    if not isinstance(command, c.AcceptReceipt):
        return ()
    sealed = cast("DeliveryState", state(connection, case)).manifest
    if sealed is None:
        return ()
    manifest = cast("Manifest", read(Manifest, signed(connection, sealed).body, what="The manifest"))
    return tuple((file.name, file.digest) for file in manifest.files)


def lists_changed(connection: Connection, system: System, case: str) -> bool:
    """Whether a generation was built with other lists of people to leave out than those that are the newest now."""
    row = rows.find(connection, tables.generations, case)
    return row is not None and row.lists != list_digests(connection, system)


def list_digests(connection: Connection, system: System) -> str | None:
    """The digests of the newest lists of people to leave out, as one text; None if one is missing."""
    return rows.list_digests(connection, LISTS, not_after=system.clock() + CLOCKS_DIFFER)


def digest_of(text: str) -> Digest:
    """A digest that a plan names as text."""
    return Digest(text)


def agreed(of: AccountState) -> AgreementSigned:
    """The framework agreement in force. Raises `agreement.none` (Refusal)."""
    if of.agreement is None:
        raise Refusal(
            "agreement.none",
            "No framework agreement is in force.",
            hint="Sign it: `avrop account sign-agreement`; or import the provider's: `avrop account import-agreement`.",
        )
    return of.agreement


def exposure_documents(system: System, ref: str, field: str) -> tuple[bytes, ...]:
    """The documents that the measured versions of a call-off name in that field, oldest first."""
    with db.transaction(system.database) as connection:
        happened = [payload.event for payload in event_store.payloads(connection, CaseId(ref))]
        return tuple(
            documents.get(connection, getattr(event, field))
            for event in happened
            if isinstance(event, ExposureMeasured)
        )
