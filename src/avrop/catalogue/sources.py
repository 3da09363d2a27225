"""The source map: which file or table feeds which dataset, and which of its columns which variable.

It is written beside a catalogue and is no part of it: where a provider keeps its rows is not published. In YAML:

    - dataset: ANSWER
      source: /data/answers.csv            or postgresql:schema.table
      delimiter: ";"
      columns: {PERSON_ID: Id, ANSWER: Svar}
"""

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import Field

from avrop.canonical import build, document, plain
from avrop.catalogue.yamltext import dump_yaml, load_yaml, place_in
from avrop.errors import Mistake


@document
class SourceTable:
    """One file or table. `columns` pairs each variable with the column that feeds it; no other column is read."""

    dataset: str
    source: str
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    columns: tuple[tuple[str, str], ...]


def read_sources(text: str, *, file: str) -> tuple[SourceTable, ...]:
    """The tables that the text describes. Errors (Mistake): `sources.yaml`, `sources.form`, `document.unreadable`."""
    values = load_yaml(text, file=file, code="sources.yaml")
    if not isinstance(values, list):
        raise Mistake("sources.form", "A source map is a list of tables.", hint="Begin with `- dataset:`.", file=file)
    tables: tuple[SourceTable, ...] = build(
        tuple[SourceTable, ...], [_pairs(value) for value in values], what=file, place=place_in(text)
    )
    return tables


def _pairs(value: Any) -> Any:
    if isinstance(value, dict) and isinstance(value.get("columns"), dict):
        return {**value, "columns": list(value["columns"].items())}
    return value


def write_sources(tables: Sequence[SourceTable]) -> str:
    """The text that describes the tables; reading it gives them back."""
    return dump_yaml([{**plain(table), "columns": dict(table.columns)} for table in tables])
