"""Pages in states that are seldom seen: told by others, withdrawn, wrongly asked for, with words of any length.

Pages that are nowhere else are opened in every language; for the others languages take turns, as each of those pages is
opened in all three, in its usual state, by `test_pages`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest

from avrop.actions import commons, find, publish
from avrop.actions.commons_keys import KeyHolder
from avrop.catalogue.commons import CatalogueEntry, CodeEntry, Contact, DatasetEntry, Domain, Publisher, UnitTypeEntry
from avrop.catalogue.search.questions import Search
from avrop.http.app import create_app
from tests.browser.conftest import LANGUAGES, Opened, seen_in_both
from tests.http.commons import running
from tests.publishing import CATALOGUE, OPERATOR, published
from tests.search.test_told import no, variable

pytestmark = pytest.mark.browser
HOLDER = KeyHolder(organisation="ours", publisher="Oslo universitet")
LONG = "Studentsamskipnadsmedlemskapsopplysningsregistreringstidspunkt" * 2
STATES = {
    "told": "/variabler/{told}", "told-codes": "/variabler/{told}/kodeliste?since=2020-01-01", "told-topic": "/tema/Opptak",
    "long": "/variabler/{long}", "long-found": "/katalog?q=" + LONG[:60], "told-compared": "/sammenlign?v={told}&v=SEX",
    "told-joined": "/kobling?v={told}&v=SEX&rows=1", "leaving": "/variabler/CONDUCT", "older": "/variabler/LEVEL?version=2026.1",
    "gone": "/variabler/LEVEL",
    "withdrawn": "/katalog?status=withdrawn", "wrong-year": "/katalog?from=2x", "wrong-day": "/variabler/HOME_COUNTY/kodeliste?on=2x",
    "ghosts": "/handlekurv", "endless-question": "/katalog?q=" + "lang" * 80, "second": "/katalog?page=2", "empty": "/handlekurv?x",
    "datasets": "/datasett", "datasets-none": "/datasett?q=xqzzyv", "datasets-wrong": "/datasett?q=" + "lang" * 80, "dataset": "/datasett/{bare}",
}  # fmt: skip
GHOSTS = [{"name": "avrop_cart", "value": "GONE~99!SEX!LEVEL"}]


ONLY_HERE = ("datasets", "dataset", "older", "told")
OPENED = [
    (name, language)
    for turn, name in enumerate(STATES)
    for language in (LANGUAGES if name in ONLY_HERE else (LANGUAGES[turn % len(LANGUAGES)],))
]


@dataclass(frozen=True)
class Place:
    """Where the pages are, and the names of what others told."""

    url: str
    names: Mapping[str, str]

    def address(self, language: str, name: str) -> str:
        return f"{self.url}/{language}{STATES[name].format(**self.names)}"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    ends = {"CONDUCT": (date(2030, 1, 1), ("ORDER_MARK",)), "LEVEL": (date(2026, 1, 1), ("SEX",))}
    made = tuple(
        replace(each, withdrawn=ends[each.name][0], successors=ends[each.name][1]) if each.name in ends else each
        for each in CATALOGUE.variables
    )
    with published(tmp_path_factory.mktemp("rarer")) as system:
        later = replace(CATALOGUE, version="later", variables=made)
        publish.publish_catalogue(system, OPERATOR, later, breaking=True)
        entry = CatalogueEntry(title=no("Studenter"), publisher=Publisher(name=HOLDER.publisher))
        catalogue = int(commons.keep_catalogue(system, HOLDER, entry).id)
        codes = (CodeEntry(code="BA", title=no("Bachelor")), CodeEntry(code="L" * 90, title=no(LONG)))
        unit = UnitTypeEntry(name="GRAD", label=no("Grad"), description=no("Grad"), domain=Domain(codes=codes))
        commons.keep_unit_type(system, HOLDER, catalogue, unit)
        dataset = str(commons.keep_dataset(system, HOLDER, catalogue, DatasetEntry(title=no(LONG))).id)
        bare = DatasetEntry(
            title=no(f"Uten variabler {LONG}"), description=no(LONG), contacts=(Contact(name=LONG, email="a@b.example"),),
            iri=f"https://other.example/{LONG}", page="https://other.example/",
        )  # fmt: skip
        described = str(commons.keep_dataset(system, HOLDER, catalogue, bare).id)
        told = [variable("OPPTAK_GRAD", "Gradsnivå", unit="GRAD"), variable("LANG_" * 20, LONG, subject=LONG)]
        commons.keep_variables(system, HOLDER, dataset, told)
        hits = {text: find.find(system, Search(text=text)).hits[0].card.id for text in ("bachelor", LONG)}
        with running(create_app(system, faces=("catalogue",))) as url:
            yield Place(url.rstrip("/"), {"told": hits["bachelor"], "long": hits[LONG], "bare": described})


@pytest.mark.parametrize(("name", "language"), OPENED)
def test_a_rare_page_is_as_accessible_and_as_narrow_as_any(
    place: Place, opened: Opened, pictures: Path | None, name: str, language: str
) -> None:
    cookies = GHOSTS if name == "ghosts" else ()
    page, seen = opened(place.address(language, name), cookies=cookies, viewport={"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    seen_in_both(page, pictures, f"rare-{name}-{language}")
    assert [url for url in seen.requests if not url.startswith(place.url)] == []
    assert [text for text in seen.complaints if "422" not in text] == []
    assert page.locator("h1").count() == 1
