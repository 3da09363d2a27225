"""Carts that other catalogues hand over: taken in from anybody, looked at, and put once into the reader's own cart.

Whoever hands one in shows nothing of themselves. So it waits for a short time under a token that cannot be guessed, few
come in a minute, and what it says that something is called is never shown: our catalogue or the resolver says that.
"""

import base64
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Address, ip_address
from typing import Any, cast

from sqlalchemy import Connection

from avrop.actions import look as looked
from avrop.actions import referring, resolving
from avrop.actions.referring import Referred
from avrop.actions.resolving import Answered
from avrop.canonical import build, digest_bytes, plain
from avrop.catalogue.carts import Cart, Reference, chosen
from avrop.catalogue.search.cards import Card
from avrop.catalogue.unittypes import Language
from avrop.errors import Fault, Missing, Mistake, Refusal
from avrop.outbound.strictjson import Unreadable, load_object, member
from avrop.store import carts as store
from avrop.store import db
from avrop.system import System

LARGEST, LIFE = 16 * 1024, timedelta(minutes=15)
PER_CALLER, IN_ALL = 60, 120
"""Carts in a minute. With their life and their size they bound what waits: about 30 MB."""
_SLOTS, _EVERYBODY = 4096, 0
_QUESTIONS = 3
Fits = Callable[[tuple[str, ...]], bool]


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """A cart that waits for its reader.

    `ours` is the dataset if our catalogue has it, with the `cards` of its variables, and the ids that were `chosen`.
    Else `answered` is what the resolver said, if it did; `resolver` says whether there is one to ask.
    """

    language: Language
    orgnr: str
    chosen: tuple[str, ...]
    ours: Referred | None = None
    cards: tuple[Card, ...] = ()
    answered: Answered | None = None
    resolver: bool = False


