"""Asks an ASGI application in this process, one request at a time."""

import asyncio
from typing import Any

import httpx
from starlette.types import ASGIApp


class Asking:
    """A client of an application; a fault of it is an answer, as over a socket."""

    def __init__(self, app: ASGIApp, base_url: str = "http://us.example") -> None:
        self._app = app
        self._base = base_url

    def request(self, method: str, url: str, **more: Any) -> httpx.Response:
        return asyncio.run(self._ask(method, url, more))

    def get(self, url: str, **more: Any) -> httpx.Response:
        return self.request("GET", url, **more)

    def post(self, url: str, **more: Any) -> httpx.Response:
        return self.request("POST", url, **more)

    async def _ask(self, method: str, url: str, more: dict[str, Any]) -> httpx.Response:
        transport = httpx.ASGITransport(app=self._app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=self._base) as client:
            return await client.request(method, url, **more)
