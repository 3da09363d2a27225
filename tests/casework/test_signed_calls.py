"""A signed call serves for exactly one request, of one organisation, at about one moment."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from avrop.accounts.calls import KIND, LIFE, Call, authorization, call, opened, require_genuine
from avrop.actors import Role
from avrop.errors import Stranger
from avrop.signed import Signed, sign

NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
SECRET = Ed25519PrivateKey.from_private_bytes(b"7" * 32)
PUBLIC = base64.b64encode(SECRET.public_key().public_bytes_raw()).decode()
OTHER = base64.b64encode(Ed25519PrivateKey.from_private_bytes(b"8" * 32).public_key().public_bytes_raw()).decode()
REQUEST: dict[str, Any] = {"called": "provider", "method": "POST", "target": "/api/v1/call-offs?x=1", "content": b"{}"}


def made(**changes: Any) -> Call:
    fields: dict[str, Any] = {
        "organisation": "receiver",
        "person": "ann@receiver",
        "role": Role.APPLICANT,
        "at": NOW,
        **REQUEST,
    }
    return call(**{**fields, **changes})


def signed(said: Call, kind: str = KIND) -> Signed:
    return sign(kind, said, public_key=PUBLIC, signer=SECRET.sign)


def genuine(
    paper: Signed, said: Call, *, keys: tuple[str, ...] = (PUBLIC,), now: datetime = NOW, **changes: Any
) -> None:
    require_genuine(paper, said, keys=keys, now=now, **{**REQUEST, **changes})


def test_a_call_travels_in_the_header_and_is_genuine_for_its_request() -> None:
    paper, said = opened(authorization(signed(made())))
    genuine(paper, said)
    assert (said.person, said.role) == ("ann@receiver", Role.APPLICANT)


@pytest.mark.parametrize(
    "changes",
    [
        {"called": "another"}, {"method": "PUT"}, {"target": "/api/v1/call-offs?x=2"}, {"target": "/api/v1/call-offs"},
        {"content": b"{ }"}, {"keys": (OTHER,)}, {"keys": ()}, {"now": NOW + LIFE + timedelta(seconds=1)},
        {"now": NOW - LIFE - timedelta(seconds=1)},
    ],
)  # fmt: skip
def test_it_serves_for_nothing_else(changes: dict[str, object]) -> None:
    said = made()
    with pytest.raises(Stranger) as no:
        genuine(signed(said), said, **changes)  # type: ignore[arg-type]  # one wrong thing each
    assert no.value.code == "call.not_genuine"


def test_at_the_edge_of_its_life_it_still_serves() -> None:
    said = made()
    genuine(signed(said), said, now=NOW + LIFE)
    genuine(signed(said), said, keys=(OTHER, PUBLIC))


def test_a_signed_document_of_another_kind_is_no_call() -> None:
    said = made()
    with pytest.raises(Stranger):
        genuine(signed(said, kind="receipt"), said)


def test_a_changed_call_is_not_genuine() -> None:
    paper, changed = opened(authorization(_with_person(signed(made()))))
    with pytest.raises(Stranger):
        genuine(paper, changed)


def _with_person(paper: Signed) -> Signed:
    body = {**json.loads(paper.body), "person": "eve@receiver"}
    return replace(paper, body=json.dumps(body, separators=(",", ":"), sort_keys=True))


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Avrop",
        "Avrop ",
        "avrop e30=",
        "Bearer e30=",
        "Avrop e30=",
        "Avrop !!!",
        "Avrop " + "A" * 8196,
        "Avropx e30=",
    ],
)
def test_what_cannot_be_read_is_a_stranger(header: str) -> None:
    with pytest.raises(Stranger) as no:
        opened(header)
    assert no.value.code == "call.unreadable"
