"""What the account holds at each point of the log while it is read from the start, and how a claim is checked on it."""

from datetime import datetime
from typing import Any

from avrop.verifier import signatures
from avrop.verifier.bundle import MALFORMED, NOT_DOCUMENTS, Event, digests
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


class Account:
    """What stands in the log so far: keys, delegations, what was asked, decided and granted, and what left."""

    def __init__(
        self, documents: dict[str, Any], held: dict[str, tuple[str, ...]], report: Report, *, withheld: frozenset[str]
    ) -> None:
        self.documents, self.report, self.withheld = documents, report, withheld
        self.keys = KeyChains(documents, held, self.fault)
        self.delegated: dict[tuple[str, str], list[tuple[str, str]]] = {}
        self.versions: dict[str, str] = {}
        self.asked: dict[str, dict[str, Any]] = {}
        self.decided: dict[str, str] = {}
        self.granted: dict[str, dict[str, Any]] = {}
        self.manifests: dict[str, dict[str, Any]] = {}
        self.named: set[str] = set()
        self.missing: set[str] = set()
        self.counts: dict[str, int] = {}
        self.last: dict[str, datetime] = {}

    def fault(self, event: Event, sentence: str) -> None:
        """A fault at the event's place."""
        self.report.fault(f"{event.line.place}: {sentence}")

    def require(self, event: Event, holds: bool, sentence: str) -> None:
        """A fault at the event's place unless it holds."""
        if not holds:
            self.fault(event, sentence)

    def in_time(self, event: Event) -> None:
        """A case never goes back in time."""
        at = datetime.fromisoformat(event.at)
        if at.tzinfo is None:
            raise ValueError
        before = self.last.get(event.line.case, at)
        self.require(event, before <= at, "it is earlier than the one before it in its case")
        self.last[event.line.case] = at

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
        """Every slice of the manifest is, at this event, approved, not taken back, and valid."""
        for part in manifest["slices"]:
            name = part["controller"]
            decided = self.granted.get(f"{manifest['call_off']}/{name}", {})
            wanted = (part["slice_plan"], part["decision"], manifest["version"])
            sealed = tuple(decided.get(x) for x in ("slice_plan", "decision", "version")) == wanted
            self.require(event, sealed, f"controller {name} had not approved that slice plan then")
            valid = not decided or event.day < decided["valid_to"]
            self.require(event, valid, f"the decision of controller {name} was not valid then")


def read_events(account: Account, events: list[Event], handlers: dict[str, Any]) -> None:
    """Read the events in order and check each against what stands before it; a malformed one is a fault."""
    account.keys.prepare(events)
    for event in events:
        try:
            account.in_time(event)
            account.name(event)
            account.keys.take(event)
            if event.kind in handlers:
                handlers[event.kind](account, event)
        except MALFORMED:
            account.fault(event, "it or a document that it names does not have the form of its kind")
