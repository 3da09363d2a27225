"""Programmes, programme areas and their subjects (LK20): which paths through upper secondary education make sense.

Source: Grep, the national curriculum database; shares and sexes as published (VIGO facts 3 and 5.2).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Programme:
    """A programme: weight among first-year pupils, women in thousandths, first year's area and its own subjects, and
    the second year's areas by weight."""

    code: str
    weight: int
    women: int
    first: str
    subjects: tuple[str, ...]
    second: tuple[tuple[str, int], ...]
    academic: bool = False


PROGRAMMES = (
    Programme("ST", 390, 560, "STUSP1", ("NAT1007", "GEO1003", "FSP6218"), (("STSSA2", 6), ("STREA2", 4)), True),
    Programme("ID", 65, 420, "IDRET1", ("NAT1007", "FSP6218", "IDR2018"), (("IDIDR2", 1),), True),
    Programme(
        "MD", 28, 690, "MDMDD1", ("NAT1007", "FSP6218", "MDD2002"), (("MDMUS2", 6), ("MDDAN2", 2), ("MDDRA2", 2)), True
    ),
    Programme("KD", 17, 800, "KDKDA1", ("NAT1007", "FSP6218", "KDA2007"), (("KDKDA2", 1),), True),
    Programme("ME", 16, 500, "MEMOK1", ("NAT1007", "FSP6218", "MOK2008"), (("MEMOK2", 1),), True),
    Programme(
        "BA", 68, 70, "BABAT1", ("MAT1111", "NAT1008", "BAT1005", "BAT1006"), (("BATMF2", 5), ("BARLF2", 3), ("BAANL2", 2))
    ),
    Programme(
        "EL", 80, 65, "ELELE1", ("MAT1113", "NAT1009", "ELE1006", "ELE1007"), (("ELELE2", 6), ("ELAUT2", 2), ("ELDEL2", 2))
    ),
    Programme("FD", 18, 900, "FDFBI1", ("MAT1115", "NAT1010", "FBI1001", "FBI1002"), (("FDFRI2", 8), ("FDBLD2", 2))),
    Programme("DT", 5, 700, "DTDTH1", ("MAT1119", "NAT1012", "DTH1001", "DTH1002"), (("DTDTR2", 1),)),
    Programme(
        "HS",
        120,
        800,
        "HSHSF1",
        ("MAT1117", "NAT1011", "HSF1006", "HSF1007", "HSF1008"),
        (("HSHEA2", 5), ("HSBUA2", 4), ("HSHES2", 1)),
    ),
    Programme(
        "IM", 24, 200, "IMIKM1", ("MAT1121", "NAT1013", "IKM1001", "IKM1002", "IKM1003"), (("IMITK2", 6), ("IMMED2", 4))
    ),
    Programme(
        "NA", 28, 550, "NANAB1", ("MAT1123", "NAT1014", "NAB1005", "NAB1006"), (("NALGA2", 4), ("NAHDF2", 4), ("NAAKV2", 2))
    ),
    Programme("RM", 22, 480, "RMRMF1", ("MAT1125", "NAT1015", "RMF1006", "RMF1007"), (("RMKOS2", 7), ("RMMPR2", 3))),
    Programme("SR", 38, 450, "SRSSR1", ("MAT1127", "NAT1016", "SSR1001", "SSR1002", "SSR1003"), (("SRSSR2", 1),)),
    Programme(
        "TP",
        95,
        140,
        "TPTIP1",
        ("MAT1129", "NAT1017", "TIP1006", "TIP1007", "TIP1008"),
        (("TPPIN2", 4), ("TPKJT2", 4), ("TPTOL2", 2)),
    ),
)

SUPPLEMENT = "PBPBY3"
"""The third year that gives vocational pupils admission to higher education."""

_FIRST_ACADEMIC = ("NOR1260", "ENG1007", "MAT1019", "SAK1001", "KRO1017")
_FIRST_VOCATIONAL = ("ENG1009", "ENG1010", "KRO1017")
_SECOND_ACADEMIC = ("NOR1264", "MAT1023", "HIS1009", "KRO1018", "FSP6219")
_SECOND_VOCATIONAL = ("NOR1262", "NOR1263", "KRO1018", "SAK1001")
_THIRD = ("NOR1267", "NOR1268", "NOR1269", "HIS1010", "REL1003", "KRO1019")

_OWN = {
    "STSSA2": ("SAM3072", "SAM3057", "SPR3029"),
    "STSSA3": ("REA3060", "REA3035"),
    "STREA3": ("REA3058", "REA3039"),
    "IDIDR2": ("IDR2019", "IDR2026", "IDR3014"),
    "IDIDR3": ("IDR2020", "IDR2027"),
    "MDMUS2": ("MUS2012", "MUS2013", "MUS2014"),
    "MDMUS3": ("MUS2015", "MUS2016"),
    "MDDAN2": ("DAN2010", "DAN2011", "DAN2012"),
    "MDDAN3": ("DAN2013", "DAN2014"),
    "MDDRA2": ("DRA2010", "DRA2011", "DRA2012"),
    "MDDRA3": ("DRA2013", "DRA2014"),
    "KDKDA2": ("KDA2008", "KDA2009", "KDA2010"),
    "KDKDA3": ("KDA2011", "KDA2012"),
    "MEMOK2": ("MOK2009", "MOK2010", "MOK2011"),
    "MEMOK3": ("MOK2012", "MOK2013"),
    "BATMF2": ("TMF2001", "TMF2002", "TMF2003", "TMF2004"),
    "ELELE2": ("ELE2005", "ELE2006", "ELE2007"),
    "HSHEA2": ("HEA2005", "HEA2006", "HEA2007", "HEA2008"),
    "HSBUA2": ("BUA2005", "BUA2006", "BUA2007", "BUA2008"),
    "SRSSR2": ("SSR2001", "SSR2002", "SSR2003"),
    "TPPIN2": ("PIN2005", "PIN2006", "PIN2007"),
    "TPKJT2": ("KJT2004", "KJT2005", "KJT2006"),
    "TPTOL2": ("TOL2001", "TOL2002", "TOL2003", "TOL2004"),
}
_WHOLE = {
    "STREA2": ("NOR1264", "HIS1009", "KRO1018", "FSP6219", "REA3056", "REA3038", "REA3045", "REA3048"),
    SUPPLEMENT: ("NOR1270", "NOR1271", "NOR1272", "MAT1151", "NAT1018", "HIS1011", "KRO1019", "REA3035"),
}


def _areas() -> dict[str, tuple[str, ...]]:
    subjects = dict(_WHOLE)
    for programme in PROGRAMMES:
        first = _FIRST_ACADEMIC if programme.academic else _FIRST_VOCATIONAL
        subjects[programme.first] = first + programme.subjects
        for second, _ in programme.second:
            common = _SECOND_ACADEMIC if programme.academic else _SECOND_VOCATIONAL
            subjects.setdefault(second, common + _OWN.get(second, ()))
            if programme.academic:
                third = third_year(second)
                subjects[third] = _THIRD + _OWN[third]
    return subjects


def third_year(second: str) -> str:
    """The third year's area after an academic second year."""
    return second[:5] + "3"


SUBJECTS = _areas()
"""Subjects by basic code of the programme area: four to eight of them."""

AREAS = tuple(sorted(SUBJECTS))
"""Basic codes of all programme areas that are used; their ten-position code ends with four hyphens."""
