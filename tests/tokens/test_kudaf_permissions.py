"""What is granted is told as signed tokens to whoever names subject and datasource; all else is one empty answer."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import jwt
import pytest

from avrop.actions import decide, permissions
from avrop.actors import Role
from avrop.demo import asking, opening
from avrop.demo.scene import Scene
from avrop.errors import Stranger
from avrop.http.app import create_app
from avrop.http.kudaf_permissions import LIFE_SECONDS
from avrop.outbound.guard import Outbound
from avrop.outbound.keysets import KeySets
from avrop.outbound.tokens import verify_token
from avrop.settings import IssuerSetting, ServeSetting
from avrop.system import System
from tests.outbound.peers import answer, peer
from tests.tokens.asking import Asking
from tests.tokens.conftest import ANOTHER, DATASOURCE, SUBJECT

URL = "https://provider.example/"
ISSUER = f"{URL}api/v1/auth"
TOOLS = "https://n.feide.no/datasources/c25e267b-ffe0-4fa4-a67f-da2be29c3f0e"


@pytest.fixture(scope="module")
def provider(scene: Scene) -> System:
    """The provider, showing casework under the datasource's id."""
    serve = ServeSetting(faces=("casework",), public_url=URL, datasource_id=DATASOURCE)
    return replace(scene.provider, settings=replace(scene.provider.settings, serve=serve))


@pytest.fixture(scope="module")
def client(provider: System) -> Asking:
    return Asking(create_app(provider, faces=("casework",)), URL)


def ask(client: Asking, subject: str = SUBJECT, datasource: str = DATASOURCE) -> httpx.Response:
    return client.get(f"{URL}api/v1/permissions/{subject}/{datasource}")


def granted(client: Asking) -> str:
    """The one token of the one open generation."""
    found = ask(client)
    assert found.status_code == 200
    (item,) = found.json()
    assert set(item) == {"authorizations"}
    return str(item["authorizations"])


def said(token: str) -> tuple[dict[str, object], dict[str, object]]:
    header, values, _ = token.split(".")
    parts = [json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))) for part in (header, values)]
    return parts[0], parts[1]


def test_a_token_says_the_same_as_the_documentation_and_the_tools_look_for_it(client: Asking, provider: System) -> None:
    header, values = said(granted(client))
    (found,) = permissions.permitted(provider, SUBJECT)
    assert (header["alg"], header["typ"]) == ("RS256", "JWT")
    assert header["kid"] in {key["kid"] for key in client.get("/api/v1/auth/keys").json()["keys"]}
    assert values["variables"] == list(found.variables) != []
    assert values[DATASOURCE] == {"variables": list(found.variables)}
    assert values["aud"] == [DATASOURCE, f"https://n.feide.no/datasources/{DATASOURCE}", TOOLS]
    assert (values["iss"], values["sub"]) == (ISSUER, SUBJECT)
    assert values["iat"] == values["nbf"]
    assert int(str(values["exp"])) - int(str(values["iat"])) == LIFE_SECONDS <= 600


def test_a_token_says_nothing_of_whose_it_is_or_why(client: Asking) -> None:
    header, values = said(granted(client))
    assert set(header) == {"alg", "typ", "kid"}
    assert set(values) == {"iss", "sub", "aud", "iat", "nbf", "exp", "variables", DATASOURCE}


def test_the_issuer_is_found_from_the_token_and_its_keys_verify_it(client: Asking, scene: Scene) -> None:
    """As the tools do it: discovery below the token's issuer, then the key of the token's name."""
    token = granted(client)
    header, values = said(token)
    assert not str(values["iss"]).endswith("/")
    found = client.get(f"{values['iss']}/.well-known/openid-configuration").json()
    assert found["issuer"] == values["iss"]
    keys = {key["kid"]: jwt.PyJWK(key) for key in client.get(found["jwks_uri"]).json()["keys"]}
    for audience in (DATASOURCE, f"https://n.feide.no/datasources/{DATASOURCE}", TOOLS):
        jwt.decode(
            token, keys[str(header["kid"])], algorithms=["RS256"], audience=audience, issuer=ISSUER,
            options={"verify_exp": False, "verify_nbf": False, "verify_iat": False},
        )  # fmt: skip


def test_our_own_reader_believes_it_until_it_expires(client: Asking, scene: Scene) -> None:
    token = granted(client)
    issued = datetime.fromtimestamp(int(str(said(token)[1]["iat"])), UTC)
    with peer(answer(200, client.get("/api/v1/auth/keys").content)) as keys:
        us = IssuerSetting(issuer=ISSUER, keys_url=keys.url, audiences=(DATASOURCE,), admits="consumers")
        keysets = KeySets(Outbound(allowed_hosts=(keys.host,)), (us,))
        assert verify_token(token, issuers=(us,), keysets=keysets, now=issued).subject == SUBJECT
        with pytest.raises(Stranger):
            verify_token(token, issuers=(us,), keysets=keysets, now=issued + timedelta(seconds=LIFE_SECONDS + 11))


def test_published_keys_are_public(client: Asking) -> None:
    for key in client.get("/api/v1/auth/keys").json()["keys"]:
        assert set(key) == {"kty", "n", "e", "kid", "use", "alg"}


