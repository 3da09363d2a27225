"""Who is asking over HTTP: one token in one header, of the issuer for that kind of caller (negative test 11)."""

from collections.abc import Sequence

import httpx
import pytest
from fastapi import Request

from avrop.demo.standin import StandIn
from avrop.http import bearer
from avrop.http.app import create_app
from avrop.system import System
from tests.tokens.asking import Asking

Headers = Sequence[tuple[str, str]]


@pytest.fixture
def client(believing: System) -> Asking:
    """The application with two routes that say who asks."""
    app = create_app(believing, faces=())

    @app.get("/test/person")
    def person(request: Request) -> dict[str, str]:
        found = bearer.person(believing, request)
        return {"person": found.person, "organisation": found.organisation, "role": found.role.value}

    @app.get("/test/consumer")
    def consumer(request: Request) -> dict[str, str]:
        return {"subject": bearer.consumer(believing, request).subject}

    return Asking(app)


def ask(client: Asking, what: str, headers: Headers) -> httpx.Response:
    return client.get(f"/test/{what}", headers=list(headers))


def with_token(token: str, *more: tuple[str, str]) -> Headers:
    return (("Authorization", f"Bearer {token}"), *more)


def refused(answer: httpx.Response, code: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (401, code)
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_person_is_the_account_of_that_name_in_its_only_role(client: Asking, stand_in: StandIn) -> None:
    answer = ask(client, "person", with_token(stand_in.token("operator")))
    assert answer.json() == {"person": "operator@provider", "organisation": "provider", "role": "operator"}


def test_a_person_with_several_roles_names_one(client: Asking, stand_in: StandIn) -> None:
    token = stand_in.token("several")
    assert ask(client, "person", with_token(token)).json()["code"] == "actor.role"
    assert ask(client, "person", with_token(token, ("Avrop-Role", "custodian"))).json()["role"] == "custodian"
    assert ask(client, "person", with_token(token, ("Avrop-Role", "operator"))).status_code == 403
    for named in ([("Avrop-Role", "king")], [("Avrop-Role", "custodian"), ("Avrop-Role", "applicant")]):
        answer = ask(client, "person", with_token(token, *named))
        assert (answer.status_code, answer.json()["code"]) == (422, "http.role")


def test_a_person_without_an_account_is_nobody_here(client: Asking, stand_in: StandIn) -> None:
    answer = ask(client, "person", with_token(stand_in.token("unenrolled")))
    assert (answer.status_code, answer.json()["code"]) == (403, "actor.unknown")
    assert "nobody@receiver" not in answer.text


def test_a_consumer_is_the_tokens_subject(client: Asking, stand_in: StandIn) -> None:
    assert ask(client, "consumer", with_token(stand_in.token("consumer"))).json() == {"subject": "somebody"}


def test_a_consumer_is_no_person_and_a_person_no_consumer(client: Asking, stand_in: StandIn) -> None:
    """Also when the consumer's issuer says that it is an operator, and for whom the token is fits."""
    refused(ask(client, "person", with_token(stand_in.token("consumer"))), "token.refused")
    refused(ask(client, "person", with_token(stand_in.token("consumer named as a person"))), "token.refused")
    refused(ask(client, "consumer", with_token(stand_in.token("operator"))), "token.refused")


def test_a_token_for_others_is_refused(client: Asking, stand_in: StandIn) -> None:
    refused(ask(client, "person", with_token(stand_in.token("for others"))), "token.refused")


def test_a_token_that_has_expired_is_refused(client: Asking, stand_in: StandIn) -> None:
    refused(ask(client, "person", with_token(stand_in.token("operator", life_seconds=-20))), "token.refused")


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "bEaReR"])
def test_the_schemes_case_is_free(client: Asking, stand_in: StandIn, scheme: str) -> None:
    assert ask(client, "person", [("Authorization", f"{scheme} {stand_in.token('operator')}")]).status_code == 200


@pytest.mark.parametrize(
    "form",
    ["", "{}", "Bearer", "Bearer ", "Bearer{}", "Bearerx {}", "xBearer {}", "Basic {}", "Token {}", "Bearer {} {}",
     "Bearer {}, Bearer {}", "Bearer {},", "Bearer:{}", "Bearer\t{}", 'Bearer "{}"', "Bearer Bearer {}", "JWT {}",
     "Bearer token={}"],
)  # fmt: skip
def test_anything_else_in_the_header_is_no_token(client: Asking, stand_in: StandIn, form: str) -> None:
    header = form.replace("{}", stand_in.token("operator"))
    refused(ask(client, "person", [("Authorization", header)]), "token.missing")


def test_no_header_and_two_headers_are_no_token(client: Asking, stand_in: StandIn) -> None:
    """Two parties on the way could read two headers differently, even if they say the same."""
    good, other = stand_in.token("operator"), stand_in.token("several")
    refused(ask(client, "person", []), "token.missing")
    for second in (good, other, "x"):
        refused(
            ask(client, "person", [("Authorization", f"Bearer {good}"), ("authorization", f"Bearer {second}")]),
            "token.missing",
        )


def test_a_token_in_the_address_is_refused_also_beside_a_good_one(client: Asking, stand_in: StandIn) -> None:
    token = stand_in.token("operator")
    refused(client.get("/test/person", params={"access_token": token}), "token.missing")
    refused(client.get("/test/person", params={"token": token}), "token.missing")
    beside = client.get("/test/person", params={"access_token": token}, headers={"Authorization": f"Bearer {token}"})
    refused(beside, "token.missing")


def test_a_token_in_a_cookie_or_a_form_is_none(client: Asking, stand_in: StandIn) -> None:
    token = stand_in.token("operator")
    refused(ask(client, "person", [("Cookie", f"access_token={token}; Authorization=Bearer {token}")]), "token.missing")
    refused(ask(client, "person", [("Proxy-Authorization", f"Bearer {token}")]), "token.missing")


def test_every_refusal_of_a_token_is_the_same_answer(client: Asking, stand_in: StandIn) -> None:
    good = stand_in.token("operator")
    bad = (
        stand_in.token("for others"),
        stand_in.token("operator", life_seconds=-20),
        stand_in.token("consumer"),
        good[:-4] + "AAAA",
        good.split(".")[0] + ".e30." + good.split(".")[2],
        "x",
        "x" * 20_000,
    )
    answers = [ask(client, "person", with_token(token)) for token in bad]
    assert {(answer.status_code, answer.text) for answer in answers} == {(401, answers[0].text)}
    assert len({tuple(sorted(answer.headers.items())) for answer in answers}) == 1
