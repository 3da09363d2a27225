"""Keys: encrypted at rest, apart from the data, fail closed, destroyed for good."""

import secrets
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avrop.canonical import digest
from avrop.disclosure.pseudonyms import pseudonymiser
from avrop.errors import AvropError, Fault, Refusal, Tampered
from avrop.signed import verify
from avrop.store.keys import KeyStore
from tests.examples import tried


@pytest.fixture
def keys(tmp_path: Path) -> KeyStore:
    return KeyStore(tmp_path / "keys", secrets.token_bytes)


def test_no_key_stands_in_the_clear_and_only_the_owner_can_read(keys: KeyStore, tmp_path: Path) -> None:
    keys.make_scope("s")
    secret = keys.scope_key("s")
    folder = tmp_path / "keys"
    assert folder.stat().st_mode & 0o777 == 0o700
    for path in folder.iterdir():
        assert path.stat().st_mode & 0o777 == 0o600
        assert secret not in path.read_bytes()
        assert secret.hex().encode() not in path.read_bytes()


def test_a_missing_key_and_a_missing_master_key_stop_the_run(keys: KeyStore, tmp_path: Path) -> None:
    with pytest.raises(Fault) as no:
        keys.scope_key("unknown")
    assert no.value.code == "keys.missing"
    keys.make_scope("s")
    (tmp_path / "keys" / "master.key").unlink()
    with pytest.raises(Fault) as no:
        keys.scope_key("s")
    assert no.value.code == "keys.missing"


def test_a_damaged_or_exchanged_key_is_found(keys: KeyStore, tmp_path: Path) -> None:
    keys.make_scope("s")
    keys.make_scope("t")
    one, other = tmp_path / "keys" / "s.scope", tmp_path / "keys" / "t.scope"
    whole = one.read_bytes()
    for place in range(len(whole)):
        one.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(Tampered):
            keys.scope_key("s")
    one.write_bytes(other.read_bytes())
    with pytest.raises(Tampered) as no:
        keys.scope_key("s")
    assert no.value.code == "keys.damaged"


def test_a_destroyed_scope_never_comes_back(keys: KeyStore) -> None:
    keys.make_scope("s")
    keys.destroy_scope("s")
    keys.destroy_scope("s")
    with pytest.raises(Fault):
        keys.scope_key("s")
    with pytest.raises(Refusal) as no:
        keys.make_scope("s")
    assert no.value.code == "keys.destroyed"


def test_rotation_keeps_old_publics_and_all_secrets(keys: KeyStore) -> None:
    keys.make_scope("s")
    first, secret = keys.make_signing("provider"), keys.scope_key("s")
    second = keys.next_signing("provider")
    assert second != first
    assert keys.promote_signing("provider", second)
    assert keys.retired("provider") == (first,)
    keys.rotate_master()
    assert keys.public("provider") == second
    assert keys.scope_key("s") == secret


def test_the_next_key_signs_only_where_it_is_asked_for_until_it_is_promoted(keys: KeyStore) -> None:
    first = keys.make_signing("provider")
    second = keys.next_signing("provider")
    assert keys.next_signing("provider") == second, "one is made, not one at every call"
    assert verify(keys.sign("provider", "x", 1), kind="x", public_key=first)
    assert verify(keys.sign("provider", "x", 1, public=second), kind="x", public_key=second)
    assert not keys.promote_signing("provider", first), "another key than the next is not promoted"
    assert keys.public("provider") == first
    assert keys.promote_signing("provider", second)
    assert not keys.promote_signing("provider", second)
    with pytest.raises(Fault) as no:
        keys.sign("provider", "x", 1, public=first)
    assert no.value.code == "keys.not_held", "the old private key is gone"


def test_a_signature_holds_for_its_kind_body_and_key_only(keys: KeyStore) -> None:
    public, other = keys.make_signing("a"), keys.make_signing("b")
    signed = keys.sign("a", "receipt", {"x": 1})
    assert verify(signed, kind="receipt", public_key=public)
    assert not verify(signed, kind="manifest", public_key=public)
    assert not verify(signed, kind="receipt", public_key=other)
    assert digest({"x": 1}) == digest({"x": 1})


@tried(50)
@given(st.lists(st.text(min_size=1), unique=True), st.binary(min_size=32, max_size=32))
def test_pseudonyms_are_keyed_distinct_and_never_the_identifier(identifiers: list[str], key: bytes) -> None:
    made = list(pseudonymiser(key)(identifiers))
    assert made == list(pseudonymiser(key)(identifiers))
    assert len(set(made)) == len(identifiers)
    assert all(len(p) == 32 and set(p) <= set("0123456789abcdef") for p in made)
    other = bytes([key[0] ^ 1]) + key[1:]
    assert not set(made) & set(pseudonymiser(other)(identifiers))


@pytest.mark.parametrize("identifiers", [[""], ["x", ""], [None]])
def test_an_identifier_that_is_missing_is_never_passed_through(identifiers: list) -> None:
    with pytest.raises(AvropError) as no:
        pseudonymiser(bytes(32))(identifiers)
    assert no.value.code == "pseudonym.unmapped"
