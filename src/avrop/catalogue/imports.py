"""Which descriptions can be imported, and which sources read: the one module that knows their names."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

from avrop.canonical import is_writable, plain, read
from avrop.catalogue.datasets import Catalogue
from avrop.catalogue.dcat_told import MEDIA_TYPES, read_dcat
from avrop.catalogue.importing import Imported
from avrop.catalogue.kudaf_import import import_config
from avrop.catalogue.kudaf_told import read_document
from avrop.catalogue.told import Told
from avrop.errors import Mistake


def import_document(given: str, *, file: str, version: str = "") -> Imported:
    """A catalogue by its canonical document, with its own version. Errors (Mistake): `document.unreadable`;
    `import.signs`, with the line of the first escape of such a sign if it has one."""
    del version
    made = cast("Catalogue", read(Catalogue, given.encode(), what=file))
    if not is_writable(plain(made)):
        found = _ESCAPED.search(given)
        raise Mistake(
            "import.signs",
            "A text has a sign that no text can hold: a control character other than a tab or a line end.",
            hint="Take it out and try again.", file=file,
            **({"line": given.count("\n", 0, found.start()) + 1} if found else {}),
        )  # fmt: skip
    return Imported(catalogue=made, sources=(), report=())


_ESCAPED = re.compile(r"(?<!\\)(\\\\)*\\(?:u00(?:0[0-8bBcCeEfF]|1[0-9a-fA-F])|u[fF]{3}[eEfF]|[bf])")
"""How JSON writes such a sign: an even number of backslashes before stands for themselves."""


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
