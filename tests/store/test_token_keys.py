"""Token keys: encrypted at rest, the newest signs, a replaced one is published for a day and then destroyed."""

import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt

from avrop.store.keys import KeyStore

NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def store(folder: Path) -> KeyStore:
    return KeyStore(folder, secrets.token_bytes)


def kid(token: str) -> str:
    return str(jwt.get_unverified_header(token)["kid"])


def test_whoever_asks_first_makes_a_key_and_it_stays(tmp_path: Path) -> None:
    (first,) = store(tmp_path).tokens.published(NOW)
    (again,) = store(tmp_path).tokens.published(NOW + HOUR)
    assert first == again
    assert kid(store(tmp_path).tokens.token({"a": 1}, NOW)) == first["kid"]


def test_a_token_verifies_under_the_published_key_of_its_name(tmp_path: Path) -> None:
    keys = store(tmp_path).tokens
    token = keys.token({"a": 1}, NOW)
    (public,) = keys.published(NOW)
    assert jwt.decode(token, jwt.PyJWK(dict(public)), algorithms=["RS256"]) == {"a": 1}


def test_the_newest_signs_and_a_replaced_one_is_published_until_its_day_is_over(tmp_path: Path) -> None:
    keys = store(tmp_path).tokens
    first = keys.rotate(NOW)
    second = keys.rotate(NOW + 48 * HOUR)
    assert kid(keys.token({}, NOW + 48 * HOUR)) == second
    assert [key["kid"] for key in keys.published(NOW + 71 * HOUR)] == [first, second]
    assert [key["kid"] for key in keys.published(NOW + 72 * HOUR)] == [second]
    assert [key["kid"] for key in keys.published(NOW + 9000 * HOUR)] == [second]


def test_the_newest_signs_also_by_a_clock_that_was_set_back(tmp_path: Path) -> None:
    keys = store(tmp_path).tokens
    first = keys.rotate(NOW)
    second = keys.rotate(NOW - 48 * HOUR)
    assert kid(keys.token({}, NOW - 48 * HOUR)) == second
    assert [key["kid"] for key in keys.published(NOW)] == [first, second]


def test_what_is_past_its_day_is_destroyed_at_the_next_rotation(tmp_path: Path) -> None:
    keys = store(tmp_path).tokens
    keys.rotate(NOW)
    second = keys.rotate(NOW + HOUR)
    third = keys.rotate(NOW + 30 * HOUR)
    assert {path.stem for path in tmp_path.glob("*.token")} == {second, third}


def test_no_private_key_stands_in_the_clear_and_a_new_master_key_opens_it(tmp_path: Path) -> None:
    keys = store(tmp_path)
    token = keys.tokens.token({"a": 1}, NOW)
    (file,) = tmp_path.glob("*.token")
    assert b"private" not in file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0
    keys.rotate_master()
    assert store(tmp_path).tokens.token({"a": 1}, NOW) == token
