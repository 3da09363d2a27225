"""A pack of two controllers and twelve people of nobody: something fixed, a status, an event, and what cannot be
exported."""

import csv
from collections.abc import Mapping
from pathlib import Path

from avrop.catalogue.packform import Pack

REFERENCE = "2026-009"
PERSON = """
name: PERSON
label: {nb: Personer, en: Persons}
definition: {nb: En rad per person., en: One row per person.}
unit_type: PERSON
kind: register
person: PERSON_ID
key: [PERSON_ID]
variables:
  - {name: PERSON_ID, label: {nb: Nummer, en: Number}, definition: {nb: Nummer., en: Number.}, unit_type: PERSON,
     data_type: text, temporality: FIXED, sensitivity: identifier, source: made up, pattern: "[0-9]{11}"}
  - {name: SEX, label: {nb: Kjønn, nn: Kjønn, en: Sex}, definition: {nb: Kjønn., en: Sex.}, unit_type: PERSON,
     data_type: text, temporality: FIXED, sensitivity: quasi-identifier, source: made up, code_list: SEX}
  - name: BORN
    label: {nb: Født, en: Born}
    definition: {nb: Fødselsdag., en: Day of birth.}
    unit_type: PERSON
    data_type: date
    temporality: FIXED
    sensitivity: quasi-identifier
    source: made up
    levels: [day, year: {prefix: 4}]
"""
STAY = """
name: STAY
label: {nb: Opphold, en: Stays}
definition: {nb: En rad per person og år., en: One row per person and year.}
unit_type: STAY
kind: event
person: PERSON_ID
time: DAY
key: [PERSON_ID, DAY]
shared: [PERSON_ID]
variables:
  - {name: DAY, label: {nb: Dag, en: Day}, definition: {nb: Dagen., en: The day.}, unit_type: STAY,
     data_type: date, temporality: STATUS, sensitivity: ordinary, source: made up}
  - {name: OWNER, label: {nb: Eier, en: Owner}, definition: {nb: Eier., en: Owner.}, unit_type: STAY,
     data_type: text, temporality: EVENT, sensitivity: ordinary, source: made up, code_list: OWNER}
  - {name: STATE, label: {nb: Tilstand, en: State}, definition: {nb: Tilstand., en: State.}, unit_type: STAY,
     data_type: text, temporality: STATUS, sensitivity: special category, source: made up, code_list: STATE}
  - {name: PLACE, label: {nb: Sted, en: Place}, definition: {nb: Sted., en: Place.}, unit_type: STAY,
     data_type: text, temporality: EVENT, sensitivity: ordinary, source: made up, nullable: true}
  - {name: HOURS, label: {nb: Timer, en: Hours}, definition: {nb: Timer., en: Hours.}, unit_type: STAY,
     data_type: integer, temporality: STATUS, sensitivity: ordinary, source: made up, minimum: 0, maximum: 99}
  - {name: TOTAL, label: {nb: Sum, en: Total}, definition: {nb: Sum., en: Total.}, unit_type: STAY,
     data_type: integer, temporality: ACCUMULATED, sensitivity: ordinary, source: made up, minimum: 0}
  - {name: NEVER, label: {nb: Aldri, en: Never}, definition: {nb: Aldri., en: Never.}, unit_type: STAY,
     data_type: text, temporality: STATUS, sensitivity: ordinary, source: made up, nullable: true}
  - {name: SPACED, label: {nb: Luft, en: Air}, definition: {nb: Luft., en: Air.}, unit_type: STAY,
     data_type: text, temporality: STATUS, sensitivity: ordinary, source: made up}
"""
VISIT = """
name: VISIT
label: {nb: Besøk, en: Visits}
definition: {nb: En rad per besøk., en: One row per visit.}
unit_type: VISIT
kind: event
person: PERSON_ID
time: SEEN
key: [PERSON_ID, SEEN, SEQUENCE]
shared: [PERSON_ID, OWNER, PLACE]
variables:
  - {name: SEEN, label: {nb: Sett, en: Seen}, definition: {nb: Dagen., en: The day.}, unit_type: VISIT,
     data_type: date, temporality: STATUS, sensitivity: ordinary, source: made up}
  - {name: SEQUENCE, label: {nb: Nr, en: No}, definition: {nb: Nr., en: No.}, unit_type: VISIT,
     data_type: text, temporality: EVENT, sensitivity: ordinary, source: made up}
  - {name: KIND, label: {nb: Slag, en: Kind}, definition: {nb: Slag., en: Kind.}, unit_type: VISIT,
     data_type: text, temporality: EVENT, sensitivity: ordinary, source: made up}
"""
SPELL = """
name: SPELL
label: {nb: Perioder, en: Spells}
definition: {nb: En rad per periode., en: One row per spell.}
unit_type: SPELL
kind: event
person: PERSON_ID
time: BEGAN
until: ENDED
key: [PERSON_ID, BEGAN]
shared: [PERSON_ID, OWNER]
variables:
  - {name: BEGAN, label: {nb: Fra, en: From}, definition: {nb: Fra., en: From.}, unit_type: SPELL,
     data_type: date, temporality: EVENT, sensitivity: ordinary, source: made up}
  - {name: ENDED, label: {nb: Til, en: To}, definition: {nb: Til., en: To.}, unit_type: SPELL,
     data_type: date, temporality: EVENT, sensitivity: ordinary, source: made up, nullable: true}
  - {name: GRADE, label: {nb: Trinn, en: Grade}, definition: {nb: Trinn., en: Grade.}, unit_type: SPELL,
     data_type: integer, temporality: EVENT, sensitivity: ordinary, source: made up, minimum: 0}
  - {name: SHARE, label: {nb: Andel, en: Share}, definition: {nb: Andel., en: Share.}, unit_type: SPELL,
     data_type: number, temporality: EVENT, sensitivity: ordinary, source: made up}
  - {name: EARNED, label: {nb: Lønn, en: Earned}, definition: {nb: Lønn., en: Earned.}, unit_type: SPELL,
     data_type: integer, temporality: ACCUMULATED, sensitivity: ordinary, source: made up, minimum: 0, nullable: true}
  - {name: SUM, label: {nb: Sum, en: Sum}, definition: {nb: Sum., en: Sum.}, unit_type: SPELL,
     data_type: integer, temporality: ACCUMULATED, sensitivity: ordinary, source: made up, minimum: 0}
  - {name: NEWEST, label: {nb: Nyest, en: Newest}, definition: {nb: Nyest., en: Newest.}, unit_type: SPELL,
     data_type: text, temporality: EVENT, sensitivity: ordinary, source: made up, nullable: true}
"""
UNIT_TYPES = """
- {name: PERSON, label: {nb: Person, en: Person}, definition: {nb: Et menneske., en: A human being.}}
- {name: STAY, label: {nb: Opphold, en: Stay}, definition: {nb: Et opphold., en: A stay.}}
- {name: VISIT, label: {nb: Besøk, en: Visit}, definition: {nb: Et besøk., en: A visit.}}
- {name: SPELL, label: {nb: Periode, en: Spell}, definition: {nb: En periode., en: A spell.}}
"""
SEX = """
title: {nb: Kjønn, en: Sex}
source: made up
codes_valid_from: 1900-01-01
codes: [{code: "1", label: {nb: Mann, en: Man}}, {code: "2", label: {nb: Kvinne, en: Woman}}]
"""
OWNER = """
title: {nb: Eier, en: Owner}
source: made up
codes_valid_from: 1900-01-01
codes: [{code: A, label: {nb: A, en: A}}, {code: B, label: {nb: B, en: B}}]
"""
STATE = """
title: {nb: Tilstand, en: State}
source: made up
codes_valid_from: 1900-01-01
codes:
  - {code: "01", label: {nb: Gammel, en: Old}, valid_to: 2025-01-01, successors: ["03"]}
  - {code: "02", label: {nb: Annen, en: Other}}
  - {code: "03", label: {nb: Ny, en: New}, valid_from: 2025-01-01}
"""
POLICY = """
id: policy
version: 1
valid_from: 2026-01-01
k: 5
rounding_step: 5
cut_off_working_days: 30
decision_valid_days: 365
person_list_max_age_hours: 24
retention_max_months: 36
receipt_due_days: 5
deletion_due_days: 10
purpose_categories: [official statistics]
scenarios: [{id: S1, label: A neighbour, variables: [SEX, BORN]}]
"""
RULE = """
id: rule
version: 1
valid_from: 2026-01-01
rules: [{dataset: STAY, origin: OWNER}, {dataset: VISIT, origin: OWNER}, {dataset: SPELL, origin: OWNER}]
"""
PARTIES = """
agreement: frame
general_purpose: Statistics.
provider: {code: provider, name: Provider, people: {operator@provider: [operator], operator2@provider: [operator]}}
receiver: {code: receiver, name: Receiver, people: {applicant@receiver: [applicant], leader@receiver: [leader],
  custodian@receiver: [custodian]}}
controllers:
  - {code: A, name: A, competent_body: Council, people: {handler@A: [case_handler], decider@A: [decider], dpo@A: [dpo]}}
  - {code: B, name: B, competent_body: Council, people: {handler@B: [case_handler], decider@B: [decider], dpo@B: [dpo]}}
"""
WANTED = (
    ("STAY", "DAY", "value"), ("STAY", "STATE", "value"), ("STAY", "PLACE", "value"), ("STAY", "HOURS", "value"),
    ("STAY", "TOTAL", "value"), ("STAY", "NEVER", "value"), ("STAY", "SPACED", "value"), ("PERSON", "SEX", "value"),
    ("PERSON", "BORN", "year"), ("VISIT", "SEEN", "value"), ("VISIT", "KIND", "value"), ("VISIT", "PLACE", "value"),
    ("SPELL", "BEGAN", "value"), ("SPELL", "ENDED", "value"), ("SPELL", "GRADE", "value"), ("SPELL", "SHARE", "value"),
    ("SPELL", "EARNED", "value"), ("SPELL", "SUM", "value"), ("SPELL", "NEWEST", "value"),
)  # fmt: skip
ASKED = (
    "  - {{dataset: {0}, variable: {1}, level: {2}, justifications: [{{analysis: A1, role: model, "
    "text: Table {0} needs {1} in the model.}}]}}\n"
)
CALL_OFF = f"""
reference: {REFERENCE}
number: 1
agreement: frame
catalogue: {{name: small, version: "1"}}
receiver: receiver
title: Stays
purpose: {{statement: To know how stays vary., category: official statistics, task_reference: A letter, decision_use: none}}
analyses:
  - id: A1
    question: How do stays vary?
    method: frequency
    shells: [{{name: T, dimensions: [{{variable: SEX, level: value}}], measure: stays, period_start: 2024-01-01,
      period_end: 2026-01-01}}]
variables:
{"".join(ASKED.format(d, v, level) for d, v, level in WANTED)}
people: {{description: Everyone with a stay., dataset: STAY}}
period: {{start: 2024-01-01, end: 2026-01-01}}
controllers: [A, B]
coverage: {{minimum_controllers: 1, consequence: None}}
delivery_form: pseudonymised microdata
why_not_less: The platform joins variables.
legal_basis: GDPR art. 6(1)(e)
retention: {{until: 2027-06-30, method: Deletion, derived_kept: Tables}}
"""
PLACES = ("Here", "There; far", 'The "inn"', "", "Ås", "0042", "=1+1", "NA", "null")
"""Text with the separator, with quotation marks, none, not ASCII, with leading zeros, and what readers take for else."""
PEOPLE = tuple(f"0181{year:02d}{number:05d}" for number, year in enumerate(range(80, 92)))
"""Twelve, with 80 added to the month: nobody's."""


