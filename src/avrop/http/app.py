"""One ASGI application with the faces that an installation shows."""

from collections.abc import Callable, Mapping

from fastapi import APIRouter, FastAPI
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from avrop import __version__
from avrop.http import (
    carts,
    dcat,
    description,
    inbox,
    kudaf_beyond,
    kudaf_datasource,
    kudaf_documents,
    kudaf_metadata,
    kudaf_permissions,
    problems,
    search,
    wellknown,
    witness,
)
from avrop.http.casework import accounts, calloffs, decisions, deliveries
from avrop.http.headed import Headed
from avrop.http.unforeseen import Unforeseen
from avrop.settings import Face, Settings
from avrop.system import System
from avrop.web import basket, catalogue, received

Routes = Callable[[System], APIRouter]

FACES: Mapping[Face, tuple[Routes, ...]] = {
    "catalogue": (
        kudaf_metadata.routes,
        kudaf_beyond.routes,
        kudaf_documents.routes,
        search.routes,
        description.routes,
        dcat.routes,
        carts.routes,
        catalogue.routes,
        basket.routes,
        received.routes,
    ),
    "casework": (calloffs.routes, decisions.routes, deliveries.routes, accounts.routes, kudaf_permissions.routes),
    "datasource": (kudaf_documents.routes, kudaf_datasource.routes),
    "inbox": (inbox.routes,),
    "witness": (witness.routes,),
}
"""What each face answers. A new contract is a module with `routes(system)`, and its name here."""


def create_app(system: System, *, faces: tuple[Face, ...]) -> FastAPI:
    """The application over an open installation. Its OpenAPI stands at `/api/openapi.json`; no page of it loads
    anything from elsewhere."""
    app = FastAPI(
        title="Avrop", version=__version__, openapi_url="/api/openapi.json", docs_url=None, redoc_url=None,
        redirect_slashes=False,
    )  # fmt: skip
    app.state.system = system
    problems.install(app, lost=catalogue.lost(system) if "catalogue" in faces else None)
    app.add_middleware(Unforeseen)
    app.add_middleware(_Guarded, secure=_is_secure(system.settings))
    routers: dict[Routes, APIRouter] = {
        routes: routes(system)
        for routes in dict.fromkeys((wellknown.routes, *(each for face in faces for each in FACES[face])))
    }
    read: list[Routes] = [wellknown.routes]
    if "catalogue" in faces:
        routers[catalogue.unknown] = catalogue.unknown(system)
        read += [*FACES["catalogue"], catalogue.unknown]
    for router in routers.values():
        app.include_router(router)
    app.add_middleware(Headed, routes=[route for routes in read for route in routers[routes].routes])
    return app


def _is_secure(settings: Settings) -> bool:
    """Whether it is reached by https, and so may ask browsers never to come otherwise."""
    return settings.serve is not None and (settings.serve.public_url or "").startswith("https:")


class _Guarded:
    """What every answer says to browsers and caches. Plain ASGI, so that a stream stays a stream."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self._app, self._secure = app, secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; add the headers to the start of the answer."""

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("X-Content-Type-Options", "nosniff")
                headers.setdefault("Cache-Control", "no-store")
                if self._secure:
                    headers.setdefault("Strict-Transport-Security", "max-age=31536000")
            await send(message)

        await self._app(scope, receive, guarded if scope["type"] == "http" else send)
