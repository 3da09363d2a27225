"""Whatever a stranger hands in, or a resolver answers: a cart is taken or refused clearly, and nothing is made up of it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.examples import tried
from tests.http.carting import NUMBER, PEERS_TITLE, Clock, Resolver, Site, cart, provider, reference, resolver, site
from tests.publishing import NOW

SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=30)
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
LIKELY = st.sampled_from([NUMBER, "310000018", "nb", "sv", "datasets", "variables", "", True, "true", 0])


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Resolver]]:
    with (
        resolver() as there,
        provider(tmp_path_factory.mktemp("carts")) as system,
        site(
            system,
            Clock(NOW),
            cart_resolver=there.peer.url,
            allowed_hosts=(there.peer.host,),
            public_url="https://x.example/",
        ) as served,
    ):
        yield served, there


@st.composite
def changed(draw: st.DrawFn) -> dict[str, Any]:
    """A cart in which up to three places are missing, other, or new."""
    made = json.loads(json.dumps(cart()))
    for _ in range(draw(st.integers(0, 3))):
        within = draw(st.sampled_from([made, made["dataDef"]])) if isinstance(made.get("dataDef"), dict) else made
        name = draw(st.sampled_from([*within, "new"]) | st.text(max_size=8))
        if draw(st.booleans()):
            within[name] = draw(LIKELY | JSON)
        else:
            within.pop(name, None)
    return dict(made)


def is_cart(said: dict[str, Any]) -> bool:
    """What the contract says, told again."""
    inner = said.get("dataDef")
    hints = [said.get(name) for name in ("hintIsPublic", "hintIsOrg", "hintIsPrePublicationData")]
    if not isinstance(inner, dict) or not all(each is True or each is False for each in hints):
        return False
    texts = [said.get(name) for name in ("system",)] + [inner.get(name) for name in ("id", "uri")]
    return (
        all(isinstance(each, str) and each for each in texts)
        and all(isinstance(inner.get(name), str) for name in ("urlToResource", "resourceName"))
        and all(str(inner[name]).isprintable() for name in ("id", "uri"))
        and said.get("language") in ("nb", "nn", "en") and isinstance(said["language"], str)
        and inner.get("type") in ("datasets", "dataservices") and isinstance(inner["type"], str)
        and said.get("orgnr") == inner.get("orgnr") == NUMBER
    )  # fmt: skip


@tried(200)
@given(changed())
def test_a_cart_is_taken_if_it_is_one_and_else_is_a_problem_without_its_values(
    both: tuple[Site, Resolver], said: dict[str, Any]
) -> None:
    us, there = both
    us.clock.wait(minutes=1)
    there.says = (404, b"")
    answered = us.hand_in(said)
    if is_cart(said):
        assert answered.status_code == 200
        assert PEERS_TITLE not in us.get("/" + answered.json()["redirectUrl"].split("/", 3)[3]).text
    else:
        assert answered.status_code == 422
        assert answered.headers["content-type"] == "application/problem+json"
        assert PEERS_TITLE not in answered.text


def holds_a_cart(body: bytes) -> bool:
    """Whether it is the whole cart, whatever blanks stand behind it."""
    try:
        return bool(json.loads(body) == cart())
    except ValueError:
        return False


@tried(200)
@example(data=b" ", cut=600)
@given(st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()), st.integers(0, 600))
def test_any_bytes_are_refused_as_their_senders_mistake(both: tuple[Site, Resolver], data: bytes, cut: int) -> None:
    us, _ = both
    us.clock.wait(minutes=1)
    for body in (data, json.dumps(cart()).encode()[:cut], json.dumps(cart()).encode()[:cut] + data):
        for path in ("cart", "datadef-resolver/nb"):
            answered = us.post(path, content=body, headers={"Content-Type": "application/json"})
            assert answered.status_code in ({200, 422} if holds_a_cart(body) else {422})


@tried(200)
@given(
    st.dictionaries(st.sampled_from(["title", "description", "urlToResource", "x"]), JSON, max_size=4) | JSON,
    st.sampled_from([200, 404, 500]),
)
def test_whatever_a_resolver_answers_is_a_page(both: tuple[Site, Resolver], answer: Any, status: int) -> None:
    us, there = both
    us.clock.wait(minutes=1)
    there.says = (status, json.dumps(answer).encode())
    answered = us.hand_in(cart(data_def=reference()))
    page = us.get("/" + answered.json()["redirectUrl"].split("/", 3)[3])
    assert page.status_code in (200, 404, 502)
    assert page.text.count("<h1 ") == 1
    assert PEERS_TITLE not in page.text
    if page.status_code == 200:
        assert isinstance(answer, dict) and (answer["title"] is None or isinstance(answer["title"], str))
