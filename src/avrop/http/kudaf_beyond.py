"""Our own addresses beside the upload tools', for what those cannot carry: more of a dataset, and taking things back.

They need the same keys. Whoever wants to know whether a back-end has them asks `GET /api/v1/about`.
"""

from dataclasses import fields
from typing import Annotated, Any

from fastapi import APIRouter, Depends

from avrop.actions import commons_beyond as beyond
from avrop.actions.commons_keys import KeyHolder
from avrop.canonical import document
from avrop.catalogue.commons import About
from avrop.http.kudaf_bodies import Number
from avrop.http.publishers import Holder, PublisherRoute, holder_by
from avrop.system import System
from avrop.web.conditional import conditional

_REMOVES = ("variables", "datasets", "unittypes", "catalogs")


@document
class Offer:
    """What may be told of a dataset, and of what kinds of things may be taken back."""

    about: tuple[str, ...]
    removes: tuple[str, ...]


@document
class Kept:
    """Of which dataset something was told, and whether that changed anything."""

    dataset: str
    changed: bool


@document
class Removed:
    """How many things went: none, if it was not there."""

    removed: int


def routes(system: System) -> APIRouter:
    """`/api/v1/about`, `/api/v1/about/datasets/{id}`, and DELETE of what `/api/v1` lists."""
    kind = type("Route", (PublisherRoute, conditional(system)), {})
    router = APIRouter(prefix="/api/v1", tags=["beyond the upload"], route_class=kind, responses=_ERRORS)
    holder = holder_by(system)
    _about(router, system, holder)
    _removal(router, system, holder)
    return router


def _about(router: APIRouter, system: System, holder: Holder) -> None:
    @router.get("/about")
    def offer() -> Offer:
        """What this commons takes that upload tools cannot carry. Another back-end has no such address."""
        return Offer(about=tuple(field.name for field in fields(About)), removes=_REMOVES)

    @router.get("/about/datasets/{dataset_id:path}")
    def told(dataset_id: str) -> About:
        """What its publisher told of a dataset so."""
        return beyond.told_about(system, dataset_id.rstrip("/"))

    @router.put("/about/datasets/{dataset_id:path}")
    def tell(dataset_id: str, body: About, who: Annotated[KeyHolder, Depends(holder)]) -> Kept:
        """Tell this of a dataset of one's own, in place of all that was told so: what is left out is taken back.
        `/dcat/~N.gaps` says what is still asked for."""
        named = dataset_id.rstrip("/")
        return Kept(dataset=named, changed=beyond.keep_about(system, who, named, body))


def _removal(router: APIRouter, system: System, holder: Holder) -> None:
    @router.delete("/variables/{variable_id}")
    def remove_variable(variable_id: Number, who: Annotated[KeyHolder, Depends(holder)]) -> Removed:
        """Take a variable back, by its number in its dataset's list."""
        return Removed(removed=beyond.remove_variable(system, who, variable_id))

    @router.delete("/datasets/{dataset_id:path}")
    def remove_dataset(dataset_id: str, who: Annotated[KeyHolder, Depends(holder)]) -> Removed:
        """Take a dataset back, with its variables."""
        return Removed(removed=beyond.remove_dataset(system, who, dataset_id.rstrip("/")))

    @router.delete("/unittypes/{unit_type_id}")
    def remove_unit_type(unit_type_id: Number, who: Annotated[KeyHolder, Depends(holder)]) -> Removed:
        """Take a unit type of one's own back, once no variable names it."""
        return Removed(removed=beyond.remove_unit_type(system, who, unit_type_id))

    @router.delete("/catalogs/{catalog_id}")
    def remove_catalogue(catalog_id: Number, who: Annotated[KeyHolder, Depends(holder)]) -> Removed:
        """Take a catalogue back, with its unit types, once no dataset stands in it."""
        return Removed(removed=beyond.remove_catalogue(system, who, catalog_id))


@document
class Detail:
    """What went wrong, and what to do."""

    detail: str


_ERRORS: dict[int | str, dict[str, Any]] = {
    401: {"description": "No key, or one that opens nothing", "model": Detail},
    403: {"description": "Another publisher's", "model": Detail},
    404: {"description": "There is no such dataset", "model": Detail},
    409: {"description": "Something else needs it", "model": Detail},
    422: {"description": "The body or the address cannot be used", "model": Detail},
}
