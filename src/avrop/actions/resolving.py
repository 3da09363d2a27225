"""Ask the catalogue that hands carts over what one of them refers to, with what it said itself, sign by sign."""

import logging
from typing import Any, cast

from avrop.canonical import build, document
from avrop.catalogue.carts import Resolved, shown
from avrop.catalogue.unittypes import Language
from avrop.errors import AvropError, Fault
from avrop.outbound.strictjson import Unreadable, load_object
from avrop.system import System

LIMIT_BYTES, TIMEOUT_SECONDS = 64 * 1024, 5.0
_LOG = logging.getLogger("avrop.carts")


@document
class Answered:
    """What the resolver said, as a page may show it: `title` is empty if it told none. Not `known`: it knows of no such
    thing."""

    known: bool
    title: str = ""
    description: str = ""
    url: str = ""


def ask(system: System, resolver: str, reference: bytes, language: Language) -> Answered | None:
    """What the resolver says of a reference; None if it gives no answer that can be used, which is noted in the log."""
    try:
        return _asked(system, f"{resolver.rstrip('/')}/datadef-resolver/{language}", reference)
    except AvropError as failure:
        _LOG.warning("a resolver did not say what a cart refers to: %s", failure.code)
        return None


def _asked(system: System, url: str, reference: bytes) -> Answered:
    answer = system.outbound.request(
        "POST", url, headers={"Content-Type": "application/json", "Accept": "application/json"}, content=reference,
        limit_bytes=LIMIT_BYTES, timeout_seconds=TIMEOUT_SECONDS,
    )  # fmt: skip
    if answer.status == 404:
        return Answered(known=False)
    if answer.status != 200:
        raise Fault("cart.resolver", f"The resolver answers with status {answer.status}.", hint="Ask its operator.")
    said = cast("Resolved", build(Resolved, _object(answer.body), what="The resolver's answer"))
    link = said.url_to_resource or ""
    return Answered(
        known=True, title=shown(said.title or ""), description=shown(said.description or ""),
        url=link if link.startswith("https://") and link.isprintable() else "",
    )  # fmt: skip


def _object(body: bytes) -> dict[str, Any]:
    try:
        return load_object(body)
    except Unreadable as failure:
        raise Fault(
            "cart.resolver_unreadable", f"The resolver's answer is no plain JSON object ({failure}).",
            hint="Ask its operator.",
        ) from None  # fmt: skip
