"""How people flow through stages, told of simulated people: what shows why joined data are worth asking for."""

from typing import cast

from avrop.canonical import document, read
from avrop.catalogue.unittypes import Text


@document
class Stage:
    """One stage of a column; `reached` says whether it is what one set out for."""

    key: str
    label: Text
    reached: bool = False


@document
class Link:
    """So many people go from a stage of the column with that number to one of the next."""

    column: int
    start: str
    end: str
    people: int


@document
class Flow:
    """Those of one cohort of a simulated run, by its profile and seed, through the columns from left to right."""

    profile: str
    seed: int
    cohort: int
    columns: tuple[tuple[Stage, ...], ...]
    links: tuple[Link, ...]

    @property
    def people(self) -> int:
        """All of them."""
        return sum(link.people for link in self.links if link.column == 0)

    @property
    def reached(self) -> int:
        """Those who end in a stage that one set out for."""
        wanted = {stage.key for stage in self.columns[-1] if stage.reached}
        last = len(self.columns) - 2
        return sum(link.people for link in self.links if link.column == last and link.end in wanted)


def read_flow(text: str) -> Flow:
    """What a pack brings. Errors (Mistake): `document.unreadable`."""
    return cast("Flow", read(Flow, text.encode(), what="The flow"))
