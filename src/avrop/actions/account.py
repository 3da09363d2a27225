"""Account: sign the agreement, let controllers adhere, show timeline and register, export and check the whole."""

import base64
import json
from collections.abc import Mapping
from datetime import date
from functools import partial
from pathlib import Path
from typing import cast

from sqlalchemy import Connection

from avrop.accounts.bundle import bundle_files, checkpoint, named_digests
from avrop.accounts.entries import Entry, Payload
from avrop.accounts.register import RegisterEntry, register_entry
from avrop.accounts.timeline import Line, timeline
from avrop.actions import case as write_path
from avrop.actions import facts as f
from avrop.actions import signing
from avrop.actions.case import handle, handle_within
from avrop.actions.find import index_own
from avrop.actions.signing import LOG_KEY
from avrop.actors import Actor, OrganisationId, PersonId, Role
from avrop.canonical import Digest, canonical, plain, read
from avrop.disclosure.attribution import AttributionRule
from avrop.disclosure.manifest import Manifest
from avrop.disclosure.plan import PSEUDONYM
from avrop.errors import Missing, Mistake, Refusal
from avrop.governance import commands as c
from avrop.governance.agreements import AccountState
from avrop.governance.calloff import CallOffState
from avrop.governance.cases import ACCOUNT
from avrop.governance.events import AgreementSigned
from avrop.governance.keys import controller, require_public_key
from avrop.governance.policy import Policy
from avrop.signed import Signed, verify
from avrop.store import db, documents, people, rows, tables
from avrop.store import events as event_store
from avrop.store.files import write_file
from avrop.system import System
from avrop.verifier.notes import sign_note


def enrol(system: System, *, person: str, organisation: str, roles: tuple[Role, ...]) -> None:
    """Add an account name to this installation's directory."""
    with db.transaction(system.database) as connection:
        people.add(connection, person=person, organisation=organisation, roles=roles)


def directory(system: System) -> tuple[tuple[str, str, tuple[Role, ...]], ...]:
    """The account names of this installation, with their organisation and roles."""
    with db.transaction(system.database) as connection:
        return people.every(connection)


def actor(system: System, person: str, role: Role | None = None) -> Actor:
    """An account name as an actor. Errors: `actor.unknown`, `actor.role` (Refusal)."""
    with db.transaction(system.database) as connection:
        return people.actor(connection, person, role)


def sign_agreement(
    system: System,
    who: Actor,
    *,
    parties: Mapping[str, tuple[str, str, str]],
    policy: Policy,
    rule: AttributionRule,
    general_purpose: str,
    name: str = "",
) -> tuple[Entry, ...]:
    """Put the framework agreement in force. `parties` gives (code, name, public key) of `provider` and `receiver`;
    `name` is what call-offs call the agreement; without one they may call it anything.

    Errors: `keys.form`, `agreement.own_key` (Mistake).
    """
    (provider, provider_name, provider_key), (receiver, receiver_name, receiver_key) = (
        parties["provider"], parties["receiver"],
    )  # fmt: skip
    require_public_key(provider_key, holder="provider")
    if not system.keys.holds_signing("provider", provider_key):
        raise Mistake(
            "agreement.own_key",
            "The provider's key in the agreement is not the one that this installation signs with.",
            hint="Give what `avrop keys make signing provider` prints.",
        )
    with db.transaction(system.database) as connection:
        command = c.SignAgreement(
            provider=provider,
            provider_name=provider_name,
            provider_key=provider_key,
            receiver=receiver,
            receiver_name=receiver_name,
            receiver_key=receiver_key,
            policy=documents.put(connection, "policy", canonical(policy)),
            rule=documents.put(connection, "attribution rule", canonical(rule)),
            general_purpose=general_purpose,
            name=name,
        )
        return handle_within(connection, system, who, ACCOUNT, command)


def export_agreement(system: System) -> Signed:
    """The agreement in force, signed by the provider, for the receiver's own installation."""
    with db.transaction(system.database) as connection:
        agreement = f.agreed(f.account(connection))
        return signing.sign(connection, system, "provider", "agreement", agreement)


def import_agreement(system: System, signed: Signed, *, provider_key: str) -> tuple[Entry, ...]:
    """At the receiver: record the agreement that the provider signed, checked against the key that the receiver was
    given by another way. Errors: `keys.form` (Mistake), `agreement.signature` (Refusal)."""
    require_public_key(provider_key, holder="provider")
    if not verify(signed, kind="agreement", public_key=provider_key):
        raise Refusal("agreement.signature", "The agreement is not signed with the provider's key.", hint="Ask again.")
    agreed = cast("AgreementSigned", read(AgreementSigned, signed.body, what="The agreement"))
    values = {name: value for name, value in plain(agreed).items() if name != "type"}
    importer = Actor(person=PersonId("import"), organisation=OrganisationId(agreed.provider), role=Role.OPERATOR)
    return handle(system, importer, ACCOUNT, c.SignAgreement(**values))


def adhere(
    system: System, who: Actor, *, controller: str, name: str, public_key: str, competent_body: str
) -> tuple[Entry, ...]:
    """Record a controller's adhesion with its own public key."""
    command = c.Adhere(controller=controller, name=name, public_key=public_key, competent_body=competent_body)
    with db.transaction(system.database) as connection:
        written = handle_within(connection, system, who, ACCOUNT, command)
        if written:
            index_own(connection, system)
    return written


def delegate(system: System, who: Actor, *, controller: str, person: str, start: date, end: date) -> None:
    """Record that a person may decide for a controller in [start, end)."""
    command = c.Delegate(controller=controller, person=person, valid_from=start, valid_to=end)
    handle(system, who, ACCOUNT, command)


