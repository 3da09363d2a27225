"""What publishers tell a commons is found as soon as it is told, under what it is called now, where it is now."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from avrop.actions import commons, look
from avrop.actions.commons_keys import KeyHolder
from avrop.actions.find import find
from avrop.actions.look import Shown
from avrop.catalogue.commons import (
    CatalogueEntry,
    CodeEntry,
    Contact,
    DatasetEntry,
    Domain,
    MeasureEntry,
    Publisher,
    Said,
    UnitTypeEntry,
    VariableEntry,
    Words,
)
from avrop.catalogue.search.cards import told_card
from avrop.catalogue.search.questions import Search
from avrop.http.app import create_app
from avrop.settings import Settings
from avrop.system import System, open_system
from avrop.web import codetables
from avrop.web.texts import Speech, texts
from tests.conftest import Fresh
from tests.search.asking import get

ASKED = Contact(name="Opptaket", email="data@oslo.example.no")
HOLDER = KeyHolder(organisation="ours", publisher="Oslo universitet")


def no(text: str) -> Said:
    return (Words(language="no", value=text),)


def variable(name: str, label: str, *, unit: str | None = None, subject: str = "Opptak") -> VariableEntry:
    return VariableEntry(
        name=name, temporality="STATUS", openness="NONPUBLIC", identified_by=("PERSON",), subjects=(no(subject),),
        measures=(MeasureEntry(label=no(label), description=no(f"{label} slik det er ført."), unit_type=unit),),
        coverage=no("Hele landet"),
    )  # fmt: skip


@pytest.fixture(scope="module")
def system(fresh_database: Fresh, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    home: Path = tmp_path_factory.mktemp("told")
    settings = Settings(
        name="commons", organisation="commons", home=home / "zone", keys_home=home / "keys", demo=True,
        database_url=fresh_database("told"),
    )  # fmt: skip
    with open_system(settings) as opened:
        yield opened


@pytest.fixture(scope="module")
def dataset(system: System) -> str:
    entry = CatalogueEntry(title=no("Studenter"), publisher=Publisher(name=HOLDER.publisher))
    catalogue = int(commons.keep_catalogue(system, HOLDER, entry).id)
    codes = (CodeEntry(code="BA", title=no("Bachelor")), CodeEntry(code="MA", title=no("Master")))
    unit = UnitTypeEntry(name="GRAD", label=no("Grad"), description=no("Grad"), domain=Domain(codes=codes))
    commons.keep_unit_type(system, HOLDER, catalogue, unit)
    kept = commons.keep_dataset(system, HOLDER, catalogue, DatasetEntry(title=no("Studieopptak"), contacts=(ASKED,)))
    told = [variable("OPPTAK_POENG", "Konkurransepoeng"), variable("OPPTAK_GRAD", "Gradsnivå", unit="GRAD")]
    commons.keep_variables(system, HOLDER, str(kept.id), told)
    return str(kept.id)


def found(system: System, text: str) -> list[str]:
    return [hit.card.name for hit in find(system, Search(text=text)).hits]


def test_a_told_variable_is_found_by_its_label_its_subject_and_its_codes(system: System, dataset: str) -> None:
    assert dataset
    assert found(system, "konkuransepoeng") == ["OPPTAK_POENG"]
    assert sorted(found(system, "opptak")) == ["OPPTAK_GRAD", "OPPTAK_POENG"]
    assert found(system, "bachelor") == ["OPPTAK_GRAD"]
    card = find(system, Search(text="bachelor")).hits[0].card
    assert (card.publisher, card.value_type, card.counties) == ("Oslo universitet", "codes", ("Hele landet",))


def test_facets_name_what_publishers_call_their_subjects(system: System, dataset: str) -> None:
    assert dataset
    topics = find(system, Search()).facets["topic"]
    assert [(bucket.value, bucket.count) for bucket in topics] == [("Opptak", 2)]


def test_a_unit_type_that_every_catalogue_has_is_shown_by_its_label(system: System, dataset: str) -> None:
    assert dataset
    card = find(system, Search(text="bachelor")).hits[0].card
    assert [(unit.key, unit.label[0].value) for unit in card.units] == [("PERSON", "Person")]
    assert ">PERSON<" not in get(create_app(system, faces=("catalogue",)), f"/nb/variabler/{card.id}").text


def test_a_changed_label_is_found_and_the_old_one_is_not(system: System, dataset: str) -> None:
    commons.keep_variables(system, HOLDER, dataset, [variable("OPPTAK_POENG", "Skolepoeng")])
    assert found(system, "skolepoeng") == ["OPPTAK_POENG"]
    assert found(system, "konkurransepoeng") == []
    assert find(system, Search()).total == 2


def test_pages_show_a_told_variable_with_its_codes(system: System, dataset: str) -> None:
    assert dataset
    app = create_app(system, faces=("catalogue",))
    card = find(system, Search(text="bachelor")).hits[0].card
    page = get(app, f"/nb/variabler/{card.id}")
    assert page.status_code == 200
    assert "Bachelor" in page.text
    assert "Måles på en bestemt dag" in page.text
    assert get(app, f"/nn/variabler/{card.id}/kodeliste").status_code == 200
    assert get(app, "/nb/tema/Opptak").status_code == 200
    assert look.variable(system, card.id).told is not None
    assert 'href="mailto:data@oslo.example.no?subject=OPPTAK_GRAD">Opptaket</a>' in page.text


def test_a_commons_of_others_catalogues_offers_no_question_that_finds_nothing(system: System, dataset: str) -> None:
    assert dataset
    app = create_app(system, faces=("catalogue",))
    front = get(app, "/nb/").text
    assert "Prøv for eksempel" not in front
    assert "katalog?q=" not in front
    assert "Siden til hver variabel sier hvem som har publisert den." in front


DATED = (
    CodeEntry(code="BA", title=no("Bachelor"), valid_from="2020-08-01"),
    CodeEntry(code="CM", title=no("Cand.mag."), valid_until="2022-07-31"),
    CodeEntry(code="MA", title=no("Master")),
    CodeEntry(code="XX", title=no("Tatt imot før"), valid_from="i fjor"),
)


def test_what_changed_in_told_codes_is_as_their_days_say() -> None:
    card = told_card(variable("A", "A"), DatasetEntry(title=no("D")), {}, known_as="A~1", publisher="P").card
    start, end, speech = date(2020, 1, 1), date(2024, 1, 1), Speech("en")
    found = codetables.changed(Shown(card=card, codes=DATED), speech, start=start, end=end)
    assert found is not None
    came, ended = found
    assert [(row.code, row.since, row.label.text, row.label.tag) for row in came] == [
        ("BA", "2020-08-01", "Bachelor", "no"),
    ]  # fmt: skip
    assert [(row.code, row.until) for row in ended] == [("CM", "2022-08-01")]
    assert codetables.changed(Shown(card=card, codes=DATED[2:3]), speech, start=start, end=end) is None
    on = codetables.table(Shown(card=card, codes=DATED), speech, on=date(2022, 7, 31))
    assert on is not None
    assert [row.code for row in on.rows] == ["BA", "CM", "MA", "XX"]


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_codes_without_days_have_no_history(system: System, dataset: str, language: str) -> None:
    assert dataset
    card = find(system, Search(text="bachelor")).hits[0].card
    page = get(create_app(system, faces=("catalogue",)), f"/{language}/variabler/{card.id}/kodeliste?since=2020-01-01")
    assert page.status_code == 200
    assert texts(language)["codes.no_history"] in page.text
    assert texts(language)["codes.none"] not in page.text
