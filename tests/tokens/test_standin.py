"""The demo's stand-in gives anybody a token of anybody, so it exists in the demo and on loopback only."""

from dataclasses import replace

import pytest

from avrop.demo.standin import StandIn
from avrop.errors import AvropError
from avrop.settings import Settings
from tests.tokens.asking import Asking
from tests.tokens.conftest import NOW, PERSONAS, free_url


def test_it_does_not_exist_outside_the_demo(settings: Settings) -> None:
    with pytest.raises(AvropError) as no:
        StandIn(settings=replace(settings, demo=False), url=free_url(), personas=PERSONAS, clock=lambda: NOW)
    assert no.value.code == "standin.demo_only"


@pytest.mark.parametrize(
    "url",
    ["http://0.0.0.0:9000", "http://192.168.1.4:9000", "http://issuer.example", "http://127.0.0.1.example:9000",
     "http://localhost.example", "http://127.0.0.1@issuer.example/", "http://localhost:9000", ""],
)  # fmt: skip
def test_it_does_not_exist_off_loopback(settings: Settings, url: str) -> None:
    with pytest.raises(AvropError) as no:
        StandIn(settings=settings, url=url, personas=PERSONAS, clock=lambda: NOW)
    assert no.value.code == "standin.loopback"


def test_it_publishes_where_its_keys_are_and_gives_tokens_of_its_personas(settings: Settings) -> None:
    stand_in = StandIn(settings=settings, url=free_url(), personas=PERSONAS, clock=lambda: NOW)
    client = Asking(stand_in.application(), stand_in.url)
    assert client.get("/personas").json() == sorted(PERSONAS)
    found = client.get("/people/.well-known/openid-configuration").json()
    assert found["issuer"] == f"{stand_in.url}/people"
    assert found["jwks_uri"] == stand_in.issuer("people", "x").keys_url
    (key,) = client.get(found["jwks_uri"]).json()["keys"]
    assert set(key) == {"kty", "key_ops", "n", "e", "kid", "use", "alg"}
    answer = client.post("/token", json={"persona": "operator"})
    assert answer.json()["token_type"] == "Bearer"  # noqa: S105  the kind of a token, none itself
    assert answer.json()["access_token"].count(".") == 2
    unknown = client.post("/token", json={"persona": "king"})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "standin.unknown")
