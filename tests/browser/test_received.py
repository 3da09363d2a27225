"""The page of a cart that another catalogue handed over, in a real Chromium."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.browser.conftest import LANGUAGES, Opened, seen_in_both
from tests.http.carting import Clock, Site, cart, provider, site

pytestmark = pytest.mark.browser
OURS = "https://provider.example.no/dcat/vigo/ENROLMENT/03"


@pytest.fixture(scope="module")
def handed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with (
        provider(tmp_path_factory.mktemp("handed")) as system,
        site(system, Clock(datetime.now(UTC))) as served,
    ):
        yield served


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_cart_that_was_handed_over_is_as_accessible_as_any_page(
    handed: Site, opened: Opened, pictures: Path | None, language: str
) -> None:
    for name, uri in (("ours", OURS), ("foreign", "https://elsewhere.example.no/d/1")):
        path = handed.waiting(cart(uri, language=language))
        page, seen = opened(handed.url + path.lstrip("/"), viewport={"width": 320, "height": 700})
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        seen_in_both(page, pictures, f"received-{name}-{language}")
        assert [url for url in seen.requests if not url.startswith(handed.url)] == []
        assert seen.complaints == []


def test_nothing_ticked_is_said_first_and_what_is_ticked_comes_into_the_cart(handed: Site, opened: Opened) -> None:
    page, _ = opened(handed.url + handed.waiting(cart(OURS)).lstrip("/"), java_script_enabled=False)
    button = page.locator("form[action*=mottatt] button")
    button.click()
    assert page.title().startswith("Feil: ")
    assert page.locator("#wrong").evaluate("e => e === document.activeElement")
    page.locator("#variables input").first.check()
    button.click()
    assert "1 variabel i handlekurven" in page.locator("main").inner_text()
