"""A real Chromium against a served provider; every request and every report of the content policy is recorded."""

import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from avrop.http.app import create_app
from tests.http.commons import running
from tests.publishing import published

ROOT = Path(__file__).parents[2]
AXE = ROOT / "ui/node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LANGUAGES = ("nb", "nn", "en")
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
PAGES = {
    "home": "/", "search": "/katalog", "found": "/katalog?q=fravær&sensitivity=confidential&from=2020&to=2022",
    "nothing": "/katalog?q=xqzzyv", "misspelt": "/katalog?q=grunskolepoeng", "variable": "/variabler/PROGRAMME_AREA",
    "spread": "/variabler/ABSENCE_DAYS", "described": "/variabler/ABSENCE_TYPE", "codes": "/variabler/COUNTY_OF_NOTHING", "topic": "/tema/ENROLMENT", "rows": "/tema/RESULT?rows=1",
    "joins": "/kobling", "room": "/kobling?v=SEX&v=BIRTH_DATE&v=TEST_RESULT&v=APPLICATION_DATE&rows=1", "compare": "/sammenlign?v=SEX&v=ABSENCE_DAYS&v=HOME_COUNTY", "cart": "/handlekurv",
    "glossary": "/ordliste", "accessibility": "/tilgjengelighet", "missing": "/no/such/page",
}  # fmt: skip
PAGES["codes"] = "/variabler/HOME_COUNTY/kodeliste?on=2024-06-01&since=2019-06-01"
CART = [{"name": "avrop_cart", "value": "SEX!BIRTH_DATE!TEST_RESULT"}]
CHROMIUM = os.environ.get("AVROP_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium without a window."""
    assert CHROMIUM, "No Chromium was found: install it, or name it in AVROP_CHROMIUM."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a provider with a published catalogue, without the slash at its end."""
    with (
        published(tmp_path_factory.mktemp("site")) as system,
        running(create_app(system, faces=("catalogue",))) as url,
    ):
        yield url.rstrip("/")


@dataclass
class Seen:
    """What a browser asked for, and what it complained of."""

    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


Opened = Callable[..., tuple[Page, Seen]]


@pytest.fixture
def opened(browser: Browser) -> Iterator[Opened]:
    """Open an address; `more` is what a browser context takes."""
    contexts: list[BrowserContext] = []

    def open_page(url: str, *, cookies: Sequence[Mapping[str, str]] = (), **more: object) -> tuple[Page, Seen]:
        context = browser.new_context(**more)  # type: ignore[arg-type]  # what Playwright takes
        contexts.append(context)
        context.add_cookies([{**each, "url": "/".join(url.split("/")[:3])} for each in cookies])  # type: ignore[typeddict-item]  # cookies as HTTP gave them
        page, seen = context.new_page(), Seen()
        page.on("request", lambda request: seen.requests.append(request.url))
        page.on("console", lambda message: seen.complaints.append(message.text) if message.type == "error" else None)
        page.goto(url)
        return page, seen

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def pictures() -> Path | None:
    """Where screenshots go, if anybody wants them: AVROP_SCREENSHOTS."""
    named = os.environ.get("AVROP_SCREENSHOTS")
    return Path(named) if named else None


def violations(page: Page) -> list[str]:
    """What axe finds wrong on a page as it stands: the rule and the first element."""
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("rules => axe.run({runOnly: {type: 'tag', values: rules}})", RULES)
    return [f"{each['id']}: {each['nodes'][0]['html']}" for each in found["violations"]]


def seen_in_both(page: Page, pictures: Path | None, name: str) -> None:
    """Look at a page light and dark: nothing that axe finds wrong, and a picture of each if anybody wants them."""
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        if pictures:
            page.screenshot(path=pictures / f"{name}-{scheme}.png", full_page=True)
        assert violations(page) == []
