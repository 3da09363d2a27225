"""The merge of the slices of a grant: what is served. A merge may only coarsen or drop, so that levels are alike."""

from avrop.canonical import document
from avrop.disclosure.operators import Column, Generalise


@document
class MergeSource:
    """One slice's part of a merged table: its plan's digest, and the further steps that make its levels alike."""

    controller: str
    slice_plan: str
    generalise: tuple[Generalise, ...] = ()


@document
class MergeTable:
    """One merged table: the columns common to all its sources, sorted by pseudonym and then by every column."""

    name: str
    columns: tuple[Column, ...]
    sources: tuple[MergeSource, ...]


@document
class MergePlan:
    """How a grant's extracts become one generation. Its digest stands in the manifest."""

    call_off: str
    tables: tuple[MergeTable, ...]
