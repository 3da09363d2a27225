"""One request to an application in this process."""

from typing import Any

import anyio
import httpx
from fastapi import FastAPI


def get(app: FastAPI, path: str, **more: Any) -> httpx.Response:
    """The answer to a GET."""

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return await client.get(path, **more)

    return anyio.run(ask)
