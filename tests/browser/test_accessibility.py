"""Accessibility beyond what axe sees, by the numbers of the requirements in docs/pages.md."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import CART, LANGUAGES, PAGES, SCHEMES, Opened

pytestmark = pytest.mark.browser
SEARCHED = "/nb/katalog?q=fravær"
STRUCTURE = """() => {
  const wrong = [], all = (what, within = document) => [...within.querySelectorAll(what)];
  const say = (what, e) => wrong.push(what + ': ' + e.outerHTML.slice(0, 120));
  if (all('h1').length !== 1) wrong.push('not one h1');
  let level = 0;
  for (const h of all('h1,h2,h3,h4')) { if (+h.tagName[1] > level + 1) say('skipped level', h); level = +h.tagName[1]; }
  for (const part of ['header', 'main', 'footer', 'nav']) if (!all(part).length) wrong.push('no ' + part);
  const names = all('nav').map(n => n.getAttribute('aria-label'));
  if (names.some(n => !n) || new Set(names).size !== names.length) wrong.push('navs: ' + names);
  for (const t of all('table')) {
    if (!t.caption || !t.caption.textContent.trim()) say('no caption', t);
    for (const th of all('th', t)) if (!th.scope) say('no scope', th);
    for (const r of all('tbody tr', t)) if (!r.querySelector('th[scope=row]')) say('no row header', r);
    const s = t.closest('.scroll, .ds-details');
    if (!s) say('cannot scroll by itself', t);
    else if (s.matches('.scroll') && (s.tabIndex !== 0 || !(s.ariaLabel || s.getAttribute('aria-labelledby')))) say('region', s);
  }
  for (const f of all('figure')) if (!f.querySelector('figcaption') || !f.querySelector('svg[role=img][aria-label]') || !f.querySelector('details table')) say('figure', f);
  for (const s of all('svg')) if (!s.ariaLabel || !s.closest('figure')) say('drawing without a name or a figure', s);
  for (const i of all('input:not([type=hidden]), select')) if (!i.labels.length || i.labels[0].textContent.trim() === '') say('no label', i);
  for (const b of all('a[aria-label], button[aria-label]')) if (!b.ariaLabel.includes(b.innerText.trim())) say('name', b);
  for (const t of all('.ds-tag')) if (!t.textContent.trim()) say('colour alone', t);
  const seen = new Map();
  for (const b of all('main button')) { const n = b.textContent.trim(); if (n && seen.has(n) && b.form?.action !== document.querySelector('#ask')?.action) say('same name twice', b); seen.set(n, b); }
  const ids = all('[id]').map(e => e.id); if (new Set(ids).size !== ids.length) wrong.push('ids twice');
  for (const a of all('a[href^="#"]')) if (!document.getElementById(a.hash.slice(1))) say('leads nowhere', a);
  return wrong;
}"""


@pytest.mark.parametrize("name", PAGES)
def test_structure_is_said_and_not_only_seen(site: str, opened: Opened, name: str) -> None:
    """A2, A10, A14, A15, A24, A25, A26."""
    for language in LANGUAGES:
        page, _ = opened(f"{site}/{language}{PAGES[name]}", cookies=CART if name == "cart" else ())
        assert page.evaluate(STRUCTURE) == []


def test_a_title_says_page_search_and_service_and_follows_the_search(site: str, opened: Opened) -> None:
    """A3, A7, T8: what is typed is searched, the address and the title follow, and how many is said."""
    page, _ = opened(f"{site}/nb/katalog")
    status = page.locator("[role=status]")
    assert status.count() == 1
    assert status.inner_text() == ""
    page.get_by_label("Søk etter variabel, kode eller begrep").type("fravær")
    expect(page).to_have_title("fravær – Søk i katalogen – Avrop")
    expect(status).to_have_text(re.compile(r"^\d+ variabler$"))
    expect(page).to_have_url(f"{site}/nb/katalog?q=frav%C3%A6r")
    assert page.evaluate("document.activeElement.id") == "q"
    found = page.locator("#found").inner_text()
    page.reload()
    assert page.locator("#found").inner_text() == found
    page.get_by_role("link", name="Fravær, dager").first.click()
    page.go_back()
    expect(page.locator("#found")).to_have_text(re.compile("Fravær, dager"))
    assert page.get_by_label("Søk etter variabel, kode eller begrep").input_value() == "fravær"


def test_a_filter_takes_no_button_and_no_focus(site: str, opened: Opened) -> None:
    """A7, A8: a tick narrows at once; the box keeps the focus; what was opened stays open; clearing leads to the results."""
    page, seen = opened(f"{site}{SEARCHED}")
    before = page.locator("#results").inner_text()
    page.locator("#facet-sensitivity summary").click()
    page.locator("#facet-values summary").first.click()
    box = page.get_by_label("Fortrolig")
    box.focus()
    page.keyboard.press("Space")
    expect(page.locator("[role=status]")).to_have_text(re.compile(r"variab"))
    expect(page.locator("#results")).not_to_have_text(before)
    assert page.evaluate("document.activeElement.value") == "confidential"
    assert page.locator("#facet-values").get_attribute("open") is not None
    assert page.locator("#facet-sensitivity").get_attribute("open") is not None
    expect(page).to_have_url(re.compile("sensitivity=confidential"))
    page.get_by_role("link", name="Tøm alle filtre").click()
    page.wait_for_url(re.compile("#results"))
    assert page.evaluate("document.activeElement.id") == "results"
    assert "sensitivity" not in page.url
    page.go_back()
    expect(page.get_by_label("Fortrolig")).to_be_checked()
    assert seen.complaints == []


def test_skip_links_take_the_keyboard_where_they_say(site: str, opened: Opened) -> None:
    """A4."""
    for presses, where in ((1, "content"), (2, "results")):
        page, _ = opened(f"{site}/en/katalog?q=absence")
        for _ in range(presses):
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == where


@pytest.mark.parametrize("name", ["home", "found", "variable", "codes", "cart"])
def test_the_keyboard_goes_through_a_page_in_order_and_always_shows_where_it_is(
    site: str, opened: Opened, name: str
) -> None:
    """A5, A6: document order, to the end, a visible mark of at least two pixels, nothing in front of it."""
    page, _ = opened(f"{site}/nb{PAGES[name]}", cookies=CART if name == "cart" else ())
    page.evaluate("window.last = null")
    ends = page.locator("footer a").last
    for _ in range(400):
        page.keyboard.press("Tab")
        told = page.evaluate(
            """() => { const e = document.activeElement, s = getComputedStyle(e), r = e.getBoundingClientRect();
            const later = !window.last || window.last === e /* the parts of a date */ || !!(window.last.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_FOLLOWING);
            const within = window.last === e; window.last = e;
            const at = document.elementFromPoint(r.left + Math.min(r.width / 2, innerWidth - 1), r.top + r.height / 2);
            return {what: e.outerHTML.slice(0, 100), later, marked: s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2 || within,
                    free: !at || e.contains(at) || at.contains(e)}; }"""
        )
        assert told["later"], told
        assert told["marked"], told
        assert told["free"], told
        if ends.evaluate("e => e === document.activeElement"):
            return
    pytest.fail("the keyboard never came to the end of the page")


CONTRAST = """(selectors) => {
  const light = c => { const v = c.match(/[\\d.]+/g).slice(0, 3).map(x => { x /= 255; return x <= .04045 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4; }); return .2126 * v[0] + .7152 * v[1] + .0722 * v[2]; };
  const [a, b] = selectors.map(([sel, prop]) => light(getComputedStyle(document.querySelector(sel))[prop])).sort((x, y) => y - x);
  return (a + .05) / (b + .05);
}"""


@pytest.mark.parametrize("scheme", SCHEMES)
def test_marks_of_a_figure_and_frames_of_fields_stand_out(site: str, opened: Opened, scheme: str) -> None:
    """A9: at least 3 to 1 against what is behind them, in both schemes."""
    page, _ = opened(f"{site}/nb/variabler/PROGRAMME_AREA", color_scheme=scheme)
    for mark, kind in ((".strip .has", "fill"), (".strip .break", "stroke"), (".ds-breadcrumbs a", "color")):
        assert page.evaluate(CONTRAST, [[mark, kind], ["html", "backgroundColor"]]) >= 3, mark
    page, _ = opened(f"{site}/nb/katalog", color_scheme=scheme)
    assert page.evaluate(CONTRAST, [["#q", "borderTopColor"], ["html", "backgroundColor"]]) >= 3


def test_a_figure_fits_or_says_that_it_scrolls(site: str, opened: Opened) -> None:
    """A11: what is wider than its place is in a named region for the keyboard, and a sentence that is seen says so."""
    scrolled = set()
    for width in (320, 800, 1280):
        for name in ("home", "found", "topic", "variable", "spread", "room"):
            page, _ = opened(f"{site}/nn{PAGES[name]}", viewport={"width": width, "height": 700})
            for figure in page.evaluate(FIGURES):
                assert figure["wide"] == figure["said"], (name, width)
                assert figure["region"] or not figure["wide"], (name, width)
                scrolled |= {name} if figure["wide"] else set()
    assert scrolled == {"home", "variable", "spread", "room"}


FIGURES = """() => [...document.querySelectorAll('figure')].map(figure => {
  const drawing = figure.querySelector('svg'), region = drawing.closest('.scroll'), said = figure.querySelector('.sideways');
  const place = (region || figure).clientWidth;
  return {wide: drawing.getBoundingClientRect().width > place + 1, said: !!said && said.checkVisibility(),
          region: !!region && region.tabIndex === 0 && !!(region.ariaLabel || region.getAttribute('aria-labelledby'))}; })"""


def test_what_can_be_pressed_is_large_enough(site: str, opened: Opened) -> None:
    """A13: 24 pixels both ways, but for links within a sentence."""
    for name in PAGES:
        page, _ = opened(f"{site}/nb{PAGES[name]}", viewport={"width": 390, "height": 800})
        small = page.evaluate(
            """() => [...document.querySelectorAll('button, input:not([type=hidden]), select, summary, nav a, .ds-chip, .row a, header a, footer a')]
            .filter(e => e.offsetParent && e.checkVisibility()).filter(e => { const r = e.getBoundingClientRect(); return r.width < 24 || r.height < 24; })
            .map(e => e.outerHTML.slice(0, 120))"""
        )
        assert small == [], name


def test_a_wrong_year_is_said_first_with_a_way_to_it_and_nothing_is_lost(site: str, opened: Opened) -> None:
    """A17, and A30: without JavaScript."""
    for script in (True, False):
        page, _ = opened(f"{site}/nb/katalog?q=fravær&from=20&to=2024", java_script_enabled=script)
        assert page.title().startswith("Feil: ")
        summary = page.locator("#wrong")
        assert summary.evaluate("e => e === document.activeElement")
        summary.get_by_role("link", name="Fra år: Skriv et årstall mellom 1800 og 2200, som 2024.").click()
        assert page.evaluate("document.activeElement.name") == "from"
        assert page.get_by_label("Fra år").input_value() == "20"
        assert page.get_by_label("Til år").input_value() == "2024"
        assert page.get_by_label("Fra år").get_attribute("aria-invalid") == "true"


def test_a_wrong_year_that_is_typed_comes_to_the_same_page(site: str, opened: Opened) -> None:
    """A17 as one types."""
    page, _ = opened(f"{site}/nb/katalog")
    page.locator("#facet-years summary").click()
    page.get_by_label("Fra år").fill("99")
    page.get_by_label("Fra år").press("Tab")
    expect(page).to_have_title(re.compile("^Feil: "))
    assert page.locator("#wrong").evaluate("e => e === document.activeElement")


MOVING = """() => [...document.querySelectorAll('*')].map(e => [e, getComputedStyle(e)])
  .filter(([e, s]) => s.animationName !== 'none' || s.transitionDuration.split(',').some(d => parseFloat(d) > 0.01)).length"""


def test_nothing_moves_for_whom_movement_harms(site: str, opened: Opened) -> None:
    """A29: nothing by itself, and not even what would move for others."""
    for wanted, moves in (("no-preference", True), ("reduce", False)):
        page, _ = opened(f"{site}/nb/katalog", reduced_motion=wanted, bypass_csp=True)
        assert page.evaluate(MOVING) == 0 or moves
        page.add_style_tag(content="h1{transition:color 2s;animation:turn 2s}@keyframes turn{to{rotate:1turn}}")
        assert (page.evaluate(MOVING) > 0) is moves


def test_forced_colours_leave_a_figure_its_outlines(site: str, opened: Opened) -> None:
    """A34."""
    page, _ = opened(f"{site}/nb/variabler/PROGRAMME_AREA", forced_colors="active")
    assert page.evaluate(CONTRAST, [[".strip .has", "fill"], ["html", "backgroundColor"]]) >= 3
    page, _ = opened(f"{site}/nb/variabler/ABSENCE_DAYS", forced_colors="active")
    assert page.evaluate("getComputedStyle(document.querySelector('.ds-tag')).borderTopStyle") == "solid"


def test_text_twice_as_large_scrolls_no_page_sideways(site: str, opened: Opened) -> None:
    """A12: and A11 at 400 per cent is the narrow screen of test_pages.py."""
    for name in ("home", "found", "variable", "cart", "compare"):
        page, _ = opened(
            f"{site}/nb{PAGES[name]}", viewport={"width": 640, "height": 800}, bypass_csp=True,
            cookies=CART if name == "cart" else (),
        )  # fmt: skip
        page.add_style_tag(
            content="*{line-height:1.5!important;letter-spacing:.12em!important;word-spacing:.16em!important}"
            "p{margin-bottom:2em!important}html{font-size:200%!important}"
        )
        assert page.evaluate("document.documentElement.scrollWidth") <= 640, name
        assert _clipped(page) == [], name


def _clipped(page: Page) -> list[str]:
    """Texts of which something is hidden by their own box."""
    return list(
        page.evaluate(
            """() => [...document.querySelectorAll('main button, main a, main .ds-tag, main .ds-chip, main h1, main h2, main h3, main p')]
            .filter(e => e.checkVisibility() && !e.closest('.ds-sr-only')).filter(e => { const s = getComputedStyle(e);
              return s.overflow !== 'visible' && s.position !== 'absolute' && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1); })
            .map(e => e.outerHTML.slice(0, 100))"""
        )
    )
