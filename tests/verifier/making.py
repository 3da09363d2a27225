"""Makes a small complete account with real keys, from agreement to deletion, in which any one thing can be made false.

Everything that follows from a changed part is made anew and signed again, as somebody could who holds the named keys.
"""

import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from avrop.accounts.bundle import bundle_files, checkpoint
from avrop.accounts.entries import CaseId, Entry, commitment
from avrop.canonical import Digest, canonical, digest, digest_bytes, plain
from avrop.disclosure.manifest import Manifest, ManifestFile, ManifestSlice
from avrop.governance import events as e
from avrop.governance.decisions import Decision, Revocation
from avrop.governance.grants import Grant, GrantedSlice
from avrop.governance.returns import DeletionConfirmation, Receipt
from avrop.governance.slices import Coarsening, SliceTerms
from avrop.signed import sign
from avrop.verifier.notes import sign_note

ORIGIN = "avrop/provider"
REF = "2026-001"
START = datetime(2026, 3, 1, 8, tzinfo=UTC)
_CLOCK, _CUSTODIAN = "clock@clock clock", "custodian@receiver custodian"
Change = Callable[[dict[str, Any]], Any]


def private(name: str) -> Ed25519PrivateKey:
    """The private key of a party: always the same."""
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest())


def raw(name: str) -> bytes:
    """A party's public key."""
    return private(name).public_key().public_bytes_raw()


def public(name: str) -> str:
    """A party's public key in base64."""
    return base64.b64encode(raw(name)).decode()


def note(entries: tuple[Entry, ...]) -> str:
    """The log's signed checkpoint over these entries."""
    return sign_note(checkpoint(ORIGIN, entries), ORIGIN, raw("log"), private("log").sign)


def trusted() -> dict[str, Any]:
    """The public keys that a verifier holds."""
    return {
        "log": {"name": ORIGIN, "key": public("log")},
        "provider": public("provider"),
        "receiver": public("receiver"),
        "controllers": {name: public(name) for name in ("c1", "c2", "c3")},
    }


def entry(index: int, case: str, sequence: int, payload: bytes) -> Entry:
    """An entry whose salt follows from its place."""
    salt = hashlib.sha256(f"salt {index}".encode()).digest()
    return Entry(
        index=index,
        case=CaseId(case),
        sequence=sequence,
        commitment=commitment(salt, payload),
        payload=payload,
        salt=salt,
    )


@dataclass
class Account:
    """An account that is being made. `changes` are applied by the name of the step, document or signed body.

    `say NAME` changes {case, at, actor, event} of a step, or leaves it out by returning None; `sign NAME` changes a
    body before it is signed; `keys` names another signer; `document NAME` changes a document; `then` adds steps, once.
    """

    changes: Mapping[str, Change] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)
    then: dict[str, Callable[["Account"], None]] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    documents: dict[Digest, bytes] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    made: dict[str, Digest] = field(default_factory=dict)

    def document(self, name: str, value: object) -> Digest:
        """Keep a document."""
        shown = self.changes.get(f"document {name}", lambda x: x)(plain(value))
        body = shown if isinstance(shown, bytes) else canonical(shown)
        self.made[name] = digest_bytes(body)
        self.documents[self.made[name]] = body
        return self.made[name]

    def sign(self, name: str, kind: str, value: object, signer: str) -> Digest:
        """Sign a body and keep it."""
        body = self.changes.get(f"sign {name}", lambda x: x)(plain(value))
        signer = self.keys.get(name, signer)
        signed = sign(kind, body, public_key=public(signer), signer=private(signer).sign)
        return self.document(name, signed)

    def say(self, name: str, case: str, event: object, who: str = "operator@provider operator") -> None:
        """Append an entry."""
        person, role = who.split()
        said = {
            "case": case,
            "at": f"{START + timedelta(hours=len(self.entries)):%Y-%m-%dT%H:%M:%SZ}",
            "actor": {"person": person, "organisation": person.split("@")[1], "role": role},
            "event": plain(event),
        }
        said = self.changes.get(f"say {name}", lambda x: x)(said)
        if said is not None:
            sequence = 1 + sum(x.case == said["case"] for x in self.entries)
            body = canonical(said | {"sequence": sequence})
            self.places[name] = len(self.entries)
            self.entries.append(entry(len(self.entries), said["case"], sequence, body))
        more = self.then.pop(name, None)
        if more is not None:
            more(self)

    def files(self, *, size: int | None = None) -> dict[str, bytes]:
        """The bundle's files."""
        entries = tuple(self.entries[:size])
        return bundle_files(origin=ORIGIN, entries=entries, note=note(entries), documents=self.documents)


def write(folder: Path, files: Mapping[str, bytes]) -> Path:
    """Write a bundle with the keys beside it."""
    (folder / "bundle" / "documents").mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / "bundle" / name).write_bytes(data)
    (folder / "keys.json").write_bytes(canonical(trusted()))
    return folder / "bundle"


