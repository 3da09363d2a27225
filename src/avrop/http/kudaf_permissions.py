"""KUDAF's permission contract: whoever holds a datasource asks which variables a subject may read, and gets tokens.

The contract has no login: who knows a subject and the datasource's id is told what is granted. Nothing else is (see
decision 11): whatever is unknown or odd is one and the same empty list. A token says the same thing in the two ways
that the contract's documentation and its published tools look for it.

Where another organisation's commons has a say, the word is that one's to give: then there is nothing at these
addresses, neither tokens nor keys, for a token of ours would say yes where it may have said no (decision 26).
"""

from typing import Any

from fastapi import APIRouter

from avrop.actions.permissions import Permission, permitted
from avrop.http.problems import DetailRoute
from avrop.system import System

LIFE_SECONDS = 300
_DATASOURCES = "https://n.feide.no/datasources/"
_TOOLS_AUDIENCE = f"{_DATASOURCES}c25e267b-ffe0-4fa4-a67f-da2be29c3f0e"
"""The constant that the published tools demand of every permission token, whatever the datasource."""


def routes(system: System) -> APIRouter:
    """`/api/v1/permissions/{subject}/{datasource}`, and the issuer that signs its tokens, at `/api/v1/auth`."""
    router = APIRouter(prefix="/api/v1", route_class=DetailRoute, tags=["permissions"])
    if system.settings.outside is not None:
        return router

    @router.get("/permissions/{subject}/{datasource}")
    def permissions(subject: str, datasource: str) -> list[dict[str, str]]:
        """A signed authorisation for each open generation that the subject may read today; `[]` for everybody else."""
        serve = system.settings.serve
        if serve is None or not serve.datasource_id or datasource != serve.datasource_id:
            return []
        return [{"authorizations": _token(system, found, subject, datasource)} for found in permitted(system, subject)]

    @router.get("/auth/.well-known/openid-configuration")
    def discovery() -> dict[str, Any]:
        """Where the keys are that the tokens are signed with."""
        issuer = _issuer(system)
        return {
            "issuer": issuer,
            "jwks_uri": f"{issuer}/keys",
            "id_token_signing_alg_values_supported": ["RS256"],
            "response_types_supported": [],
            "subject_types_supported": ["public"],
        }

    @router.get("/auth/keys")
    def keys() -> dict[str, Any]:
        """The public keys: the one that signs, and for a day the one before it."""
        return {"keys": list(system.keys.tokens.published(system.clock()))}

    return router


def _token(system: System, found: Permission, subject: str, datasource: str) -> str:
    """What one open generation lets a subject read, and nothing of whose it is or why."""
    now = system.clock()
    moment = int(now.timestamp())
    values = {
        "iss": _issuer(system),
        "sub": subject,
        "aud": [datasource, f"{_DATASOURCES}{datasource}", _TOOLS_AUDIENCE],
        "iat": moment,
        "nbf": moment,
        "exp": moment + LIFE_SECONDS,
        "variables": list(found.variables),
        datasource: {"variables": list(found.variables)},
    }
    token = system.keys.tokens.token(values, now)
    system.reach("permissions.signed")
    return token


def _issuer(system: System) -> str:
    serve = system.settings.serve
    return f"{serve.public_url if serve else '/'}api/v1/auth"
