"""Exposure from class counts: how many people share their path with how many others. Whole numbers only."""

from collections.abc import Mapping

from avrop.canonical import document


@document
class Exposure:
    """One group of people in one scenario.

    `unique`: people alone on their path; `small`: people on paths shared by fewer than k (the unique among them);
    `smallest`: size of the smallest class; `classes`: how many different paths there are.
    """

    people: int
    classes: int
    unique: int
    small: int
    smallest: int

    @property
    def unique_per_mille(self) -> int:
        """People alone on their path, in a thousand, rounded up: never zero while there is one."""
        return -(-1000 * self.unique // self.people) if self.people else 0


def exposure(classes: Mapping[int, int], *, k: int) -> Exposure:
    """From the number of classes by size. Adding groups can only make classes larger, so a group's own figures are a
    safe bound for the whole.

    >>> exposure({1: 2, 3: 1, 9: 1}, k=5)
    Exposure(people=14, classes=4, unique=2, small=5, smallest=1)
    """
    return Exposure(
        people=sum(size * count for size, count in classes.items()),
        classes=sum(classes.values()),
        unique=classes.get(1, 0),
        small=sum(size * count for size, count in classes.items() if size < k),
        smallest=min(classes, default=0),
    )
