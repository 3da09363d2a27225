"""A controller answers from its own desk: it looks at what it is asked, signs with its own key, and hands that in; and
it checks and countersigns the provider's log alone.

Nothing that the other side says is signed unseen: the plan is digested here, and the draft must say what was meant.
"""

import base64
import io
import json
import tarfile
import tempfile
from pathlib import Path
from typing import Any, cast

from avrop.actions import facts as f
from avrop.actions import signing
from avrop.actions.forms import Advice, Answer, Proposal, TakingBack
from avrop.actions.remote import Remote, own_holder, remote
from avrop.actors import Actor
from avrop.canonical import build, canonical, digest
from avrop.errors import Tampered
from avrop.governance.decisions import Decision, Revocation
from avrop.governance.slices import SliceTerms
from avrop.store import db, rows, tables
from avrop.store.files import write_file
from avrop.system import System
from avrop.verifier.notes import open_note, sign_note
from avrop.verifier.report import Report
from avrop.verifier.verify import verify


def look(provider: Remote, actor: Actor, reference: str, *, terms: SliceTerms | None = None) -> Proposal:
    """What the controller is asked to let out, digested here. Errors: `witness.plan_differs` (Tampered)."""
    told = provider.ask(actor, "POST", f"api/v1/call-offs/{reference}/slice", terms or SliceTerms())
    proposal = cast("Proposal", build(Proposal, told, what="The proposal"))
    if digest(proposal.plan) != proposal.digest or proposal.plan.controller != actor.organisation:
        raise Tampered(
            "witness.plan_differs", "The plan is not the one that its digest names, or not this controller's.",
            case=reference,
        )  # fmt: skip
    return proposal


def answer(provider: Remote, actor: Actor, reference: str, meant: Answer) -> Decision:
    """Sign the decision that was meant, on the plan that was seen, and hand it in.

    Errors: `witness.plan_differs`, `witness.draft_differs` (Tampered); nothing is signed then.
    """
    seen = look(provider, actor, reference, terms=meant.terms)
    told = provider.ask(actor, "POST", f"api/v1/call-offs/{reference}/decision-draft", meant)
    draft = cast("Decision", build(Decision, told, what="The draft"))
    said = (draft.call_off, draft.controller, draft.outcome, draft.terms, draft.valid_to, draft.slice_plan)
    if said != (reference, actor.organisation, meant.outcome, meant.terms, meant.valid_to, seen.digest):
        raise Tampered(
            "witness.draft_differs", "The draft says something else than what was meant.",
            hint="Sign nothing; ask why.",
            case=reference,
        )  # fmt: skip
    provider.ask(actor, "POST", f"api/v1/call-offs/{reference}/decisions", provider.sign("decision", draft))
    return draft


def advise(provider: Remote, actor: Actor, reference: str, *, advice: str, text: str) -> None:
    """Hand in the data protection officer's advice."""
    provider.ask(actor, "POST", f"api/v1/call-offs/{reference}/advice", Advice(advice=advice, text=text))


def take_back(provider: Remote, actor: Actor, reference: str, *, reason: str, recall: bool) -> Revocation:
    """Sign the revocation and hand it in. Errors: `witness.draft_differs` (Tampered)."""
    told = provider.ask(
        actor, "POST", f"api/v1/call-offs/{reference}/revocation-draft", TakingBack(reason=reason, recall=recall)
    )
    draft = cast("Revocation", build(Revocation, told, what="The draft"))
    if (draft.call_off, draft.controller, draft.recall) != (reference, actor.organisation, recall):
        raise Tampered(
            "witness.draft_differs", "The draft says something else than what was meant.",
            hint="Sign nothing; ask why.",
            case=reference,
        )  # fmt: skip
    provider.ask(actor, "POST", f"api/v1/call-offs/{reference}/revocations", provider.sign("revocation", draft))
    return draft


