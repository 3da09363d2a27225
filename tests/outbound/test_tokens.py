"""A token is believed if an issuer of the settings signed it for us, now; anything else is one and the same no
(negative tests 1 to 6)."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from avrop.errors import Stranger
from avrop.outbound.tokens import LONGEST_TOKEN
from tests.outbound.issuing import (
    AUDIENCE,
    ISSUER,
    NOW,
    Believing,
    believing,
    claims,
    ec_key,
    ec_signed,
    encoded,
    key_set,
    member,
    rsa_key,
    signed,
)
from tests.outbound.peers import answer, peer, recorded

MOMENT = int(NOW.timestamp())
ONE_NO = "[token.refused] This token is not believed here. Get a new one."


@pytest.fixture(scope="module")
def us() -> Iterator[Believing]:
    with believing() as found:
        assert found.verify(signed(claims())).subject == "somebody"  # what every refusal below is beside
        yield found


def refused(us: Believing, token: str) -> None:
    with pytest.raises(Stranger) as no:
        us.verify(token)
    assert str(no.value) == ONE_NO
    assert no.value.where == {}


def test_a_good_token_says_who_it_is_about() -> None:
    with believing() as us:
        found = us.verify(signed(claims(scope="read")))
    assert (found.issuer, found.subject, found.values["scope"]) == (ISSUER, "somebody", "read")


@pytest.mark.parametrize(
    "algorithm", ["none", "None", "NONE", "HS256", "HS512", "rs256", "RS512", "ES256", "PS256", ""]
)
def test_another_algorithm_than_the_pinned_one_is_refused(us: Believing, algorithm: str) -> None:
    refused(us, signed(claims(), header={"alg": algorithm}))


@pytest.mark.parametrize("algorithm", [None, 256, ["RS256"], {"alg": "RS256"}, True])
def test_a_header_without_a_proper_algorithm_is_refused(us: Believing, algorithm: object) -> None:
    refused(us, signed(claims(), header={"alg": algorithm}))


def test_an_unsigned_token_is_refused(us: Believing) -> None:
    for header in ({"alg": "none", "kid": "one"}, {"alg": "RS256", "kid": "one"}):
        refused(us, f"{encoded(header)}.{encoded(claims())}.")
        refused(us, f"{encoded(header)}.{encoded(claims())}")


def test_the_public_key_is_no_shared_secret() -> None:
    """HS256 with the published key as its secret, in each of its forms, also if a set offers it as a shared one."""
    public = rsa_key("one").public_key()
    forms = (
        public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        key_set(member("one", rsa_key("one"))),
    )
    shared = {"kty": "oct", "kid": "two", "k": encoded(forms[0]), "alg": "HS256"}
    with believing(member("one", rsa_key("one")), shared) as us:
        for secret in forms:
            for kid in ("one", "two"):
                text = f"{encoded({'alg': 'HS256', 'kid': kid})}.{encoded(claims())}"
                refused(us, f"{text}.{encoded(hmac.new(secret, text.encode(), hashlib.sha256).digest())}")


def test_a_key_of_another_type_does_not_make_the_pinned_signature() -> None:
    with believing(member("one", rsa_key("one")), member("curve", ec_key("curve"))) as us:
        refused(us, ec_signed(claims(), "curve"))
    with believing(member("curve", ec_key("curve")), algorithms=("ES256",)) as us:
        assert us.verify(ec_signed(claims(), "curve")).subject == "somebody"
        refused(us, signed(claims(), header={"kid": "curve"}))


def test_where_two_algorithms_are_pinned_each_key_makes_its_own() -> None:
    """A header that names the other one is refused, and is no fault of ours."""
    keys = (member("one", rsa_key("one")), member("curve", ec_key("curve")))
    with believing(*keys, algorithms=("RS256", "ES256")) as us:
        assert us.verify(signed(claims())).subject == "somebody"
        assert us.verify(ec_signed(claims(), "curve")).subject == "somebody"
        refused(us, signed(claims(), header={"alg": "ES256"}))
        refused(us, signed(claims(), header={"alg": "RS256", "kid": "curve"}))
        refused(us, jwt.encode(claims(), ec_key("curve"), algorithm="ES256", headers={"kid": "one"}))


@pytest.mark.parametrize(
    "issuer",
    [f"{ISSUER}/", ISSUER.upper(), ISSUER[:-1], f"{ISSUER}.attacker.example", f"https://attacker.example/{ISSUER}",
     f" {ISSUER}", f"{ISSUER}\n", "issuer.example", "http://issuer.example", "", None, [ISSUER], {"iss": ISSUER}, 1],
)  # fmt: skip
def test_the_issuer_is_exactly_the_one_that_is_named(us: Believing, issuer: object) -> None:
    refused(us, signed(claims(iss=issuer)))


def test_an_attackers_issuer_is_refused_and_nothing_is_sent_to_it() -> None:
    """It serves a discovery document and keys that fit; the guard would let the request through."""
    attacker = rsa_key("attacker")
    with peer(answer(200, key_set(member("one", attacker)))) as theirs, believing() as us:
        allowing = Believing(source=us.source, issuers=us.issuers, also_allowed=(theirs.host,))
        with recorded() as sockets:
            for issuer in (theirs.url, f"{theirs.url}/", f"https://127.0.0.1:{theirs.port}"):
                refused(allowing, signed(claims(iss=issuer), key=attacker))
        assert sockets == []
        assert (theirs.connections, us.fetches) == (0, 0)


def test_a_token_signed_with_another_key_is_refused(us: Believing) -> None:
    refused(us, signed(claims(), key=rsa_key("attacker")))


@pytest.mark.parametrize(
    "header",
    [
        {"jwk": member("one", rsa_key("attacker"))},
        {"jku": "https://attacker.example/keys"},
        {"x5u": "https://attacker.example/chain"},
        {"x5c": ["MIIB"]},
        {"crit": ["exp"], "exp": 1},
        {"crit": ["b64"], "b64": False},
        {"crit": []},
        {"typ": "JOSE"},
        {"typ": 1},
        {"kid": None},
        {"kid": ""},
        {"kid": 1},
        {"kid": ["one"]},
        {"kid": "../../one"},
        {"kid": "two"},
        {"kid": "ONE"},
    ],
    ids=lambda header: " ".join(f"{name}={str(value)[:12]}" for name, value in header.items()),  # a key is drawn anew
)
def test_a_header_that_brings_a_key_or_names_none_of_ours_is_refused(us: Believing, header: dict[str, object]) -> None:
    refused(us, signed(claims(), header=header))
    refused(us, signed(claims(), header=header, key=rsa_key("attacker")))


@pytest.mark.parametrize(
    "audience",
    [None, "", "unspecified", f"{AUDIENCE}/", f"{AUDIENCE}0", AUDIENCE[:-1], AUDIENCE.upper(), [], ["other"], 1,
     [AUDIENCE, 1], [[AUDIENCE]], {"aud": AUDIENCE}, {AUDIENCE: 1}],
)  # fmt: skip
def test_a_token_for_others_is_refused(us: Believing, audience: object) -> None:
    refused(us, signed(claims(aud=audience)))


def test_a_token_for_us_among_others_is_believed(us: Believing) -> None:
    assert us.verify(signed(claims(aud=["https://other.example", AUDIENCE]))).subject == "somebody"


@pytest.mark.parametrize(
    "times",
    [
        {"exp": None}, {"iat": None}, {"nbf": None},
        {"exp": MOMENT + 300.5}, {"exp": str(MOMENT + 300)}, {"exp": True}, {"exp": [MOMENT + 300]},
        {"exp": 10**30}, {"exp": -1}, {"exp": 1e400}, {"iat": str(MOMENT)}, {"nbf": MOMENT + 0.5}, {"iat": False}, {"nbf": True}, {"nbf": None},
        {"exp": MOMENT - 10}, {"exp": MOMENT - 60}, {"exp": 0},
        {"nbf": MOMENT + 11}, {"nbf": MOMENT + 60}, {"iat": MOMENT + 11}, {"iat": MOMENT + 60},
        {"exp": MOMENT + 3601}, {"exp": MOMENT + 10**6}, {"iat": MOMENT - 3400},
        {"nbf": MOMENT + 5, "exp": MOMENT + 5}, {"iat": MOMENT + 5, "exp": MOMENT + 5},
    ],
    ids=str,
)  # fmt: skip
def test_a_token_outside_of_its_time_is_refused(us: Believing, times: dict[str, object]) -> None:
    refused(us, signed(claims(**times)))


@pytest.mark.parametrize(
    "times",
    [{"exp": MOMENT - 9, "iat": MOMENT - 300, "nbf": MOMENT - 300}, {"nbf": MOMENT + 10}, {"iat": MOMENT + 10},
     {"exp": MOMENT + 3600}],
    ids=str,
)  # fmt: skip
def test_clocks_may_differ_by_ten_seconds(us: Believing, times: dict[str, object]) -> None:
    assert us.verify(signed(claims(**times))).subject == "somebody"


@pytest.mark.parametrize("subject", [None, "", 1, ["somebody"], "a\nb", "a\x00b", "x" * 256])
def test_a_token_about_nobody_is_refused(us: Believing, subject: object) -> None:
    refused(us, signed(claims(sub=subject)))


def twice(name: str, value: object) -> bytes:
    """The good values with one name said twice, the good one last."""
    return f"{{{json.dumps(name)}: {json.dumps(value)}, {json.dumps(claims())[1:]}".encode()


@pytest.mark.parametrize("name", ["iss", "aud", "exp", "sub", "scope"])
def test_a_name_that_is_said_twice_is_refused(us: Believing, name: str) -> None:
    values = twice(name, "x") if name != "scope" else b'{"scope": 1, "scope": 2, ' + json.dumps(claims())[1:].encode()
    refused(us, signed(values))


@pytest.mark.parametrize(
    "raw",
    [b'{"alg":"none","alg":"RS256","kid":"one"}', b'{"alg":"RS256","kid":"two","kid":"one"}', b"[]", b'"RS256"', b"{",
     b"\xff\xfe", b'{"alg":"RS256","kid":"one","x":NaN}', b'{"alg":"RS256","kid":"one","x":' + b"[" * 10_000,
     b'{"alg":"RS256","kid":"one","x":' + b"9" * 5_000 + b"}"],
    ids=["alg twice", "kid twice", "list", "text", "cut", "no text", "no number", "deep", "many digits"],
)  # fmt: skip
def test_a_header_that_is_no_plain_object_is_refused(us: Believing, raw: bytes) -> None:
    refused(us, signed(claims(), raw=raw))


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
def test_a_deep_token_is_refused_without_being_parsed(us: Believing, opening: bytes) -> None:
    closing = b"]" if opening == b"[" else b"}"
    for depth in (17, 1_500):
        deep = opening * depth + b"1" + closing * depth
        refused(us, signed(json.dumps(claims())[:-1].encode() + b', "x": ' + deep + b"}"))


def test_brackets_in_a_text_are_no_depth(us: Believing) -> None:
    assert us.verify(signed(claims(note='[[[[[[[[[[[[[[[[[[[[{"\\'))).subject == "somebody"


def test_a_token_longer_than_16_kib_is_refused(us: Believing) -> None:
    room = LONGEST_TOKEN - len(signed(claims(pad="")))
    fits = signed(claims(pad="x" * (room * 3 // 4 - 3)))
    assert LONGEST_TOKEN - 8 < len(fits) <= LONGEST_TOKEN
    assert us.verify(fits).subject == "somebody"
    refused(us, signed(claims(pad="x" * (room * 3 // 4 + 6))))
    refused(us, "x" * 1024 * 1024)
    refused(us, signed(claims(pad="x" * 1024 * 1024)))


@pytest.mark.parametrize("token", ["", ".", "..", "a.b", "a.b.c.d", "a.b.c", "ø.b.c", "....", "null", "Bearer a.b.c"])
def test_what_is_no_token_is_refused(us: Believing, token: str) -> None:
    refused(us, token)


def test_padding_and_other_alphabets_are_refused(us: Believing) -> None:
    header, values, signature = signed(claims()).split(".")
    refused(us, f"{header}=.{values}.{signature}")
    refused(us, f"{header}.{values}.{signature}\n")
    refused(us, f"{header}.{values}. {signature}")
    standard = base64.b64encode(base64.urlsafe_b64decode(signature + "==")).decode().rstrip("=")
    if standard != signature:
        refused(us, f"{header}.{values}.{standard}")


@given(place=st.integers(min_value=0), bit=st.integers(min_value=0, max_value=5))
def test_a_token_with_one_changed_character_is_refused_or_says_the_same(us: Believing, place: int, bit: int) -> None:
    """The last character of a part may have bits that mean nothing; then nothing has changed."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    token = signed(claims())
    at = place % len(token)
    other = alphabet[alphabet.index(token[at]) ^ (1 << bit)] if token[at] != "." else "A"
    changed = token[:at] + other + token[at + 1 :]
    try:
        found = us.verify(changed)
    except Stranger as no:
        assert str(no) == ONE_NO
    else:
        header, values, signature = changed.split(".")
        assert (header, values) == tuple(token.split(".")[:2])
        assert base64.urlsafe_b64decode(signature + "==") == base64.urlsafe_b64decode(token.split(".")[2] + "==")
        assert found.values == claims()


def test_a_token_that_could_not_be_right_causes_no_fetch() -> None:
    with believing() as us:
        for values in (
            claims(aud="other"),
            claims(exp=MOMENT - 100),
            claims(iss="https://other.example"),
            claims(sub=1),
        ):
            refused(us, signed(values, header={"kid": "unknown"}))
        refused(us, signed(claims(), header={"alg": "none"}))
        assert us.fetches == 0


def test_why_it_was_refused_stands_in_the_log_and_nothing_of_the_token(
    us: Believing, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="avrop.outbound")
    token = signed(claims(sub="canary-subject", aud="canary-audience"))
    refused(us, token)
    assert [record.getMessage() for record in caplog.records] == ["a token was refused: audience"]
    assert "canary" not in caplog.text
    assert token.split(".")[1] not in caplog.text


def test_a_token_is_believed_until_it_expires() -> None:
    with believing() as us:
        token = signed(claims())
        assert us.verify(token, NOW + timedelta(seconds=309)).subject == "somebody"
        with pytest.raises(Stranger):
            us.verify(token, NOW + timedelta(seconds=310))
