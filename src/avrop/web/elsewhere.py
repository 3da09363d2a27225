"""Pages of datasets that others described without their variables: the list of them, and one of them."""

from dataclasses import replace
from textwrap import shorten

from fastapi import Request, Response

from avrop.actions import elsewhere
from avrop.catalogue.search.questions import read_search, unread
from avrop.catalogue.unittypes import Language
from avrop.system import System
from avrop.web.pages import page
from avrop.web.texts import Speech, Spoken

_SHOWN = 300
"""Characters of a description in a list."""


def listed(system: System, request: Request, language: Language) -> Response:
    """Those whose texts have the words, by title."""
    said = [pair for pair in request.query_params.multi_items() if pair[0] in ("q", "page")]
    wrong = unread(said)
    search, speech = read_search(pair for pair in said if pair[0] not in wrong), Speech(language)
    total, here, found = elsewhere.find(system, search.text, page=search.page)
    first = (here - 1) * elsewhere.PAGE + 1
    return page(
        system, request, "datasets.html", language=language, status=422 if wrong else 200, search=search, wrong=wrong,
        total=total, first=first, place=here, found=[(each, _short(speech.of(each.description))) for each in found],
        following=first + len(found) <= total,
    )  # fmt: skip


def shown(system: System, request: Request, language: Language, key: str) -> Response:
    """One of them."""
    return page(system, request, "dataset.html", language=language, dataset=elsewhere.dataset(system, key))


def _short(text: Spoken) -> Spoken:
    return replace(text, text=shorten(text.text, _SHOWN, placeholder=" …"))
