"""Programmes, programme areas and their subjects (LK20): which paths through upper secondary education make sense.

A selection, all of it in the catalogue's code lists. Source: Grep, the national curriculum database; shares and sexes
as published (VIGO facts 3 and 5.2). Vocational pupils take the common subjects that academic ones take, as they may.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Programme:
    """A programme: weight among first-year pupils, women in thousandths, the first year's area, and the second
    year's areas by weight. An academic programme goes on to a third year of the same name."""

    code: str
    weight: int
    women: int
    first: str
    second: tuple[tuple[str, int], ...]
    academic: bool = False


PROGRAMMES = (
    Programme("ST", 400, 560, "STUSP1", (("STSSA2", 6), ("STREA2", 4)), academic=True),
    Programme("ID", 70, 420, "IDRET1", (("IDIDR2", 1),), academic=True),
    Programme("MD", 35, 690, "MDMDD1", (("MDMUS2", 1),), academic=True),
    Programme("BA", 75, 70, "BABAT1", (("BATMF2", 6), ("BARLF2", 4))),
    Programme("EL", 95, 65, "ELELE1", (("ELELE2", 8), ("ELDEL2", 2))),
    Programme("HS", 145, 800, "HSHSF1", (("HSHEA2", 6), ("HSBUA2", 4))),
    Programme("NA", 35, 550, "NANAB1", (("NALGA2", 1),)),
    Programme("RM", 30, 480, "RMRMF1", (("RMKOS2", 1),)),
    Programme("TP", 115, 140, "TPTIP1", (("TPPIN2", 5), ("TPKJT2", 5))),
)

SUPPLEMENT = "PBPBY3"
"""The third year that gives vocational pupils admission to higher education."""

_FIRST = ("NOR1260", "ENG1007", "MAT1019", "KRO1017", "NAT1007", "SAK1001", "GEO1003")
_FIRST_VOCATIONAL = ("ENG1009", "KRO1017", "MAT1019", "NAT1007")
_SECOND = ("NOR1264", "HIS1009", "MAT1023", "KRO1018", "REA3035")
_SECOND_VOCATIONAL = ("NOR1262", "KRO1018", "SAK1001", "MAT1023")
_THIRD = ("NOR1267", "HIS1010", "REL1003", "KRO1019")

SUBJECTS: dict[str, tuple[str, ...]] = {
    "STUSP1": _FIRST,
    "IDRET1": _FIRST,
    "MDMDD1": _FIRST,
    "BABAT1": (*_FIRST_VOCATIONAL, "BAT1005"),
    "ELELE1": (*_FIRST_VOCATIONAL, "ELE1006"),
    "HSHSF1": (*_FIRST_VOCATIONAL, "HSF1006"),
    "NANAB1": _FIRST_VOCATIONAL,
    "RMRMF1": _FIRST_VOCATIONAL,
    "TPTIP1": (*_FIRST_VOCATIONAL, "TIP1006"),
    "STSSA2": _SECOND,
    "STREA2": ("NOR1264", "HIS1009", "REA3056", "KRO1018", "REA3038", "REA3045", "REA3035"),
    "IDIDR2": _SECOND,
    "MDMUS2": _SECOND,
    "BATMF2": _SECOND_VOCATIONAL,
    "BARLF2": _SECOND_VOCATIONAL,
    "ELELE2": _SECOND_VOCATIONAL,
    "ELDEL2": _SECOND_VOCATIONAL,
    "HSHEA2": (*_SECOND_VOCATIONAL, "HEA2005"),
    "HSBUA2": _SECOND_VOCATIONAL,
    "NALGA2": _SECOND_VOCATIONAL,
    "RMKOS2": _SECOND_VOCATIONAL,
    "TPPIN2": _SECOND_VOCATIONAL,
    "TPKJT2": _SECOND_VOCATIONAL,
    "STSSA3": (*_THIRD, "REA3035"),
    "STREA3": (*_THIRD, "REA3045", "REA3038"),
    "IDIDR3": _THIRD,
    "MDMUS3": _THIRD,
    SUPPLEMENT: ("NOR1270", "MAT1151", "NAT1018", "KRO1019", "REA3035"),
}
"""Subjects by basic code of the programme area; the ten-position code ends with four hyphens."""

AREAS = tuple(SUBJECTS)

WRITTEN_BY_ALL = frozenset({"NOR1267", "NOR1270"})
"""Subjects in which everybody has an exam."""


def third_year(second: str) -> str:
    """The third year's area after an academic second year."""
    return second[:5] + "3"