def watch(system: System, actor: Actor) -> tuple[Report, int]:
    """Fetch the whole account, check it alone against the checkpoint held last, and countersign the new checkpoint.

    Returns the report and the size of the log that was countersigned; nothing is countersigned if it is not sound.
    Errors: `witness.keys_differ`, `witness.bundle_member` (Tampered).
    """
    with db.transaction(system.database) as connection:
        provider = f.agreed(f.account(connection)).provider
        held = rows.every(connection, tables.checkpoints)
    other = remote(system, provider)
    with tempfile.TemporaryDirectory(dir=system.zone.root) as name:
        folder = Path(name)
        keys, old = folder / "keys.json", folder / "held.txt"
        keys.write_bytes(_held_keys(system, other, actor))
        old.write_text(held[-1].note) if held else None
        _unpack(other.send(actor, "GET", "api/v1/account/bundle"), folder / "bundle")
        report = verify(folder / "bundle", keys=keys, checkpoint=old if held else None)
        note = (folder / "bundle" / "checkpoint.txt").read_text()
        trusted = json.loads(keys.read_text())
    if not report.sound:
        return report, 0
    return report, _countersign(system, note, trusted)


def _held_keys(system: System, other: Remote, actor: Actor) -> bytes:
    """The account's public keys as they are told now: what was told before must stand in them unchanged.

    Errors: `witness.keys_differ` (Tampered).
    """
    place = system.settings.home / "public-keys.json"
    told = other.ask(actor, "GET", "api/v1/account/public-keys")
    held = json.loads(place.read_bytes()) if place.exists() else {"provider": _agreed_provider_key(system)}
    if any(_flat(told).get(name) != key for name, key in _flat(held).items()):
        raise Tampered(
            "witness.keys_differ",
            "The account's public keys are not those that were told before.",
            hint="Compare them with the other parties by another way.",
        )
    write_file(place, canonical(told))
    return place.read_bytes()


def _flat(keys: dict[str, Any]) -> dict[str, object]:
    """The keys of the sides and of the controllers, by one name each."""
    return {**{k: v for k, v in keys.items() if k != "controllers"}, **keys.get("controllers", {})}


def _agreed_provider_key(system: System) -> str:
    with db.transaction(system.database) as connection:
        return f.agreed(f.account(connection)).provider_key


def _countersign(system: System, note: str, trusted: dict[str, dict[str, str]]) -> int:
    log = trusted["log"]
    seen = open_note(note, log["name"], base64.b64decode(log["key"]))
    with db.transaction(system.database) as connection:
        account = f.account(connection)
        holder = own_holder(system, account)
        public = signing.own_public(system, account, holder)
        own = sign_note(
            seen, signing.origin(system), base64.b64decode(public),
            lambda data: system.keys.sign_bytes(signing.name_of(holder), data, public=public),
        )  # fmt: skip
        line = own.rsplit("\n\n", 1)[1]
        rows.keep(connection, tables.checkpoints, size=seen.size, note=note + line)
    return seen.size


def _unpack(data: bytes, folder: Path) -> None:
    """The plain files of a bundle, written below `folder`. Errors: `witness.bundle_member` (Tampered).

    `TarFile.extractall(filter=)` would do, but Python 3.11 has it from 3.11.4 only, and Debian 12 has 3.11.2.
    """
    within = folder.resolve()
    within.mkdir(parents=True, exist_ok=True)
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
            for entry in archive:
                content = archive.extractfile(entry) if entry.isreg() else None
                target = (within / entry.name).resolve()
                if content is None or not target.is_relative_to(within):
                    raise _no_bundle()
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content.read())
    except (tarfile.TarError, FileExistsError, IsADirectoryError, NotADirectoryError):
        raise _no_bundle() from None


def _no_bundle() -> Tampered:
    return Tampered(
        "witness.bundle_member",
        "What was sent is no archive of plain files within one folder.",
        hint="Countersign nothing; ask the log's keeper why.",
    )
