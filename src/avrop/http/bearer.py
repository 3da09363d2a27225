"""Who is asking over HTTP: one bearer token per request, and the person or the consumer that it is about."""

import re

from fastapi import Request

from avrop.actions import account
from avrop.actors import Actor, Role
from avrop.errors import Mistake, Stranger
from avrop.outbound.tokens import Claims, is_only_late, verify_token
from avrop.settings import IssuerSetting
from avrop.system import System

ROLE_HEADER = "Avrop-Role"
"""The role that a person acts in, if the account has several."""

_CREDENTIALS = re.compile(r"bearer +([A-Za-z0-9._~+/-]+=*)", re.IGNORECASE)


def bearer(request: Request) -> str:
    """The token of the request's one `Authorization` header. The scheme's case is free, as RFC 9110 says.

    A token anywhere else, in the address above all, would be written into logs: such a request is refused whole.
    Errors: `token.missing` (Stranger).
    """
    headers = request.headers.getlist("authorization")
    found = _CREDENTIALS.fullmatch(headers[0]) if len(headers) == 1 else None
    if found is None or "access_token" in request.query_params:
        raise Stranger(
            "token.missing", "There is no bearer token.", hint="Send one `Authorization: Bearer` header, and no other."
        )
    return found[1]


def person(system: System, request: Request) -> Actor:
    """The person who asks, as an actor of our directory, in the role of the header `Avrop-Role` or in the only one.

    The token's subject is the account name. Errors: `token.missing`, `token.refused` (Stranger); `actor.unknown`,
    `actor.role` (Refusal); `http.role` (Mistake).
    """
    claims = _claims(system, request, "people")
    return account.actor(system, claims.subject, _role(request))


def consumer(system: System, request: Request) -> Claims:
    """The consumer who asks. Errors: `token.missing`, `token.refused` (Stranger)."""
    return _claims(system, request, "consumers")


def is_late(system: System, request: Request) -> bool:
    """Whether a consumer's token, which was refused, says of itself that it only came too late."""
    return is_only_late(bearer(request), issuers=_admitted(system, "consumers"), now=system.clock())


def _claims(system: System, request: Request, admits: str) -> Claims:
    issuers = _admitted(system, admits)
    return verify_token(bearer(request), issuers=issuers, keysets=system.keysets, now=system.clock())


def _admitted(system: System, admits: str) -> list[IssuerSetting]:
    serve = system.settings.serve
    return [setting for setting in (serve.issuers if serve else ()) if setting.admits == admits]


def _role(request: Request) -> Role | None:
    named = request.headers.getlist(ROLE_HEADER)
    if not named:
        return None
    try:
        (role,) = (Role(name) for name in named)
    except ValueError:  # none of that name, or two headers
        roles = ", ".join(role.value for role in Role)
        raise Mistake("http.role", f"{ROLE_HEADER} names one role.", hint=f"One of: {roles}.") from None
    return role
