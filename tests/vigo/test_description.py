"""The VIGO description says what its sources say: tables, dated codes, ladders, and who is responsible for what."""

import re
from collections import Counter
from datetime import date

import pytest

from avrop.canonical import build
from avrop.catalogue.datasets import carried
from avrop.catalogue.variables import Band, Prefix, Recode, Variable
from avrop.catalogue.yamltext import load_yaml
from avrop.disclosure.attribution import AttributionRule
from avrop.governance.policy import Policy
from avrop.vigo.pack import pack
from tests.publishing import CATALOGUE

PACK = pack()
CARRIED = carried(CATALOGUE)
"""Its datasets as the tables of the simulator are."""
TABLED = [CATALOGUE.variable(name) for name in sorted({name for each in CARRIED.datasets for name in each.variables})]
PARTIES = load_yaml(PACK.parties, file="parties.yaml", code="x.y")
RULE: AttributionRule = build(AttributionRule, load_yaml(PACK.rule, file="rule.yaml", code="x.y"), what="rule")
POLICY: Policy = build(Policy, load_yaml(PACK.policy, file="policy.yaml", code="x.y"), what="policy")
TODAY = date(2026, 1, 1)
FIFTEEN = {"03", "11", "15", "18", "31", "32", "33", "34", "39", "40", "42", "46", "50", "55", "56"}

KEYS = {
    "PERSON": "PERSON_ID",
    "ENROLMENT": "PERSON_ID SCHOOL_YEAR SCHOOL_NUMBER PROGRAMME_AREA",
    "RESULT": "PERSON_ID SCHOOL_YEAR SUBJECT",
    "ABSENCE": "PERSON_ID SCHOOL_YEAR SUBJECT",
    "APPLICATION": "PERSON_ID SCHOOL_YEAR",
    "WISH": "PERSON_ID SCHOOL_YEAR WISH_NUMBER",
    "CONTRACT": "PERSON_ID CONTRACT_START TRADE",
    "DOCUMENT": "PERSON_ID ISSUE_DATE",
    "TRADE_TEST": "PERSON_ID TRADE TEST_NUMBER",
    "FOLLOW_UP": "PERSON_ID FOLLOW_UP_DATE",
}
TIMES = {
    "APPLICATION": "APPLICATION_DATE", "CONTRACT": "CONTRACT_START", "DOCUMENT": "ISSUE_DATE", "TRADE_TEST": "TEST_DATE",
    "FOLLOW_UP": "FOLLOW_UP_DATE",
}  # fmt: skip


def codes(name: str, day: date = TODAY) -> set[str]:
    return set(CATALOGUE.code_list(name).on(day))


def climbed(variable: Variable, value: str) -> list[str | None]:
    """The value at each level, made from the level before by the step that is described."""
    values: list[str | None] = [value]
    for level in variable.levels[1:]:
        before = values[-1]
        assert before is not None
        match level.step:
            case Prefix():
                values.append(before[: level.step.length])
            case Band():
                values.append(level.step.labels()[sum(int(before) >= edge for edge in level.step.edges)])
            case Recode():
                values.append(dict(level.step.pairs).get(before))
    return values


@pytest.mark.parametrize("name", KEYS)
def test_a_table_has_this_key_and_this_time(name: str) -> None:
    dataset = CARRIED.dataset(name)
    assert dataset.key == tuple(KEYS[name].split())
    assert (dataset.person, dataset.kind) == ("PERSON_ID", "register" if name == "PERSON" else "event")
    assert dataset.time == (None if name == "PERSON" else TIMES.get(name, "REFERENCE_DATE"))


def test_these_are_never_missing() -> None:
    assert {variable.name for variable in TABLED if not variable.nullable} == {
        "PERSON_ID", "BIRTH_DATE", "SEX", "SCHOOL_YEAR", "REFERENCE_DATE", "SCHOOL_NUMBER", "SCHOOL_OWNER",
        "REPORTING_COUNTY", "PROGRAMME_AREA", "LEVEL", "PUPIL_STATUS", "SUBJECT", "SUBJECT_STATUS", "TERM",
        "APPLICATION_DATE", "WISH_NUMBER", "TRADE", "CONTRACT_START", "ISSUE_DATE", "TEST_DATE", "TEST_NUMBER",
        "FOLLOW_UP_DATE",
    }  # fmt: skip


def test_sensitivity_is_said_of_what_is_sensitive() -> None:
    named = {kind: {v.name for v in CATALOGUE.variables if v.sensitivity == kind} for kind in
             ("identifier", "special category", "confidential")}  # fmt: skip
    assert named["identifier"] == {
        "PERSON_ID", "PERSON_NAME", "RESIDENCE_ADDRESS", "PHONE", "EMAIL", "GUARDIAN", "FEIDE_NAME", "PUPIL_NUMBER",
        "CANDIDATE_NUMBER", "DOCUMENT_NUMBER", "PROFESSIONAL_LEADER", "TEST_BOARD",
    }  # fmt: skip
    assert named["special category"] == {
        "FIRST_LANGUAGE", "CITIZENSHIP", "LEAVING_REASON", "ADAPTED_TRAINING", "LANGUAGE_TRAINING",
        "LANGUAGE_TRAINING_DECISION", "EXAM_ADAPTATION", "ADMISSION_BASIS", "SUBJECT_ABSENCE_HOURS",
        "SUBJECT_ABSENCE_SHARE", "ABSENCE_TYPE", "PAUSE_START", "PAUSE_END", "CLOSING_CODE",
    }  # fmt: skip
    assert named["confidential"] >= {"COMPLETION", "INTERRUPTION_DATE", "ABSENCE_DAYS", "ABSENCE_HOURS", "FINAL_MARK"}


