"""Keys when the process dies, a backup comes back, or two processes start at once: nothing is lost, nothing returns."""

import multiprocessing
import secrets
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from avrop.errors import Fault, Refusal, Tampered
from avrop.store import keyfiles
from avrop.store.keys import KeyStore


class Killed(BaseException):
    """The process ended here."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "keys"


def _killed_at(monkeypatch: pytest.MonkeyPatch, owner: object, name: str, *, call: int) -> None:
    """The `call`-th use of that function ends the process before it does anything."""
    real, calls = getattr(owner, name), [0]

    def dying(*args: object, **more: object) -> object:
        calls[0] += 1
        if calls[0] == call:
            raise Killed
        return real(*args, **more)

    monkeypatch.setattr(owner, name, dying)


@pytest.mark.parametrize(
    ("owner", "name", "call"),
    [(keyfiles, "write_file", n) for n in range(1, 5)] + [(Path, "rename", n) for n in range(1, 8)],
)
def test_rotating_the_master_key_can_be_killed_anywhere(
    folder: Path, owner: object, name: str, call: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = KeyStore(folder, secrets.token_bytes)
    keys.make_scope("s")
    keys.make_scope("t")
    public, one, other = keys.make_signing("provider"), keys.scope_key("s"), keys.scope_key("t")
    with monkeypatch.context() as patched:
        _killed_at(patched, owner, name, call=call)
        with pytest.raises(Killed):
            keys.rotate_master()
    again = KeyStore(folder, secrets.token_bytes)
    assert (again.public("provider"), again.scope_key("s"), again.scope_key("t")) == (public, one, other)
    again.rotate_master()
    last = KeyStore(folder, secrets.token_bytes)
    assert (last.public("provider"), last.scope_key("s"), last.scope_key("t")) == (public, one, other)


@pytest.mark.parametrize("call", range(1, 8))
def test_a_key_destroyed_after_a_killed_rotation_is_in_no_file(
    folder: Path, call: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = KeyStore(folder, secrets.token_bytes)
    keys.make_scope("s")
    keys.make_scope("as")
    secret, kept = keys.scope_key("s"), keys.scope_key("as")
    with monkeypatch.context() as patched:
        _killed_at(patched, Path, "rename", call=call)
        with suppress(Killed):
            keys.rotate_master()
    again = KeyStore(folder, secrets.token_bytes)
    again.destroy_scope("s")
    left = {path.name.removeprefix(".partial-") for path in folder.iterdir()}
    assert {name for name in left if name.startswith("s.")} == {"s.destroyed"}
    assert again.scope_key("as") == kept != secret


def test_a_destroyed_key_that_a_backup_brings_back_is_not_used(folder: Path, tmp_path: Path) -> None:
    keys = KeyStore(folder, secrets.token_bytes)
    keys.make_scope("s")
    shutil.copytree(folder, tmp_path / "backup")
    keys.destroy_scope("s")
    shutil.copy(tmp_path / "backup" / "s.scope", folder / "s.scope")
    with pytest.raises(Fault) as no:
        keys.scope_key("s")
    assert no.value.code == "keys.missing"
    with pytest.raises(Refusal):
        keys.make_scope("s")
    keys.destroy_scope("s")
    assert not (folder / "s.scope").exists()


def test_a_store_that_lost_its_master_key_gets_no_other(folder: Path) -> None:
    KeyStore(folder, secrets.token_bytes).make_scope("s")
    (folder / "master.key").rename(folder.parent / "elsewhere")
    opened = KeyStore(folder, secrets.token_bytes)
    for attempt in (lambda: opened.scope_key("s"), lambda: opened.make_scope("t"), opened.rotate_master):
        with pytest.raises(Fault) as no:
            attempt()
        assert no.value.code == "keys.missing"
    (folder.parent / "elsewhere").rename(folder / "master.key")
    assert len(opened.scope_key("s")) == 32


def test_nothing_is_sealed_under_a_cut_master_key(folder: Path) -> None:
    keys = KeyStore(folder, secrets.token_bytes)
    folder.mkdir()
    (folder / "master.key").write_bytes(b"short")
    with pytest.raises(Tampered) as no:
        keys.make_scope("s")
    assert no.value.code == "keys.damaged"


def _make(folder: Path, barrier, answers) -> None:
    barrier.wait()
    keys = KeyStore(folder, secrets.token_bytes)
    keys.make_scope("s")
    answers.put((keys.make_signing("provider"), keys.scope_key("s")))


def test_processes_that_start_at_once_make_one_set_of_keys(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    rounds = 15
    barriers: list = [context.Barrier(3) for _ in range(rounds)]
    answers = context.Queue()
    children = [context.Process(target=_rounds, args=(tmp_path, barriers, answers)) for _ in range(3)]
    for child in children:
        child.start()
    found: dict[int, set] = {}
    for _ in range(3 * rounds):
        number, answer = answers.get(timeout=60)
        found.setdefault(number, set()).add(answer)
    for child in children:
        child.join()
    for number, made in found.items():
        keys = KeyStore(tmp_path / str(number), secrets.token_bytes)
        assert made == {(keys.public("provider"), keys.scope_key("s"))}
        assert not [path for path in (tmp_path / str(number)).iterdir() if path.name.endswith(".draft")]


def _rounds(folder: Path, barriers: list, answers) -> None:
    for number, barrier in enumerate(barriers):
        _make(folder / str(number), barrier, _Numbered(number, answers))


class _Numbered:
    def __init__(self, number: int, answers) -> None:
        self.number, self.answers = number, answers

    def put(self, answer: tuple[str, bytes]) -> None:
        self.answers.put((self.number, answer))


def test_replaced_signing_keys_are_listed_oldest_first(folder: Path) -> None:
    keys = KeyStore(folder, secrets.token_bytes)
    publics = [keys.make_signing("provider")]
    for _ in range(3):
        publics.append(keys.next_signing("provider"))
        keys.promote_signing("provider", publics[-1])
    assert keys.retired("provider") == tuple(publics[:-1])
    assert keys.public("provider") == publics[-1]


@pytest.mark.parametrize(
    ("owner", "name", "call"),
    [(keyfiles, "write_file", n) for n in (1, 2)]
    + [(Path, "unlink", n) for n in (1, 2, 3)]
    + [(Path, "rename", n) for n in (1, 2)],
)
def test_promoting_a_key_can_be_killed_anywhere(
    folder: Path, owner: object, name: str, call: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before, in between and after: the old or the new key signs, and the same call ends it."""
    keys = KeyStore(folder, secrets.token_bytes)
    first, second = keys.make_signing("provider"), keys.next_signing("provider")
    with monkeypatch.context() as patched:
        _killed_at(patched, owner, name, call=call)
        with pytest.raises(Killed):
            keys.promote_signing("provider", second)
    again = KeyStore(folder, secrets.token_bytes)
    assert again.public("provider") in (first, second)
    assert again.sign("provider", "x", 1, public=second).kind == "x", "the account may have it in force already"
    again.promote_signing("provider", second)
    last = KeyStore(folder, secrets.token_bytes)
    assert (last.public("provider"), last.retired("provider")) == (second, (first,))
    assert not [path for path in folder.iterdir() if ".next" in path.name]


def test_a_key_promoted_within_a_killed_rotation_of_the_master_key_stays(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the killed rotation left of the old key must not take the new one's place later."""
    for call in range(1, 9):
        keys = KeyStore(folder / str(call), secrets.token_bytes)
        keys.make_signing("provider")
        keys.make_scope("s")
        second = keys.next_signing("provider")
        with monkeypatch.context() as patched:
            _killed_at(patched, Path, "rename", call=call)
            with suppress(Killed):
                keys.rotate_master()
        again = KeyStore(folder / str(call), secrets.token_bytes)
        again.promote_signing("provider", second)
        again.rotate_master()
        assert KeyStore(folder / str(call), secrets.token_bytes).public("provider") == second


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "a.b", "x" * 100, "a\n"])
@pytest.mark.parametrize(
    "use", [KeyStore.make_signing, KeyStore.make_scope, KeyStore.destroy_scope, KeyStore.next_signing]
)
def test_a_key_name_is_no_path(folder: Path, name: str, use: Callable[[KeyStore, str], object]) -> None:
    with pytest.raises(Fault) as no:
        use(KeyStore(folder, secrets.token_bytes), name)
    assert no.value.code == "keys.name"
    assert not folder.exists()
