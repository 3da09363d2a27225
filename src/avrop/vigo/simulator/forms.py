"""The tables: their columns, in the order in which they are written, and what identifies a row.

Names are those of the registration handbook, as VIGO's own people use them. A row's `base` is the county's base that
it was found in, by the county of today; copies of one row have the same id in other bases.
"""

from collections.abc import Mapping

import numpy as np

from avrop.vigo.simulator.abilities import LOWER_SUBJECTS, PARENTS
from avrop.vigo.simulator.columns import COUNT, DAYS, HUNDREDTHS, ID, REFERENCE, TENTHS, WORDS, Column, code, digits
from avrop.vigo.simulator.curriculum import PROGRAMMES, REFORM, curriculum
from avrop.vigo.simulator.draws import Flags, Ints

COUNTIES = tuple(
    f"{number:02d}"
    for number in (*range(1, 13), *range(14, 21), *range(30, 35), 38, 39, 40, 42, 46, 50, 54, 55, 56)
)  # fmt: skip
FIRST, LAST = 2006, 2035
SCHOOL_YEARS = tuple(f"{year}-{year + 1}" for year in range(FIRST, LAST))
_BOOK = curriculum()
_AREAS = [(area.code_in(9999), area.code_in(0)) for area in _BOOK.areas]
AREAS = tuple(dict.fromkeys(name for pair in _AREAS for name in pair))
"""Codes of areas, since the reform and before it."""

PROGRAMME_CODES = (*PROGRAMMES, "PB", "DH", "SS")
SUBJECTS = tuple(dict.fromkeys(name for subject in _BOOK.subjects for name in (subject.code, subject.earlier)))
LEVELS = ("VG1", "VG2", "VG3", "VG4")
STATUSES = ("E", "A", "D", "U", "I", "M", "P", "V", "O", "S", "L", "K")
ENDINGS = ("B", "I", "M", "A", "S", "H")
MARKS = ("1", "2", "3", "4", "5", "6", "F", "IV", "VO", "IM", "B", "BM", "IB", "GK")
KINDS = ("T1", "T2", "STP", "EKS")
EXAMS = ("S", "M", "P", "MP")
REMARKS = ("FAM05", "FAM21", "FAM29", "FAM39", "FAM51", "FAM01", "FAM58", "FAM43", "FAM18")
SUBJECT_TYPES = ("FF", "FP", "VP", "PF")
SUBJECT_STATUSES = ("E", "A", "F", "G", "P", "R", "V", "S", "B")
LANGUAGES = ("no", "se", "en", "pl", "lt", "uk", "so", "ar", "ti", "ur", "vi", "tr")
CONDUCT = ("G", "NG", "LG")
PROTECTIONS = ("UGRADERT", "FORTROLIG", "STRENGT_FORTROLIG")
LEAVING = ("AR", "AS", "AP", "FL", "FR", "FV", "IM", "LA", "PS", "SL", "VA", "AF")
WISHES = (
    "INNTO", "INNTOI", "INNTF", "UAKTU", "VENTO", "STROIT", "STRONT", "STRLPO", "UKVAL", "INNTLÆ", "SFORM", "INNTLI",
    "LANNET", "STRINN", "INNTS", "MANIO",
)  # fmt: skip
CLOSINGS = ("AB", "S1", "S2", "UP", "ON", "EK", "AR", "AS", "BR", "FL", "FV", "PS", "OK")
EVENTS = (
    "course ended", "contract began", "contract ended", "test taken", "certificate issued", "document issued",
    "home changed",
)  # fmt: skip
EVENT_VALUES = tuple(dict.fromkeys((*ENDINGS, *CLOSINGS, "BM", "B", "IB", "F", "S", "K", "VM", "KB", *COUNTIES)))
"""What an event may say beside its day: how a course or contract ended, a result, a type, a county."""

COUNTY, HOME = code(*COUNTIES), code(*COUNTIES)
YEAR = code(*SCHOOL_YEARS)
BASE = code(*COUNTIES)
AREA = code(*AREAS)
TRADE = code(*AREAS)
SCHOOL, COMPANY = digits(5), digits(9)

