"""One request to an application in this process."""

from collections.abc import Mapping
from typing import Any

import anyio
import httpx
from fastapi import FastAPI


def get(app: FastAPI, path: str, **more: Any) -> httpx.Response:
    """The answer to a GET."""
    return _ask(app, "GET", path, **more)


def head(app: FastAPI, path: str, **more: Any) -> httpx.Response:
    """The answer to a HEAD."""
    return _ask(app, "HEAD", path, **more)


def post(app: FastAPI, path: str, form: Mapping[str, str], **more: Any) -> httpx.Response:
    """The answer to a form."""
    return _ask(app, "POST", path, data=dict(form), **more)


def _ask(
    app: FastAPI, method: str, path: str, *, cookies: Mapping[str, str] | None = None, **more: Any
) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://127.0.0.1", cookies=dict(cookies or {})
        ) as client:
            return await client.request(method, path, **more)

    return anyio.run(ask)
