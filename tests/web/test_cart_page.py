"""The cart: filled, emptied, exported, tried in its room, and true to what there is."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avrop.http.app import create_app
from avrop.system import System
from avrop.web import cart
from avrop.web.texts import Speech
from tests.examples import examples
from tests.search.asking import get, post


def test_the_cart_is_filled_emptied_and_exported(provider: System) -> None:
    app = create_app(provider, faces=("catalogue",))
    answer = post(app, "/nb/handlekurv", {"add": "SEX", "back": "/nb/variabler/SEX"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/nb/variabler/SEX")
    assert "httponly" in answer.headers["set-cookie"].lower()
    answer = post(app, "/nb/handlekurv", {"add": "LEVEL"}, cookies={cart.CART: answer.cookies[cart.CART]})
    assert answer.headers["location"] == "/nb/handlekurv"
    full = {cart.CART: answer.cookies[cart.CART]}
    assert full[cart.CART].strip('"') == cart.written(("SEX", "LEVEL"))
    assert "2 variabler i handlekurven" in get(app, "/nb/handlekurv", cookies=full).text
    answer = post(app, "/nb/handlekurv", {"clear": "1"}, cookies=full)
    assert cart.CART not in answer.cookies or not answer.cookies[cart.CART].strip('"')


@pytest.mark.parametrize("ids", [("SEX",), ("SEX", "LEVEL"), ("SEX", "TEST_RESULT", "APPLICATION_DATE", "COUNTY")])
def test_the_carts_page_and_its_file_have_the_same_datasets(publisher: System, ids: tuple[str, ...]) -> None:
    app, full = create_app(publisher, faces=("catalogue",)), {cart.CART: cart.written(ids)}
    exported = [
        entry["dataDef"]["urlToResource"].removeprefix("https://provider.example.no/")
        for entry in get(app, "/en/handlekurv.json", cookies=full).json()
    ]
    page = get(app, "/en/handlekurv", cookies=full).text
    shown = re.findall(r'<li><a class="ds-link" href="/(en/tema/[^"]+)">[^<]*</a>: ', page)
    assert exported == shown
    assert re.search(rf">{len(exported)} datasets?</a></h2>", page)


@pytest.mark.parametrize(
    "back", ["https://elsewhere.example/", "//elsewhere.example/", "/api/v1/search", "//[", "/nb/\\x", "javascript:x"]
)
def test_a_form_leads_back_to_a_page_of_ours_only(provider: System, back: str) -> None:
    answer = post(create_app(provider, faces=("catalogue",)), "/nn/handlekurv", {"add": "SEX", "back": back})
    assert answer.headers["location"] == "/nn/handlekurv"


def test_another_sites_form_changes_nothing(provider: System) -> None:
    app = create_app(provider, faces=("catalogue",))
    answer = post(app, "/nb/handlekurv", {"add": "SEX"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    assert post(app, "/nb/handlekurv", {"add": "x" * 5000}).status_code == 422


@examples(100)
@given(st.lists(st.text(min_size=1, max_size=20).filter(lambda text: "\0" not in text), unique=True, max_size=20))
def test_a_cart_comes_back_from_its_cookie(ids: list[str]) -> None:
    class Request:
        cookies = {cart.CART: cart.written(tuple(ids))}  # noqa: RUF012  a stand-in of one test

    assert cart.in_cart(Request()) == tuple(ids)  # type: ignore[arg-type]


def test_a_cart_is_tried_in_its_room_with_rows_of_nobody(provider: System) -> None:
    app = create_app(provider, faces=("catalogue",))
    asked = "?v=SEX&v=TEST_RESULT&v=NOTHING&v=APPLICATION_DATE"
    page = get(app, f"/en/kobling{asked}&rows=1").text
    assert "Everything in the cart can be joined by Person." in page
    assert page.count('<line class="joins"') == 3
    assert page.count('<th scope="row">P-0000') == 20
    given = get(app, f"/nn/kobling/rows.csv{asked}")
    assert given.headers["content-disposition"] == 'attachment; filename="syntetisk.csv"'
    assert given.text.splitlines()[0] == "person,SEX,TEST_RESULT,APPLICATION_DATE"
    assert given.text == get(app, f"/en/kobling/rows.csv{asked}").text
    filled = {cart.CART: cart.written(("SEX", "LEVEL"))}
    assert get(app, "/nb/kobling/rows.csv", cookies=filled).text.splitlines()[0] == "person,SEX,LEVEL"
    assert "Prøverom" not in get(app, "/nb/kobling").text
    link = given.headers["link"].partition(">")[0].removeprefix("<")
    told = get(app, f"/nn/kobling/{link}")
    assert f'type="{told.headers["content-type"]}"' in given.headers["link"]
    schema = told.json()["tableSchema"]
    assert [each["titles"] for each in schema["columns"]] == given.text.splitlines()[0].split(",")
    assert (schema["primaryKey"], [each["required"] for each in schema["columns"]]) == (
        ["person"],
        [True] + [False] * 3,
    )
    assert get(app, f"/nn/kobling/{told.json()['url']}").text == given.text
    codes = next(each["rdfs:seeAlso"]["@id"] for each in schema["columns"] if "rdfs:seeAlso" in each)
    assert get(app, codes).headers["content-type"].startswith("text/csv")
    assert "v=SEX&v=LEVEL" in get(app, "/nb/kobling/rows.csv", cookies=filled).headers["link"]
    assert get(app, "/nb/kobling/rows.csv-metadata.json?v=PERSON_ID").status_code == 404
    assert get(app, "/nb/kobling/rows.csv").status_code == 404
    assert get(app, "/nb/kobling/rows.csv?v=PERSON_ID").status_code == 404


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_a_cart_without_the_publishers_number_is_not_handed_over_and_says_why(provider: System, language: str) -> None:
    """An empty `orgnr` is none: whoever gets such a cart refuses it."""
    app = create_app(provider, faces=("catalogue",))
    answer = get(app, f"/{language}/handlekurv.json", cookies={cart.CART: cart.written(("SEX",))})
    assert (answer.status_code, "orgnr" in answer.text) == (409, False)
    assert Speech("en").known("fault.cart.no_number", "").partition(",")[0] in answer.text or language != "en"
    assert "cart.no_number" in answer.text
    assert get(app, f"/{language}/handlekurv.json").json() == []


def test_what_cannot_be_asked_for_cannot_be_put_into_the_cart(provider: System) -> None:
    app = create_app(provider, faces=("catalogue",))
    assert 'name="add" value="ABSENCE_TYPE"' not in get(app, "/nb/variabler/ABSENCE_TYPE").text
    assert 'name="add" value="SEX"' in get(app, "/nb/variabler/SEX").text
    kept = get(app, "/nb/variabler/ABSENCE_TYPE", cookies={cart.CART: "ABSENCE_TYPE"}).text
    assert 'name="remove" value="ABSENCE_TYPE"' in kept


def test_a_cart_of_what_is_gone_says_so_and_can_be_emptied(provider: System) -> None:
    page = get(create_app(provider, faces=("catalogue",)), "/en/handlekurv", cookies={cart.CART: "GONE~99!ALSO"}).text
    assert "2 variables that were in the cart are there no longer" in page
    assert 'name="clear"' in page


def test_a_cart_of_which_a_part_is_gone_counts_what_is_there_and_can_be_tidied(provider: System) -> None:
    app = create_app(provider, faces=("catalogue",))
    page = get(app, "/en/handlekurv", cookies={cart.CART: "SEX!GONE~99"}).text
    assert "1 variable in the cart" in page
    assert "1 variable that was in the cart is there no longer" in page
    tidied = post(app, "/en/handlekurv", {"tidy": "1"}, cookies={cart.CART: "SEX!GONE~99"})
    assert tidied.cookies[cart.CART] == "SEX"
    assert 'name="tidy"' not in get(app, "/en/handlekurv", cookies={cart.CART: "SEX"}).text