def instruct_measuring(system: System, who: Actor, *, until: date) -> None:
    """A controller instructs measuring on its own rows until a day."""
    handle(system, who, ACCOUNT, c.InstructMeasuring(controller=who.organisation, valid_to=until))


def withdraw_measuring(system: System, who: Actor) -> None:
    """A controller takes that instruction back."""
    handle(system, who, ACCOUNT, c.WithdrawMeasuring(controller=who.organisation))


def destroy_scope(system: System, who: Actor, scope: str) -> None:
    """Destroy a pseudonym scope's key for good, and record it. Errors: `keys.not_held` (Fault)."""
    with db.transaction(system.database) as connection:
        signing.require_own_store(system, f.account(connection))
    handle(system, who, ACCOUNT, c.DestroyScope(scope=scope))
    system.keys.destroy_scope(scope)


def show_timeline(system: System, case: str | None = None) -> tuple[Line, ...]:
    """What happened in a case and the cases under it, or in the whole account, in the log's order.

    Errors: `case.unknown` (Missing).
    """
    with db.transaction(system.database) as connection:
        entries = event_store.all_entries(connection)
    wanted = [x for x in entries if case is None or x.case == case or x.case.startswith(f"{case}/")]
    if case is not None and not wanted:
        raise Missing("case.unknown", "There is no case of that name.", hint="See `avrop account timeline`.")
    return timeline(_payload(entry) for entry in wanted if entry.payload is not None)


def show_register(system: System) -> tuple[RegisterEntry, ...]:
    """The public register."""
    with db.transaction(system.database) as connection:
        shown, keys = [], f.account(connection).keys
        for row in f.summaries(connection, "call-off"):
            state = cast("CallOffState", f.state(connection, row.case_id))
            if state.version is not None:
                cases = f.controller_cases(connection, row.case_id, state.controllers)
                version = f.version(connection, state.version)
                left = f.deliveries(connection, row.case_id)
                columns = {case: _columns(connection, at.manifest) for case, at in left.items() if at.manifest}
                shown.append(register_entry(row.case_id, state, version, cases, left, columns=columns, keys=keys))
        return tuple(shown)


def _columns(connection: Connection, manifest: Digest) -> tuple[str, ...]:
    """The columns of a manifest, at their levels. The pseudonyms are everywhere, and nobody asked for them."""
    told = cast("Manifest", read(Manifest, f.signed(connection, manifest).body, what="The manifest"))
    return tuple(
        f"{file.table}.{column.name} at level {column.level}"
        for file in told.files
        for column in file.columns
        if column.name != PSEUDONYM
    )


def make_checkpoint(system: System) -> str:
    """A signed checkpoint of the log as it stands; holders keep it to check later accounts against."""
    with db.transaction(system.database) as connection:
        entries = event_store.all_entries(connection)
        public = signing.log_key(connection, system, entries)  # of these entries: another may be replacing it meanwhile
        now, sign = checkpoint(signing.origin(system), entries), partial(system.keys.sign_bytes, LOG_KEY, public=public)
        note = sign_note(now, signing.origin(system), base64.b64decode(public), sign)
        rows.keep(connection, tables.checkpoints, size=now.size, note=note)
    return note


def export_bundle(system: System, target: Path) -> int:
    """Write the whole account into a new folder that any party can verify alone. Returns the number of entries.

    Errors: `bundle.exists` (Mistake).
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise Mistake("bundle.exists", "The folder is not empty.", hint="Name a new one.", file=target.name)
    note = make_checkpoint(system)
    with db.transaction(system.database) as connection:
        entries = event_store.all_entries(connection)[: int(note.split("\n")[1])]
        wanted = list(dict.fromkeys(named_digests([json.loads(x.payload) for x in entries if x.payload])))
        found: dict[Digest, bytes] = {}
        for sealed in wanted:  # grows while it is read: signed documents name further documents
            body = documents.find(connection, sealed)
            if body is not None and sealed not in found:
                found[sealed] = body
                wanted += [x for x in _named_in(body) if x not in found]
    (target / "documents").mkdir(parents=True, exist_ok=True)
    for name, data in bundle_files(origin=signing.origin(system), entries=entries, note=note, documents=found).items():
        write_file(target / name, data)
    return len(entries)


def public_keys(system: System) -> dict[str, object]:
    """The public keys that a verifier needs, as one document; hand it over by another way than the bundle."""
    with db.transaction(system.database) as connection:
        account = f.account(connection)
    f.agreed(account)
    return {
        "log": {"name": signing.origin(system), "key": _held(account, LOG_KEY) or _first_log_key(system)},
        "provider": _held(account, "provider"),
        "receiver": _held(account, "receiver"),
        "controllers": {name: _held(account, controller(name)) for name in sorted(account.controllers)},
    }


def rebuild(system: System) -> int:
    """Make every summary anew from the log. Returns how many cases there are."""
    return write_path.rebuild(system)


def _named_in(body: bytes) -> list[Digest]:
    value = json.loads(body)
    inner = value.get("body") if isinstance(value, dict) else None
    return list(named_digests(json.loads(inner))) if isinstance(inner, str) else []


def _payload(entry: Entry) -> Payload:
    return cast("Payload", read(Payload, cast("bytes", entry.payload), what="The log entry"))


def _first_log_key(system: System) -> str:
    make_checkpoint(system)  # it is kept: a key that was handed out is known again
    return signing.standing_log_key(system)


def _held(account: AccountState, holder: str) -> str | list[str] | None:
    """A holder's key, or several: one of every chain of replacements, the newest of it, which vouches for the rest."""
    keys = account.keys_of(holder)
    last = [key.public_key for n, key in enumerate(keys) if n + 1 == len(keys) or not keys[n + 1].linked]
    return last if len(last) > 1 else next(iter(last), None)
