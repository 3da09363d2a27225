"""A variable, its code list and its topic as pages, and their rows as files."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from avrop.actions import publish, tasks
from avrop.catalogue.variables import Variable
from avrop.http.app import create_app
from avrop.system import System
from avrop.web import csvfiles
from tests.publishing import CATALOGUE, OPERATOR, published
from tests.search.asking import get


def test_codes_can_be_had_as_csv(provider: System) -> None:
    answer = get(create_app(provider, faces=("catalogue",)), "/en/variabler/SEX/kodeliste.csv")
    assert answer.text.splitlines()[0] == "code,label,valid_from,valid_to,successors"
    assert len(answer.text.splitlines()) >= 3


def test_a_code_lists_file_says_where_its_columns_are_described(provider: System) -> None:
    app = create_app(provider, faces=("catalogue",))
    given = get(app, "/nb/variabler/SUBJECT/kodeliste.csv")
    assert given.headers["link"].startswith("<kodeliste.csv-metadata.json>; ")
    answer = get(app, "/nb/variabler/SUBJECT/kodeliste.csv-metadata.json")
    assert f'type="{answer.headers["content-type"]}"' in given.headers["link"]
    told, columns = answer.json(), answer.json()["tableSchema"]["columns"]
    assert [each["titles"] for each in columns] == given.text.splitlines()[0].split(",")
    assert (told["url"], told["tableSchema"]["primaryKey"]) == ("kodeliste.csv", ["code", "valid_from"])
    assert {each["@language"] for each in told["dc:title"]} >= {"nb", "en"}
    assert get(app, "/nb/variabler/NOTHING/kodeliste.csv-metadata.json").status_code == 404


def test_counties_have_their_official_names_in_every_language_that_they_have(provider: System) -> None:
    """L11: as they are called since 2024, the Sámi and Kven forms among them."""
    page = get(create_app(provider, faces=("catalogue",)), "/nn/variabler/HOME_COUNTY/kodeliste?on=2026-01-01").text
    for name in ("Nordland – Nordlánnda", "Trøndelag – Trööndelage", "Troms – Romsa – Tromssa",
                 "Finnmark – Finnmárku – Finmarkku"):  # fmt: skip
        assert name in page


def test_a_topic_shows_and_gives_rows_of_nobody(provider: System) -> None:
    app = create_app(provider, faces=("catalogue",))
    page = get(app, "/nb/tema/RESULT?rows=1")
    assert page.text.count("P-0000") >= 20
    given = get(app, "/en/tema/RESULT/rows.csv")
    assert given.headers["content-disposition"] == 'attachment; filename="RESULT-synthetic.csv"'
    assert given.text == get(app, "/nb/tema/RESULT/rows.csv").text
    assert given.text.splitlines()[0].split(",")[0] == "PERSON_ID"
    assert len(given.text.splitlines()) > 100
    assert get(app, "/nb/tema/NOTHING/rows.csv").status_code == 404
    told = get(app, "/nn/tema/RESULT/rows.csv-metadata.json")
    assert f'type="{told.headers["content-type"]}"' in given.headers["link"]
    columns = told.json()["tableSchema"]["columns"]
    assert [each["titles"] for each in columns] == given.text.splitlines()[0].split(",")
    codes = next(each["rdfs:seeAlso"]["@id"] for each in columns if "rdfs:seeAlso" in each)
    assert get(app, codes).headers["content-type"].startswith("text/csv")
    assert get(app, "/nb/tema/NOTHING/rows.csv-metadata.json").status_code == 404


def test_a_variable_shows_how_it_is_spread_among_people_who_do_not_exist(provider: System) -> None:
    app = create_app(provider, faces=("catalogue",))
    page = get(app, "/en/variabler/SEX").text
    assert "Synthetic data: " in page
    assert page.count('<svg class="bars"') == 1
    assert 'id="risk"' in page
    assert "Alone among the same sex and year of birth" in page
    assert 'class="bars"' not in get(app, "/en/variabler/PERSON_ID").text


@pytest.mark.parametrize("variable", ["PROGRAMME_AREA", "SUBJECT", "TRADE"])
def test_a_label_that_is_shown_in_another_language_says_so_in_the_figure_too(provider: System, variable: str) -> None:
    app = create_app(provider, faces=("catalogue",))
    names = re.findall(r'<text class="name"(.*?) x="', get(app, f"/nn/variabler/{variable}").text)
    assert ' lang="no"' in names
    assert set(re.findall(r'<text class="name"(.*?) x="', get(app, f"/nb/variabler/{variable}").text)) == {""}
    table = get(app, f"/nn/variabler/{variable}").text.partition('class="bars"')[2].partition("</table>")[0]
    assert table.count('<span lang="no">') == names.count(' lang="no"')


def test_a_long_code_list_has_pages_that_keep_the_question(provider: System) -> None:
    app = create_app(provider, faces=("catalogue",))
    first = get(app, "/en/variabler/PROGRAMME_AREA/kodeliste?on=2024-01-01").text
    second = get(app, "/en/variabler/PROGRAMME_AREA/kodeliste?on=2024-01-01&page=2").text
    assert "on=2024-01-01&amp;page=2" in first
    assert first.count('<th scope="row"><code>') == 100
    assert set(re.findall(r"<code>([A-Z0-9-]+)</code>", first)).isdisjoint(
        re.findall(r"<code>([A-Z0-9-]{10})</code>", second)
    )
    assert get(app, "/en/variabler/PROGRAMME_AREA/kodeliste?page=999999999").status_code == 200
    assert get(app, "/en/variabler/SEX/kodeliste").text.count("ds-pagination") == 0


def test_a_wrong_day_is_said_beside_the_form_and_a_page_too_far_is_the_last(provider: System) -> None:
    app = create_app(provider, faces=("catalogue",))
    answer = get(app, "/en/variabler/SEX/kodeliste?on=yesterday&q=1")
    assert answer.status_code == 422
    assert "<title>Error: " in answer.text
    assert 'href="#on">' in answer.text
    assert 'value="1"' in answer.text
    assert get(app, "/en/katalog?page=1999").text.count("<article") > 0


def test_a_file_may_be_called_in_any_letters() -> None:
    named = csvfiles.answer("ČÁLLI", ("a",), [])
    assert named.headers["content-disposition"] == "attachment; filename*=UTF-8''%C4%8C%C3%81LLI.csv"


def test_a_variable_that_goes_says_when_and_what_to_ask_for_instead(tmp_path: Path) -> None:
    def changed(variable: Variable) -> Variable:
        if variable.name == "CONDUCT":
            return replace(variable, withdrawn=date(2030, 1, 1), successors=("ORDER_MARK",))
        return (
            replace(variable, withdrawn=date(2026, 1, 1), successors=("SEX",)) if variable.name == "LEVEL" else variable
        )

    with published(tmp_path) as system:
        made = replace(CATALOGUE, version="later", variables=tuple(map(changed, CATALOGUE.variables)))
        publish.publish_catalogue(system, OPERATOR, made, breaking=True)
        app = create_app(system, faces=("catalogue",))
        going, gone = get(app, "/en/variabler/CONDUCT").text, get(app, "/nb/variabler/LEVEL").text
        assert f'">{CATALOGUE.variable("SEX").label.nb} (<code>SEX</code>)</a>' in gone
        later = replace(system, clock=lambda: datetime(2031, 1, 1, tzinfo=UTC))
        assert "kan ikke lenger bes om" in get(create_app(later, faces=("catalogue",)), "/nb/variabler/CONDUCT").text
        tasks.tick(later)
        withdrawn = get(app, "/api/v1/search?status=withdrawn").json()["hits"]
        assert {hit["card"]["id"] for hit in withdrawn} >= {"CONDUCT", "LEVEL"}
    assert "is withdrawn on 1 January 2030" in going
    assert 'href="/en/variabler/ORDER_MARK"' in going
    assert "kan ikke lenger bes om" in gone
    assert 'href="/nb/variabler/SEX"' in gone


@pytest.mark.parametrize(("language", "marked"), [("nb", False), ("nn", True), ("en", True)])
def test_what_is_left_open_is_said_in_its_own_language(provider: System, language: str, marked: bool) -> None:
    page = get(create_app(provider, faces=("catalogue",)), f"/{language}/variabler/ABSENCE_TYPE").text
    point = next(point for point in CATALOGUE.variable("ABSENCE_TYPE").open_points or ())
    assert (f'<span lang="no">{point}</span>' in page) is marked
    assert f"<li>{point}</li>" in page or marked


def test_days_of_a_code_list_are_written_as_the_language_has_them(provider: System) -> None:
    page = get(create_app(provider, faces=("catalogue",)), "/nb/variabler/HOME_COUNTY/kodeliste?on=2024-06-01").text
    assert '<time datetime="2024-01-01">1. jan. 2024</time>' in page


def test_a_variable_says_what_changed_since_the_version_before_and_each_version_can_be_read(tmp_path: Path) -> None:
    wide = replace(CATALOGUE.variable("SEX").label, nb="Juridisk kjønn", en="Legal sex")
    new = replace(CATALOGUE.variable("ORDER_MARK"), name="NEW_MARK")
    made = tuple(
        replace(each, label=wide, nullable=True) if each.name == "SEX" else each
        for each in CATALOGUE.variables if each.name != "LEVEL"
    )  # fmt: skip
    homes = tuple(
        replace(each, variables=tuple(name for name in each.variables if name != "LEVEL"))
        for each in CATALOGUE.datasets
    )
    second = replace(CATALOGUE, version="2026.2", variables=(*made, new), datasets=homes)
    with published(tmp_path) as system:
        app = create_app(system, faces=("catalogue",))
        first = get(app, "/en/variabler/SEX")
        later = replace(system, clock=lambda: datetime(2026, 12, 24, tzinfo=UTC))
        publish.publish_catalogue(later, OPERATOR, second, breaking=True)
        now, older = get(app, "/en/variabler/SEX"), get(app, "/en/variabler/SEX?version=2026.1")
        same, fresh = get(app, "/nb/variabler/ABSENCE_DAYS").text, get(app, "/nn/variabler/NEW_MARK").text
        left = get(app, "/nb/variabler/LEVEL?version=2026.1")
        missing = [get(app, f"/nb/variabler/{each}").status_code for each in (
            "SEX?version=1", "SEX?version=", "NEW_MARK?version=2026.1", "LEVEL?version=2026.2", "x~1?version=2026.1")]  # fmt: skip
        again = get(app, "/en/variabler/SEX?version=2026.2")
    assert "since version" not in first.text
    assert "Changed since version 2026.1" in now.text
    assert "It is called something else.</li>" in now.text
    assert "Whether values may be missing is different. <b>Plans on" in now.text
    assert 'href="/en/variabler/SEX?version=2026.1"' in now.text
    assert "2 November 2026" in now.text
    assert "24 December 2026 (current)" in now.text
    assert "Ingenting er endret siden versjon 2026.1." in same
    assert "Variabelen er ny i versjon 2026.2." in fresh
    assert "?version=2026.1" not in fresh.split('id="versions"')[1]
    assert "Legal sex" not in older.text
    assert "This is version 2026.1, published on 2 November 2026. It is not the current one." in older.text
    assert '<a class="ds-link" href="/en/variabler/SEX">See the variable in the current version' in older.text
    assert '/en/handlekurv"><button' not in older.text and 'class="put"' not in older.text
    assert older.headers["x-robots-tag"] == "noindex"
    assert "x-robots-tag" not in now.headers and "x-robots-tag" not in again.headers
    assert "Gjeldende versjon, 2026.2, har ikke variabelen." in left.text
    assert missing == [404] * 5
    assert "not the current one" not in again.text