def make(
    *,
    changes: Mapping[str, Change] | None = None,
    keys: Mapping[str, str] | None = None,
    then: Mapping[str, Callable[[Account], None]] | None = None,
) -> Account:
    """The whole account: c1 approves, c2 approves in part and revokes, c3 lapses; two deliveries, one deleted."""
    made = Account(changes or {}, keys or {}, dict(then or {}))
    _agree(made)
    _apply(made)
    _decide(made)
    _confirm(made)
    deliver(made, 1, ("c1", "c2"))
    revoke(made, "c2")
    _delete(made, 1)
    deliver(made, 2, ("c1",))
    return made


def _agree(made: Account) -> None:
    made.say(
        "agreement",
        "account",
        e.AgreementSigned(
            provider="provider",
            provider_name="The provider",
            provider_key=public("provider"),
            receiver="receiver",
            receiver_name="The receiver",
            receiver_key=public("receiver"),
            policy=made.document("policy", {"id": "policy"}),
            rule=made.document("rule", {"id": "rule"}),
            general_purpose="Statistics — en allmenn ramme på æøå",
        ),
    )
    for name in ("c1", "c2", "c3"):
        adhered = e.ControllerAdhered(
            controller=name, name=name, public_key=public(name), competent_body="Council", notice_published=None
        )
        made.say(f"adhered {name}", "account", adhered)
        delegated = e.AuthorityDelegated(
            controller=name, person=f"decider@{name}", valid_from=date(2026, 1, 1), valid_to=date(2027, 1, 1)
        )
        made.say(f"delegated {name}", "account", delegated)
    made.document("catalogue", {"name": "catalogue"})
    made.document("snapshot", {"files": [{"digest": digest("a file")}]})


def _apply(made: Account) -> None:
    version = made.document("version", {"reference": REF, "number": 1, "catalogue": made.made["catalogue"]})
    submitted = e.CallOffSubmitted(
        version=version,
        number=1,
        catalogue=made.made["catalogue"],
        controllers=("c1", "c2", "c3"),
        minimum_controllers=1,
        direction="first",
    )
    made.say("submitted", REF, submitted, "applicant@receiver applicant")
    findings = made.document("findings", [])
    found = e.FindingsRecorded(version=version, findings=findings, notes=0, questions=0, stops=0)
    made.say("found", REF, found)
    made.say("taken in", REF, e.IntakeAccepted(measured=("c1",), unmeasured=("c2", "c3")))
    exposure = e.ExposureMeasured(
        version=version,
        snapshot=made.made["snapshot"],
        report=made.document("report", {"report": 1}),
        requester_view=made.document("requester view", {"rounded": 1}),
        controller_views=(("c1", made.document("risk view", {"k": 5})),),
    )
    made.say("measured", REF, exposure)
    plans = tuple((name, plan(made, name, level="county")) for name in ("c1", "c2", "c3"))
    opened = e.ControllersOpened(
        version=version, slice_plans=plans, cut_off=date(2026, 3, 20), preparer="operator@provider"
    )
    made.say("opened", REF, opened)
    for name in ("c1", "c2", "c3"):
        asked = e.ControllerAsked(
            version=version,
            slice_plan=made.made[f"plan {name} county"],
            findings=findings,
            risk_view=made.made["risk view"] if name == "c1" else None,
            cut_off=date(2026, 3, 20),
        )
        made.say(f"asked {name}", f"{REF}/{name}", asked)


def plan(made: Account, controller: str, *, level: str) -> Digest:
    """A slice plan."""
    shown = {"call_off": REF, "controller": controller, "version": made.made["version"], "level": level}
    return made.document(f"plan {controller} {level}", shown)


def _decide(made: Account) -> None:
    advice = e.AdviceGiven(seen=digest([made.made["version"]]), advice="no remark", text="None.")
    made.say("advice", f"{REF}/c1", advice, "dpo@c1 dpo")
    decide(made, "c1", "approved")
    decide(made, "c2", "approved in part")
    lapsed = e.ControllerLapsed(cut_off=date(2026, 3, 20))
    made.say("lapsed", f"{REF}/c3", lapsed, _CLOCK)


def decide(made: Account, controller: str, outcome: Any, *, name: str = "") -> None:
    """A controller's signed decision, at the level that its terms give."""
    narrowed = outcome == "approved in part"
    terms = SliceTerms(coarsen=(Coarsening(dataset="d", variable="v", level="land"),)) if narrowed else SliceTerms()
    risk = (made.made["risk view"],) if controller == "c1" else ()
    decision = Decision(
        call_off=REF,
        version=made.made["version"],
        controller=controller,
        outcome=outcome,
        slice_plan=plan(made, controller, level="land" if narrowed else "county"),
        seen=(made.made["version"], made.made["findings"], *risk),
        terms=terms,
        reasons="As said.",
        decided_by=f"decider@{controller}",
        decided_at=START,
        valid_from=date(2026, 3, 1),
        valid_to=date(2026, 12, 1),
    )
    sealed = made.sign(f"{name}decision {controller}", "decision", decision, controller)
    decided = e.ControllerDecided(
        decision=sealed,
        outcome=outcome,
        version=decision.version,
        slice_plan=decision.slice_plan,
        valid_to=decision.valid_to,
    )
    made.made[f"sealed {controller}"] = decision.slice_plan
    made.say(f"{name}decided {controller}", f"{REF}/{controller}", decided, f"decider@{controller} decider")


