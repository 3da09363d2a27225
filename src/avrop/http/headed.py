"""HEAD wherever anybody may read by GET: the same answer without its body.

Routes name GET alone. What is made for one asker only, as a delivery's rows, is not made for a HEAD: its routes are
not among those given here, and answer 405.
"""

from collections.abc import Iterable

from starlette.datastructures import MutableHeaders
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_NOT_ALLOWED = 405


class Headed:
    """Asks the routes for GET where HEAD is asked for. Plain ASGI, so that a stream stays a stream."""

    def __init__(self, app: ASGIApp, *, routes: Iterable[BaseRoute]) -> None:
        self._app, self._routes = app, routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; leave the bodies of a HEAD out, and name HEAD among what is allowed where it is."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        head = scope["method"] == "HEAD"

        async def heading(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == _NOT_ALLOWED:
                self._allow(scope, message)
            if head and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        asked = {**scope, "method": "GET"} if head and self._reads(scope) else scope
        await self._app(asked, receive, heading)

    def _allow(self, scope: Scope, message: Message) -> None:
        headers = MutableHeaders(scope=message)
        allowed = headers.get("Allow", "")
        if "GET" in allowed.split(", ") and self._reads(scope):
            headers["Allow"] = f"{allowed}, HEAD"

    def _reads(self, scope: Scope) -> bool:
        """Whether a route answers GET at the address."""
        asked = {"type": "http", "method": "GET", "path": scope["path"], "root_path": scope.get("root_path", "")}
        return any(route.matches(asked)[0] is Match.FULL for route in self._routes)
