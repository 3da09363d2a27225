"""Which descriptions can be imported, and which sources read: the one module that knows their names."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

from avrop.canonical import read
from avrop.catalogue.datasets import Catalogue
from avrop.catalogue.dcat_told import MEDIA_TYPES, read_dcat
from avrop.catalogue.importing import Imported
from avrop.catalogue.kudaf_import import import_config
from avrop.catalogue.kudaf_told import read_document
from avrop.catalogue.told import Told
from avrop.errors import Mistake


def import_document(given: str, *, file: str, version: str = "") -> Imported:
    """A catalogue by its canonical document, with its own version. Errors (Mistake): `document.unreadable`;
    `import.number_zero` with the line."""
    del version
    made = cast("Catalogue", read(Catalogue, given.encode(), what=file))
    if (found := _NUMBER_0.search(given)) is not None:
        raise Mistake(
            "import.number_zero", "A text has the character of number 0 in it, which no text can hold.",
            hint="Take it out and try again.", file=file, line=given.count("\n", 0, found.start()) + 1,
        )  # fmt: skip
    return Imported(catalogue=made, sources=(), report=())


_NUMBER_0 = re.compile(r"(?<!\\)(\\\\)*\\u0000")
"""The only way to write that character in JSON: an even number of backslashes before stands for themselves."""


@dataclass(frozen=True)
class Reader:
    """How to ask for another provider's catalogue, and to read the answer: text, its `media_type` and a `title`."""

    accept: str
    read: Callable[..., Told]


READERS: Mapping[str, Reader] = {
    "variables": Reader("application/json", read_document),
    "dcat": Reader(", ".join(MEDIA_TYPES), read_dcat),
}
"""One line per form that a source may have."""

FORMS: Mapping[str, Callable[..., Imported]] = {
    "kudaf_datasource_tools": import_config,
    "document": import_document,
}
"""One line per form: given the text, its `file` name and the `version` to make."""

USUAL = "kudaf_datasource_tools"
"""The form that is read where none is named."""

DOCUMENT = "document"
"""The form of a `.json` file."""