def test_one_variable_is_withdrawn_and_still_described() -> None:
    assert {v.name: v.withdrawn for v in CATALOGUE.variables if v.withdrawn} == {"GUEST": date(2026, 1, 1)}
    assert "GUEST" in CATALOGUE.dataset("ENROLMENT").variables


@pytest.mark.parametrize(
    ("day", "there", "not_there"),
    [
        (date(2023, 12, 31), {"30", "38", "54"}, {"31", "32", "33", "39", "40", "55", "56"}),
        (date(2024, 1, 1), {"31", "32", "33", "39", "40", "55", "56"}, {"30", "38", "54"}),
        (date(2020, 1, 1), {"30", "34", "38", "42", "46", "50", "54"}, {"31", "39", "55"}),
        (date(2019, 12, 31), {"03", "11", "15", "18", "50"}, {"30", "34", "38", "42", "46", "54"}),
    ],
)
def test_counties_are_those_of_the_day(day: date, there: set[str], not_there: set[str]) -> None:
    assert there <= codes("COUNTY", day)
    assert not not_there & codes("COUNTY", day)


def test_the_counties_that_were_split_name_who_followed() -> None:
    followed = {code.code: code.successors for code in CATALOGUE.code_list("COUNTY").codes if code.successors}
    assert followed == {
        "30": ("31", "32", "33"), "38": ("39", "40"), "54": ("55", "56"), "01": ("30",), "02": ("30",), "06": ("30",),
        "04": ("34",), "05": ("34",), "07": ("38",), "08": ("38",), "09": ("42",), "10": ("42",), "12": ("46",),
        "14": ("46",), "16": ("50",), "17": ("50",), "19": ("54",), "20": ("54",),
    }  # fmt: skip
    assert codes("COUNTY") == FIFTEEN


def test_every_county_has_municipalities_and_every_municipality_a_county() -> None:
    counted = Counter(climbed(CATALOGUE.variable("RESIDENCE_MUNICIPALITY"), code)[-1] for code in codes("MUNICIPALITY"))
    assert set(counted) == FIFTEEN
    assert {county for county, count in counted.items() if count < 3} == {"03"}


def test_programme_areas_have_the_form_and_the_level_of_their_sixth_position() -> None:
    areas = codes("PROGRAMME_AREA")
    assert len(areas) >= 28
    assert [area for area in areas if not re.fullmatch(r"[A-ZÆØÅ]{2}[A-ZÆØÅ0-9]{3}[1-4][A-Z0-9-]{4}", area)] == []
    assert {f"VG{area[5]}" for area in areas} == codes("LEVEL")
    assert {area[:2] for area in areas} >= {"ST", "ID", "MD", "BA", "EL", "HS", "NA", "RM", "TP", "PB"}


def test_subjects_have_three_letters_and_four_digits() -> None:
    assert len(codes("SUBJECT")) >= 20
    assert [code for code in codes("SUBJECT") if not re.fullmatch(r"[A-ZÆØÅ]{3}[0-9]{4}", code)] == []


def test_codes_are_in_force_in_every_school_year_that_is_simulated() -> None:
    for name in {v.code_list for v in TABLED} - {None, "COUNTY"}:
        assert set() < codes(str(name), date(2027, 7, 31)) <= codes(str(name), date(2024, 8, 1))


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("BIRTH_DATE", ["2007-03-09", "2007-03", "2007", "2005-2009"]),
        ("BIRTH_DATE", ["1984-12-31", "1984-12", "1984", "<1985"]),
        ("BIRTH_DATE", ["2010-01-01", "2010-01", "2010", ">=2010"]),
        ("RESIDENCE_MUNICIPALITY", ["4601", "46"]),
        ("SCHOOL_NUMBER", ["03012", "03"]),
        ("PROGRAMME_AREA", ["HSHEA2----", "HSHEA2", "HS"]),
        ("START_DATE", ["2025-01-06", "2025-01", "2025"]),
        ("ABSENCE_DAYS", ["0", "<1", "under_10"]),
        ("ABSENCE_DAYS", ["9", "5-9", "under_10"]),
        ("ABSENCE_DAYS", ["10", "10-19", "10_or_more"]),
        ("ABSENCE_DAYS", ["190", ">=40", "10_or_more"]),
        ("ABSENCE_HOURS", ["100", ">=100"]),
        ("COMPLETION", ["B", "passed"]),
        ("COMPLETION", ["S", "interrupted"]),
        ("SUBJECT", ["MAT1019", "MAT"]),
        ("FINAL_MARK", ["1", "not_passed"]),
        ("FINAL_MARK", ["2", "passed"]),
        ("EXAM_MARK", ["IM", "not_met"]),
        ("FIRST_LANGUAGE", ["se", "norwegian_or_sami"]),
    ],
)
def test_a_ladder_climbs_from_the_value_to_the_coarsest_level(name: str, values: list[str]) -> None:
    assert climbed(CATALOGUE.variable(name), values[0]) == values


