"""How a variable's values are spread among simulated people, and how far each of its levels points somebody out.

Made beforehand from a pack's simulator, so that nothing here can read a row: a pack brings it as a text.
"""

from typing import Literal, cast

from avrop.canonical import document, read

SMALL = 5
"""People of one value who are fewer than this stand out."""


@document
class Bar:
    """A value, a band of values or a year, and how many rows have it."""

    value: str
    rows: int


@document
class Standing:
    """One level of a variable's ladder: how many people have a value that nobody else has, and how many one that fewer
    than five have; and both among people of the same sex who were born in the same year."""

    level: str
    alone: int
    few: int
    alone_near: int
    few_near: int


@document
class Distribution:
    """One variable in the dataset that it was taken from: rows, how many of them are empty, people with a value.

    `bars` are the most frequent codes, or bands or years in their order; `others` how many rows have other values.
    """

    variable: str
    dataset: str
    kind: Literal["codes", "bands", "years", "texts"]
    rows: int
    empty: int
    people: int
    values: int
    bars: tuple[Bar, ...]
    others: int
    standings: tuple[Standing, ...]


@document
class Distributions:
    """Those of one simulated run: its profile and seed, its first and last year, its people."""

    catalogue: str
    profile: str
    seed: int
    first: int
    last: int
    people: int
    variables: tuple[Distribution, ...]

    def of(self, name: str) -> Distribution | None:
        """That variable's, if it has one."""
        return next((each for each in self.variables if each.variable == name), None)


def read_distributions(text: str) -> Distributions:
    """What a pack brings. Errors (Mistake): `document.unreadable`."""
    return cast("Distributions", read(Distributions, text.encode(), what="The distributions"))
