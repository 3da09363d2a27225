"""Which numbers of eleven digits could belong to somebody: by date, series and control digits.

Sources: the population register's rules of today, and those from 2032, when the first control may leave 0 to 3; NAV's
validator for the series that health services and test populations use. A month with 80 added is of Skatteetaten's
synthetic population, and nobody's; one with 40 added is used for real people by health services.
"""

from datetime import date

_FIRST, _SECOND = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1), (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
DIGITS = 11
"""How many a number has."""


def kind(number: str) -> str | None:
    """What a number of eleven digits would be, or None if it can be nobody's.

    `national`, `d-number`, `h-number`, `d-and-h-number`, `provisional` (VIGO's own, of a real pupil).
    """
    day, month = int(number[:2]), int(number[2:4])
    d_number, h_number = day > 40, 40 < month <= 52
    born = (int(number[4:6]), month - 40 * h_number, day - 40 * d_number)
    if not _is_day(*born) or not _controlled(number):
        return None
    if d_number and number[6] == "9" and not h_number:
        return "provisional"
    return {(0, 0): "national", (1, 0): "d-number", (0, 1): "h-number", (1, 1): "d-and-h-number"}[d_number, h_number]


def with_zero(number: int) -> str | None:
    """A whole number as eleven digits, if it can be one: the first zero of a day up to the ninth is lost in it."""
    text = f"{number:0{DIGITS}d}"
    return text if number >= 10 ** (DIGITS - 2) and len(text) == DIGITS else None


def _is_day(year: int, month: int, day: int) -> bool:
    """Whether there was such a day in any century: 29 February is one of 1900 to 1999 or 2000 to 2099."""
    try:
        date(2000 + year, month, day)
    except ValueError:
        return False
    return True


def _controlled(number: str) -> bool:
    digits = [int(digit) for digit in number]
    first = sum(weight * digit for weight, digit in zip(_FIRST, digits, strict=False)) % 11
    return first <= 3 and sum(weight * digit for weight, digit in zip(_SECOND, digits, strict=True)) % 11 == 0
