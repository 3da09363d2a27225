"""KUDAF's texts, unit types and value domains as ours, and what is said of them on the way."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from pydantic.alias_generators import to_camel

from avrop.catalogue.codelists import Code, CodeList
from avrop.catalogue.importing import Notes
from avrop.catalogue.kudaf_config import ConfigCode, ConfigDomain, ConfigUnit, Words
from avrop.catalogue.unittypes import Text, UnitType
from avrop.catalogue.variables import DataType

FIRST_DAY = date(1900, 1, 1)
"""From when a code holds that does not say it."""

TYPES: Mapping[str | None, DataType] = {
    "STRING": "text", "LONG": "integer", "DOUBLE": "number", "DATE": "date", "BOOL": "text", None: "text",
}  # fmt: skip

PEOPLE = ("PERSON", "FAMILIE", "HUSHOLDNING", "JOBB", "KJORETOY")
"""Global unit types whose identifiers lead to a person. What is not global is taken to be one of these."""

GLOBAL: Mapping[str, tuple[str, str]] = {
    "PERSON": ("Person", "Person"),
    "FAMILIE": ("Familie", "Family"),
    "HUSHOLDNING": ("Husholdning", "Household"),
    "JOBB": ("Jobb", "Job"),
    "KJORETOY": ("Kjøretøy", "Vehicle"),
    "KURS": ("Kurs", "Course"),
    "VIRKSOMHET": ("Virksomhet", "Establishment"),
    "FORETAK": ("Foretak", "Enterprise"),
    "ORGANISASJON": ("Organisasjon", "Organisation"),
    "KOMMUNE": ("Kommune", "Municipality"),
    "FYLKE": ("Fylke", "County"),
    "FYLKESKOMMUNE": ("Fylkeskommune", "County municipality"),
}
"""The unit types that every datasource shares, in bokmål and English."""


def text(words: Words, subject: str, notes: Notes) -> Text:
    """Words in several languages as a text; `no` is bokmål. English that is missing is the Norwegian, and said."""
    by_language = {language: said.strip() for language, said in words if said and said.strip()}
    nynorsk, english = by_language.get("nn"), by_language.get("en")
    bokmaal = by_language.get("nb") or by_language.get("no") or nynorsk or english or subject
    if english is None:
        notes.say("question", subject, "A text has no English; the Norwegian stands in its place.", "Translate it.")
    return Text(nb=bokmaal, en=english or bokmaal, nn=nynorsk)


def one_text(several: Iterable[Words]) -> Words:
    """Several texts as one, language by language."""
    joined: dict[str, list[str]] = {}
    for words in several:
        for language, said in words:
            joined.setdefault(language, []).append(said)
    return tuple((language, "; ".join(dict.fromkeys(said))) for language, said in joined.items())


def unit_type(name: str, own: Mapping[str, ConfigUnit], notes: Notes) -> UnitType:
    """A unit type: an own one as described, a global one with the words we have for it."""
    if name in own:
        unit = own[name]
        for field in ("format", "valid_period"):
            if getattr(unit, field) is not None:
                notes.say("left out", f"unit type {name}", f"{to_camel(field)} has no place in ours.")
        label = text(unit.name or (("no", name),), f"unit type {name}", notes)
        return UnitType(
            name=name, label=label, definition=text(unit.description or unit.name, f"unit type {name}", notes)
        )
    if name not in GLOBAL:
        notes.say(
            "question", f"unit type {name}", "It is neither described nor global.", "Describe it in unit_types.yaml."
        )
    nb, en = GLOBAL.get(name, (name, name))
    said = Text(nb=nb, en=en)
    return UnitType(name=name, label=said, definition=said)


def code_list(name: str, title: Text, domain: ConfigDomain | None, notes: Notes) -> CodeList | None:
    """The code list of a value domain, with the sentinel values as codes; none if it is not enumerated."""
    if domain is None:
        return None
    _described(name, domain, notes)
    if not domain.code_list:
        return None
    given = [*domain.code_list, *(domain.sentinel_and_missing_values or ())]
    if any(code.valid_from is None for code in given):
        notes.say("changed", name, f"Codes that do not say from when they hold do so from {FIRST_DAY}.")
    if domain.sentinel_and_missing_values:
        notes.say("changed", name, "Sentinel and missing values are codes as any others.")
    return CodeList(name=name, title=title, source="", codes=tuple(_code(code, name, notes) for code in given))


def _code(code: ConfigCode, name: str, notes: Notes) -> Code:
    until = code.valid_until
    if until is not None:
        notes.say("changed", name, "A code's last day is carried as the day after, on which it no longer holds.")
    return Code(
        code=code.code,
        label=text(code.category_title, f"code list {name}", notes),
        valid_from=code.valid_from or FIRST_DAY,
        valid_to=until + timedelta(days=1) if until and until < date.max else None,
    )


def _described(name: str, domain: ConfigDomain, notes: Notes) -> None:
    said = {
        "description": domain.description,
        "measurement unit": domain.measurement_unit_description,
        "measurement type": domain.measurement_type,
        "URI": domain.uri_definition,
    }
    for what, words in said.items():
        if words and "N/A" not in str(words):
            notes.say("left out", name, f"The {what} of its value domain has no place in ours.", "Add it to the text.")