@pytest.mark.parametrize(
    ("subject", "datasource"),
    [
        ("unregistered", DATASOURCE),
        (ANOTHER, DATASOURCE),
        (SUBJECT, "02d0f79b-7fbc-422b-bb31-a4d22121f041"),
        (SUBJECT, DATASOURCE.upper()),
        (SUBJECT, f"{DATASOURCE}%20"),
        (SUBJECT.upper(), DATASOURCE),
        (f"{SUBJECT}%00", DATASOURCE),
        (f"%20{SUBJECT}", DATASOURCE),
        (f"{SUBJECT}%0A", DATASOURCE),
        (f"{SUBJECT};x", DATASOURCE),
        ("%2e%2e", DATASOURCE),
        ("..;", DATASOURCE),
        ("*", DATASOURCE),
        ("%25", DATASOURCE),
        ("%27%20OR%201%3D1--", DATASOURCE),
        ("x" * 4000, DATASOURCE),
        ("bl%C3%A5", DATASOURCE),
        ("%ff%fe", DATASOURCE),
        ("unregistered", "unknown"),
    ],
)
def test_whatever_is_unknown_or_odd_is_the_same_empty_answer(client: Asking, subject: str, datasource: str) -> None:
    odd, unknown = ask(client, subject, datasource), ask(client, "nobody", DATASOURCE)
    assert (odd.status_code, odd.content, odd.headers.raw) == (200, b"[]", unknown.headers.raw)


@pytest.mark.parametrize(
    "path",
    [
        f"api/v1/permissions/{SUBJECT}%2f/{DATASOURCE}",
        f"api/v1/permissions/%2f{SUBJECT}/{DATASOURCE}",
        f"api/v1/permissions/x%2f..%2f{SUBJECT}/{DATASOURCE}",
        f"api/v1/permissions/x%2f%2e%2e%2f{SUBJECT}/{DATASOURCE}",
        f"api/v1/permissions/{SUBJECT}%2f{DATASOURCE}%2f..",
        f"api/v1/permissions//{DATASOURCE}",
        f"api/v1/permissions/{SUBJECT}/",
        f"api/v1/permissions/{SUBJECT}/{DATASOURCE}/",
        f"api/v1/permissions/{SUBJECT}/{DATASOURCE}/x",
        f"api/v1/permissions/{SUBJECT}",
        f"api/v1//permissions/{SUBJECT}/{DATASOURCE}",
        f"api/v1/permissions/%2e%2e%2fauth%2fkeys/{DATASOURCE}",
        f"api/v1/permissions/..%2f..%2f..%2fhealth/{DATASOURCE}",
    ],
)
def test_a_subject_with_slashes_reaches_no_other_resource(client: Asking, path: str) -> None:
    """The address is sent as it stands here; the peer's fault S3 joins a subject into it unquoted."""
    odd, nowhere = client.get(URL + path), client.get(f"{URL}nothing/of/the/kind")
    assert (odd.status_code, odd.content, odd.headers.raw) == (404, nowhere.content, nowhere.headers.raw)


def test_nobody_is_told_more_for_logging_in(client: Asking) -> None:
    """The contract has no login here: what comes along is not looked at, so it cannot be tried out either."""
    for header in ("Bearer x", "Basic eDp5", ""):
        found = client.get(f"/api/v1/permissions/nobody/{DATASOURCE}", headers={"Authorization": header})
        assert (found.status_code, found.content) == (200, b"[]")


def test_without_a_datasource_id_nothing_is_granted(scene: Scene) -> None:
    for named in (None, ""):
        serve = ServeSetting(faces=("casework",), public_url=URL, datasource_id=named)
        system = replace(scene.provider, settings=replace(scene.provider.settings, serve=serve))
        client = Asking(create_app(system, faces=("casework",)), URL)
        for datasource in ("None", DATASOURCE, "%20"):
            assert ask(client, SUBJECT, datasource).json() == []


def test_a_new_key_signs_at_once_and_the_old_one_is_published_for_a_day(
    client: Asking, scene: Scene, provider: System
) -> None:
    old = granted(client)
    kids = [key["kid"] for key in client.get("/api/v1/auth/keys").json()["keys"]]
    new = permissions.rotate_token_key(provider, scene.person("provider", Role.OPERATOR))
    assert said(granted(client))[0]["kid"] == new != said(old)[0]["kid"]
    assert [key["kid"] for key in client.get("/api/v1/auth/keys").json()["keys"]] == [*kids, new]
    scene.clock.advance(to=scene.clock() + timedelta(days=1))
    assert [key["kid"] for key in client.get("/api/v1/auth/keys").json()["keys"]] == [new]
    newest = permissions.rotate_token_key(provider, scene.person("provider", Role.OPERATOR))
    assert sorted(path.stem for path in provider.settings.keys_home.glob("*.token")) == sorted([new, newest])


def test_after_a_revocation_the_next_question_finds_nothing(client: Asking, scene: Scene) -> None:
    opening.refresh_lists(scene, scene.person("provider", Role.OPERATOR))
    granted(client)
    code = scene.parties["story"]["revokes"]["controller"]
    decider = scene.person(code, Role.DECIDER)
    draft = decide.draft_revocation(scene.provider, decider, asking.reference(scene), reason="A test.", recall=False)
    signed = scene.keys_of(code).sign(f"controller-{code}", "revocation", draft)
    decide.revoke(scene.provider, decider, asking.reference(scene), signed)
    unknown = ask(client, "nobody")
    found = ask(client)
    assert (found.status_code, found.content, found.headers.raw) == (200, b"[]", unknown.headers.raw)
