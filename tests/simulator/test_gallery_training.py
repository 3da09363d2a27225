"""Scripted lives with an apprenticeship, by name: courses, contracts, tests, certificates, and where they stand."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from tests.simulator.scripted_rows import courses, rows


@pytest.mark.parametrize(
    ("name", "codes", "tests", "certificates"),
    [
        ("straight-electrician", ["AB"], 1, 1), ("first-test-failed", ["AB"], 2, 1), ("two-tests-failed", ["S2"], 2, 0),
        ("other-company", ["AB", "ON"], 1, 1), ("longer-training", ["AB"], 1, 1), ("running-now", [None], 0, 0), ("apprentice-with-debt", ["AB"], 1, 1),
    ],
)  # fmt: skip
def test_contracts_end_as_the_script_says(
    micro: Path, name: str, codes: list[str | None], tests: int, certificates: int
) -> None:
    assert [code for _, code in rows(micro, "kontrakt", "kontrakt_id, avslutningskode", name)] == codes[::-1]
    assert len(rows(micro, "prove", "prove_id", name)) == tests
    assert len(rows(micro, "fagbrev", "fagbrev_id", name)) == certificates


def test_training_that_takes_longer_passes_the_next_october_and_its_time_is_longer(micro: Path) -> None:
    past = "laeretid_til > DATE '2019-10-01' AND laeretid_til < DATE '2020-10-01'"
    assert rows(micro, "kontrakt", f"{past}, netto_laeretid BETWEEN 27 AND 33", "longer-training") == [(True, True)]
    assert rows(micro, "prove", "dato > DATE '2019-10-01', forsok_nr", "longer-training") == [(True, 1)]
    assert rows(micro, "kontrakt", f"{past}, netto_laeretid", "straight-electrician") == [(False, 24)]


def test_transport_was_another_programme_before_the_reform(micro: Path) -> None:
    name = "driver-before-the-reform"
    assert rows(micro, "elevforhold", "trinn, utdanningsprogram, programomraadekode", name) == [
        ("VG1", "TP", "TPTIP1----"), ("VG2", "SS", "SSTOL2----"),
    ]  # fmt: skip
    assert rows(micro, "kontrakt", "laerefag", name) == [("SSYRK3----",)]


@pytest.mark.parametrize(
    ("name", "first", "last", "outside"),
    [
        ("contract-ended-first-year", "2017-11-01", "2018-09-30", "2018-2019"),
        ("contract-ended-second-year", "2018-11-01", "2019-09-30", "2019-2020"),
    ],
)
def test_a_contract_that_ended_says_by_whom_and_why_and_who_had_it_is_followed_up(
    micro: Path, name: str, first: str, last: str, outside: str
) -> None:
    within = f"avsluttet BETWEEN DATE '{first}' AND DATE '{last}' AND avsluttet < laeretid_til"
    ((by, why, ended),) = rows(micro, "kontrakt", f"hevet_av, avslutningskode, {within}", name)
    assert by is not None
    assert why not in {None, "AB", "S1", "S2"}
    assert ended
    assert rows(micro, "prove", "prove_id", name) == []
    assert rows(micro, "fagbrev", "fagbrev_id", name) == []
    assert rows(micro, "oppfolging", "skoleaar", name)[0] == (outside,)


@pytest.mark.parametrize(
    ("name", "sex", "expected", "trade"),
    [
        ("straight-carpenter", "1", ["2015-2016 BABAT1 B", "2016-2017 BATMF2 B"], "BATMF3----"),
        ("straight-health-worker", "2", ["2015-2016 HSHSF1 B", "2016-2017 HSHEA2 B"], "HSHEA3----"),
        ("straight-cook", "2", ["2015-2016 RMRMF1 B", "2016-2017 RMKOS2 B"], "RMKOK3----"),
    ],
)
def test_two_years_in_school_and_two_in_training_give_a_certificate_of_the_trade(
    micro: Path, name: str, sex: str, expected: list[str], trade: str
) -> None:
    assert rows(micro, "person", "kjonn", name) == [(sex,)]
    assert courses(micro, name) == expected
    assert rows(micro, "kontrakt", "laerefag, netto_laeretid, avslutningskode", name) == [(trade, 24, "AB")]
    assert rows(micro, "prove", "laerefag, kandidattype, forsok_nr, resultat IN ('B', 'BM')", name) == [
        (trade, "LA", 1, True),
    ]  # fmt: skip
    assert rows(micro, "fagbrev", "type", name) == [("F",)]
    days = training_days(micro, name)
    assert days == sorted(days)
    assert days[0] >= date(2017, 8, 1)


def training_days(folder: Path, name: str) -> list[date]:
    """When the only contract began, its test was taken, its time was over, and its certificate was issued."""
    ((begins, ends),) = rows(folder, "kontrakt", "laeretid_fra, laeretid_til", name)
    ((tested,),) = rows(folder, "prove", "dato", name)
    ((issued,),) = rows(folder, "fagbrev", "utstedt", name)
    return [day for day in (begins, tested, ends, issued) if isinstance(day, date)]


@pytest.mark.parametrize(
    ("name", "expected", "trade"),
    [
        ("one-rechoice", ["2016-2017 STUSP1 I", "2017-2018 TPTIP1 B", "2018-2019 TPPIN2 B"], "TPIME3----"),
        (
            "two-rechoices",
            ["2016-2017 STUSP1 I", "2017-2018 HSHSF1 I", "2018-2019 RMRMF1 B", "2019-2020 RMBAK2 B"],
            "RMKON3----",
        ),
    ],
)
def test_who_begins_again_goes_on_in_the_last_programme(
    micro: Path, name: str, expected: list[str], trade: str
) -> None:
    assert courses(micro, name) == expected
    first_years = rows(micro, "elevforhold", "skoleaar, utdanningsprogram", name, "AND trinn = 'VG1'")
    assert [programme for _, programme in first_years] == [course[10:12] for course in expected[:-1]]
    begins = f"laeretid_fra > DATE '{expected[-1][5:9]}-07-31'"
    assert rows(micro, "kontrakt", f"laerefag, {begins}, avslutningskode", name) == [(trade, True, "AB")]
    assert rows(micro, "prove", "laerefag", name) == [(trade,)]


def test_a_county_is_merged_during_school_and_split_during_training(micro: Path) -> None:
    name = "reform-in-training"
    assert rows(micro, "elevforhold", "skoleaar, avgiverfylke, skolenr", name) == [
        ("2019-2020", "08", "08018"), ("2020-2021", "38", "38018"),
    ]  # fmt: skip
    assert rows(micro, "oppfolging", "skoleaar, fylke", name) == [("2021-2022", "38")]
    across = "laeretid_fra < DATE '2024-01-01' AND laeretid_til > DATE '2024-01-01'"
    assert rows(micro, "kontrakt", f"laerefag, avgiverfylke, {across}", name) == [("BATMF3----", "38", True)]
    assert rows(micro, "prove", "laerefag, avgiverfylke, dato > DATE '2024-01-01'", name) == [
        ("BATMF3----", "40", True),
    ]  # fmt: skip
    assert {base for (base,) in rows(micro, "kontrakt", "base", name)} == {"40"}


def test_who_moves_to_train_has_the_contract_where_the_new_home_is(micro: Path) -> None:
    name = "moves-north-as-apprentice"
    homes = rows(micro, "bosted", "CAST(fom AS VARCHAR), fylke", name)
    assert homes == [("2019-08-01", "08"), ("2020-01-01", "38"), ("2021-08-01", "54"), ("2024-01-01", "56")]
    assert rows(micro, "elevforhold", "skoleaar, avgiverfylke, base", name) == [
        ("2019-2020", "08", "40"), ("2019-2020", "08", "56"), ("2020-2021", "38", "40"), ("2020-2021", "38", "56"),
    ]  # fmt: skip
    contract = "laerefag, avgiverfylke, hjemstedsfylke, base, laeretid_fra > DATE '2021-08-01'"
    assert rows(micro, "kontrakt", contract, name) == [("NAFFA3----", "54", "54", "56", True)]
    assert rows(micro, "prove", "avgiverfylke, base", name) == [("54", "56")]
    assert rows(micro, "fagbrev", "base", name) == [("56",)]


def test_an_apprentice_with_a_protected_address_has_a_county_and_no_municipality(micro: Path) -> None:
    name = "protected-apprentice"
    assert rows(micro, "person", "adressebeskyttelse <> 'UGRADERT'", name) == [(True,)]
    assert rows(micro, "bosted", "fylke, kommune", name) == [("08", None), ("38", None), ("40", None)]
    assert rows(micro, "kontrakt", "laerefag, hjemstedsfylke, orgnr IS NULL, avslutningskode", name) == [
        ("ELPRO3----", "38", False, "AB"),
    ]  # fmt: skip
    assert len(rows(micro, "fagbrev", "fagbrev_id", name)) == 1


@pytest.mark.parametrize(
    ("name", "closed", "passed", "certificates"),
    [("trade-in-school", "AB", True, 1), ("test-in-school-failed", "S1", False, 1)],
)
def test_who_found_no_company_is_taught_the_trade_in_school_for_a_year_and_tested_as_a_pupil(
    micro: Path, name: str, closed: str, passed: bool, certificates: int
) -> None:
    at_school = "AND kontraktstype = 'E'"
    contract = "avslutningskode, netto_laeretid, opplaeringskontor IS NULL, laeretid_til BETWEEN DATE '2018-06-01' AND DATE '2018-08-01'"
    assert rows(micro, "kontrakt", contract, name, at_school) == [(closed, 10, True, True)]
    assert rows(micro, "prove", "forsok_nr, resultat <> 'IB'", name, "AND kandidattype = 'EL'") == [(1, passed)]
    assert len(rows(micro, "fagbrev", "fagbrev_id", name)) == certificates
    assert rows(micro, "elevforhold", "skoleaar", name, "AND skoleaar >= '2017-2018'") == []
    ((organisation,),) = rows(micro, "kontrakt", "orgnr", name, at_school)
    with duckdb.connect() as database:
        schools = database.execute(f"SELECT DISTINCT orgnr FROM read_parquet('{micro}/skole/*.parquet')").fetchall()
    assert (organisation,) in schools


def test_who_failed_in_school_may_become_an_apprentice_afterwards(micro: Path) -> None:
    name = "test-in-school-failed"
    assert rows(micro, "kontrakt", "kontraktstype, avslutningskode", name) == [("E", "S1"), ("L", "AB")]
    assert rows(micro, "prove", "kandidattype, forsok_nr", name) == [("EL", 1), ("LA", 1)]
    assert rows(micro, "oppfolging", "skoleaar", name) == [("2018-2019",)]
