"""Calls between installations: an organisation signs, with its own key, who of its people asks what of whom.

The signed call travels in the `Authorization` header. It is bound to method, path and body, to the organisation that
is called and to the moment, so it serves for nothing else. Sent twice it does what sending twice does: verbs are
idempotent or refuse.
"""

import base64
import binascii
from datetime import datetime, timedelta
from typing import cast

from avrop.actors import Role
from avrop.canonical import Digest, canonical, digest_bytes, document, read
from avrop.errors import Mistake, Stranger
from avrop.signed import Signed, verify

SCHEME = "Avrop"
KIND = "call"
LIFE = timedelta(minutes=5)
"""How far the moment of a call may be from the clock of the one who is called."""
_LONGEST = 8_192


@document
class Call:
    """One call: `organisation` vouches that `person` acts in `role`. `target` is the path with its query."""

    organisation: str
    person: str
    role: Role
    called: str
    method: str
    target: str
    body: Digest
    at: datetime


def call(
    *, organisation: str, person: str, role: Role, called: str, method: str, target: str, content: bytes, at: datetime
) -> Call:
    """The document that the organisation is to sign for a request with this content."""
    return Call(
        organisation=organisation, person=person, role=role, called=called, method=method, target=target,
        body=digest_bytes(content), at=at,
    )  # fmt: skip


def authorization(signed: Signed) -> str:
    """The header's value."""
    return f"{SCHEME} {base64.urlsafe_b64encode(canonical(signed)).decode()}"


def opened(header: str) -> tuple[Signed, Call]:
    """The signed call of a header's value, not yet verified. Errors: `call.unreadable` (Stranger)."""
    scheme, _, text = header.partition(" ")
    try:
        if scheme != SCHEME or len(text) > _LONGEST:
            raise ValueError
        signed = cast("Signed", read(Signed, base64.b64decode(text, altchars=b"-_", validate=True), what="The call"))
        return signed, cast("Call", read(Call, signed.body, what="The call"))
    except (ValueError, binascii.Error, Mistake):
        raise Stranger("call.unreadable", "The signed call cannot be read.", hint="Sign it anew.") from None


def require_genuine(
    signed: Signed,
    said: Call,
    *,
    keys: tuple[str, ...],
    called: str,
    method: str,
    target: str,
    content: bytes,
    now: datetime,
) -> None:
    """Refuse a call that is not signed with one of these keys for exactly this request, of us, about now.

    Errors: `call.not_genuine` (Stranger), the same for every reason.
    """
    about_this = (said.called, said.method, said.target, said.body) == (called, method, target, digest_bytes(content))
    in_time = abs(now - said.at) <= LIFE
    if not (about_this and in_time and any(verify(signed, kind=KIND, public_key=key) for key in keys)):
        raise Stranger(
            "call.not_genuine",
            "The call is not signed with its organisation's key for this request and moment.",
            hint="See both clocks and the keys, and sign it anew.",
        )
