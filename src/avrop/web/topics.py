"""A topic's page: which years its variables have, in all and by county, and what its rows look like; and those rows."""

from fastapi import Request, Response

from avrop.actions import look
from avrop.catalogue import csvw
from avrop.catalogue.unittypes import Language
from avrop.system import System
from avrop.web import charts, csvfiles
from avrop.web.pages import page
from avrop.web.texts import Speech

ROWS_SHOWN, ROWS_GIVEN = 20, 200


def topic(system: System, request: Request, language: Language, key: str) -> Response:
    """The page; with `county`, of those variables only that the county has."""
    label, every = look.topic(system, key, language=language)
    county = request.query_params.get("county", "")
    cards = [card for card in every if not county or county in card.counties]
    grid = charts.coverage(cards, Speech(language), until=system.clock().year)
    shown = look.sample(system, key, count=ROWS_SHOWN) if "rows" in request.query_params else None
    return page(
        system, request, "topic.html", language=language, key=key, label=label, cards=cards, grid=grid, sample=shown,
        county=county, chosen=[("county", county)] if county else [], ours=any("~" not in card.id for card in every),
    )  # fmt: skip


def sample(system: System, _request: Request, language: Language, key: str) -> Response:
    """Rows of nobody as CSV."""
    found = look.sample(system, key, count=ROWS_GIVEN)
    name = f"{key}-{Speech(language)('sample.file')}"
    return csvfiles.answer(name, found.columns, found.rows, described_by="rows.csv-metadata.json")


def sample_described(system: System, _request: Request, language: Language, key: str) -> Response:
    """What the columns of those rows are, as CSV on the Web says it."""
    own, dataset = look.sampled(system, key)
    return csvfiles.description(csvw.table(own, dataset, file="rows.csv", codes=csvfiles.codes_of(language)))
