"""Languages, and what pages promise of themselves, by the numbers of the requirements in docs/pages.md."""

import re
from importlib.resources import files

import pytest

from avrop.web import assets
from tests.browser.conftest import CART, LANGUAGES, PAGES, Opened, violations

pytestmark = pytest.mark.browser
BANNER = {"nb": "syntetiske", "nn": "syntetiske", "en": "synthetic"}
SAMI = "áčđŋšŧžÁČĐŊŠŦŽ"


def test_the_switch_keeps_the_page_its_filters_and_the_cart(site: str, opened: Opened) -> None:
    """L3: names of languages in themselves, no flags; the same place, the same question."""
    page, _ = opened(f"{site}/nb/katalog?q=fravær&sensitivity=confidential&page=1", cookies=CART)
    links = page.get_by_role("navigation", name="Språk").get_by_role("link")
    assert links.all_inner_texts() == ["Bokmål", "Nynorsk", "English"]
    assert page.locator("header img").count() == 0
    for name, code, tag in (("Nynorsk", "nn", "nn"), ("English", "en", "en"), ("Bokmål", "nb", "no")):
        page.get_by_role("link", name=name).click()
        assert re.search(rf"/{code}/katalog\?q=frav%C3%A6r&sensitivity=confidential", page.url)
        assert page.locator("html").get_attribute("lang") == tag
        assert page.locator("header .count").inner_text() == "3"


def test_what_a_language_lacks_is_marked_in_its_own(site: str, opened: Opened) -> None:
    """L6: a text in another language stands in an element of that language and says so."""
    page, _ = opened(f"{site}/nn/variabler/PROGRAMME_AREA")
    marked = page.locator("td span[lang=no]").first
    assert marked.count() == 1
    assert marked.evaluate("e => e.nextElementSibling.className") == "only"


def test_the_font_has_the_letters_of_every_countys_name(site: str, opened: Opened) -> None:
    """L11: Inter itself, from our server, draws the Sámi letters."""
    page, seen = opened(f"{site}/nb/variabler/HOME_COUNTY/kodeliste")
    assert page.evaluate("letters => document.fonts.load('16px Inter', letters).then(f => f.length)", SAMI) >= 1
    assert page.evaluate("letters => document.fonts.check('16px Inter', letters)", SAMI)
    assert sum("inter-latin" in url for url in seen.requests) >= 1


@pytest.mark.parametrize("name", PAGES)
def test_synthetic_is_said_at_both_ends_and_a_page_comes_back_the_same(site: str, opened: Opened, name: str) -> None:
    """T1 and T8."""
    for language in LANGUAGES:
        page, _ = opened(f"{site}/{language}{PAGES[name]}", cookies=CART if name == "cart" else ())
        said = page.locator(".demo").all_inner_texts()
        assert len(said) == 2
        assert all(BANNER[language] in each for each in said)
        if page.locator("figure").count():
            assert BANNER[language] in page.locator("figcaption").first.inner_text().lower()
        before, url = page.locator("main").inner_text(), page.url
        page.reload()
        assert page.locator("main").inner_text() == before
        page.locator("footer a").nth(0 if name != "glossary" else 1).click()
        page.go_back()
        assert page.url == url
        assert page.locator("main").inner_text() == before


def test_the_first_page_is_light(site: str, opened: Opened) -> None:
    """T4: everything that the search's page loads the first time, packed, is under 150 000 bytes."""
    page, seen = opened(f"{site}/nb/katalog")
    sizes = page.evaluate("performance.getEntriesByType('resource').map(e => [e.name, e.encodedBodySize])")
    assert {name for name, _ in sizes} >= {url for url in seen.requests if "/static/" in url and "icon" not in url}
    html = page.evaluate("performance.getEntriesByType('navigation')[0].encodedBodySize")
    assert html < len(page.content().encode()) / 2
    total = html + sum(size for _, size in sizes)
    print(f"first page: {total} bytes, of them {html} of text; {sizes}")
    assert total < 150_000


def test_a_checkout_without_npm_has_pages_that_work(
    site: str, opened: Opened, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    """Where `ui/` has not been built, pages are plain, as accessible, and search by their button."""
    monkeypatch.setattr(assets, "VENDOR", files("avrop.web") / "static" / "nothing-made")
    for kept in (assets.looks, assets._manifest, assets.vendored):  # what was read is kept
        kept.cache_clear()
    try:
        for scheme in ("light", "dark"):
            for name in ("home", "found", "variable", "cart"):
                page, seen = opened(
                    f"{site}/nb{PAGES[name]}", color_scheme=scheme, viewport={"width": 320, "height": 700},
                    cookies=CART if name == "cart" else (),
                )  # fmt: skip
                assert page.locator("script").count() == 0
                assert violations(page) == []
                assert page.evaluate("document.documentElement.scrollWidth") <= 320
                assert seen.complaints == []
    finally:
        monkeypatch.undo()
        for kept in (assets.looks, assets._manifest, assets.vendored):
            kept.cache_clear()
