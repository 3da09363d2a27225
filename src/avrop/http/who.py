"""Who asks: a person whom an organisation vouches for in a signed call, or whom a known issuer names in a token."""

from typing import Annotated

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from avrop.accounts.calls import SCHEME
from avrop.actions.callers import caller, calling_organisation
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


async def _sender(request: Request) -> str:
    content = await request.body()
    system: System = request.app.state.system
    header = _one_header(request)
    return await run_in_threadpool(
        calling_organisation, system, header, method=request.method, target=target(request), content=content
    )


Sender = Annotated[str, Depends(_sender)]
"""The organisation that signed the call, for what installations do among themselves. Errors: `call.*` (Stranger)."""


def target(request: Request) -> str:
    """Path and query as they were sent."""
    query = request.scope["query_string"].decode("ascii", "replace")
    path = request.scope["raw_path"].decode("ascii", "replace").partition("?")[0]
    return f"{path}?{query}" if query else path


def _actor(system: System, request: Request, content: bytes) -> Actor:
    header = _one_header(request)
    if header.startswith(f"{SCHEME} "):
        return caller(system, header, method=request.method, target=target(request), content=content)
    return person(system, request)


def _one_header(request: Request) -> str:
    headers = request.headers.getlist("authorization")
    if len(headers) > 1:
        raise Stranger("call.two_credentials", "There are two Authorization headers.", hint="Send one.")
    return headers[0] if headers else ""
