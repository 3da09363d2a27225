"""How a page is made: its template, its language, its headers; and how an error becomes a page."""

import gzip
import logging
import re
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute
from jinja2 import Environment, PackageLoader, StrictUndefined
from jinja2.runtime import Context

from avrop.actions.addresses import segment
from avrop.actions.harvest import asked_of
from avrop.catalogue.unittypes import Language
from avrop.errors import AvropError, Missing
from avrop.system import System
from avrop.web.assets import looks
from avrop.web.cart import in_cart
from avrop.web.texts import LANGUAGES, Speech, preferred

_LOG = logging.getLogger("avrop.web")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Vary": "Cookie, Accept-Encoding",
}


class _Context(Context):
    """What a template knows. Calls go straight to what is called: a page has a thousand, and Jinja looks for more about
    each of them than the call itself costs."""

    def call(self, called: Any, *args: Any, **more: Any) -> Any:
        """What a function or a macro gives."""
        if getattr(called, "jinja_pass_arg", None) is not None:  # it asks for the context
            return super().call(called, *args, **more)
        more.pop("_loop_vars", None)
        more.pop("_block_vars", None)
        return called(*args, **more)


@cache
def _templates() -> Environment:
    made = Environment(
        loader=PackageLoader("avrop.web"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, auto_reload=False,
    )  # fmt: skip
    made.context_class = _Context
    made.filters |= {"address": address, "segment": segment, "mailto": mailto}
    return made


def address(path: str, pairs: list[tuple[str, str]] | None = None) -> str:
    """An address of ours with its query."""
    return f"{path}?{urlencode(pairs)}" if pairs else path


def mailto(email: str, subject: str) -> str:
    """A letter to begin: to one address and nobody else, whoever told it."""
    return f"mailto:{quote(email, safe='@+')}?subject={quote(subject, safe='')}"


def page(
    system: System, request: Request, name: str, *, language: Language, status: int = 200, **shown: Any
) -> Response:
    """A page. Every template knows the speech `t`, the language, the same page in other languages, and the cart."""
    speech = Speech(language)
    here = quote(request.scope["path"], safe="/!~")
    own = here.removeprefix(f"/{language}")
    query = f"?{request.url.query}" if request.url.query else ""
    context = {
        "t": speech, "lang": language, "here": here,
        "others": [(code, f"/{code}{own}{query}", Speech(code)) for code in LANGUAGES],
        "looks": looks(), "demo": system.settings.demo, "cart": in_cart(request),
        "publisher": asked_of(system), **shown,
    }  # fmt: skip
    text = _templates().get_template(name).render(context)
    headers = {**HEADERS, "Content-Language": speech.tag}
    if may_be_packed(request):
        packed = gzip.compress(text.encode(), compresslevel=_QUICKLY, mtime=0)
        return HTMLResponse(packed, status_code=status, headers={**headers, "Content-Encoding": "gzip"})
    return HTMLResponse(text, status_code=status, headers=headers)


_QUICKLY = 4
"""Twice as fast as the usual level of gzip, and a tenth larger. No page holds a secret whose size could tell of it."""


def may_be_packed(request: Request) -> bool:
    """Whether the reader takes gzip."""
    said = (each.replace(" ", "").lower() for each in request.headers.get("accept-encoding", "").split(","))
    return any(each.partition(";")[0] == "gzip" and not _NOT.fullmatch(each.partition(";")[2]) for each in said)


_NOT = re.compile(r"q=0(\.0{0,3})?")


def language_of(request: Request) -> Language:
    """The language of an address, or else the one that the browser asks for."""
    first = request.url.path.split("/")[1]
    if first in LANGUAGES:
        return first
    return preferred(request.headers.get("accept-language", ""))


def pages_of(system: System) -> type[APIRoute]:
    """A kind of route whose errors are pages in the address's language."""

    class PageRoute(APIRoute):
        """A page."""

        def get_route_handler(self) -> Any:
            """The page, or what went wrong as one."""
            original = super().get_route_handler()

            async def handler(request: Request) -> Response:
                try:
                    return await original(request)
                except AvropError as failure:
                    return failed(system, request, failure)
                except Exception as failure:  # the last resort: its text may hold a value, so only its kind is told
                    _LOG.error("%s on %s", type(failure).__name__, self.name)
                    return failed(system, request, None)

            return handler

    return PageRoute


def failed(system: System, request: Request, failure: AvropError | None) -> Response:
    """The page of an error: what, and what to do."""
    status = failure.status if failure else 500
    kind = "404" if isinstance(failure, Missing) else "500" if status >= 500 else "400"
    return page(
        system, request, "error.html", language=language_of(request), status=status, kind=kind,
        code=failure.code if failure else "fault.unforeseen",
    )  # fmt: skip
