"""One controller's share of a call-off: the terms on which it would let its rows out."""

from datetime import date

from avrop.actors import OrganisationId
from avrop.canonical import Digest, document


@document
class Coarsening:
    """This variable at this coarser level."""

    dataset: str
    variable: str
    level: str


@document
class SliceTerms:
    """What a controller narrows, compared with what was asked. Terms can only narrow: coarsen, drop, shorten."""

    coarsen: tuple[Coarsening, ...] = ()
    drop: tuple[tuple[str, str], ...] = ()
    period_start: date | None = None
    period_end: date | None = None


@document
class Slice:
    """A controller, the call-off version, and its terms: what `disclosure.plan.compile_slice` compiles."""

    call_off: str
    version: Digest
    controller: OrganisationId
    terms: SliceTerms = SliceTerms()
