"""What each kind of event claims, checked: decisions, revocations, manifests, receipts, deletions."""

from typing import Any

from avrop.verifier import calloffs
from avrop.verifier.account import Account, read_events
from avrop.verifier.bundle import Event, Line
from avrop.verifier.report import Report

_APPROVING = ("approved", "approved with conditions", "approved in part")


def check(
    events: list[Event],
    erased: list[Line],
    documents: dict[str, Any],
    held: dict[str, tuple[str, ...]],
    report: Report,
    *,
    withheld: frozenset[str],
    whole: bool,
) -> None:
    """Check every open event, with the `erased` entries passed over in their places; and if all are open (`whole`) that
    no document stands there which nothing names."""
    account = Account(documents, held, report, withheld=withheld)
    read_events(account, events, erased, _HANDLERS)
    if whole:
        for digest in sorted((set(documents) | withheld) - account.named):
            report.fault(f"documents/{digest[7:]}.json: nothing in the log names it")
    for kind in ("decision", "revocation", "manifest", "receipt", "deletion"):
        report.checks.append((f"signed {kind}s", account.counts.get(kind, 0)))


def _delegated(account: Account, event: Event) -> None:
    key = (event.data["controller"], event.data["person"])
    account.delegated.setdefault(key, []).append((event.data["valid_from"], event.data["valid_to"]))


def _asked(account: Account, event: Event) -> None:
    data, case = event.data, event.line.case
    reference, controller = case.rsplit("/", 1)
    again = account.asked.get(case, {}).get("version") == data["version"]
    account.require(event, not again, "it asks once more on a version that was asked before")
    account.granted.pop(case, None)
    account.asked[case] = data
    known = account.call_offs[reference]
    opened = (known.version, known.opened.get(controller), known.cut_off)
    same = (data["version"], data["slice_plan"], data["cut_off"]) == opened
    account.require(event, same, "it asks something else than what was opened to the controllers")


def _left_out(account: Account, event: Event) -> None:
    account.granted.pop(event.line.case, None)


def _decided(account: Account, event: Event) -> None:
    data, case = event.data, event.line.case
    controller = case.rsplit("/", 1)[-1]
    account.granted.pop(case, None)
    body = account.signed(event, data["decision"], "decision", f"controller/{controller}")
    if body is None:
        return
    same = all(body[name] == data[name] for name in ("outcome", "version", "slice_plan", "valid_to"))
    account.require(event, same, "it does not say what the signed decision says")
    account.require(event, f"{body['call_off']}/{body['controller']}" == case, "the decision is of another case")
    _on_what_was_asked(account, event, body)
    account.authorised(event, controller, body["decided_by"])
    valid = body["valid_from"] <= event.day < body["valid_to"]
    account.require(event, valid, "the decision was not valid when it was recorded")
    plan = account.document(event, data["slice_plan"], "slice plan")
    if plan is not None:
        own = all(plan[name] == body[name] for name in ("call_off", "controller", "version"))
        account.require(event, own, "its slice plan is another controller's, or of another version")
    if data["outcome"] in _APPROVING and account.legal:
        account.granted[case] = data
    account.decided[case] = data["decision"]


def _on_what_was_asked(account: Account, event: Event, body: dict[str, Any]) -> None:
    asked = account.asked.get(event.line.case, {})
    account.require(event, asked.get("version") == body["version"], "it decides on a version that was not asked")
    given = [asked[name] for name in ("version", "findings", "risk_view") if asked.get(name) is not None]
    account.require(event, body["seen"] == given, "it was not made on what the controller had been given")
    as_asked = any(body["terms"].values()) or body["slice_plan"] == asked.get("slice_plan")
    account.require(event, as_asked, "it has no terms, and its slice plan is not the one that was asked")
    account.require(event, event.day <= asked.get("cut_off", ""), "it came after its time limit, or was never asked")


def _revoked(account: Account, event: Event) -> None:
    data, case = event.data, event.line.case
    controller = case.rsplit("/", 1)[-1]
    account.granted.pop(case, None)
    body = account.signed(event, data["revocation"], "revocation", f"controller/{controller}")
    if body is None:
        return
    account.require(event, f"{body['call_off']}/{body['controller']}" == case, "the revocation is of another case")
    same = all(body[name] == data[name] for name in ("reason", "recall"))
    account.require(event, same, "it does not say what the signed revocation says")
    account.require(event, body["decision"] == account.decided.get(case), "it revokes another decision")
    account.authorised(event, controller, body["decided_by"])