TABLES: Mapping[str, Mapping[str, Column]] = {
    "person": {
        "base": BASE, "person_lnr": ID, "fodselsnummer": digits(11), "fodselsdato": DAYS, "kjonn": code("1", "2"),
        "morsmaal": code(*LANGUAGES), "statsborgerskap": code("NO", "XE", "XX"), "fodeland_gruppe": code("1", "2", "3"),
        "foreldre_utd": code(*PARENTS), "grunnskole_fylke": COUNTY, "adressebeskyttelse": code(*PROTECTIONS),
        "reservert": code("N", "J"), "maalform": code("B", "N", "S"),
    },
    "bosted": {"base": BASE, "person_lnr": ID, "fom": DAYS, "tom": DAYS, "fylke": COUNTY, "kommune": digits(4)},
    "grunnskoleresultat": {
        "base": BASE, "person_lnr": ID, "avgangsaar": COUNT, "grunnskolepoeng": TENTHS,
        **dict.fromkeys(LOWER_SUBJECTS, COUNT),
    },
    "soknad": {
        "base": BASE, "soknad_id": ID, "person_lnr": ID, "skoleaar": YEAR, "avgiverfylke": COUNTY,
        "rettstype": code("1", "2", "3", "4"), "grunnlag": code("ORD", "FOR", "IND", "MIN", "LAE", "OPP"),
        "poengsum": TENTHS, "innsendt": DAYS,
    },
    "onske": {
        "base": BASE, "soknad_id": ID, "onskenr": COUNT, "skoleaar": YEAR, "programomraadekode": AREA,
        "skolenr": SCHOOL, "status": code(*WISHES), "tilbud_dato": DAYS, "svar": code("J", "N"),
    },
    "elevforhold": {
        "base": BASE, "elevforhold_id": ID, "person_lnr": ID, "skoleaar": YEAR, "avgiverfylke": COUNTY,
        "hjemstedsfylke": HOME, "skolenr": SCHOOL, "orgnr": COMPANY, "skoleeier": code("1", "2", "4"),
        "utdanningsprogram": code(*PROGRAMME_CODES), "programomraadekode": AREA, "trinn": code(*LEVELS),
        "ajourholdskode": code("I", "N", "S", "V"), "startdato": DAYS, "avbruddsdato": DAYS,
        "avbruddsaarsak": code(*LEAVING), "elevstatus": code(*STATUSES), "fravaer_dager": COUNT,
        "fravaer_timer": COUNT, "fullfortkode": code(*ENDINGS), "rettstype": code("1", "2", "3", "4"),
        "gjesteelev": code("N", "J"), "orden": code(*CONDUCT), "atferd": code(*CONDUCT), "anmerkninger": COUNT,
        "saerskilt_norsk": code("N", "J"),
    },
    "elevfag": {
        "base": BASE, "elevfag_id": ID, "elevforhold_id": ID, "skoleaar": YEAR, "fagkode": code(*SUBJECTS),
        "fagtype": code(*SUBJECT_TYPES), "fagstatus": code(*SUBJECT_STATUSES), "startdato": DAYS,
        "avbruddsdato": DAYS, "aarstimer": COUNT, "fravaer_timer": COUNT, "fravaer_dokumentert": COUNT,
        "fravaer_prosent": TENTHS,
    },
    "vurdering": {
        "base": BASE, "vurdering_id": ID, "elevfag_id": ID, "skoleaar": YEAR, "slag": code(*KINDS),
        "form": code(*EXAMS), "karakter": code(*MARKS), "merknad": code(*REMARKS), "dato": DAYS,
        "klage": code("N", "J"),
    },
    "dokumentasjon": {
        "base": BASE, "dok_id": ID, "person_lnr": ID, "slag": code("VM", "KB"), "dato": DAYS, "avgangsaar": COUNT,
        "programomraadekode": AREA, "skolenr": SCHOOL, "avgiverfylke": COUNTY, "snitt": HUNDREDTHS,
        "kompetanse": code("1", "2", "3"),
    },
    "formidling": {
        "base": BASE, "formidling_id": ID, "person_lnr": ID, "skoleaar": YEAR, "avgiverfylke": COUNTY,
        "laerefag": TRADE, "prioritet": COUNT, "status": code(*WISHES), "dato": DAYS,
    },
    "kontrakt": {
        "base": BASE, "kontrakt_id": ID, "person_lnr": ID, "avgiverfylke": COUNTY, "hjemstedsfylke": HOME,
        "orgnr": COMPANY, "opplaeringskontor": COMPANY, "laerefag": TRADE, "kontraktstype": code("L", "O", "E"),
        "godkjent": DAYS, "laeretid_fra": DAYS, "laeretid_til": DAYS, "avbrudd_fra": DAYS, "avbrudd_til": DAYS,
        "netto_laeretid": COUNT, "avsluttet": DAYS, "hevet_av": code("KAN", "BED", "ENI"),
        "avslutningskode": code(*CLOSINGS),
    },
    "prove": {
        "base": BASE, "prove_id": ID, "kontrakt_id": REFERENCE, "person_lnr": ID, "avgiverfylke": COUNTY,
        "kandidattype": code("LA", "PK", "EL", "LK", "PB"), "laerefag": TRADE, "forsok_nr": COUNT, "dato": DAYS,
        "resultat": code("BM", "B", "IB"),
    },
    "fagbrev": {
        "base": BASE, "fagbrev_id": ID, "prove_id": ID, "person_lnr": ID, "utstedt": DAYS, "type": code("F", "S", "K"),
    },
    "oppfolging": {
        "base": BASE, "oppfolging_id": ID, "person_lnr": ID, "skoleaar": YEAR, "fylke": COUNTY, "dato": DAYS,
        "status": code("OTAR", "OTMI", "OTAP", "OTUK"),
    },
    "hendelse": {
        "base": BASE, "hendelse_id": ID, "person_lnr": ID, "dato": DAYS, "slag": code(*EVENTS), "objekt": ID,
        "verdi": code(*EVENT_VALUES),
    },
    "kodeverk": {
        "liste": WORDS, "kode": WORDS, "fom": DAYS, "tom": DAYS, "tittel_nb": WORDS, "tittel_nn": WORDS,
        "tittel_en": WORDS, "etterfolger": WORDS, "kilde": WORDS,
    },
    "skole": {
        "base": BASE, "skole_lnr": ID, "skolenr": SCHOOL, "fom": DAYS, "tom": DAYS, "orgnr": COMPANY,
        "skoleeier": code("1", "2", "4"), "fylke": COUNTY, "kommune": digits(4),
    },
    "kapasitet": {"base": BASE, "skoleaar": YEAR, "skolenr": SCHOOL, "programomraadekode": AREA, "plasser": COUNT},
    "bedrift": {"base": BASE, "bedrift_lnr": ID, "orgnr": COMPANY, "fylke": COUNTY, "fom": DAYS, "tom": DAYS},
    "opplaeringskontor": {"base": BASE, "kontor_lnr": ID, "orgnr": COMPANY, "fylke": COUNTY, "fom": DAYS, "tom": DAYS},
}  # fmt: skip

