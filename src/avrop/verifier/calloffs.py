"""What each entry of a call-off claims, checked: what was opened, what came of it, who confirmed and countersigned."""

import hashlib
from typing import Any

from avrop.verifier.account import Account, CallOff
from avrop.verifier.bundle import Event, canonical


def submitted(account: Account, event: Event) -> None:
    """A version stands from here on; everything that was opened and confirmed for the one before is gone."""
    data, case = event.data, event.line.case
    account.call_offs[case] = CallOff(data["version"], data["minimum_controllers"])
    version = account.document(event, data["version"], "call-off version")
    if version is not None:
        account.require(event, version["reference"] == case, "the version is of another call-off")


def opened(account: Account, event: Event) -> None:
    """The controllers are asked on the version that stands."""
    data, known = event.data, account.call_offs[event.line.case]
    account.require(event, data["version"] == known.version, "it opens another version than the one that stands")
    known.opened, known.cut_off, known.preparer = dict(data["slice_plans"]), data["cut_off"], data["preparer"]
    account.require(event, event.actor["person"] == known.preparer, "it was recorded by another than it says")


def outcome(account: Account, event: Event) -> None:
    """Those approved who did, by decisions on the version that stands, and enough of them."""
    data, case = event.data, event.line.case
    known = account.call_offs[case]
    under = ((name.removeprefix(f"{case}/"), x) for name, x in account.granted.items() if name.startswith(f"{case}/"))
    approved = sorted(name for name, decided in under if decided["version"] == known.version)
    account.require(event, sorted(data["approved"]) == approved, "those it names are not those that had approved")
    enough = len(approved) >= max(1, known.minimum)
    account.require(event, enough or data["outcome"] != "ready", "fewer controllers had approved than are needed")
    known.approved = approved


def confirmed(account: Account, event: Event) -> None:
    """The leader confirmed those that had approved and whose approval still holds, and enough of them."""
    case = event.line.case
    known = account.call_offs[case]
    known.confirmed = sorted(event.data["controllers"])
    holding = [name for name in known.approved if _in_force(account, case, name, event.day) is not None]
    account.require(event, known.confirmed == holding, "it confirms others than those whose approval holds")
    enough = len(holding) >= max(1, known.minimum)
    account.require(event, enough, "it confirms fewer controllers than are needed")


def countersigned(account: Account, event: Event) -> None:
    """Another operator than the one who opened the cases countersigned the grant of that day."""
    data, case = event.data, event.line.case
    known = account.call_offs[case]
    other = event.actor["person"] != known.preparer == data["prepared_by"]
    account.require(event, other, "it was countersigned by the one who prepared it, or it names another")
    same = data["grant"] == grant(account, case, event.day)
    account.require(event, same, "it countersigns something else than what was granted then")


def grant(account: Account, reference: str, day: str) -> str | None:
    """The digest of the grant on that day as the log so far gives it, or None if nothing was granted."""
    known = account.call_offs.get(reference)
    if known is None:
        return None
    decided = {name: _in_force(account, reference, name, day) for name in known.confirmed}
    slices = [
        {"controller": name, "decision": x["decision"], "slice_plan": x["slice_plan"]}
        for name, x in sorted(decided.items())
        if x is not None
    ]
    return seal(reference, slices, known.version) if slices else None


def _in_force(account: Account, reference: str, controller: str, day: str) -> dict[str, Any] | None:
    """The decision that lets a controller's slice of the version that stands out on that day, or None."""
    decided = account.granted.get(f"{reference}/{controller}")
    holds = decided is not None and decided["version"] == account.call_offs[reference].version
    return decided if decided is not None and holds and day < decided["valid_to"] else None


def seal(reference: str, slices: list[dict[str, str]], version: str) -> str:
    """The digest of a grant."""
    said = {"call_off": reference, "format": 1, "slices": slices, "version": version}
    return "sha256:" + hashlib.sha256(canonical(said)).hexdigest()
