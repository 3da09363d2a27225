"""What the upload to KUDAF has no place for and a commons that is an Avrop takes: what is told about each dataset."""

from collections.abc import Mapping
from typing import Any

from avrop.canonical import plain
from avrop.catalogue.commons import About, Period
from avrop.catalogue.datasets import Catalogue, Dataset
from avrop.catalogue.dcat import NORWAY
from avrop.catalogue.publishing import Publishing


def about_bodies(catalogue: Catalogue, publishing: Publishing) -> Mapping[str, Mapping[str, Any]]:
    """The body for each dataset, by the id that it is uploaded with."""
    subjects = {each.dataset: each.terms for each in publishing.subjects}
    return {
        f"{catalogue.name}.{dataset.name}": plain(
            About(
                themes=tuple(dict.fromkeys((*publishing.themes, *subjects.get(dataset.name, ())))),
                access_rights=publishing.access,
                legislation=tuple(law.iri for law in publishing.laws),
                spatial=(NORWAY.text,),
                temporal=_period(catalogue, dataset),
            )
        )
        for dataset in catalogue.datasets
    }


def _period(catalogue: Catalogue, dataset: Dataset) -> Period | None:
    days = [day for name in dataset.variables if (day := catalogue.variable(name).since)]
    return Period(start=min(days)) if days else None
