"""What a data commons has, in the shapes that KUDAF's tools read; and the two documents of all of it."""

from collections.abc import Mapping
from typing import Any

from avrop.actions import commons_shown as shown
from avrop.catalogue.commons import CatalogueEntry, Contact, DatasetEntry, Publisher, Said, UnitTypeEntry, first
from avrop.catalogue.kudaf import COMMON, unit_types_document, variables_document
from avrop.catalogue.kudaf_documents import unit_type_document, variable_document
from avrop.system import System

Json = dict[str, Any]
_COMMON_BY_NAME: Mapping[str, UnitTypeEntry] = {unit.name: unit for unit in COMMON}


def catalogue(system: System, each: shown.ShownCatalogue) -> Json:
    """A catalogue. Its title stands under `no` and `nb`, whatever it was sent as: tools look there."""
    serve = system.settings.serve
    about = f"{serve.public_url}api/v1/catalogs/{each.id}" if serve else None
    return {
        "id": each.id,
        "name": first(each.entry.title),
        "metadata": {"identifier": about, **_described(each.entry), "publisher": _publisher(each.entry.publisher)},
    }


def dataset(each: shown.ShownDataset) -> Json:
    """A dataset, without its variables."""
    publisher = each.entry.publisher
    return {
        "id": each.id,
        "identifier": each.id,
        "name": first(each.entry.title),
        "catalog_id": each.catalogue,
        "metadata": {**_described(each.entry), "publisher": _publisher(publisher) if publisher else None},
    }


def dataset_with_variables(system: System, each: shown.ShownDataset) -> Json:
    """A dataset with its variables. `remarks` say where the commons doubts that one belongs there."""
    units = _units(shown.unit_types(system, each.catalogue))
    listed = [
        {**variable_document(one.entry, units), "id": one.id, "remarks": [one.remark] if one.remark else []}
        for one in shown.variables(system, each.id)
    ]
    return {**dataset(each), "variables": listed}


def unit_types(own: tuple[shown.ShownUnitType, ...]) -> Json:
    """The common unit types and a catalogue's own."""
    return {
        "global_unit_types": [{"id": number, **unit_type_document(unit)} for number, unit in _NUMBERED.items()],
        "catalog_unit_types": [
            {"id": each.id, "catalog_id": each.catalogue, **unit_type_document(each.entry)} for each in own
        ],
    }


def unit_type_names(system: System, catalogue: int) -> dict[int, str]:
    """The names of the common unit types and a catalogue's own, by number."""
    return {number: unit.name for number, unit in _NUMBERED.items()} | shown.unit_type_names(system, catalogue)


def all_variables(system: System) -> list[Json]:
    """The document of variables: those of our own published catalogue, and those that publishers told us."""
    serve, own, today = system.settings.serve, shown.own_catalogue(system), system.clock().date()
    at = f"{serve.public_url}api/variables/" if serve and "datasource" in serve.faces else None
    listed = variables_document(own, on=today, data_url=at) if own else []
    units: dict[int, list[shown.ShownUnitType]] = {}
    for unit in shown.unit_types(system):
        units.setdefault(unit.catalogue, []).append(unit)
    home = {each.id: _units(units.get(each.catalogue, ())) for each in shown.datasets(system)}
    return listed + [variable_document(each.entry, home[each.dataset]) for each in shown.variables(system)]


def all_unit_types(system: System) -> list[Json]:
    """The document of unit types: our own, and those that publishers told us. The common ones are not repeated."""
    own = shown.own_catalogue(system)
    listed = unit_types_document(own, on=system.clock().date()) if own else []
    return listed + [unit_type_document(each.entry) for each in shown.unit_types(system)]


_NUMBERED: Mapping[int, UnitTypeEntry] = dict(enumerate(COMMON, start=1))


def _units(own: Any) -> dict[str, UnitTypeEntry]:
    return {**_COMMON_BY_NAME, **{each.entry.name: each.entry for each in own}}


def _described(entry: CatalogueEntry | DatasetEntry) -> Json:
    return {
        "title": _keyed(entry.title),
        "description": _keyed(entry.description),
        "contactPoint": [_contact(contact) for contact in entry.contacts],
    }


def _keyed(said: Said) -> dict[str, str]:
    """A text by language; what there is stands for what Norwegian there is not."""
    if not said:
        return {}
    found: dict[str, str] = {words.language: words.value for words in reversed(said)}
    return {**found, "no": first(said), "nb": found.get("nb", first(said))}


def _contact(contact: Contact) -> Json:
    """As either version of the tools names it."""
    return {
        "identifier": contact.identifier, "name": contact.name, "fullname": contact.name, "mbox": contact.email,
        "url": contact.url, "landing_page": contact.url,
    }  # fmt: skip


def _publisher(publisher: Publisher) -> Json:
    organisation = {
        "name": publisher.name, "identifier": publisher.number, "description": _keyed(publisher.description),
    }  # fmt: skip
    return {
        "name": publisher.name,
        "identifier": publisher.number,
        "type": publisher.kind,
        "organization": organisation,
    }
