"""The closed list of operators that a plan is made of. Nothing else can be run.

Each operator maps one relation to the next. What differs from run to run (which snapshot, who approves today, who is
on a list, which pseudonyms) is not in the plan: the plan names it, and `disclosure.binding` supplies it, so that the
digest of a plan says what a controller decided and nothing that changes by the hour.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from avrop.canonical import document, unsaid
from avrop.catalogue.variables import DataType, Step
from avrop.disclosure.attribution import UnattributableWhen


@document
class Column:
    """A column and its type as stored."""

    name: str
    type: DataType


@document
class Scan:
    """Read exactly these columns of a dataset of the bound snapshot."""

    dataset: str
    columns: tuple[Column, ...]
    op: Literal["scan"] = "scan"


@document
class Origin:
    """Keep the rows whose origin is this controller: mapped by `successors`, none if unattributable. The origin stands
    in `column`, or is `owner` for all rows."""

    column: str | None = None
    owner: Annotated[str | None, Field(exclude_if=unsaid)] = None
    controller: str
    successors: tuple[tuple[str, str], ...] = ()
    unattributable_when: tuple[UnattributableWhen, ...] = ()
    op: Literal["origin"] = "origin"


@document
class Claimants:
    """Keep the rows all of whose claimants approve today (bound), on the row's own `time` where a claimant approved a
    shorter period. A null claimant claims nothing."""

    columns: tuple[str, ...]
    successors: tuple[tuple[str, str], ...] = ()
    time: str | None = None
    op: Literal["claimants"] = "claimants"


@document
class Exclude:
    """Drop the rows of people on the bound list of that name (`protected`, `objecting`)."""

    column: str
    list: str
    op: Literal["exclude"] = "exclude"


@document
class Window:
    """Keep the rows whose date is in [start, end); a null date is outside."""

    column: str
    start: date
    end: date
    op: Literal["window"] = "window"


@document
class Where:
    """Keep the rows whose text is one of these."""

    column: str
    values: tuple[str, ...]
    op: Literal["where"] = "where"


@document
class Within:
    """Keep the rows whose person occurs in an earlier table of the same slice plan, as it stands before it is
    pseudonymised."""

    column: str
    table: str
    op: Literal["within"] = "within"


@document
class Lookup:
    """Add columns of a register, found by person, in place of columns of the same name; null where the register has no
    such person. The register's key is unique: two rows of one person are a fault and stop the run."""

    dataset: str
    on: str
    key: str
    columns: tuple[Column, ...]
    op: Literal["lookup"] = "lookup"


@document
class Generalise:
    """Replace a column by the steps of its ladder, one after the other; the result is text."""

    column: str
    steps: tuple[Step, ...]
    op: Literal["generalise"] = "generalise"


@document
class Pseudonymise:
    """Replace an identifier by its pseudonym in this scope. A null or unmapped identifier stops the run."""

    column: str
    scope: str
    op: Literal["pseudonymise"] = "pseudonymise"


@document
class Select:
    """Keep exactly these columns, in this order, as (column, new name)."""

    columns: tuple[tuple[str, str], ...]
    op: Literal["select"] = "select"


@document
class Dedupe:
    """Keep one of each group of wholly equal rows."""

    op: Literal["dedupe"] = "dedupe"


@document
class Order:
    """Sort ascending by these columns, nulls last, text by code point."""

    columns: tuple[str, ...]
    op: Literal["order"] = "order"


Operator = Annotated[
    Scan
    | Origin
    | Claimants
    | Exclude
    | Window
    | Where
    | Within
    | Lookup
    | Generalise
    | Pseudonymise
    | Select
    | Dedupe
    | Order,
    Field(discriminator="op"),
]


@document
class TablePlan:
    """How one output table is made: a scan, then operators in order. `output` is what comes out, with final types."""

    name: str
    operators: tuple[Operator, ...]
    output: tuple[Column, ...]


@document
class SlicePlan:
    """What one controller would let out: rows, columns, levels and period as exact operators, sealed by its digest.

    `scope` is the pseudonym scope; `version`, `catalogue` and `rule` are the digests of what it was compiled from.
    """

    call_off: str
    controller: str
    version: str
    catalogue: str
    rule: str
    scope: str
    tables: tuple[TablePlan, ...]
    format: Literal[1] = 1


@document
class ClassPlan:
    """How exposed the people of one slice are in one scenario: the person-level path through `columns`, ordered by
    `sequence`, counted. `table` ends before pseudonymisation and has `person`, `sequence` and `columns`."""

    scenario: str
    controller: str
    table: TablePlan
    person: str
    sequence: str
    columns: tuple[str, ...]
