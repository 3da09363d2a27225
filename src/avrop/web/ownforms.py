"""What a form of our own pages says: turned away if it comes from another site, or is too large to be one."""

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qs

from fastapi import Request

from avrop.errors import Mistake, Refusal

Form = Mapping[str, Sequence[str]]
LARGEST = 16_000


async def own_form(request: Request, largest: int = LARGEST) -> Form:
    """Its fields, each with its values. Errors: `page.form` (Mistake), `page.foreign` (Refusal)."""
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or int(length) > largest:
        raise Mistake("page.form", "The form is too large.", hint="Put in one variable at a time.")
    # Browsers say where a form comes from.
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Refusal("page.foreign", "The form was sent from another site.", hint="Use the form on our page.")
    return parse_qs((await request.body()).decode("utf-8", "replace"))
