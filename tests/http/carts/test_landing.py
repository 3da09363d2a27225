"""The page of a cart that waits: what is ticked comes into the reader's cart, once (T13)."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

import pytest

from avrop.actions.tasks import tick
from avrop.web.cart import CART, MOST
from tests.http.carting import (
    PEERS_TITLE,
    PUBLISHER,
    URL,
    Site,
    cart,
    reference,
    site,
)
from tests.http.carts.scene import OURS, THERE, title_of
from tests.publishing import CATALOGUE


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_page_calls_our_dataset_as_we_do_and_shows_its_variables(us: Site, language: str) -> None:
    page = us.get(us.waiting(cart(OURS, language=language)))
    label = CATALOGUE.dataset("TRADE_TEST").label
    assert page.status_code == 200
    assert title_of(page).startswith({"nb": label.nb, "nn": label.nn or label.nb, "en": label.en}[language])
    assert str(PUBLISHER["name"]) in page.text
    assert re.findall(r'type="checkbox" name="add" value="([^"]+)"', page.text) == THERE
    assert " checked" not in page.text
    assert PEERS_TITLE not in page.text


@pytest.mark.parametrize("means", ["series", "controller", "id", "id and odd case"])
def test_our_dataset_is_known_by_its_iri_or_by_the_id_that_we_gave_it(us: Site, means: str) -> None:
    exported = us.get("/nb/handlekurv.json", cookies={CART: "TEST_RESULT"}).json()[0]["dataDef"]
    said = {
        "series": reference(OURS), "controller": reference(f"{OURS}/46"), "id": reference(id=exported["id"]),
        "id and odd case": reference("HTTPS://X", id=OURS),
    }[means]  # fmt: skip
    page = us.get(us.waiting(cart(data_def=said)))
    assert "TEST_RESULT" in page.text
    assert ("Vestland" in title_of(page)) == (means == "controller")


@pytest.mark.parametrize(
    "said", [reference(f"{OURS}/99"), reference(f"{OURS}/"), reference(f"{URL}dcat/other/TRADE_TEST"),
             reference(OURS, type="dataservices"), reference(f"{OURS}%2F46"), reference(OURS.lower())],
)  # fmt: skip
def test_what_only_looks_like_ours_is_not(us: Site, said: dict[str, Any]) -> None:
    page = us.get(us.waiting(cart(data_def=said)))
    assert "checkbox" not in page.text
    assert PEERS_TITLE not in page.text
    assert "Tittelen er ukjent" in page.text


def test_looking_takes_nothing_and_the_form_takes_the_cart_out_once(us: Site) -> None:
    path = us.waiting(cart(OURS))
    assert [us.get(path).status_code for _ in range(3)] == [200, 200, 200]
    taken = us.put(path, "TEST_RESULT", "TRADE")
    assert (taken.status_code, taken.headers["location"]) == (303, "/nb/handlekurv")
    assert taken.cookies[CART].strip('"') == "TEST_RESULT!TRADE"
    again = us.put(path, "TEST_RESULT")
    assert (again.status_code, "set-cookie" in again.headers) == (404, False)
    gone = us.get(path)
    assert (gone.status_code, "er ikke her lenger" in gone.text) == (404, True)


def test_what_is_ticked_comes_beside_what_the_reader_had(us: Site) -> None:
    path = us.waiting(cart(OURS))
    kept = us.post(path, data={"add": "TEST_RESULT"}, cookies={CART: "SEX!TRADE"})
    assert kept.cookies[CART].strip('"') == "SEX!TRADE!TEST_RESULT"


def test_nothing_ticked_or_too_much_leaves_the_cart_waiting(us: Site) -> None:
    path = us.waiting(cart(OURS))
    none, foreign = us.put(path), us.put(path, "SEX", "NOTHING", "\0")
    assert (none.status_code, foreign.status_code) == (422, 422)
    assert "Velg minst én variabel" in none.text
    full = "!".join(f"V{n}" for n in range(MOST))
    too_much = us.post(path, data={"add": "TEST_RESULT"}, cookies={CART: full})
    assert (too_much.status_code, "ikke plass til så mange" in too_much.text) == (422, True)
    assert 'value="TEST_RESULT" checked' in too_much.text
    wide = "!".join(quote("Ø" * 100 + str(n)) for n in range(10))
    assert us.post(path, data={"add": ["TEST_RESULT", "TRADE"]}, cookies={CART: wide}).status_code == 422
    assert us.put(path, "TEST_RESULT").status_code == 303


def test_another_sites_form_takes_nothing_out(us: Site) -> None:
    path = us.waiting(cart(OURS))
    assert us.put(path, "TEST_RESULT", **{"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert us.put(path, *["x" * 900] * 20).status_code == 422
    assert us.put(path, "TEST_RESULT").status_code == 303


def test_of_two_forms_at_once_one_gets_the_cart(us: Site) -> None:
    for _ in range(4):
        path = us.waiting(cart(OURS))
        with ThreadPoolExecutor(6) as pool:
            statuses = sorted(pool.map(lambda each: us.put(each, "TEST_RESULT").status_code, [path] * 6))
        assert statuses == [303, 404, 404, 404, 404, 404]


def test_what_the_other_catalogues_reader_chose_is_ticked_and_whatever_is_odd_in_it_passed_over(us: Site) -> None:
    for odd in (["TEST_RESULT", "SEX", 7, None, "x" * 500, "\ud800"], "TEST_RESULT", {"a": 1}, [[]]):
        page = us.get(us.waiting(cart(OURS, variables=odd)))
        assert page.text.count(" checked") == (1 if isinstance(odd, list) and "TEST_RESULT" in odd else 0)


def test_a_cart_is_forgotten_after_a_quarter_of_an_hour_by_the_systems_clock(us: Site) -> None:
    path = us.waiting(cart(OURS))
    us.clock.wait(minutes=14, seconds=59)
    assert us.get(path).status_code == 200
    us.clock.wait(seconds=1)
    assert (us.get(path).status_code, us.put(path, "TEST_RESULT").status_code) == (404, 404)
    assert len(us.rows()) >= 1
    us.waiting(cart(OURS))
    assert len(us.rows()) == 1
    us.clock.wait(minutes=15)
    tick(us.system)
    assert us.rows() == []


@pytest.mark.parametrize("token", ["x", "%00", "%ff", "a%2Fb", "A" * 5000, "'%20OR%201=1"])
def test_a_token_that_nobody_was_given_opens_nothing(us: Site, token: str) -> None:
    us.waiting(cart(OURS))
    assert us.get(f"nb/handlekurv/mottatt/{token}").status_code == 404
    assert us.put(f"nb/handlekurv/mottatt/{token}", "TEST_RESULT").status_code in (404, 405)


def test_two_processes_hand_the_same_carts_out(us: Site) -> None:
    path = us.waiting(cart(OURS))
    with site(us.system, us.clock) as other:
        assert other.get(path).status_code == 200
        assert other.put(path, "TEST_RESULT").status_code == 303
    assert us.get(path).status_code == 404
