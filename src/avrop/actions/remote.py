"""Calls another installation for one of our people: signed with our own key, bounded, its errors raised as ours."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from avrop.accounts.calls import KIND, authorization, call
from avrop.actions import facts as f
from avrop.actions import signing
from avrop.actors import Actor
from avrop.canonical import canonical, plain
from avrop.errors import AvropError, Conflict, Fault, Missing, Mistake, Refusal, Stranger, Tampered
from avrop.governance.agreements import AccountState
from avrop.governance.keys import controller
from avrop.outbound.guard import Outbound
from avrop.signed import Signed
from avrop.store import db
from avrop.system import System

_LIMIT = 256 * 1024 * 1024
_TIMEOUT_SECONDS = 60.0
_CLASSES: dict[str, type[AvropError]] = {
    kind.__name__: kind for kind in (Stranger, Refusal, Missing, Conflict, Mistake, Tampered)
}
Json = Any
Sign = Callable[[str, object], Signed]
"""Signs a document of a kind with the calling organisation's own key."""


@dataclass(frozen=True, kw_only=True)
class Remote:
    """The installation of `called` at `url` (ends with a slash), as our organisation calls it."""

    called: str
    url: str
    sign: Sign
    outbound: Outbound
    clock: Callable[[], datetime]

    def ask(self, actor: Actor, method: str, path: str, body: object = None) -> Json:
        """Ask for `path` (no slash before it) with a document, a text, or nothing as body; gives plain JSON.

        Errors: those that the other installation answers, by their own codes; `remote.unreadable` (Fault),
        `outbound.*`.
        """
        answer = self.send(actor, method, path, body)
        return _json(answer) if answer else None

    def send(self, actor: Actor, method: str, path: str, body: object = None) -> bytes:
        """The same for an answer that is not JSON: its bytes."""
        content, kind = _content(body)
        url = self.url + path
        said = call(
            organisation=actor.organisation, person=actor.person, role=actor.role, called=self.called, method=method,
            target=_target(url), content=content, at=self.clock(),
        )  # fmt: skip
        headers = {"Authorization": authorization(self.sign(KIND, said)), "Content-Type": kind}
        answer = self.outbound.request(
            method, url, headers=headers, content=content or None, limit_bytes=_LIMIT, timeout_seconds=_TIMEOUT_SECONDS
        )
        if answer.status >= 400:
            raise _error(answer.body, answer.status)
        return answer.body


def remote(system: System, organisation: str) -> Remote:
    """That organisation's installation, called with our own key. Errors: `remote.unknown_peer` (Mistake)."""
    return Remote(
        called=organisation,
        url=peer_url(system, organisation),
        sign=lambda kind, value: _signed(system, kind, value),
        outbound=system.outbound,
        clock=system.clock,
    )


def peer_url(system: System, organisation: str) -> str:
    """Where that organisation's installation is. Errors: `remote.unknown_peer` (Mistake)."""
    for peer in system.settings.serve.peers if system.settings.serve else ():
        if peer.organisation == organisation:
            return peer.url
    raise Mistake(
        "remote.unknown_peer",
        "The configuration does not say where that organisation's installation is.",
        hint="Add it to [[serve.peers]].",
        organisation=organisation,
    )


def own_holder(system: System, account: AccountState) -> str:
    """Whose key we sign with: by our side of the agreement, or a controller's own."""
    own, agreement = system.settings.organisation, account.agreement
    if agreement is not None and own in (agreement.provider, agreement.receiver):
        return "provider" if own == agreement.provider else "receiver"
    return controller(own)


def _signed(system: System, kind: str, value: object) -> Signed:
    """With the key that our account has in force, if it knows of one."""
    with db.transaction(system.database) as connection:
        return signing.sign(connection, system, own_holder(system, f.account(connection)), kind, value)


def _target(url: str) -> str:
    """Path and query of an address, as the one who is called sees them."""
    _, _, rest = url.partition("://")
    return "/" + rest.partition("/")[2]


def _content(body: object) -> tuple[bytes, str]:
    if body is None:
        return b"", "application/json"
    if isinstance(body, str):
        return body.encode(), "application/yaml"
    if isinstance(body, bytes):
        return body, "application/octet-stream"
    return canonical(plain(body)), "application/json"


def _json(body: bytes) -> Json:
    try:
        return json.loads(body)
    except ValueError:
        raise Fault("remote.unreadable", "The other installation answered no JSON.", hint="See its log.") from None


def _error(body: bytes, status: int) -> AvropError:
    """The error that the other installation told, as the same class with the same code."""
    try:
        told = json.loads(body)
    except ValueError:
        told = None
    if not isinstance(told, dict) or "code" not in told:
        return Fault("remote.failed", f"The other installation answered {status}.", hint="See its log.")
    kind = _CLASSES.get(str(told.get("class")), Fault)
    where = cast("dict[str, str | int]", told.get("where") or {})
    return kind(str(told["code"]), str(told.get("title")), hint=str(told.get("detail") or ""), **where)
