"""Where carts are handed in, and the catalogue that hands them in."""

import re

import httpx

from tests.http.carting import (
    PEERS_TITLE,
    URL,
)
from tests.publishing import CATALOGUE

OURS = f"{URL}dcat/vigo/TRADE_TEST"


THERE = list(CATALOGUE.dataset("TRADE_TEST").variables)


def title_of(page: httpx.Response) -> str:
    found = re.search(r'<h2 class="ds-heading" data-size="sm">(.*?)</h2>', page.text, re.DOTALL)
    assert found
    return re.sub(r"<[^>]+>", "", found.group(1)).strip()


def refused(answered: httpx.Response, status: int, says: str = "") -> str:
    assert answered.status_code == status, answered.text
    assert answered.headers["content-type"] == "application/problem+json"
    assert answered.json()["code"]
    assert says in answered.text
    assert PEERS_TITLE not in answered.text
    return answered.text