def _confirm(made: Account) -> None:
    reached = e.OutcomeReached(approved=("c1", "c2"), rejected=(), lapsed=("c3",), outcome="ready")
    made.say("reached", REF, reached, _CLOCK)
    confirmed = e.SubsetConfirmed(statement="Still enough.", controllers=("c1", "c2"), harmonised=True)
    made.say("confirmed", REF, confirmed, "leader@receiver leader")
    signed = e.GrantCountersigned(grant=grant(made, ("c1", "c2")), prepared_by="operator@provider")
    made.say("countersigned", REF, signed, "second@provider operator")


def grant(made: Account, controllers: tuple[str, ...]) -> Digest:
    """The digest of the grant of these."""
    slices = tuple(
        GrantedSlice(controller=x, slice_plan=made.made[f"sealed {x}"], decision=made.made[f"decision {x}"])
        for x in controllers
    )
    return digest(Grant(call_off=REF, version=made.made["version"], slices=slices))


def deliver(made: Account, number: int, controllers: tuple[str, ...]) -> None:
    """A delivery: planned, manifest, sent, receipt."""
    case, snapshot = f"{REF}/delivery/{number}", made.made["snapshot"]
    chosen = [(name, made.made[f"sealed {name}"], made.made[f"decision {name}"]) for name in controllers]
    granted = grant(made, controllers)
    planned = e.DeliveryPlanned(
        call_off=REF, generation=number, grant=granted, snapshot=snapshot, controllers=controllers
    )
    made.say(f"planned {number}", case, planned)
    file = ManifestFile(name="d.parquet", table="d", rows=7, size=70, digest=digest(f"file {number}"), columns=())
    manifest = Manifest(
        call_off=REF,
        delivery=case,
        generation=number,
        version=made.made["version"],
        catalogue=made.made["catalogue"],
        snapshot=snapshot,
        grant=granted,
        merge_plan=made.document(f"merge plan {number}", {"number": number}),
        slices=tuple(ManifestSlice(controller=a, slice_plan=b, decision=c) for a, b, c in chosen),
        files=(file,),
        pseudonym_scope=REF,
        log_size=len(made.entries),
        keep_until="2028-01-01",
        made_at=START,
    )
    sealed = made.sign(f"manifest {number}", "manifest", manifest, "provider")
    signed = e.ManifestSigned(manifest=sealed, grant=granted, controllers=controllers, files=1, rows=7)
    made.say(f"manifested {number}", case, signed)
    sent = e.GenerationSent(grant=granted, channel="folder", sent_on=date(2026, 3, 25))
    made.say(f"sent {number}", case, sent)
    receipt = Receipt(
        manifest=sealed,
        delivery=case,
        files=(("d.parquet", file.digest),),
        place="inbox",
        received_by="custodian@receiver",
        received_at=START,
    )
    accepted = e.ReceiptAccepted(
        receipt=made.sign(f"receipt {number}", "receipt", receipt, "receiver"), manifest=sealed
    )
    made.say(f"receipted {number}", case, accepted, _CUSTODIAN)


def revoke(made: Account, controller: str) -> None:
    """A controller's signed revocation."""
    revocation = Revocation(
        call_off=REF,
        controller=controller,
        decision=made.made[f"decision {controller}"],
        reason="A better reason.",
        recall=True,
        decided_by=f"decider@{controller}",
        decided_at=START,
    )
    sealed = made.sign(f"revocation {controller}", "revocation", revocation, controller)
    revoked = e.SliceRevoked(reason=revocation.reason, recall=True, revocation=sealed)
    made.say(f"revoked {controller}", f"{REF}/{controller}", revoked, f"decider@{controller} decider")


def _delete(made: Account, number: int) -> None:
    case, manifest = f"{REF}/delivery/{number}", made.made[f"manifest {number}"]
    made.say(f"closed {number}", case, e.GenerationClosed(reason="revoked"), _CLOCK)
    due = e.DeletionDue(trigger="revocation with recall", controllers=("c2",), due=date(2026, 4, 25))
    made.say(f"due {number}", case, due, _CLOCK)
    confirmation = DeletionConfirmation(
        manifest=manifest,
        delivery=case,
        trigger="revocation with recall",
        method="Removed.",
        kept="Nothing.",
        deleted_by="custodian@receiver",
        deleted_at=START,
    )
    sealed = made.sign(f"confirmation {number}", "deletion", confirmation, "receiver")
    made.say(f"deleted {number}", case, e.DeletionConfirmed(confirmation=sealed, manifest=manifest), _CUSTODIAN)