def take_in(system: System, data: bytes, *, caller: str) -> str:
    """Let a cart wait; gives the address that its reader is to be sent to. `caller` is where it came from.

    Errors: `cart.json`, `document.unreadable` (Mistake), `cart.too_often` (Refusal), `cart.no_address` (Fault).
    """
    base, now = _address(system), system.clock()
    values = _object(data)
    cart = cast("Cart", build(Cart, values, what="The cart"))
    token = base64.urlsafe_b64encode(system.random(32)).decode().rstrip("=")
    with db.transaction(system.database) as connection:
        _count(connection, caller, int(now.timestamp()) // 60)
        store.forget_expired(connection, now)
        store.add(
            connection, token=_digest(token), language=cart.language, orgnr=cart.orgnr,
            reference=member(data, "dataDef").decode(), chosen=list(chosen(values)), expires_at=now + LIFE,
        )  # fmt: skip
    return f"{base}{cart.language}/handlekurv/mottatt/{token}"


def read_reference(data: bytes) -> Reference:
    """What a resolver is asked about. Errors: `cart.json`, `document.unreadable` (Mistake)."""
    return cast("Reference", build(Reference, _object(data), what="The reference"))


def look(system: System, token: str) -> Waiting:
    """A waiting cart, with what it refers to as we or the resolver call it. It waits on. Raises `cart.gone` (Missing).

    The resolver is asked until it answers, and three times at most.
    """
    with db.transaction(system.database) as connection:
        row = _needed(connection, system, token)
    ours = referring.find(system, read_reference(row.reference.encode()))
    said = {"language": row.language, "orgnr": row.orgnr, "chosen": tuple(row.chosen)}
    if ours is not None:
        return Waiting(**said, ours=ours, cards=looked.cards(system, ours.variables))
    serve = system.settings.serve
    resolver = serve.cart_resolver if serve else None
    if row.answer is not None:
        return Waiting(**said, answered=build(Answered, row.answer, what="The answer"), resolver=True)
    return Waiting(**said, answered=_answered(system, row, resolver) if resolver else None, resolver=bool(resolver))


def _answered(system: System, row: Any, resolver: str) -> Answered | None:
    with db.transaction(system.database) as connection:
        if not store.may_ask(connection, row.token, most=_QUESTIONS):
            return None
    answer = resolving.ask(system, resolver, row.reference.encode(), row.language)
    if answer is not None:
        with db.transaction(system.database) as connection:
            store.keep_answer(connection, row.token, plain(answer))
    return answer


def put(system: System, token: str, ticked: Sequence[str], *, standing: Sequence[str], fits: Fits) -> tuple[str, ...]:
    """Take a waiting cart out, once: the ids of the reader's own cart with those that were ticked, if that `fits` them.

    Errors: `cart.gone` (Missing), `cart.nothing_ticked`, `cart.full` (Mistake); after those it still waits.
    """
    with db.transaction(system.database) as connection:
        row = _needed(connection, system, token)
    ours = referring.find(system, read_reference(row.reference.encode()))
    there = {card.id for card in looked.cards(system, ours.variables)} if ours else set[str]()
    wanted = [each for each in ticked if each in there]
    if not wanted:
        raise Mistake("cart.nothing_ticked", "None of the dataset's variables is ticked.", hint="Tick at least one.")
    made = tuple(dict.fromkeys([*standing, *wanted]))
    if not fits(made):
        raise Mistake("cart.full", "The cart has no room for so many.", hint="Tick fewer, or take some out first.")
    with db.transaction(system.database) as connection:
        if not store.take(connection, row.token, system.clock()):
            raise _gone()
    return made


def forget_expired(system: System) -> None:
    """Delete the carts that nobody came for in time."""
    with db.transaction(system.database) as connection:
        store.forget_expired(connection, system.clock())


def _address(system: System) -> str:
    """Where readers find us. Errors: `cart.no_address` (Fault)."""
    serve = system.settings.serve
    if serve is None or not (serve.public_url.startswith("https://") or system.settings.demo):
        raise Fault(
            "cart.no_address", "This installation does not say at which https address readers find it.",
            hint="Set `public_url` of [serve].",
        )  # fmt: skip
    return serve.public_url


def _object(data: bytes) -> dict[str, Any]:
    try:
        return load_object(data)
    except Unreadable as failure:
        raise Mistake("cart.json", f"That is no plain JSON object ({failure}).", hint="Send one.") from None


def _count(connection: Connection, caller: str, minute: int) -> None:
    """Count one more of the caller's and of everybody's. Errors: `cart.too_often` (Refusal); then it is not counted.

    The caller's comes first: whoever hands in too much takes nothing of what others may.
    """
    for slot, most in ((_slot(caller, minute), PER_CALLER), (_EVERYBODY, IN_ALL)):
        if store.count(connection, slot, minute) > most:
            raise Refusal("cart.too_often", "Too many carts are handed over just now.", hint="Try again in a minute.")


def _slot(caller: str, minute: int) -> int:
    """The slot of an address: one of a fixed number, another in each minute, so that it says nothing of the address.

    Of IPv6 the first half counts: whoever has one address of it has all.
    """
    try:
        address = ip_address(caller.partition("%")[0])
    except ValueError:
        network = b""
    else:
        mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
        network = (mapped or address).packed[:8]
    return 1 + int.from_bytes(hashlib.sha256(b"%d %b" % (minute, network)).digest()[:4]) % _SLOTS


def _needed(connection: Connection, system: System, token: str) -> Any:
    """The row of a waiting cart. Errors: `cart.gone` (Missing)."""
    row = store.find(connection, _digest(token), system.clock())
    if row is None:
        raise _gone()
    return row


def _gone() -> Missing:
    return Missing(
        "cart.gone", "No cart waits there: it was used, or it is older than a quarter of an hour.",
        hint="Hand it over again from the other catalogue.",
    )  # fmt: skip


def _digest(token: str) -> str:
    return digest_bytes(token.encode("utf-8", "replace"))
