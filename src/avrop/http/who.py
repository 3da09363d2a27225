"""Who asks: a person whom an organisation vouches for in a signed call, or whom a known issuer names in a token."""

from typing import Annotated

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from avrop.accounts.calls import SCHEME
from avrop.actions.callers import caller
from avrop.actors import Actor
from avrop.errors import Stranger
from avrop.http.bearer import person
from avrop.system import System


async def _who(request: Request) -> Actor:
    content = await request.body()
    system: System = request.app.state.system
    return await run_in_threadpool(_actor, system, request, content)


Who = Annotated[Actor, Depends(_who)]
"""The actor of a route. Errors: `call.*`, `token.*` (Stranger), `actor.*` (Refusal)."""


def target(request: Request) -> str:
    """Path and query as they were sent."""
    query = request.scope["query_string"].decode("ascii", "replace")
    path = request.scope["raw_path"].decode("ascii", "replace").partition("?")[0]
    return f"{path}?{query}" if query else path


def _actor(system: System, request: Request, content: bytes) -> Actor:
    headers = request.headers.getlist("authorization")
    if len(headers) > 1:
        raise Stranger("call.two_credentials", "There are two Authorization headers.", hint="Send one.")
    if headers and headers[0].startswith(f"{SCHEME} "):
        return caller(system, headers[0], method=request.method, target=target(request), content=content)
    return person(system, request)
