"""What publishers tell a commons is found as soon as it is told, under what it is called now, where it is now."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from avrop.actions import commons, look
from avrop.actions.commons_keys import KeyHolder
from avrop.actions.find import find
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
from avrop.catalogue.search.questions import Search
from avrop.http.app import create_app
from avrop.settings import Settings
from avrop.system import System, open_system
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
