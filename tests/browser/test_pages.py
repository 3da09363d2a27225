"""Every page in every language, light and dark: accessible, alone with its server, within its policy, on narrow screens."""

from pathlib import Path

import pytest

from tests.browser.conftest import CART, LANGUAGES, PAGES, Opened, seen_in_both

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_violation_asks_nobody_else_and_keeps_its_policy(
    site: str, opened: Opened, pictures: Path | None, name: str, language: str
) -> None:
    page, seen = opened(f"{site}/{language}{PAGES[name]}", cookies=CART if name == "cart" else ())
    seen_in_both(page, pictures, f"{name}-{language}")
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
