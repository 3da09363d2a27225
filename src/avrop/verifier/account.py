"""What the log says, checked against the documents and signatures: decisions, manifests, receipts, deletions."""

from typing import Any

from avrop.verifier import signatures
from avrop.verifier.bundle import Event
from avrop.verifier.report import Report

_APPROVING = ("approved", "approved with conditions", "approved in part")


class Account:
    """What is known at each point of the log while it is read from the start."""

    def __init__(self, documents: dict[str, dict[str, Any]], trusted: dict[str, Any], report: Report) -> None:
        self.documents, self.trusted, self.report = documents, trusted, report
        self.keys: dict[str, str] = {}
        self.delegated: dict[tuple[str, str], list[tuple[str, str]]] = {}
        self.asked: dict[str, dict[str, Any]] = {}
        self.granted: dict[str, dict[str, Any]] = {}
        self.manifests: dict[str, dict[str, Any]] = {}
        self.named: set[str] = set()
        self.counts: dict[str, int] = {}

    def document(self, event: Event, digest: str, what: str) -> dict[str, Any] | None:
        """The document that an event names; a fault if it is not in the bundle."""
        found = self.documents.get(digest)
        if found is None:
            self.report.fault(f"{event.line.place}: its {what} {digest[:19]}… is not among the documents")
        return found

    def signed(self, event: Event, digest: str, kind: str, key: str | None) -> dict[str, Any] | None:
        """The body of a signed document, if the signature is that key's."""
        found = self.document(event, digest, f"signed {kind}")
        if found is None:
            return None
        body = signatures.opened(found, kind, key)
        if body is None:
            self.report.fault(f"{event.line.place}: its {kind} does not carry the signature of the party it is of")
        self.counts[kind] = self.counts.get(kind, 0) + (body is not None)
        return body

    def require(self, event: Event, holds: bool, sentence: str) -> None:
        """A fault at the event's place unless it holds."""
        if not holds:
            self.report.fault(f"{event.line.place}: {sentence}")


def check(
    events: list[Event], documents: dict[str, dict[str, Any]], trusted: dict[str, Any], report: Report, *, sizes: int
) -> None:
    """Read the events in order and check each against what stands before it."""
    account = Account(documents, trusted, report)
    last: dict[str, str] = {}
    for event in events:
        account.require(event, last.get(event.line.case, "") <= event.at, "it is earlier than the one before it")
        last[event.line.case] = event.at
        _name_documents(account, event)
        handler = _HANDLERS.get(event.kind)
        if handler is not None:
            handler(account, event)
    if len(events) == sizes:
        for digest in sorted(set(documents) - account.named):
            report.fault(f"documents/{digest[7:]}.json: nothing in the log names it")
    for kind in ("decision", "revocation", "manifest", "receipt", "deletion"):
        report.checks.append((f"signed {kind}s", account.counts.get(kind, 0)))


def _name_documents(account: Account, event: Event) -> None:
    def walk(value: Any) -> None:
        if isinstance(value, str) and value.startswith("sha256:"):
            account.named.add(value)
        elif isinstance(value, list | dict):
            for item in value.values() if isinstance(value, dict) else value:
                walk(item)

    walk(event.data)
    for digest in list(account.named):
        if event.kind in ("ControllerDecided", "ManifestSigned"):
            walk(signatures.body_of(account.documents.get(digest)))


def _agreement(account: Account, event: Event) -> None:
    for side in ("provider", "receiver"):
        account.require(
            event, event.data[f"{side}_key"] == account.trusted[side], f"the {side}'s key is not the one you hold"
        )


def _adhered(account: Account, event: Event) -> None:
    controller = event.data["controller"]
    account.keys[controller] = event.data["public_key"]
    held = account.trusted["controllers"].get(controller)
    account.require(event, held == event.data["public_key"], "the controller's key is not the one you hold")


def _delegated(account: Account, event: Event) -> None:
    key = (event.data["controller"], event.data["person"])
    account.delegated.setdefault(key, []).append((event.data["valid_from"], event.data["valid_to"]))


def _asked(account: Account, event: Event) -> None:
    account.asked[event.line.case] = event.data
    account.granted.pop(event.line.case, None)


