"""The page for an analyst who is new: its addresses answer, its words stand on them, and its cart holds together."""

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape

import pytest
from fastapi import FastAPI

from avrop.catalogue.yamltext import dump_yaml, load_yaml
from avrop.http.app import create_app
from avrop.packs import load_pack
from avrop.settings import ServeSetting
from avrop.web import cart
from tests.publishing import published
from tests.search.asking import get
from tools.source import ROOT

PAGE = (ROOT / "docs" / "find-data.md").read_text("utf-8")
CART = tuple(re.findall(r"(?m)^\| `([A-Z_]+)` \|", PAGE))
ADDRESS = re.compile(r"`(/(?:en|api)/[^`]+)`")
FOUND = "/en/katalog?q=absence+in+hours"
STEPS = {step.partition("\n")[0]: step for step in PAGE.split("\n## ")[1:]}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    home = tmp_path_factory.mktemp("guide")
    told = load_yaml(load_pack().parties, file="parties.yaml", code="x")["commons"]["publisher"]
    (home / "publisher.yaml").write_text(dump_yaml(told), encoding="utf-8")
    serve = ServeSetting(
        faces=("catalogue",), public_url="https://provider.example.no/", publisher=home / "publisher.yaml"
    )
    with published(home) as system:
        named = replace(system, settings=replace(system.settings, serve=serve))
        yield create_app(named, faces=("catalogue",))


def read(app: FastAPI, address: str) -> str:
    """What the address answers with, as a reader has it: with the cart of the page, without markup."""
    answer = get(app, address, cookies={cart.CART: cart.written(CART)})
    assert answer.status_code == 200, address
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


@pytest.mark.parametrize("step", STEPS)
def test_what_a_step_says_stands_on_its_pages(app: FastAPI, step: str) -> None:
    told = " ".join(read(app, address) for address in ADDRESS.findall(STEPS[step]) or [FOUND])
    for words in re.findall(r"\*\*([^*]+)\*\*", STEPS[step]):
        assert " ".join(words.split()) in told, words


def test_the_cart_of_the_page_answers_its_question(app: FastAPI) -> None:
    full = {cart.CART: cart.written(CART)}
    entries = get(app, "/en/handlekurv.json", cookies=full).json()
    assert sorted(name for entry in entries for name in entry["variables"]) == sorted(CART)
    assert get(app, "/en/kobling/rows.csv", cookies=full).text.startswith(f"person,{','.join(CART)}\n")
    first = re.search(r"<article.*?</h3>", get(app, FOUND).text, re.DOTALL)
    assert first
    assert "Absence, hours" in first[0]
