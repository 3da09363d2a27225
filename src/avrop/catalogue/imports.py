"""Which descriptions can be imported: other tools', by the one module that knows their names, and our own document."""

from collections.abc import Callable, Mapping
from typing import cast

from avrop.canonical import read
from avrop.catalogue.datasets import Catalogue
from avrop.catalogue.importing import Imported
from avrop.catalogue.kudaf_import import import_config


def import_document(given: str, *, file: str, version: str = "") -> Imported:
    """A catalogue by its canonical document, with its own version. Errors (Mistake): `document.unreadable`."""
    del version
    return Imported(catalogue=cast("Catalogue", read(Catalogue, given.encode(), what=file)), sources=(), report=())


FORMS: Mapping[str, Callable[..., Imported]] = {
    "kudaf_datasource_tools": import_config,
    "document": import_document,
}
"""One line per form: given the text, its `file` name and the `version` to make."""

USUAL = "kudaf_datasource_tools"
"""The form that is read where none is named."""

DOCUMENT = "document"
"""The form of a `.json` file."""
