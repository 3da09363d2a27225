"""Every published name has a page, whatever it is made of, and the page leads to itself in other languages."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import unquote

import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st

from avrop.actions.addresses import named, segment
from avrop.catalogue.commons import CodeEntry, DatasetEntry, Domain, MeasureEntry, Said, VariableEntry, Words
from avrop.catalogue.search.cards import told_card
from avrop.http.app import create_app
from avrop.store import db, search_index
from avrop.system import System
from tests.examples import examples
from tests.publishing import published
from tests.search.asking import get, post

NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20) | st.text(
    "./\\%!?#&;:~+ 2EFae\n\r\t", max_size=8
)
ODD = (
    "..", ".", "a/..", "../a", "/", "//", "a/b", "x/rows.csv", "kodeliste", "/kodeliste", "%2e%2e", "a%2Fb", "!", "!2E",
    "a?b#c", "a&b=c", "Høst; vår", "a\\b", " a ", "~1", "+", "'\"<b>", "😀", "line\nend", "\r\n", "tab\there",
)  # fmt: skip


@examples(200)
@given(NAMES)
def test_a_segment_is_one_whole_segment_and_stands_for_its_name(name: str) -> None:
    written = segment(name)
    assert named(unquote(written)) == name
    assert re.fullmatch(r"[A-Za-z0-9_.~!%-]+", written)
    assert unquote(written) not in (".", "..")
    assert not {"/", "\\", "\n", "\r"} & set(unquote(written))


def _no(text: str) -> Said:
    return (Words(language="no", value=text),)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with published(tmp_path_factory.mktemp("odd")) as system:
        yield system


def _shown(system: System, name: str) -> FastAPI:
    """The pages of a catalogue that has a variable and a topic of that name."""
    measure = MeasureEntry(
        label=_no("Et navn"), description=(), domain=Domain(codes=(CodeEntry(code="1", title=_no("En")),))
    )
    entry = VariableEntry(
        name=name,
        temporality="STATUS",
        openness="NONPUBLIC",
        identified_by=(),
        measures=(measure,),
        subjects=(_no(name),),
    )
    card = told_card(entry, DatasetEntry(title=_no("Sett")), {}, known_as=f"{name}~999", publisher="P")
    with db.transaction(system.database) as connection:
        search_index.replace(connection, {"odd": [card]})
    return create_app(system, faces=("catalogue",))


def _links(text: str, kind: str) -> set[str]:
    return {unescape(each) for each in re.findall(rf'href="(/nb/{kind}/[^"]*)"', text)}


def _check(system: System, name: str) -> None:
    app = _shown(system, name)
    found = _links(get(app, "/nb/katalog?publisher=P").text, "variabler")
    assert len(found) == 1
    page = get(app, found.pop())
    assert page.status_code == 200
    for address in re.findall(r'hreflang="(?:nn|en)" href="([^"]+)"', page.text):
        assert get(app, unescape(address)).status_code == 200
    for topic in _links(page.text, "tema"):
        shown = get(app, topic)
        assert shown.status_code == 200
        assert "Et navn" in shown.text


@pytest.mark.parametrize("name", ODD)
def test_a_name_of_odd_signs_has_a_page_that_every_link_leads_to(site: System, name: str) -> None:
    _check(site, name)


@pytest.mark.property
@examples(40)
@given(NAMES.filter(lambda name: len(name) > 0))
def test_every_name_has_a_page_that_every_link_leads_to(site: System, name: str) -> None:
    _check(site, name)


def test_the_cart_leads_back_to_a_page_of_an_odd_name(site: System) -> None:
    app = _shown(site, "a/b?c#d")
    address = _links(get(app, "/nb/katalog?publisher=P").text, "variabler").pop()
    back = re.search(r'name="back" value="([^"]+)"', get(app, address).text)
    assert back
    answer = post(app, "/nb/handlekurv", {"add": "a/b?c#d~999", "back": unescape(back[1])})
    assert get(app, answer.headers["location"]).status_code == 200
