"""Sealing keys in the store: one is current, retired ones open until their day, destroyed ones never come back."""

import secrets
import shutil
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from avrop.disclosure.sealingkeys import open_sealed, seal
from avrop.errors import Missing, Mistake, Tampered
from avrop.store import keyfiles
from avrop.store.keys import KeyStore
from tests.store.test_keys_killed import Killed, _killed_at

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "keys"


@pytest.fixture
def keys(folder: Path) -> KeyStore:
    return KeyStore(folder, secrets.token_bytes)


def opens(keys: KeyStore, key_id: str, public: str) -> bool:
    return (
        open_sealed(seal(b"secret", public=public, info=b"i"), private=keys.sealing.private(key_id), info=b"i")
        == b"secret"
    )


def test_without_a_key_there_is_none_to_seal_for(keys: KeyStore) -> None:
    with pytest.raises(Missing) as no:
        keys.sealing.current()
    assert no.value.code == "keys.no_sealing"


def test_the_newest_key_is_current_and_all_open(keys: KeyStore) -> None:
    one, other = keys.sealing.make(NOW), keys.sealing.make(NOW + timedelta(seconds=1))
    assert keys.sealing.every() == (one, other)
    assert keys.sealing.current() == other
    assert opens(keys, one.key_id, one.public_key) and opens(keys, other.key_id, other.public_key)


def test_a_retired_key_opens_until_its_day_and_is_destroyed_after_it(keys: KeyStore, folder: Path) -> None:
    one, other = keys.sealing.make(NOW), keys.sealing.make(NOW + timedelta(seconds=1))
    retired = keys.sealing.retire(one.key_id, now=NOW, opens_until=date(2026, 3, 10))
    assert (retired.retired_at, retired.opens_until) == (NOW, date(2026, 3, 10))
    assert keys.sealing.retire(one.key_id, now=NOW + timedelta(days=1), opens_until=date(2026, 3, 10)) == retired
    assert keys.sealing.standing() == (other,)
    assert keys.sealing.destroy_due(date(2026, 3, 10)) == ()
    assert opens(keys, one.key_id, one.public_key)
    assert keys.sealing.destroy_due(date(2026, 3, 11)) == (one.key_id,)
    with pytest.raises(Missing) as no:
        keys.sealing.private(one.key_id)
    assert no.value.code == "keys.sealing_unknown"
    assert keys.sealing.every() == (other,)
    assert [p.name for p in folder.iterdir() if p.name.startswith(one.key_id)] == [f"{one.key_id}.gone"]


def test_a_day_that_is_over_is_a_mistake(keys: KeyStore) -> None:
    made = keys.sealing.make(NOW)
    with pytest.raises(Mistake) as no:
        keys.sealing.retire(made.key_id, now=NOW, opens_until=date(2026, 3, 1))
    assert no.value.code == "keys.opens_until"


def test_a_destroyed_key_that_a_backup_brings_back_is_not_used(keys: KeyStore, folder: Path, tmp_path: Path) -> None:
    made = keys.sealing.make(NOW)
    shutil.copy(folder / f"{made.key_id}.sealing", tmp_path / "backup")
    keys.sealing.destroy(made.key_id)
    shutil.copy(tmp_path / "backup", folder / f"{made.key_id}.sealing")
    assert keys.sealing.every() == ()
    with pytest.raises(Missing):
        keys.sealing.private(made.key_id)


def test_no_private_key_stands_in_the_clear_and_only_the_owner_can_read(keys: KeyStore, folder: Path) -> None:
    made = keys.sealing.make(NOW)
    private = keys.sealing.private(made.key_id)
    for path in folder.iterdir():
        assert path.stat().st_mode & 0o777 == 0o600
        assert private[:32] not in path.read_bytes() and private.hex().encode() not in path.read_bytes()


def test_a_damaged_key_is_found_and_can_still_be_destroyed_and_replaced(keys: KeyStore, folder: Path) -> None:
    made = keys.sealing.make(NOW)
    path = folder / f"{made.key_id}.sealing"
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(Tampered) as no:
        keys.sealing.private(made.key_id)
    assert no.value.code == "keys.damaged"
    keys.sealing.destroy(made.key_id)
    assert keys.sealing.make(NOW) == keys.sealing.current()


@pytest.mark.parametrize(
    ("owner", "name", "call"),
    [(keyfiles, "write_file", n) for n in range(1, 6)] + [(Path, "rename", n) for n in range(1, 10)],
)
def test_rotating_the_master_key_covers_sealing_keys_and_can_be_killed_anywhere(
    folder: Path, owner: object, name: str, call: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = KeyStore(folder, secrets.token_bytes)
    one, other = keys.sealing.make(NOW), keys.sealing.make(NOW + timedelta(seconds=1))
    keys.sealing.retire(one.key_id, now=NOW, opens_until=date(2026, 3, 10))
    keys.make_signing("receiver")
    with monkeypatch.context() as patched:
        _killed_at(patched, owner, name, call=call)
        with suppress(Killed):
            keys.rotate_master()
    for _ in range(2):
        again = KeyStore(folder, secrets.token_bytes)
        assert [key.key_id for key in again.sealing.every()] == [one.key_id, other.key_id]
        assert opens(again, one.key_id, one.public_key) and opens(again, other.key_id, other.public_key)
        again.rotate_master()


@pytest.mark.parametrize(("owner", "name"), [(keyfiles, "write_file"), (Path, "rename"), (Path, "unlink")])
def test_retiring_and_destroying_can_be_killed_anywhere(
    folder: Path, owner: object, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = KeyStore(folder, secrets.token_bytes)
    made = keys.sealing.make(NOW)
    with monkeypatch.context() as patched:
        _killed_at(patched, owner, name, call=1)
        with suppress(Killed):
            keys.sealing.retire(made.key_id, now=NOW, opens_until=date(2026, 3, 10))
    again = KeyStore(folder, secrets.token_bytes)
    assert opens(again, made.key_id, made.public_key), "retired or not, it is whole"
    again.sealing.retire(made.key_id, now=NOW, opens_until=date(2026, 3, 10))
    with monkeypatch.context() as patched:
        _killed_at(patched, owner, name, call=1)
        with suppress(Killed):
            again.sealing.destroy_due(date(2026, 3, 11))
    last = KeyStore(folder, secrets.token_bytes)
    last.sealing.destroy_due(date(2026, 3, 11))
    last.sealing.destroy(made.key_id)
    assert last.sealing.every() == ()
    assert not (folder / f"{made.key_id}.sealing").exists()
