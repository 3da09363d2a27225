"""KUDAF's metadata back-end: what its upload tool sends and reads.

Success is always 200 with JSON; both forms of an address, with and without a slash at its end, answer alike. Reading is
anonymous; writing needs `Authorization: API-Key <key>`. Nothing is compressed.
"""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends

from avrop.actions import commons, commons_shown
from avrop.actions.commons import Kept
from avrop.actions.commons_keys import KeyHolder
from avrop.catalogue.commons import first
from avrop.catalogue.kudaf import COMMON
from avrop.errors import Conflict
from avrop.http import kudaf_bodies as b
from avrop.http import kudaf_listings as listings
from avrop.http.publishers import Holder, PublisherRoute, holder_by
from avrop.system import System
from avrop.web.conditional import conditional

_WHAT_HAPPENED = {"created": "Created", "updated": "Updated", "unchanged": "Already there"}
Json = dict[str, Any]


def routes(system: System) -> APIRouter:
    """`/api/v1/catalogs`, `/api/v1/unittypes`, `/api/v1/datasets` and `/api/v1/variables`."""
    kind = type("Route", (PublisherRoute, conditional(system)), {})
    router = APIRouter(prefix="/api/v1", tags=["metadata back-end"], route_class=kind)

    holder = holder_by(system)
    for add in (_catalogs, _unit_types, _datasets, _variables):
        add(router, system, holder)
    return router


def _catalogs(router: APIRouter, system: System, holder: Holder) -> None:
    def catalogs() -> list[Json]:
        """Every catalogue."""
        return [listings.catalogue(system, each) for each in commons_shown.catalogues(system)]

    def catalog(catalog_id: b.Number, include_datasets: bool = False, include_variables: bool = False) -> Json:
        """One catalogue, with its datasets, and with their variables, if that is asked for."""
        found = listings.catalogue(system, commons_shown.catalogue(system, catalog_id))
        if not (include_datasets or include_variables):
            return found
        held = commons_shown.datasets(system, catalog_id)
        full = include_variables
        return {
            **found,
            "datasets": [listings.dataset_with_variables(system, d) if full else listings.dataset(d) for d in held],
        }

    def create_catalog(body: b.CatalogueBody, who: Annotated[KeyHolder, Depends(holder)]) -> Json:
        """Keep a catalogue of the key's publisher."""
        entry = body.entry()
        kept = commons.keep_catalogue(system, who, entry)
        return {"catalog": {"id": kept.id, "name": first(entry.title)}, "sync_results": _results(kept)}

    _answer(router, "GET", "/catalogs", catalogs)
    _answer(router, "GET", "/catalogs/{catalog_id}", catalog)
    _answer(router, "POST", "/catalogs", create_catalog)


def _unit_types(router: APIRouter, system: System, holder: Holder) -> None:
    common = {unit.name for unit in COMMON}

    def unit_types(global_only: bool = False) -> Json:
        """The common unit types, and those of every catalogue unless only the common ones are asked for."""
        return listings.unit_types(() if global_only else commons_shown.unit_types(system))

    def catalog_unit_types(catalog_id: b.Number) -> Json:
        """The common unit types and one catalogue's own."""
        return listings.unit_types(commons_shown.unit_types(system, catalog_id))

    def create_unit_type(body: b.UnitTypesBody, who: Annotated[KeyHolder, Depends(holder)]) -> Json:
        """Keep a unit type of one of the publisher's catalogues, with its value domain and codes."""
        if body.unit_type.short_name in common:
            raise Conflict("commons.unit_type_common", "Every catalogue has this unit type.", hint="Use it as it is.")
        kept = commons.keep_unit_type(system, who, body.catalog_id, body.unit_type.entry())
        return {"sync_results": _results(kept)}

    _answer(router, "GET", "/unittypes", unit_types)
    _answer(router, "GET", "/unittypes/catalog/{catalog_id}", catalog_unit_types)
    _answer(router, "POST", "/unittypes", create_unit_type)


def _datasets(router: APIRouter, system: System, holder: Holder) -> None:
    def datasets() -> list[Json]:
        """Every dataset."""
        return [listings.dataset(each) for each in commons_shown.datasets(system)]

    def dataset(dataset_id: str, include_variables: bool = False) -> Json:
        """One dataset, with its variables if that is asked for. Its id may have slashes and colons."""
        found = commons_shown.dataset(system, dataset_id.rstrip("/"))
        return listings.dataset_with_variables(system, found) if include_variables else listings.dataset(found)

    def create_dataset(body: b.DatasetBody, who: Annotated[KeyHolder, Depends(holder)]) -> Json:
        """Keep a dataset of one of the publisher's catalogues."""
        entry = body.entry()
        kept = commons.keep_dataset(system, who, body.catalog_id, entry, wanted=body.dataset_id)
        return {"dataset": {"id": kept.id, "title": first(entry.title)}, "sync_results": _results(kept)}

    _answer(router, "GET", "/datasets", datasets)
    router.add_api_route("/datasets/{dataset_id:path}", dataset, methods=["GET"])
    _answer(router, "POST", "/datasets", create_dataset)


def _variables(router: APIRouter, system: System, holder: Holder) -> None:
    def variables_metadata() -> list[Json]:
        """Every variable, as the document of variables has it."""
        return listings.all_variables(system)

    def create_variables(body: b.VariablesBody, who: Annotated[KeyHolder, Depends(holder)]) -> Json:
        """Keep variables of one of the publisher's datasets, all or none."""
        home = commons_shown.dataset(system, body.dataset_id)
        names = listings.unit_type_names(system, home.catalogue)
        entries = [variable.entry(names) for variable in body.variables]
        return {"sync_results": _variable_results(commons.keep_variables(system, who, home.id, entries))}

    _answer(router, "GET", "/variables/metadata", variables_metadata)
    _answer(router, "POST", "/variables", create_variables)


def _answer(router: APIRouter, method: str, path: str, endpoint: Callable[..., Any]) -> None:
    """The endpoint with and without a slash at its end: the tools follow no redirect."""
    router.add_api_route(f"{path}/", endpoint, methods=[method])
    router.add_api_route(path, endpoint, methods=[method], include_in_schema=False)


def _results(kept: Kept) -> Json:
    """What became of one thing, where the tools look for it."""
    if kept.outcome == "refused":
        return _told(0, [], [kept.remark])
    return _told(1, [f"{_WHAT_HAPPENED[kept.outcome]} with ID: {kept.id}"], [kept.remark])


def _variable_results(kept: tuple[Kept, ...]) -> Json:
    stored = [each.id for each in kept if each.outcome != "refused"]
    return _told(len(stored), [{"inserted_var_id": stored}] if stored else [], [each.remark for each in kept])


def _told(stored: int, detail: list[Any], remarks: list[str | None]) -> Json:
    """`msgs` is null, or what the tool shows its user."""
    said = " ".join(remark for remark in remarks if remark)
    return {
        "successful": {"num": stored, "detail": detail},
        "errors": {"num": sum(remark is not None for remark in remarks), "detail": [{"msgs": said or None}]},
    }
