"""Errors over HTTP: RFC 9457 problems on our own routes, `{"detail": …}` on those of another's contract.

An error names what and where, never a value of a row; what was not raised on purpose keeps its text to itself.
"""

from collections.abc import Callable, Coroutine, Mapping
from typing import Any, ClassVar

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.status import HTTP_404_NOT_FOUND

from avrop.errors import AvropError, Mistake

PROBLEM = "application/problem+json"
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


def problem(failure: AvropError, status: int | None = None) -> Response:
    """An error as a problem document: code, sentence, what to do, and where; with another status than its class has, if
    that is given."""
    status = status or failure.status
    body = {
        "type": f"urn:avrop:error:{failure.code}",
        "title": failure.sentence,
        "status": status,
        "code": failure.code,
        "class": type(failure).__name__,
        "detail": failure.hint,
        "where": dict(failure.where),
    }
    return JSONResponse(body, status_code=status, headers=_headers(status), media_type=PROBLEM)


class ProblemRoute(APIRoute):
    """A route whose errors, by code, may have other statuses than their classes'."""

    statuses: ClassVar[Mapping[str, int]] = {}

    def get_route_handler(self) -> Handler:
        """The route, with its errors in its form."""
        original = super().get_route_handler()

        async def handler(request: Request) -> Response:
            try:
                return await original(request)
            except RequestValidationError as failure:
                return self.told(_unreadable(failure), 422)
            except AvropError as failure:
                return self.told(failure, self.statuses.get(failure.code, failure.status))

        return handler

    def told(self, failure: AvropError, status: int) -> Response:
        """An error in this route's form."""
        return problem(failure, status)


class DetailRoute(ProblemRoute):
    """A route of a contract whose clients read errors as `{"detail": text}`."""

    def told(self, failure: AvropError, status: int) -> Response:
        """An error in that form."""
        return _detail(failure, status)


def install(app: FastAPI, *, lost: Callable[[Request], Response | None] | None = None) -> None:
    """Let every error that reaches the application become a problem document; `lost` may have a page for a browser at
    an address that there is none for."""

    async def known(_request: Request, failure: Exception) -> Response:
        assert isinstance(failure, AvropError)  # noqa: S101  the handler is registered for this class
        return problem(failure)

    async def unreadable(_request: Request, failure: Exception) -> Response:
        assert isinstance(failure, RequestValidationError)  # noqa: S101  as above
        return problem(_unreadable(failure))

    async def plain_http(request: Request, failure: Exception) -> Response:
        assert isinstance(failure, HTTPException)  # noqa: S101  as above
        shown = lost(request) if lost and failure.status_code == HTTP_404_NOT_FOUND else None
        if shown:
            return shown
        body = {
            "type": "about:blank", "title": failure.detail, "status": failure.status_code, "detail": failure.detail,
        }  # fmt: skip
        return JSONResponse(
            body, status_code=failure.status_code, headers=dict(failure.headers or {}), media_type=PROBLEM
        )

    app.add_exception_handler(AvropError, known)
    app.add_exception_handler(RequestValidationError, unreadable)
    app.add_exception_handler(HTTPException, plain_http)


def _unreadable(failure: RequestValidationError) -> Mistake:
    """Which fields are wrong and how, never what stood there."""
    faults = [f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}" for one in failure.errors()[:5]]
    return Mistake("http.unreadable", f"The request cannot be read: {'; '.join(faults)}.", hint="Correct the fields.")


def _detail(failure: AvropError, status: int) -> Response:
    text = " ".join(part for part in (failure.sentence, failure.hint) if part)
    return JSONResponse({"detail": text}, status_code=status, headers=_headers(status))


def _headers(status: int) -> Mapping[str, str]:
    """What a status says besides."""
    return _BESIDES.get(status, {})


_BESIDES: Mapping[int, Mapping[str, str]] = {
    401: {"WWW-Authenticate": "Bearer"}, 429: {"Retry-After": "60"}, 503: {"Retry-After": "10"},
}  # fmt: skip