KEYS: Mapping[str, tuple[str, ...]] = {
    "person": ("base", "person_lnr"), "bosted": ("base", "person_lnr", "fom"),
    "grunnskoleresultat": ("base", "person_lnr"), "soknad": ("base", "soknad_id"),
    "onske": ("base", "soknad_id", "onskenr"), "elevforhold": ("base", "elevforhold_id"),
    "elevfag": ("base", "elevfag_id"), "vurdering": ("base", "vurdering_id"), "dokumentasjon": ("base", "dok_id"),
    "formidling": ("base", "formidling_id"), "kontrakt": ("base", "kontrakt_id"), "prove": ("base", "prove_id"),
    "fagbrev": ("base", "fagbrev_id"), "oppfolging": ("base", "oppfolging_id"), "skole": ("base", "skole_lnr", "fom"),
    "hendelse": ("base", "hendelse_id"), "kodeverk": ("liste", "kode", "fom"),
    "kapasitet": ("base", "skoleaar", "skolenr", "programomraadekode"),
    "bedrift": ("base", "bedrift_lnr", "fom"), "opplaeringskontor": ("base", "kontor_lnr", "fom"),
}  # fmt: skip

_AREA_CODES = np.array([[AREAS.index(name) for name in pair] for pair in _AREAS])
_SUBJECT_CODES = np.array([[SUBJECTS.index(each.code), SUBJECTS.index(each.earlier)] for each in _BOOK.subjects])
_PROGRAMMES = np.array([[PROGRAMME_CODES.index(each.programme_in(year)) for year in (9999, 0)] for each in _BOOK.areas])
_LEVELS = np.array([each.level for each in _BOOK.areas])
_COUNTIES = np.full(100, -1, dtype=np.int64)
_COUNTIES[[int(county) for county in COUNTIES]] = np.arange(len(COUNTIES))


def before_reform(areas: Ints, year: int) -> Flags:
    """Whether what is taken in an area in the school year that begins in `year` follows the curriculum before 2020."""
    level = _LEVELS[areas]
    found: Flags = (level < 4) & (year < REFORM + level - 1)
    return found


def area_codes(areas: Ints, year: int) -> Ints:
    """Positions in AREAS of the codes in that school year."""
    found: Ints = _AREA_CODES[areas, before_reform(areas, year).astype(np.int64)]
    return found


def programme_codes(areas: Ints, year: int) -> Ints:
    """Positions in PROGRAMME_CODES."""
    found: Ints = _PROGRAMMES[areas, before_reform(areas, year).astype(np.int64)]
    return found


def subject_codes(subjects: Ints, areas: Ints, year: int) -> Ints:
    """Positions in SUBJECTS of the codes of subjects taken in these areas in that school year."""
    found: Ints = _SUBJECT_CODES[subjects, before_reform(areas, year).astype(np.int64)]
    return found


def levels(areas: Ints) -> Ints:
    """The level of each area, 1 to 4."""
    found: Ints = _LEVELS[areas]
    return found


def county_codes(numbers: Ints) -> Ints:
    """Positions in COUNTIES of county numbers."""
    found: Ints = _COUNTIES[numbers]
    return found
