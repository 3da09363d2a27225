"""What the account holds at each point of the log while it is read from the start, and how a claim is checked on it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from avrop.verifier import machines, signatures
from avrop.verifier.bundle import MALFORMED, NOT_DOCUMENTS, Event, Line, digests
from avrop.verifier.keychains import KeyChains
from avrop.verifier.report import Report

_DATED = {
    "decision": "decided_at",
    "revocation": "decided_at",
    "manifest": "made_at",
    "receipt": "received_at",
    "deletion": "deleted_at",
}
"""The field of each kind of signed document that says when it was signed."""

_BACK = timedelta(minutes=5)
"""By so much an entry may be earlier than one before it in another case: clocks of one installation differ."""

_OF = {"provider": "of the provider", "receiver": "of the receiver", "controller": "of that controller", "clock": ""}


@dataclass
class CallOff:
    """What the log says of a call-off's version that stands. `opened` gives each controller's slice plan."""

    version: str
    minimum: int
    opened: dict[str, str] = field(default_factory=dict)
    cut_off: str = ""
    preparer: str = ""
    approved: list[str] = field(default_factory=list)
    confirmed: list[str] = field(default_factory=list)


class Account:
    """What stands in the log so far: keys, delegations, what was asked, decided and granted, and what left."""

    def __init__(
        self, documents: dict[str, Any], held: dict[str, tuple[str, ...]], report: Report, *, withheld: frozenset[str]
    ) -> None:
        self.documents, self.report, self.withheld = documents, report, withheld
        self.keys = KeyChains(documents, held, self.fault)
        self.delegated: dict[tuple[str, str], list[tuple[str, str]]] = {}
        self.parties: dict[str, str] = {"clock": "clock"}
        self.states: dict[str, str] = {}
        self.legal = True
        self.call_offs: dict[str, CallOff] = {}
        self.asked: dict[str, dict[str, Any]] = {}
        self.decided: dict[str, str] = {}
        self.granted: dict[str, dict[str, Any]] = {}
        self.planned: dict[str, str] = {}
        self.recorded: set[tuple[str, str]] = set()
        self.manifests: dict[str, dict[str, Any]] = {}
        self.named: set[str] = set()
        self.missing: set[str] = set()
        self.counts: dict[str, int] = {}
        self.last: dict[str, datetime] = {}
        self.latest: datetime | None = None

    def fault(self, event: Event, sentence: str) -> None:
        """A fault at the event's place."""
        self.report.fault(f"{event.line.place}: {sentence}")

    def require(self, event: Event, holds: bool, sentence: str) -> None:
        """A fault at the event's place unless it holds."""
        if not holds:
            self.fault(event, sentence)

    def in_time(self, event: Event) -> None:
        """A case never goes back in time, and the log by no more than the clocks of one installation may differ."""
        at = datetime.fromisoformat(event.at)
        if at.tzinfo is None:
            raise ValueError
        before = self.last.get(event.line.case, at)
        self.require(event, before <= at, "it is earlier than the one before it in its case")
        self.last[event.line.case] = at
        back = self.latest is not None and at < self.latest - _BACK
        self.require(event, not back, "it is more than five minutes earlier than an entry before it in the log")
        self.latest = at if self.latest is None or back else max(at, self.latest)  # one fault, not one for each later

    def step(self, event: Event) -> None:
        """The entry is of a kind that may follow in its case as it stands, and is for the one who recorded it."""
        kind, case = event.kind, event.line.case
        if kind == "AgreementSigned":
            named = {side: event.data[side] for side in ("provider", "receiver")}
            self.require(event, {**named, **self.parties} == {**self.parties, **named}, "it has other parties")
            self.parties = {**named, **self.parties}
        known = machines.STEPS.get(kind)
        state = self.states.get(case, "none")
        after = machines.follow(state, kind, str(event.data.get("outcome")))
        self.legal = known is not None and known.machine == machines.machine(case) and after is not None
        self.require(event, self.legal, f"{kind} is not possible in a case that is '{state}'")
        if after is not None and self.legal:
            self.states[case] = after
        if known is not None:
            own = case.rsplit("/", 1)[-1] if "/" in case else event.data.get("controller")
            owner = own if known.side == "controller" else self.parties.get(known.side)
            by = (event.actor["organisation"], event.actor["role"])
            self.require(event, by == (owner, known.role), f"it is for the {known.role} {_OF[known.side]}".rstrip())

    def pass_over(self, line: Line) -> None:
        """What an erased entry said is not known: in the case of a controller that had approved it can have been a
        revocation, so nothing of its slice is in order afterwards."""
        self.granted.pop(line.case, None)

    def name(self, event: Event) -> None:
        """Every document that an event names is here or withheld; what signed documents name is known, too."""
        for digest in digests(event.data, leave=NOT_DOCUMENTS):
            self.expect(event, digest)
            waiting = [digest]
            while waiting:
                found = waiting.pop()
                if found not in self.named:
                    self.named.add(found)
                    waiting += digests(signatures.body_of(self.documents.get(found)))

    def expect(self, event: Event, digest: str) -> None:
        """A fault, at the first event that names it, if a document is neither here nor withheld."""
        if digest not in self.documents and digest not in self.withheld and digest not in self.missing:
            self.missing.add(digest)
            self.fault(event, f"documents/{digest.removeprefix('sha256:')}.json, which it names, is missing or changed")

    def document(self, event: Event, digest: str, what: str) -> Any:
        """A document without which the event cannot be checked, or None with a fault."""
        found = self.documents.get(digest)
        self.require(event, found is not None, f"its {what} {digest[:19]}… is not here, so it cannot be checked")
        return found

    def signed(self, event: Event, digest: str, kind: str, holder: str) -> dict[str, Any] | None:
        """The body of a signed document, if the signature is by a key of the holder's that is believed. A key that did
        not hold for it is a fault."""
        found = self.document(event, digest, f"signed {kind}")
        opened = None if found is None else self.keys.opened(found, kind, holder)
        if found is None or opened is None or not self.keys.believed(holder, opened[1].public):
            self.require(event, found is None, f"its {kind} does not carry the signature of the party it is of")
            return None
        body, key = opened
        wrong = key.wrong(datetime.fromisoformat(body[_DATED[kind]]), event.day)
        self.require(event, wrong is None, f"its {kind} is signed by a key that {wrong}")
        self.require(event, (kind, found["body"]) not in self.recorded, f"its {kind} was recorded before")
        self.recorded.add((kind, found["body"]))
        self.counts[kind] = self.counts.get(kind, 0) + 1
        return body

    def authorised(self, event: Event, controller: str, person: str) -> None:
        """The event was recorded by that person, for that controller, with authority to decide on that day."""
        periods = self.delegated.get((controller, person), [])
        live = any(start <= event.day < end for start, end in periods)
        self.require(event, live, "the person who decided had no delegated authority")
        recorded = (event.actor["organisation"], event.actor["person"]) == (controller, person)
        self.require(event, recorded, "it was recorded by another than the one who decided")

    def in_force(self, event: Event, manifest: dict[str, Any]) -> None:
        """The call-off is active, and every slice of the manifest is, at this event, approved, not taken back, and
        valid."""
        self.require_active(event, manifest["call_off"])
        for part in manifest["slices"]:
            name = part["controller"]
            decided = self.granted.get(f"{manifest['call_off']}/{name}", {})
            wanted = (part["slice_plan"], part["decision"], manifest["version"])
            sealed = tuple(decided.get(x) for x in ("slice_plan", "decision", "version")) == wanted
            self.require(event, sealed, f"controller {name} had not approved that slice plan then")
            valid = not decided or event.day < decided["valid_to"]
            self.require(event, valid, f"the decision of controller {name} was not valid then")

    def require_active(self, event: Event, reference: str) -> None:
        """The receiver's leader confirmed, a second operator countersigned, and the call-off has not ended."""
        active = self.states.get(reference) == "active"
        self.require(event, active, "the call-off was not active: confirmed, countersigned, and not ended")


def read_events(account: Account, events: list[Event], erased: list[Line], handlers: dict[str, Any]) -> None:
    """Read the events in order and check each against what stands before it; a malformed one is a fault."""
    account.keys.prepare(events)
    passed = sorted(erased, key=lambda line: line.number, reverse=True)
    for event in events:
        while passed and passed[-1].number < event.line.number:
            account.pass_over(passed.pop())
        try:
            account.in_time(event)
            account.step(event)
            account.name(event)
            account.keys.take(event)
            if event.kind in handlers:
                handlers[event.kind](account, event)
        except MALFORMED:
            account.fault(event, "it or a document that it names does not have the form of its kind")
