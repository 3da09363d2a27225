"""Describe: read a catalogue's texts, check them, and say what is the matter; make them of what others wrote."""

from collections.abc import Mapping
from datetime import date

from avrop.canonical import plain
from avrop.catalogue.checks import run_checks
from avrop.catalogue.datasets import Catalogue
from avrop.catalogue.files import read_catalogue, write_catalogue
from avrop.catalogue.findings import Finding
from avrop.catalogue.importing import Imported
from avrop.catalogue.imports import FORMS, USUAL
from avrop.catalogue.sources import write_sources
from avrop.catalogue.yamltext import dump_yaml
from avrop.disclosure.attribution import AttributionRule, DatasetRule


def describe(texts: Mapping[str, str]) -> tuple[Catalogue, tuple[Finding, ...]]:
    """The catalogue that the texts describe, and everything the checks find. Errors as `read_catalogue`."""
    catalogue = read_catalogue(texts)
    return catalogue, run_checks(catalogue)


def import_description(
    text: str, *, file: str, version: str, controller: str | None, today: date
) -> tuple[dict[str, str], Imported]:
    """The texts of a described catalogue's folder made of a configuration of another tool, and what became of it all.

    Beside the catalogue stands `sources.yaml`, for loads; and for a `controller`, `rule.yaml`: all rows are that one's.
    Errors: `import.*`, `document.unreadable` (Mistake).
    """
    made = FORMS[USUAL](text, file=file, version=version)
    texts = {**write_catalogue(made.catalogue), "sources.yaml": write_sources(made.sources)}
    if controller is not None:
        texts["rule.yaml"] = dump_yaml(plain(_of_one_controller(made.catalogue, controller, today)))
    return texts, made


def _of_one_controller(catalogue: Catalogue, controller: str, today: date) -> AttributionRule:
    return AttributionRule(
        id=f"{catalogue.name}-attribution",
        version=1,
        valid_from=today,
        rules=tuple(DatasetRule(dataset=dataset.name, controller=controller) for dataset in catalogue.datasets),
    )
