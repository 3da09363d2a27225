"""KUDAF's datasource contract: one variable as CSV for whoever is granted it today, and what variables there are.

Success shapes and statuses are the contract's; `delivery` and `dataset` are our own, for a variable that stands twice.
"""

import base64
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from typing import ClassVar
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import Response

from avrop.actions import serving
from avrop.disclosure.variabletables import Days, days
from avrop.errors import Mistake, Stranger
from avrop.http import bearer, ranges
from avrop.http.authority import Authority
from avrop.http.live import ChunkSource, FileSource, Holds, LiveAnswer
from avrop.http.problems import DetailRoute
from avrop.http.slots import Slots
from avrop.outbound.tokens import Claims
from avrop.system import System

ANSWERS_PER_SUBJECT = 8
_VARIABLES = "/api/variables/"
_ONCE = ("start", "stop", "delivery", "dataset")


class DatasourceRoute(DetailRoute):
    """Errors with the statuses that the contract's clients know."""

    statuses: ClassVar[Mapping[str, int]] = {
        "token.late": 400,
        "window.unreadable": 400,
        "window.empty": 400,
        "query.repeated": 400,
        "variable.delivery_needed": 400,
        "variable.dataset_needed": 400,
        "delivery.closed": 404,
        "lists.stale": 404,
        "lists.changed_since": 404,
        "stream.too_many": 429,
        "authorisation.unknown": 503,
    }


def routes(system: System) -> APIRouter:
    """`/api/variables/{name}`."""
    router = APIRouter(route_class=DatasourceRoute, tags=["datasource"])
    authority, slots = Authority(), Slots(ANSWERS_PER_SUBJECT)

    @router.get(_VARIABLES + "{name:path}", response_class=Response)
    def variable(
        request: Request,
        name: str,  # noqa: ARG001  it stands in the description of the route
        start: str | None = None,
        stop: str | None = None,
        delivery: str | None = None,
        dataset: str | None = None,
    ) -> Response:
        """One variable of the caller's open generation as CSV: pseudonym, value and, where it is granted, the day.

        `start` and `stop` (ISO 8601, each optional) keep the rows that hold on some day from `start` to before `stop`.
        `delivery` and `dataset` choose, where the answer without them says to.
        """
        began = time.monotonic()
        claims = _consumer(system, request)
        exact = request.scope["path"].partition(_VARIABLES)[2]  # the router drops a line end that ends a path
        pull = serving.find(system, claims.subject, exact, delivery=delivery, dataset=dataset)
        _require_once(request)
        wanted = days(start, stop)
        with ExitStack() as unless_answered:
            done = slots.take(claims.subject)
            unless_answered.callback(done)
            holds = partial(authority.holds, pull, partial(serving.holds, system, pull), since=began)
            answer = _answer(system, request, pull, wanted, holds=holds, done=done)
            unless_answered.pop_all()
        return answer

    return router


def _consumer(system: System, request: Request) -> Claims:
    """The consumer who asks. The contract's clients know a token that only came too late by its own status.

    Errors: `token.missing`, `token.refused` (Stranger), `token.late` (Mistake)."""
    try:
        return bearer.consumer(system, request)
    except Stranger as no:
        if no.code == "token.refused" and bearer.is_late(system, request):
            raise Mistake("token.late", "The token has expired.", hint="Get a new one.") from None
        raise


def _answer(
    system: System, request: Request, pull: serving.Pull, wanted: Days, *, holds: Holds, done: Callable[[], None]
) -> Response:
    if wanted and pull.table.start is not None:
        return _window(system, pull, wanted, holds=holds, done=done)
    return _ready(system, request, pull, holds=holds, done=done)


def _ready(system: System, request: Request, pull: serving.Pull, *, holds: Holds, done: Callable[[], None]) -> Response:
    ready = serving.ready_file(system, pull)
    etag = f'"{ready.sha256}"'
    said = request.headers
    part = ranges.wanted(said.get("range"), said.get("if-range"), size=ready.size, etag=etag)
    if part == ranges.UNSATISFIABLE:
        ready.handle.close()
        done()
        return Response(status_code=416, headers={"Content-Range": f"bytes */{ready.size}"})
    start, end = part or (0, ready.size)
    headers = _headers(pull) | {
        "Accept-Ranges": "bytes",
        "Content-Length": str(end - start),
        "ETag": etag,
        "Repr-Digest": f"sha-256=:{base64.b64encode(bytes.fromhex(ready.sha256)).decode()}:",
    }
    if part is not None:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{ready.size}"
    source = FileSource(ready.handle, start=start, end=end)
    return LiveAnswer(source, holds=holds, done=done, status=200 if part is None else 206, headers=headers)


def _window(system: System, pull: serving.Pull, wanted: Days, *, holds: Holds, done: Callable[[], None]) -> Response:
    """The first piece is fetched before the answer begins, so that what fails at once is an error and no answer."""
    with ExitStack() as until_sent:
        following = until_sent.enter_context(serving.window(system, pull, wanted))
        source = ChunkSource(following(), following, until_sent.pop_all().close)
    return LiveAnswer(source, holds=holds, done=done, status=200, headers=_headers(pull) | {"Accept-Ranges": "none"})


def _headers(pull: serving.Pull) -> dict[str, str]:
    source = pull.catalogue.upper()
    prefix = "" if source in pull.variable.upper() else f"{source}_"
    name = f"{prefix}{pull.variable}.csv"
    plain = name if name.isascii() else "variable.csv"
    more = "" if name.isascii() else f"; filename*=UTF-8''{quote(name, safe='')}"
    return {
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": f'attachment; filename="{plain}"{more}',
    }


def _require_once(request: Request) -> None:
    """A parameter that is given twice could be read two ways."""
    for name in _ONCE:
        if len(request.query_params.getlist(name)) > 1:
            raise Mistake("query.repeated", f"`{name}` is given more than once.", hint="Give it once.")
