"""DCAT-AP-NO for national catalogues: one address a catalogue, in the media type that is asked for, uncompressed."""

import re
from collections.abc import Mapping
from typing import ClassVar

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from avrop.actions import harvest, harvest_told
from avrop.actions.addresses import segment
from avrop.actions.harvest_told import HarvestSource
from avrop.errors import Mistake
from avrop.http.problems import ProblemRoute
from avrop.http.tagged import tagged
from avrop.system import System
from avrop.web.conditional import conditional


class _Negotiated(ProblemRoute):
    statuses: ClassVar[Mapping[str, int]] = {"dcat.not_acceptable": 406}


_ENDINGS: Mapping[str, str] = {"ttl": "text/turtle", "rdf": "application/rdf+xml", "jsonld": "application/ld+json"}


def routes(system: System) -> APIRouter:
    """`/dcat`, the list of sources; `/dcat/{catalogue}` and its forms; `/dcat/{catalogue}/{dataset}` and what lies
    below lead to a page. A catalogue that a publisher told this commons is called `~` and its number."""
    router = APIRouter(prefix="/dcat", tags=["DCAT"], route_class=_Negotiated)
    kind = conditional(system)

    def sources() -> list[HarvestSource]:
        """Every catalogue that can be harvested here, each at its own address."""
        return list(harvest_told.sources(system))

    def gaps(number: str) -> dict[str, int]:
        """What national catalogues ask for and the publisher did not say, and how many things lack it."""
        return harvest_told.told_gaps(system, number)

    router.add_api_route("", sources, route_class_override=kind)
    router.add_api_route("/{number}.gaps", gaps, route_class_override=kind)

    @router.get("/{name}.{ending}", response_class=Response)
    def form(request: Request, name: str, ending: str) -> Response:
        """The catalogue as Turtle (`ttl`), RDF/XML (`rdf`) or JSON-LD (`jsonld`)."""
        media_type = _ENDINGS.get(ending)
        if media_type is None:
            raise Mistake("dcat.form", "A form is ttl, rdf or jsonld.", hint="Write one of them.")
        found = _found(system, name, media_type)
        return tagged(request, found.body, found.media_type, found.tag)

    @router.get("/{name}", response_class=Response)
    def catalogue(request: Request, name: str) -> Response:
        """The catalogue in the first form that `Accept` names; Turtle if it does not say."""
        found = _found(system, name, _wanted(request.headers.get("accept", "")))
        return tagged(request, found.body, found.media_type, found.tag)

    @router.get("/{name}/{path:path}", include_in_schema=False)
    def dataset(name: str, path: str) -> Response:
        if name.startswith(harvest_told.MARK):
            return RedirectResponse(f"/{harvest_told.told_page(system, name)}", status_code=303)
        return RedirectResponse(f"/nb/tema/{segment(path.partition('/')[0])}", status_code=303)

    return router


def _found(system: System, name: str, media_type: str) -> harvest.Harvested:
    told = name.startswith(harvest_told.MARK)
    return harvest_told.told(system, name, media_type) if told else harvest.catalogue(system, name, media_type)


def _wanted(accept: str) -> str:
    """The media type to answer with, by how much each is wanted and then as they stand (RFC 9110, 12.5.1). Errors:
    `dcat.not_acceptable` (Mistake) where none of ours will do."""
    asked = [_range(each) for each in accept.split(",") if each.strip()] or [("*/*", 1.0)]
    refused = {kind for kind, weight in asked if not weight}
    for kind, weight in sorted(asked, key=lambda each: -each[1]):
        for ours in (*_FIRST.get(kind, ()), kind):
            if weight and ours in harvest.FORMS and ours not in refused:
                return ours
    hint = "Ask for text/turtle, application/rdf+xml or application/ld+json."
    raise Mistake("dcat.not_acceptable", "The catalogue has none of the forms that are asked for.", hint=hint)


_FIRST: Mapping[str, tuple[str, ...]] = {
    "*/*": ("text/turtle", "application/rdf+xml", "application/ld+json"), "text/*": ("text/turtle",),
    "text/html": ("text/turtle",), "application/*": ("application/rdf+xml", "application/ld+json"),
}  # fmt: skip
"""What is answered to whoever leaves the choice to us; a browser sees Turtle."""


def _range(said: str) -> tuple[str, float]:
    """A media range and its weight; a weight that is none is 1."""
    kind, *parameters = (part.strip().lower() for part in said.split(";"))
    weights = [part.removeprefix("q=") for part in parameters if part.startswith("q=")]
    return kind, float(weights[0]) if weights and _WEIGHT.fullmatch(weights[0]) else 1.0


_WEIGHT = re.compile(r"[01](\.\d{0,3})?")
