"""The cart: which variables somebody has put aside, kept in a cookie of theirs and nowhere else."""

from urllib.parse import quote, unquote

from fastapi import Request

CART = "avrop_cart"
MOST = 60
"""Variables in a cart: more would not fit into a cookie, and no purpose needs them."""
MOST_COMPARED = 4
"""Variables beside each other: more would not be read."""
_LONGEST = 120


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
    return (*kept, add) if add and add not in kept and len(add) <= _LONGEST and len(kept) < MOST else kept
