"""What nobody foresaw: answered and logged by its kind, never by its text, which may hold what somebody sent."""

import logging

import sqlalchemy as sa
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from avrop.errors import Fault
from avrop.http.aborting import Cut, abort
from avrop.http.problems import problem

_LOG = logging.getLogger("avrop.http")


class Unforeseen:
    """Stands before the framework's own last resort, which would hand the error on to a server that logs its text."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on. What fails before its answer began is a problem document; an answer under way is broken off."""
        begun = False

        async def noting(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, noting if scope["type"] == "http" else send)
        except Cut:
            raise
        except Exception as failure:  # the last resort
            if scope["type"] != "http":
                raise
            kind = kind_of(failure)
            _LOG.error("%s on %s %s", kind, scope["method"], getattr(scope.get("route"), "path", ""))
            if begun:
                await abort(scope, receive)
                return
            fault = Fault("http.failed", f"The request failed ({kind}).", hint="See the log.")
            await problem(fault)(scope, receive, send)


def kind_of(failure: Exception) -> str:
    """The error's class, with the database's code where it has one."""
    original = failure.orig if isinstance(failure, sa.exc.DBAPIError) else failure
    return " ".join(filter(None, (type(failure).__name__, getattr(original, "sqlstate", None))))
