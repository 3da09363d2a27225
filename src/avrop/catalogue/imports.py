"""Which other tools' descriptions can be imported: the one module that knows their names."""

from collections.abc import Callable, Mapping

from avrop.catalogue.importing import Imported
from avrop.catalogue.kudaf_import import import_config

FORMS: Mapping[str, Callable[..., Imported]] = {"kudaf_datasource_tools": import_config}
"""One line per tool: given the text, its `file` name and the `version` to make."""

USUAL = "kudaf_datasource_tools"
"""The form that is read where none is named."""