def simulate(folder: Path, profile: str, seed: int, workers: int) -> Mapping[str, int]:
    """The tables: two years of stays, each by turns at A and B; two visits on each day of seeing;
    a spell that ended the day before the next, which is open."""
    folder.mkdir(parents=True)
    stays, visits, spells = [], [], []
    for number, person in enumerate(PEOPLE):
        owner = "AB"[number % 2]
        for year in (2024, 2025):
            old = "01" if year == 2024 else "03"
            place = PLACES[(number + year) % len(PLACES)]
            stays.append((person, f"{year}-10-01", owner, old if number % 3 else "02", place, number, number * 10, "",
                          " x" if number == 4 else "x"))  # fmt: skip
        visits += [(person, "2024-10-02", n, owner, "Here", f"kind {n}") for n in ("1", "2")]
        spells.append((person, "2024-01-10", "2024-06-30", owner, 1, number / 7, 100 + number, 1, ""))
        spells.append((person, "2024-07-01", "", owner, 2, 1e-7 * number, "", 2, "new"))
    _write(folder / "SPELL-1.csv",
           ("PERSON_ID", "BEGAN", "ENDED", "OWNER", "GRADE", "SHARE", "EARNED", "SUM", "NEWEST"), spells)  # fmt: skip
    _write(folder / "PERSON-1.csv", ("PERSON_ID", "SEX", "BORN"),
           [(p, "12"[n % 2], f"19{80 + n}-03-04") for n, p in enumerate(PEOPLE)])  # fmt: skip
    _write(folder / "STAY-1.csv",
           ("PERSON_ID", "DAY", "OWNER", "STATE", "PLACE", "HOURS", "TOTAL", "NEVER", "SPACED"), stays)  # fmt: skip
    _write(folder / "VISIT-1.csv", ("PERSON_ID", "SEEN", "SEQUENCE", "OWNER", "PLACE", "KIND"), visits)
    (folder / "lists").mkdir()
    for name in ("protected", "objecting"):
        (folder / "lists" / f"{name}.csv").write_text("person\n")
    return {"PERSON": len(PEOPLE), "STAY": len(stays), "VISIT": len(visits)}


def _write(path: Path, header: tuple[str, ...], rows: list[tuple[object, ...]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle)
        writer.writerow(header)
        writer.writerows(rows)


def small_pack() -> Pack:
    return Pack(
        name="small",
        catalogue={
            "catalogue.yaml": 'name: small\nversion: "1"\ntitle: {nb: Lite, en: Small}\npublisher: provider\n',
            "unit_types.yaml": UNIT_TYPES,
            "datasets/PERSON.yaml": PERSON,
            "datasets/STAY.yaml": STAY,
            "datasets/VISIT.yaml": VISIT,
            "datasets/SPELL.yaml": SPELL,
            "codelists/SEX.yaml": SEX,
            "codelists/OWNER.yaml": OWNER,
            "codelists/STATE.yaml": STATE,
        },
        rule=RULE,
        policy=POLICY,
        parties=PARTIES,
        call_offs={"first.yaml": CALL_OFF},
        simulate=simulate,
    )
