"""kudaf_datasource_tools' configuration → a catalogue that a person can edit, a source map, and a report of both.

One dataset per data file, identifier and pair of dates. A variable keeps its name; its identifier and its dates become
variables of the dataset. Nothing is dropped in silence: what has no place is in the report.
"""

from avrop.catalogue.importing import Carried, Imported, Notes
from avrop.catalogue.kudaf_making import Making
from avrop.catalogue.kudaf_reading import read_config
from avrop.catalogue.kudaf_tables import say_of_file, tables
from avrop.errors import Mistake


def import_config(given: str, *, file: str, version: str = "1") -> Imported:
    """What the configuration describes.

    Errors (Mistake): `import.yaml` with file, line and column; `import.form`; `import.nothing` where no variable can be
    carried; `document.unreadable` with the place of each fault.
    """
    config, notes = read_config(given, file=file), Notes()
    say_of_file(config, notes)
    making = Making(config, notes)
    for table in tables(config, notes):
        making.add(table)
    if not making.datasets:
        raise Mistake("import.nothing", "No variable of the file has columns to read.", hint="Give it a dataMapping.")
    return Imported(catalogue=making.catalogue(version), sources=tuple(making.sources), report=_sorted(notes))


def _sorted(notes: Notes) -> tuple[Carried, ...]:
    order = ("left out", "question", "changed", "carried")
    return tuple(sorted(notes, key=lambda note: order.index(note.what)))
