"""The cart: which variables somebody has put aside, kept in a cookie of theirs and nowhere else."""

from urllib.parse import quote, unquote

from fastapi import Request
from fastapi.responses import RedirectResponse

CART = "avrop_cart"
MOST = 60
"""Variables in a cart: more would not fit into a cookie, and no purpose needs them."""
MOST_COMPARED = 4
"""Variables beside each other: more would not be read."""
_LONGEST = 120
_LARGEST_COOKIE = 3_800
"""Browsers throw a cookie away that is longer than 4 096 with its name and attributes."""


def in_cart(request: Request) -> tuple[str, ...]:
    """The ids of the variables in the cart, in the order in which they were put there."""
    said = (unquote(part) for part in request.cookies.get(CART, "").split("!"))
    return tuple(dict.fromkeys(one for one in said if one and len(one) <= _LONGEST and "\0" not in one))[:MOST]


def written(ids: tuple[str, ...]) -> str:
    """The cookie's text."""
    return "!".join(quote(one, safe="~") for one in ids[:MOST])


def changed(ids: tuple[str, ...], *, add: str = "", remove: str = "", clear: bool = False) -> tuple[str, ...]:
    """The cart after one change."""
    if clear:
        return ()
    kept = tuple(one for one in ids if one != remove)
    return (*kept, add) if add and add not in kept and len(add) <= _LONGEST and fits((*kept, add)) else kept


def fits(ids: tuple[str, ...]) -> bool:
    """Whether a cart can hold all of these."""
    return len(ids) <= MOST and len(written(ids)) <= _LARGEST_COOKIE


def kept(request: Request, ids: tuple[str, ...], *, back: str) -> RedirectResponse:
    """The answer that gives the reader that cart, and leads on to a page of ours."""
    answer = RedirectResponse(back, status_code=303)
    secure = request.url.scheme == "https"
    answer.set_cookie(CART, written(ids), max_age=7_776_000, httponly=True, samesite="lax", secure=secure)
    return answer
