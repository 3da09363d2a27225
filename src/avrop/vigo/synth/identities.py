"""Identity numbers of nobody: month + 80, valid control digits, each used once, by enumeration and not by luck."""

from collections.abc import Iterator
from datetime import date, timedelta

from avrop.vigo.synth.draws import Whole, permutation

_FIRST = (3, 7, 6, 1, 8, 9, 4, 5, 2)
_SECOND = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)


def enumerate_numbers(birth: Whole, sex: Whole, seed: int) -> list[str]:
    """One number per person, for births of 2000–2039.

    `birth` is the date as days since 1970, `sex` 1 for men and 2 for women. People born on the same day and of the same
    sex take the day's numbers in a shuffled order. Raises ValueError when a day has no number left.
    """
    numbers = [""] * len(birth)
    left: dict[tuple[int, int], Iterator[str]] = {}
    for place in permutation(seed, "identity", len(birth)).tolist():
        key = (int(birth[place]), int(sex[place]))
        if key not in left:
            left[key] = _of_day(*key)
        number = next(left[key], None)
        if number is None:
            raise ValueError("a day of birth has no identity number left")
        numbers[place] = number
    return numbers


def control_digits(nine: str) -> str | None:
    """The two control digits of nine digits, or None where the number is not used."""
    digits = [int(c) for c in nine]
    first = -sum(w * d for w, d in zip(_FIRST, digits, strict=True)) % 11
    if first == 10:
        return None
    second = -sum(w * d for w, d in zip(_SECOND, [*digits, first], strict=True)) % 11
    return None if second == 10 else f"{first}{second}"


def _of_day(day: int, sex: int) -> Iterator[str]:
    born = date(1970, 1, 1) + timedelta(days=day)
    head = f"{born.day:02d}{born.month + 80:02d}{born.year % 100:02d}"
    for individual in range(999, 499, -1):
        control = control_digits(f"{head}{individual:03d}")
        if individual % 2 == sex % 2 and control is not None:
            yield f"{head}{individual:03d}{control}"
