"""Answers with a tag of everything that they depend on: who has one already is told so before it is made again.

The tag is a digest of what is public (`actions.stamped`), the address, and, for pages, the cart. It is looked up before
an answer is made and once more after it: an answer that something changed under is sent without a tag.
"""

from hashlib import sha256
from typing import Any

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.routing import APIRoute

from avrop.actions.stamped import stamp
from avrop.system import System
from avrop.web.cart import CART
from avrop.web.pages import pages_of


def conditional(system: System, *, of_the_reader: bool = False) -> type[APIRoute]:
    """A kind of route that answers GET so; what errors become is a matter of the kind that is put before it.

    `of_the_reader`: the answers show the reader's own cart, so nobody else's cache may keep them.
    """

    class ConditionalRoute(APIRoute):
        """An answer, or that it is unchanged."""

        def get_route_handler(self) -> Any:
            """The route behind its tag."""
            original = super().get_route_handler()

            async def handler(request: Request) -> Response:
                if request.method != "GET":
                    return await original(request)
                tag = await run_in_threadpool(_tag, system, request, of_the_reader)
                known = asked(request)
                if tag in known:
                    return _kept(Response(status_code=304), tag, of_the_reader)
                answer = await original(request)
                if answer.status_code != 200 or tag != await run_in_threadpool(_tag, system, request, of_the_reader):
                    return answer
                return _kept(Response(status_code=304) if "*" in known else answer, tag, of_the_reader)

            return handler

    return ConditionalRoute


def kept_pages_of(system: System) -> type[APIRoute]:
    """A kind of route for pages that anybody may see: with their cart in the tag, and errors as pages without one."""
    return type("KeptPageRoute", (pages_of(system), conditional(system, of_the_reader=True)), {})


def asked(request: Request) -> set[str]:
    """The tags of the answers that the asker has, or `*` for any."""
    said = ",".join(request.headers.getlist("if-none-match"))
    return {each.strip().removeprefix("W/") for each in said.split(",")}


def _tag(system: System, request: Request, of_the_reader: bool) -> str:
    cart = request.cookies.get(CART, "") if of_the_reader else ""
    parts = (stamp(system), request.url.path, request.url.query, cart)
    return f'"{sha256(repr(parts).encode()).hexdigest()}"'


def _kept(answer: Response, tag: str, of_the_reader: bool) -> Response:
    """The answer with what caches need to know: ask each time."""
    answer.headers["ETag"] = f"W/{tag}" if of_the_reader else tag  # a page may be packed, or not
    answer.headers["Cache-Control"] = "private, no-cache" if of_the_reader else "no-cache"
    if of_the_reader:
        answer.headers["Vary"] = "Cookie, Accept-Encoding"
    return answer