def _planned(account: Account, event: Event) -> None:
    data, case = event.data, event.line.case
    account.planned[case] = data["grant"]
    own = case == f"{data['call_off']}/delivery/{data['generation']}"
    account.require(event, own, "it is planned for another call-off or generation")
    account.require_active(event, data["call_off"])
    whole = data["grant"] == calloffs.grant(account, data["call_off"], event.day)
    account.require(event, whole, "it is planned on something else than what was granted then")


def _manifest(account: Account, event: Event) -> None:
    data, case = event.data, event.line.case
    body = account.signed(event, data["manifest"], "manifest", "provider")
    if body is None:
        return
    account.require(event, case not in account.manifests, "the delivery has a manifest already")
    account.manifests[case] = body | {"digest": data["manifest"]}
    account.require(event, body["delivery"] == case, "the manifest is of another delivery")
    account.require(event, case.startswith(f"{body['call_off']}/delivery/"), "the manifest is of another call-off")
    account.require(event, body["log_size"] < event.line.number, "the manifest rests on entries after it")
    _of_the_grant(account, event, body)
    said = (
        body["grant"],
        [x["controller"] for x in body["slices"]],
        len(body["files"]),
        sum(x["rows"] for x in body["files"]),
    )
    told = (data["grant"], data["controllers"], data["files"], data["rows"])
    account.require(event, said == told, "it does not say what the signed manifest says")
    account.expect(event, body["merge_plan"])
    account.in_force(event, body)


def _of_the_grant(account: Account, event: Event, body: dict[str, Any]) -> None:
    """The manifest has all the slices that were granted on that day, no others, and at least one."""
    known = account.call_offs.get(body["call_off"])
    stands = known is not None and known.version == body["version"]
    account.require(event, stands, "the manifest is of another version than the one that stands")
    account.require(event, bool(body["slices"]), "the manifest has no slice")
    sealed = calloffs.seal(body["call_off"], body["slices"], body["version"])
    account.require(event, sealed == body["grant"], "the manifest's grant is not that of its slices")
    whole = sealed == calloffs.grant(account, body["call_off"], event.day)
    account.require(event, whole, "the manifest is of other slices than those that were granted then")
    planned = account.planned.get(event.line.case) == body["grant"]
    account.require(event, planned, "the manifest is of another grant than the one that was planned on")


def _sent(account: Account, event: Event) -> None:
    manifest = account.manifests.get(event.line.case)
    account.require(event, manifest is not None, "it was handed over without a manifest")
    if manifest is not None:
        account.require(event, event.data["grant"] == manifest["grant"], "it was handed over on another grant")
        account.in_force(event, manifest)


def _reissued(account: Account, event: Event) -> None:
    manifest = account.manifests.get(event.line.case, {})
    same = (event.data["manifest"], event.data["grant"]) == (manifest.get("digest"), manifest.get("grant"))
    account.require(event, same, "it seals another manifest again than the delivery's, or on another grant")
    if same:
        account.in_force(event, manifest)


def _receipt(account: Account, event: Event) -> None:
    body = _of_receiver(account, event, event.data["receipt"], "receipt")
    manifest = account.manifests.get(event.line.case)
    if body is not None and manifest is not None:
        sent = sorted([x["name"], x["digest"]] for x in manifest["files"])
        account.require(event, sorted(body["files"]) == sent, "its files are not the manifest's")


def _deleted(account: Account, event: Event) -> None:
    _of_receiver(account, event, event.data["confirmation"], "deletion")


def _of_receiver(account: Account, event: Event, digest: str, kind: str) -> dict[str, Any] | None:
    body = account.signed(event, digest, kind, "receiver")
    if body is not None:
        manifest = account.manifests.get(event.line.case, {}).get("digest")
        same = body["manifest"] == event.data["manifest"] == manifest and body["delivery"] == event.line.case
        account.require(event, same, f"its {kind} is of another manifest or delivery")
    return body


_HANDLERS = {
    "AuthorityDelegated": _delegated,
    "CallOffSubmitted": calloffs.submitted,
    "ControllersOpened": calloffs.opened,
    "OutcomeReached": calloffs.outcome,
    "SubsetConfirmed": calloffs.confirmed,
    "GrantCountersigned": calloffs.countersigned,
    "ControllerAsked": _asked,
    "DecisionVoided": _asked,
    "ReaffirmationAsked": _asked,
    "ControllerDecided": _decided,
    "ControllerLapsed": _left_out,
    "SliceRevoked": _revoked,
    "DeliveryPlanned": _planned,
    "ManifestSigned": _manifest,
    "GenerationSent": _sent,
    "PackageReissued": _reissued,
    "ReceiptAccepted": _receipt,
    "DeletionConfirmed": _deleted,
}
"""Which events are checked against documents and signatures, and how."""
