"""The 19 counties of 2017 as base areas, and the codes of county and municipality on a day.

Nothing later can be coarser than these areas, so every later code follows from the area and the day. Municipalities
that changed county by themselves are not among those that are used here. Source: Statistics Norway's Klass 104 and 131.
"""

from datetime import date

import numpy as np

from avrop.vigo.simulator.draws import Ints

BASES = (
    "01",
    "02",
    "03",
    "04",
    "05",
    "06",
    "07",
    "08",
    "09",
    "10",
    "11",
    "12",
    "14",
    "15",
    "16",
    "17",
    "18",
    "19",
    "20",
)
_POSITION = {code: place for place, code in enumerate(BASES)}


def day(year: int, month: int, number: int) -> int:
    """Days since 1 January 1970."""
    return (date(year, month, number) - date(1970, 1, 1)).days


def workday(days: Ints) -> Ints:
    """Each day, or the Friday before it where it is of a weekend."""
    weekday = (days + 3) % 7
    return np.where(weekday >= 5, days - (weekday - 4), days)


def first_offers(year: int) -> int:
    """The day on which the joint admission offers places, in days since 1 January 1970."""
    return day(year, 7, 8)


_EDGES = np.array([day(2018, 1, 1), day(2020, 1, 1), day(2024, 1, 1)])
_PERIODS = len(_EDGES) + 1

_MERGED = {
    "01": (1, 30, 31), "02": (2, 30, 32), "04": (4, 34, 34), "05": (5, 34, 34), "06": (6, 30, 33), "07": (7, 38, 39),
    "08": (8, 38, 40), "09": (9, 42, 42), "10": (10, 42, 42), "12": (12, 46, 46), "14": (14, 46, 46),
    "19": (19, 54, 55), "20": (20, 54, 56), "16": (50, 50, 50), "17": (50, 50, 50),
}  # fmt: skip
_COUNTY = np.array([(int(base), *_MERGED.get(base, (int(base),) * 3)) for base in BASES], dtype=np.int64)
"""County number by area and period: until 2018, 2020 and 2024, and since."""

MUNICIPALITIES: dict[str, tuple[tuple[int, int, int, int, int], ...]] = {
    "01": ((104, 104, 3002, 3103, 30), (105, 105, 3003, 3105, 35), (106, 106, 3004, 3107, 35)),
    "02": ((219, 219, 3024, 3201, 35), (220, 220, 3025, 3203, 30), (231, 231, 3030, 3205, 35)),
    "03": ((301, 301, 301, 301, 1),),
    "04": ((403, 403, 3403, 3403, 5), (402, 402, 3401, 3401, 3), (427, 427, 3420, 3420, 3)),
    "05": ((501, 501, 3405, 3405, 5), (502, 502, 3407, 3407, 5)),
    "06": ((602, 602, 3005, 3301, 60), (604, 604, 3006, 3303, 20), (605, 605, 3007, 3305, 20)),
    "07": ((701, 701, 3801, 3901, 3), (704, 704, 3803, 3905, 6)),
    "08": ((805, 805, 3806, 4001, 4), (806, 806, 3807, 4003, 6), (807, 807, 3808, 4005, 1)),
    "09": ((904, 904, 4202, 4202, 3), (906, 906, 4203, 4203, 6)),
    "10": ((1001, 1001, 4204, 4204, 9), (1004, 1004, 4207, 4207, 1)),
    "11": ((1103, 1103, 1103, 1103, 50), (1102, 1102, 1108, 1108, 30), (1106, 1106, 1106, 1106, 15),
           (1101, 1101, 1101, 1101, 5)),
    "12": ((1201, 1201, 4601, 4601, 80), (1219, 1219, 4613, 4613, 4), (1235, 1235, 4621, 4621, 6),
           (1247, 1247, 4627, 4627, 10)),
    "14": ((1401, 1401, 4602, 4602, 5), (1420, 1420, 4640, 4640, 4)),
    "15": ((1502, 1502, 1506, 1506, 4), (1504, 1504, 1507, 1508, 6), (1520, 1520, 1520, 1520, 1)),
    "16": ((1601, 5001, 5001, 5001, 90), (1653, 5028, 5028, 5028, 10)),
    "17": ((1714, 5035, 5035, 5035, 5), (1719, 5037, 5037, 5037, 5)),
    "18": ((1804, 1804, 1804, 1804, 5), (1805, 1805, 1806, 1806, 2), (1833, 1833, 1833, 1833, 3)),
    "19": ((1902, 1902, 5401, 5501, 95), (1911, 1911, 5411, 5510, 5)),
    "20": ((2012, 2012, 5403, 5601, 5), (2004, 2004, 5406, 5603, 3), (2030, 2030, 5444, 5605, 3)),
}  # fmt: skip
"""For each area a few municipalities: the code in each period, and a weight."""

_MUNICIPALITY = np.full((len(BASES), 4, _PERIODS), -1, dtype=np.int64)
for _place, _base in enumerate(BASES):
    for _slot, _row in enumerate(MUNICIPALITIES[_base]):
        _MUNICIPALITY[_place, _slot] = _row[:_PERIODS]

_NEIGHBOURS = {
    "01": "02", "02": "03 01 06 05", "03": "02", "04": "05 02 16", "05": "04 06 02 15", "06": "02 07 08 05",
    "07": "06 08", "08": "07 06 09", "09": "10 08", "10": "09 11", "11": "10 12", "12": "11 14 06", "14": "12 15",
    "15": "14 16 05", "16": "17 15 04", "17": "16 18", "18": "17 19", "19": "18 20", "20": "19",
}  # fmt: skip
NEIGHBOURS = tuple(tuple(_POSITION[code] for code in _NEIGHBOURS[base].split()) for base in BASES)
_NEAR = np.array([[near[place % len(near)] for place in range(4)] for near in NEIGHBOURS])


def place(base: str) -> int:
    """The position of a base area. Errors: KeyError."""
    return _POSITION[base]


def counties(areas: Ints, days: Ints | int) -> Ints:
    """The county number in force, for each area and day."""
    found: Ints = _COUNTY[areas, np.searchsorted(_EDGES, days, side="right")]
    return found


def today(areas: Ints) -> Ints:
    """The number of the county that answers for each area since 2024."""
    found: Ints = _COUNTY[areas, -1]
    return found


def municipalities(areas: Ints, slots: Ints, days: Ints | int) -> Ints:
    """The municipality number in force, for each area, its municipality and day."""
    found: Ints = _MUNICIPALITY[areas, slots, np.searchsorted(_EDGES, days, side="right")]
    return found


def neighbours(areas: Ints, draw: Ints) -> Ints:
    """A neighbouring area for each, by a draw below 4."""
    found: Ints = _NEAR[areas, draw]
    return found


def renamed(year: int) -> dict[int, int]:
    """County numbers that came on 1 January of a year, each with one that it took over from; empty for most years."""
    if day(year, 1, 1) not in _EDGES:
        return {}
    period = int(np.searchsorted(_EDGES, day(year, 1, 1), side="right"))
    pairs = zip(_COUNTY[:, period].tolist(), _COUNTY[:, period - 1].tolist(), strict=True)
    return {new: old for new, old in reversed(list(pairs)) if new != old}


def changes(first: int, last: int) -> tuple[int, ...]:
    """Days within [first, last] on which codes change."""
    return tuple(int(edge) for edge in _EDGES if first <= edge <= last)
