"""A topic's page: its variables' years, and which controllers have them."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from fastapi import FastAPI

from avrop.catalogue.search.cards import own_cards
from avrop.http.app import create_app
from avrop.store import db, search_index
from avrop.web import charts
from avrop.web.texts import Speech
from tests.publishing import CATALOGUE, NOW, published
from tests.search.asking import get

COUNTIES = ("Åsen", "Berg & Dal", "Ærlig")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    """A provider with three controllers."""
    with published(tmp_path_factory.mktemp("topics")) as system:
        found = own_cards(CATALOGUE, publisher="The provider", counties=COUNTIES, on=NOW.date())
        with db.transaction(system.database) as connection:
            search_index.replace(connection, {"own": found})
        yield create_app(system, faces=("catalogue",))


def test_a_topic_shows_each_controllers_years_and_leads_to_its_variables(app: FastAPI) -> None:
    """K5: topic by year by county."""
    page = get(app, "/nb/tema/ENROLMENT").text
    figure = page.partition('id="counties"')[2].partition("</figure>")[0]
    shown = re.findall(r'<a class="ds-link" href="/nb/tema/ENROLMENT\?county=([^"]+)">', figure)
    assert shown == ["Berg+%26+Dal", "%C3%86rlig", "%C3%85sen"]
    one = get(app, f"/nb/tema/ENROLMENT?county={shown[0]}").text
    assert "Behandlingsansvarlig: Berg &amp; Dal" in one
    assert 'id="counties"' not in one
    assert "topic=ENROLMENT&amp;county=Berg+%26+Dal" in one
    assert "0 variabler" in get(app, "/nb/tema/ENROLMENT?county=Nowhere").text


def test_a_controllers_years_are_those_of_any_of_its_variables() -> None:
    first, second, *_ = (
        each.card
        for each in own_cards(CATALOGUE, publisher="P", counties=("Oslo",), on=NOW.date())
        if each.card.since is not None
    )
    cards = [
        replace(first, since=2006, until=2008),
        replace(second, since=2015, until=2015, counties=("Oslo", "Troms")),
    ]
    grid = charts.coverage(cards, Speech("en"), until=2020)
    assert [(each.key, each.spans, each.variables) for each in grid.counties] == [
        ("Oslo", "2006–2008, 2015", 2), ("Troms", "2015", 1),
    ]  # fmt: skip
    assert grid.counties[0].label == "Oslo: values 2006–2008, 2015"


@pytest.mark.parametrize("path", ["/nb/tema/ENROLMENT", "/nn/katalog?q=fravær", "/en/variabler/ABSENCE_DAYS"])
def test_every_strip_stands_in_a_figure_with_caption_and_table(app: FastAPI, path: str) -> None:
    """A26."""
    page = get(app, path).text
    figures = re.findall(r"<figure.*?</figure>", page, re.DOTALL)
    assert sum(each.count('class="strip"') for each in figures) == page.count('class="strip"') > 0
    for each in figures:
        assert "<figcaption>" in each
        assert "<caption" in each
        strips = each.count('class="strip"')
        assert not strips or strips == each.count('<th scope="row">')