def _decided(account: Account, event: Event) -> None:
    data, case = event.data, event.line.case
    controller = case.rsplit("/", 1)[-1]
    body = account.signed(event, data["decision"], "decision", account.keys.get(controller))
    if body is None:
        return
    same = all(body[name] == data[name] for name in ("outcome", "version", "slice_plan", "valid_to"))
    account.require(event, same, "it does not say what the signed decision says")
    account.require(event, f"{body['call_off']}/{body['controller']}" == case, "the decision is of another case")
    asked = account.asked.get(case, {})
    account.require(event, asked.get("version") == body["version"], "it decides on a version that was not asked")
    periods = account.delegated.get((controller, body["decided_by"]), [])
    live = any(start <= event.at[:10] < end for start, end in periods)
    account.require(event, live, "the person who decided had no delegated authority")
    account.require(event, event.actor["organisation"] == controller, "it was recorded for another organisation")
    plan = account.document(event, data["slice_plan"], "slice plan")
    if plan is not None:
        account.require(event, plan["controller"] == controller, "its slice plan is another controller's")
    if data["outcome"] in _APPROVING:
        account.granted[case] = data


def _left_out(account: Account, event: Event) -> None:
    account.granted.pop(event.line.case, None)


def _revoked(account: Account, event: Event) -> None:
    controller = event.line.case.rsplit("/", 1)[-1]
    body = account.signed(event, event.data["revocation"], "revocation", account.keys.get(controller))
    if body is not None:
        account.require(
            event, f"{body['call_off']}/{body['controller']}" == event.line.case, "the revocation is of another case"
        )
    account.granted.pop(event.line.case, None)


def _manifest(account: Account, event: Event) -> None:
    body = account.signed(event, event.data["manifest"], "manifest", account.trusted["provider"])
    if body is None:
        return
    account.manifests[event.line.case] = body | {"digest": event.data["manifest"]}
    account.require(event, body["delivery"] == event.line.case, "the manifest is of another delivery")
    account.require(event, body["log_size"] <= event.line.number - 1, "the manifest rests on entries after it")
    inside = [s["controller"] for s in body["slices"]]
    account.require(event, inside == event.data["controllers"], "it does not name the manifest's controllers")
    for part in body["slices"]:
        decided = account.granted.get(f"{body['call_off']}/{part['controller']}")
        sealed = decided is not None and (decided["slice_plan"], decided["decision"]) == (
            part["slice_plan"], part["decision"],
        )  # fmt: skip
        account.require(event, sealed, f"controller {part['controller']} had not approved that slice plan then")
        valid = decided is not None and event.at[:10] < decided["valid_to"]
        account.require(event, valid, f"the decision of controller {part['controller']} was not valid then")


def _receipt(account: Account, event: Event) -> None:
    body = account.signed(event, event.data["receipt"], "receipt", account.trusted["receiver"])
    manifest = account.manifests.get(event.line.case)
    if body is None:
        return
    account.require(event, manifest is not None and body["manifest"] == manifest["digest"], "it is of no manifest here")
    if manifest is not None:
        sent = sorted([f["name"], f["digest"]] for f in manifest["files"])
        account.require(event, sorted(body["files"]) == sent, "its files are not the manifest's")


def _deleted(account: Account, event: Event) -> None:
    body = account.signed(event, event.data["confirmation"], "deletion", account.trusted["receiver"])
    manifest = account.manifests.get(event.line.case)
    if body is not None:
        same = manifest is not None and body["manifest"] == manifest["digest"]
        account.require(event, same, "it is of no manifest here")


def _submitted(account: Account, event: Event) -> None:
    account.document(event, event.data["version"], "call-off version")


_HANDLERS = {
    "AgreementSigned": _agreement,
    "ControllerAdhered": _adhered,
    "AuthorityDelegated": _delegated,
    "CallOffSubmitted": _submitted,
    "ControllerAsked": _asked,
    "DecisionVoided": _asked,
    "ReaffirmationAsked": _asked,
    "ControllerDecided": _decided,
    "ControllerLapsed": _left_out,
    "SliceRevoked": _revoked,
    "ManifestSigned": _manifest,
    "ReceiptAccepted": _receipt,
    "DeletionConfirmed": _deleted,
}
"""Which events are checked against documents and signatures, and how."""
