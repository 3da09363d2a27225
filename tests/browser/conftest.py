"""A real Chromium against a served provider; every request and every report of the content policy is recorded."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from avrop.http.app import create_app
from tests.conftest import Fresh
from tests.http.commons import running
from tests.publishing import published

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
def site(fresh_database: Fresh, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a provider with a published catalogue, without the slash at its end."""
    with (
        published(fresh_database, tmp_path_factory.mktemp("site")) as system,
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

    def open_page(url: str, **more: object) -> tuple[Page, Seen]:
        context = browser.new_context(**more)  # type: ignore[arg-type]  # what Playwright takes
        contexts.append(context)
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
