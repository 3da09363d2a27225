"""How one cohort goes through school: first year, the year after, two years after, and what it has in the end."""

from itertools import pairwise

import duckdb

from avrop.catalogue.flows import Flow, Link, Stage
from avrop.catalogue.unittypes import Text

_COLUMNS = (
    ("academic", "vocational"), ("second", "abroad", "third", "again", "out"),
    ("third", "apprentice", "earlier", "out"), ("diploma", "certificate", "neither"),
)  # fmt: skip
"""The stages of `trekk`, the table of pictures.sql, column by column."""
_REACHED = ("diploma", "certificate")
_LABELS = {
    "academic": Text(nb="Vg1 studieforberedende", nn="Vg1 studieførebuande", en="Year 1, academic"),
    "vocational": Text(nb="Vg1 yrkesfag", nn="Vg1 yrkesfag", en="Year 1, vocational"),
    "second": Text(nb="Vg2", nn="Vg2", en="Year 2"),
    "abroad": Text(nb="Vg2 i utlandet", nn="Vg2 i utlandet", en="Year 2 abroad"),
    "third": Text(nb="Vg3", nn="Vg3", en="Year 3"),
    "again": Text(nb="Vg1 på nytt", nn="Vg1 på nytt", en="Year 1 again"),
    "earlier": Text(nb="Lavere trinn", nn="Lågare trinn", en="An earlier year"),
    "apprentice": Text(nb="Lærling", nn="Lærling", en="Apprentice"),
    "out": Text(nb="Ute", nn="Ute", en="Out of school"),
    "diploma": Text(nb="Vitnemål", nn="Vitnemål", en="Diploma"),
    "certificate": Text(nb="Fagbrev", nn="Fagbrev", en="Trade certificate"),
    "neither": Text(nb="Ingen av delene", nn="Ingen av delane", en="Neither yet"),
}


def school_way(database: duckdb.DuckDBPyConnection, *, profile: str, seed: int) -> Flow:
    """The flow of the cohort that the report tells of; `database` is that of `fidelity.measured`."""
    (cohort,) = database.execute("SELECT aar FROM kull").fetchall()[0]
    links = [
        Link(column=column, start=start, end=end, people=people)
        for column, (left, right) in enumerate(pairwise("abcd"))
        for start, end, people in database.execute(
            f"SELECT {left}, {right}, count(*) FROM trekk GROUP BY ALL ORDER BY ALL"
        ).fetchall()
    ]
    columns = tuple(tuple(Stage(key=key, label=_LABELS[key], reached=key in _REACHED) for key in c) for c in _COLUMNS)
    return Flow(profile=profile, seed=seed, cohort=cohort, columns=columns, links=tuple(links))
