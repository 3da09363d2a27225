"""Every page in every language, light and dark: accessible, alone with its server, within its policy, on narrow screens."""

from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import Opened

pytestmark = pytest.mark.browser
LANGUAGES = ("nb", "nn", "en")
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
PAGES = {
    "home": "/", "search": "/katalog", "found": "/katalog?q=fravær&sensitivity=confidential&from=2020&to=2022",
    "nothing": "/katalog?q=xqzzyv", "misspelt": "/katalog?q=grunskolepoeng", "variable": "/variabler/PROGRAMME_AREA",
    "described": "/variabler/ABSENCE_TYPE", "codes": "/variabler/COUNTY_OF_NOTHING", "topic": "/tema/ENROLMENT", "rows": "/tema/RESULT?rows=1",
    "joins": "/kobling", "compare": "/sammenlign?v=SEX&v=ABSENCE_DAYS&v=HOME_COUNTY", "cart": "/handlekurv",
    "glossary": "/ordliste", "accessibility": "/tilgjengelighet", "missing": "/no/such/page",
}  # fmt: skip
PAGES["codes"] = "/variabler/HOME_COUNTY/kodeliste?on=2024-06-01&since=2019-06-01"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CART = [{"name": "avrop_cart", "value": "SEX!BIRTH_DATE!TEST_RESULT"}]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_violation_asks_nobody_else_and_keeps_its_policy(
    site: str, opened: Opened, pictures: Path | None, name: str, language: str
) -> None:
    page, seen = opened(f"{site}/{language}{PAGES[name]}")
    if name == "cart":
        page.context.add_cookies([{**each, "url": site} for each in CART])  # type: ignore[typeddict-item]
        page.reload()
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        if pictures:
            page.screenshot(path=pictures / f"{name}-{language}-{scheme}.png", full_page=True)
        found = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}})
        wrong = [f"{scheme}: {each['id']}: {each['nodes'][0]['html']}" for each in found.response["violations"]]
        assert wrong == []
    assert [url for url in seen.requests if not url.startswith(site)] == []
    assert [text for text in seen.complaints if "404" not in text] == []
    assert page.locator("h1").count() == 1
    assert page.title().endswith("– Avrop")


@pytest.mark.parametrize("name", PAGES)
def test_a_narrow_screen_scrolls_no_page_sideways(site: str, opened: Opened, pictures: Path | None, name: str) -> None:
    page, _ = opened(f"{site}/nb{PAGES[name]}", viewport={"width": 320, "height": 700}, java_script_enabled=True)
    if pictures:
        page.screenshot(path=pictures / f"{name}-narrow.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    small = page.evaluate(
        """() => [...document.querySelectorAll('button, input:not([type=hidden]), select, summary')]
        .filter(e => e.offsetParent).map(e => e.getBoundingClientRect())
        .filter(r => r.width < 24 || r.height < 24).length"""
    )
    assert small == 0


def test_without_javascript_an_analyst_searches_narrows_and_fills_a_cart(site: str, opened: Opened) -> None:
    page, _ = opened(f"{site}/nb/", java_script_enabled=False)
    page.get_by_label("Søk etter variabel, kode eller begrep").fill("fravær timer")
    page.get_by_role("button", name="Søk").click()
    assert page.locator("article h3").first.inner_text() == "Fravær, timer"
    page.get_by_text("Følsomhet", exact=True).first.click()
    page.get_by_label("Fortrolig").check()
    page.get_by_role("button", name="Vis").click()
    assert "sensitivity=confidential" in page.url
    page.locator("article").filter(has_text="ABSENCE_HOURS").get_by_role("button", name="Legg i handlekurven").click()
    assert "sensitivity=confidential" in page.url
    page.get_by_role("link", name="Handlekurv").click()
    assert "1 variabel i handlekurven" in page.locator("main").inner_text()
    page.get_by_role("link", name="English").click()
    assert "1 variable in the cart" in page.locator("main").inner_text()
    page.get_by_role("button", name="Take out").click()
    assert "The cart is empty." in page.locator("main").inner_text()


def test_the_keyboard_skips_to_the_results(site: str, opened: Opened) -> None:
    page, _ = opened(f"{site}/en/katalog?q=absence")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to results"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "results"


def test_spacing_of_text_that_readers_widen_hides_nothing(site: str, opened: Opened) -> None:
    page, _ = opened(f"{site}/nb/katalog?q=fravær", viewport={"width": 640, "height": 800}, bypass_csp=True)
    page.add_style_tag(
        content="*{line-height:1.5!important;letter-spacing:.12em!important;word-spacing:.16em!important}"
        "p{margin-bottom:2em!important}html{font-size:200%!important}"
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= 640
