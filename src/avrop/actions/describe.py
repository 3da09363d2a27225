"""Describe: read a catalogue's texts, check them, and say what is the matter; make them of what others wrote."""

from collections.abc import Mapping, Sequence
from datetime import date

from avrop.actions import facts as f
from avrop.canonical import plain
from avrop.catalogue.checks import find, run_checks
from avrop.catalogue.datasets import Catalogue
from avrop.catalogue.drafting import Order, draft
from avrop.catalogue.files import read_catalogue, write_catalogue
from avrop.catalogue.findings import Finding
from avrop.catalogue.importing import Imported
from avrop.catalogue.imports import DOCUMENT, FORMS, USUAL
from avrop.catalogue.places import Place, place_of, places
from avrop.catalogue.sources import write_sources
from avrop.catalogue.yamltext import dump_yaml
from avrop.disclosure.attribution import AttributionRule, DatasetRule
from avrop.engines.profiling import profile
from avrop.engines.tablesources import source_at
from avrop.errors import Missing
from avrop.store import db, documents
from avrop.system import System


def describe(texts: Mapping[str, str]) -> tuple[Catalogue, tuple[Finding, ...]]:
    """The catalogue that the texts describe, and everything the checks find. Errors as `read_catalogue`."""
    catalogue = read_catalogue(texts)
    return catalogue, run_checks(catalogue)


def located(texts: Mapping[str, str]) -> tuple[Catalogue, tuple[tuple[Finding, Place | None], ...]]:
    """The same, and where each thing is described that a finding is about."""
    catalogue = read_catalogue(texts)
    where = places(texts)
    return catalogue, tuple((finding, place_of(item, where)) for item, finding in find(catalogue))


def published(system: System) -> tuple[bytes, str, str]:
    """The published catalogue's document, its media type, and a tag that is its digest. Errors: `describe.nothing`
    (Missing)."""
    with db.transaction(system.database) as connection:
        sealed = f.account(connection).catalogue
        if sealed is None:
            raise Missing("describe.nothing", "No catalogue is published here.", hint="Come back later.")
        return documents.get(connection, sealed), "application/json", f'"{sealed}"'


def import_description(
    text: str, *, file: str, version: str, controller: str | None, today: date
) -> tuple[dict[str, str], Imported]:
    """The texts of a described catalogue's folder made of a configuration of another tool, or of the document of a
    catalogue (`.json`), and what became of it all.

    Beside the catalogue stands `sources.yaml`, for loads; and for a `controller`, `rule.yaml`: all rows are that one's.
    Errors: `import.*`, `document.unreadable` (Mistake).
    """
    form = DOCUMENT if file.endswith(".json") else USUAL
    made = FORMS[form](text, file=file, version=version)
    return _folder(made, controller, today), made


def draft_description(
    order: Order, *, codes: Sequence[str], controller: str | None, source_url: str | None, today: date
) -> tuple[dict[str, str], Imported]:
    """The texts of a described catalogue's folder, drafted from one table, and what there is to do.

    `order.source` names a file, or a table as `postgresql:schema.table`; `codes` are columns whose values are wanted as
    codes, where five people have them; no other value is read out. Errors: `init.*` (Mistake), `source.*`.
    """
    given = source_at(order.source, delimiter=order.delimiter)
    made = draft(order, profile(given, person=order.person, codes=codes, url=source_url))
    return _folder(made, controller, today), made


def _folder(made: Imported, controller: str | None, today: date) -> dict[str, str]:
    texts = {**write_catalogue(made.catalogue), "sources.yaml": write_sources(made.sources)}
    if controller is not None:
        texts["rule.yaml"] = dump_yaml(plain(_of_one_controller(made.catalogue, controller, today)))
    return texts


def _of_one_controller(catalogue: Catalogue, controller: str, today: date) -> AttributionRule:
    return AttributionRule(
        id=f"{catalogue.name}-attribution",
        version=1,
        valid_from=today,
        rules=tuple(DatasetRule(dataset=dataset.name, controller=controller) for dataset in catalogue.datasets),
    )
