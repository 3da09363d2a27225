"""The wire without a network: the same requests, answered by the applications of installations in this process.

For tests, which play the story with the client code of the real one.
"""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
from starlette.types import ASGIApp

from avrop.errors import Fault
from avrop.outbound.guard import Answer, Outbound


@dataclass(frozen=True, kw_only=True)
class InProcess(Outbound):
    """Answers requests to the addresses that were added; any other address is unavailable."""

    applications: dict[str, ASGIApp] = field(default_factory=dict, repr=False)

    def add(self, url: str, app: ASGIApp) -> None:
        """Let that application answer at that address (ends with a slash)."""
        self.applications[url] = app

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | Iterable[bytes] | None = None,
        limit_bytes: int,
        timeout_seconds: float,  # noqa: ARG002  nothing is waited for in one process
    ) -> Answer:
        """As over the network. Errors: `demo.nobody_there`, `outbound.too_large` (Fault)."""
        for base, app in self.applications.items():
            if url.startswith(base):
                whole = content if isinstance(content, bytes) or content is None else b"".join(content)
                answer = asyncio.run(_asked(app, method, url, headers=dict(headers or {}), content=whole))
                if len(answer.content) > limit_bytes:
                    raise Fault(
                        "outbound.too_large", f"An answer is longer than {limit_bytes} bytes.", hint="Ask for less."
                    )
                return Answer(status=answer.status_code, headers=dict(answer.headers), body=answer.content)
        raise Fault("demo.nobody_there", "There is no installation at that address in this process.", hint="Add it.")


async def _asked(app: ASGIApp, method: str, url: str, **request: Any) -> httpx.Response:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport) as client:
        return await client.request(method, url, **request)
