"""The fifteen counties: pupils, schools, neighbours and municipalities, as weights for the simulator.

Source: Statistics Norway's Klass 104 and 131; pupils and schools as published for 2025-2026 (VIGO facts 4.1).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class County:
    """A county; the schools are made up and only their number is real."""

    code: str
    pupils: int
    schools: int
    neighbours: tuple[str, ...]
    municipalities: tuple[str, ...]


COUNTIES = (
    County("03", 22_989, 46, ("32",), ("0301",)),
    County("11", 19_390, 39, ("42", "46"), ("1103", "1108", "1106", "1101")),
    County("15", 9_631, 24, ("34", "46", "50"), ("1508", "1506", "1505")),
    County("18", 7_741, 21, ("50", "55"), ("1804", "1833", "1806")),
    County("31", 11_261, 20, ("32",), ("3107", "3105", "3103")),
    County("32", 26_037, 42, ("03", "31", "33", "34"), ("3201", "3203", "3205")),
    County("33", 9_247, 19, ("32", "34", "39", "40"), ("3301", "3305", "3303")),
    County("34", 12_699, 28, ("15", "32", "33", "50"), ("3403", "3407", "3405")),
    County("39", 9_131, 15, ("33", "40"), ("3905", "3901", "3903")),
    County("40", 5_928, 13, ("33", "39", "42"), ("4003", "4001", "4005")),
    County("42", 12_386, 27, ("11", "40"), ("4204", "4203", "4202")),
    County("46", 22_706, 56, ("11", "15", "34"), ("4601", "4602", "4613")),
    County("50", 16_753, 41, ("15", "18", "34"), ("5001", "5006", "5007")),
    County("55", 5_590, 16, ("18", "56"), ("5501", "5503", "5510")),
    County("56", 2_320, 11, ("55",), ("5601", "5603", "5605")),
)

POSITION = {county.code: position for position, county in enumerate(COUNTIES)}

LANGUAGES = (
    ("no", 838),
    ("en", 14),
    ("pl", 34),
    ("lt", 12),
    ("uk", 22),
    ("so", 16),
    ("ar", 26),
    ("ti", 10),
    ("ur", 10),
    ("vi", 7),
    ("tr", 8),
)
"""First languages by weight; Northern Sami by county, in thousandths."""

SAMI_PERMILLE = {"56": 80, "55": 12, "18": 4}


def apportion(people: int) -> list[int]:
    """People per county in proportion to its pupils, at least one in each; the largest remainders get the rest."""
    spare = people - len(COUNTIES)
    total = sum(county.pupils for county in COUNTIES)
    counts = [1 + spare * county.pupils // total for county in COUNTIES]
    remainders = sorted(range(len(COUNTIES)), key=lambda place: -(spare * COUNTIES[place].pupils % total))
    for place in remainders[: people - sum(counts)]:
        counts[place] += 1
    return counts