def test_no_code_is_lost_on_any_ladder() -> None:
    for variable in CATALOGUE.variables:
        if variable.code_list:
            for code in CATALOGUE.code_list(variable.code_list).codes:
                assert None not in climbed(variable, code.code)


def test_the_final_and_the_exam_mark_have_the_same_ladder() -> None:
    final, exam = (CATALOGUE.variable(name) for name in ("FINAL_MARK", "EXAM_MARK"))
    for code in codes("MARK"):
        assert climbed(final, code) == climbed(exam, code)


def test_the_rule_names_columns_and_codes_that_are_described() -> None:
    assert {rule.dataset for rule in RULE.rules} == {d.name for d in CARRIED.datasets if d.kind == "event"}
    for rule in RULE.rules:
        columns = {rule.origin, *rule.claimants, *(each.column for each in rule.unattributable_when)}
        assert columns <= set(CATALOGUE.dataset(rule.dataset).variables)
        assert {CATALOGUE.variable(name).code_list for name in (rule.origin, *rule.claimants)} == {"COUNTY"}
        for each in rule.unattributable_when:
            assert set(each.values) <= codes(str(CATALOGUE.variable(each.column).code_list))


def test_a_county_that_was_split_is_mapped_to_nobody() -> None:
    split = {code.code for code in CATALOGUE.code_list("COUNTY").codes if len(code.successors) > 1}
    assert split.isdisjoint(old for old, _ in RULE.successors)
    assert {new for _, new in RULE.successors} <= FIFTEEN


def test_the_controllers_are_the_counties_of_today_each_with_its_people() -> None:
    controllers = {each["code"]: each for each in PARTIES["controllers"]}
    labels = {code.code: code.label.nb for code in CATALOGUE.code_list("COUNTY").codes}
    assert set(controllers) == FIFTEEN
    for code, each in controllers.items():
        assert each["name"].startswith(labels[code].partition(" – ")[0])
        assert sorted(role for roles in each["people"].values() for role in roles) == ["case_handler", "decider", "dpo"]
    everybody = [PARTIES["provider"], PARTIES["receiver"], *controllers.values()]
    accounts = [account for party in everybody for account in party["people"]]
    assert len(set(accounts)) == len(accounts)
    assert all(account.endswith(f"@{party['code']}") for party in everybody for account in party["people"])


def test_the_policy_names_described_variables_and_no_identifier() -> None:
    named = {name for scenario in POLICY.scenarios for name in scenario.variables} | set(POLICY.never_variables)
    assert "identifier" not in {CATALOGUE.variable(name).sensitivity for name in named}
    assert (POLICY.k, POLICY.rounding_step, POLICY.cut_off_working_days) == (5, 5, 30)
    assert (POLICY.person_list_max_age_hours, POLICY.decision_valid_days) == (24, 365)
    assert (POLICY.retention_max_months, POLICY.receipt_due_days, POLICY.deletion_due_days) == (36, 5, 10)


def test_vigo_is_described_in_breadth() -> None:
    assert len(CATALOGUE.variables) >= 110
    assert len(CATALOGUE.datasets) >= 9
    assert {each.name for each in CARRIED.datasets} == {each.name for each in CATALOGUE.datasets} == set(KEYS)
    assert [v.name for v in CATALOGUE.variables if v.code_list and not CATALOGUE.code_list(v.code_list).codes] == []


def test_everything_is_said_in_three_languages_with_its_population_and_where_it_is_from() -> None:
    for variable in CATALOGUE.variables:
        texts = (variable.label, variable.definition, variable.population)
        assert all(text is not None and text.nn for text in texts), variable.name
        assert variable.source, variable.name
        assert variable.since, variable.name


def test_a_quasi_identifier_or_worse_has_a_coarser_level_or_a_reason_not_to() -> None:
    """What has none of them is a name, a text without a list, a yes or no, or a pointer to one organisation."""
    bare = {
        v.name for v in CATALOGUE.variables
        if v.sensitivity == "quasi-identifier" and len(v.levels) == 1 and v.code_list is None
    }  # fmt: skip
    assert bare == {"CLASS", "COMPANY_NUMBER"}


def test_breaks_are_in_the_order_of_their_days() -> None:
    for variable in CATALOGUE.variables:
        days = [each.day for each in variable.breaks or ()]
        assert days == sorted(set(days)), variable.name
    reformed = {v.name for v in CATALOGUE.variables for each in v.breaks or () if each.day == date(2024, 1, 1)}
    assert {"REPORTING_COUNTY", "HOME_COUNTY", "RESIDENCE_MUNICIPALITY"} <= reformed
