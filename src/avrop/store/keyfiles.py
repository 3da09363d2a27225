"""A folder of secrets: one encrypted file per key, and the master key that opens them beside it.

Files are 0600, the folder 0700. A process that is killed anywhere leaves every key as it was or as it should be.
"""

import os
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from avrop.errors import Fault, Tampered
from avrop.store.files import flush_folder, no_space_or, write_file

_NONCE_BYTES = 12
_KEY_BYTES = 32
_ENCRYPTED = ("scope", "signing", "next", "sealing", "token", "package")


class KeyFiles:
    """The folder. A key has a name and a kind; the kind is bound into the encryption, so none passes for another.

    It is made, with a master key, when the first secret is kept in it: one that is named by mistake stays as it is.

    Errors: `keys.name`, `keys.missing`, `files.no_space` (Fault), `keys.damaged` (Tampered).
    """

    def __init__(self, folder: Path, random: Callable[[int], bytes]) -> None:
        self._folder = folder
        self._random = random

    def holds(self, name: str, kind: str) -> bool:
        """Whether there is a file of that name and kind."""
        return self._file(name, kind).exists()

    def names(self, kind: str) -> tuple[str, ...]:
        """The names of the encrypted keys of a kind."""
        return tuple(name for name, found in self._every() if found == kind)

    def make(self, name: str, kind: str, secret: bytes) -> None:
        """Keep a secret unless there is one: of two processes that do so at once, the first one's stands."""
        path = self._file(name, kind)
        self._begin()
        self._create(path, self._sealed(name, kind, secret))

    def replace(self, name: str, kind: str, secret: bytes) -> None:
        """Keep a secret in place of another, whole or not at all."""
        self._write(self._file(name, kind), self._sealed(name, kind, secret))
        self._file(name, f"{kind}.new").unlink(missing_ok=True)  # what a killed rotation left of the other

    def open(self, name: str, kind: str) -> bytes:
        """The secret."""
        path, new = self._file(name, kind), self._file(name, f"{kind}.new")
        if not path.exists():
            raise missing(kind, name)
        try:
            return self._unsealed(path, name, kind)
        except Tampered:
            if not new.exists():
                raise
        secret = self._unsealed(new, name, kind)  # a rotation of the master key was killed: it ends here
        with suppress(FileNotFoundError):
            new.rename(path)
        return secret

    def note(self, name: str, kind: str, text: str) -> None:
        """Keep a text that is no secret beside the keys."""
        path = self._file(name, kind)
        self._make_folder()
        self._write(path, text.encode())

    def noted(self, name: str, kind: str) -> str:
        """That text, or nothing."""
        path = self._file(name, kind)
        return path.read_text() if path.exists() else ""

    def discard(self, name: str, kind: str) -> None:
        """Remove a secret that lives on under another kind. Again changes nothing."""
        for path in (self._file(name, f"{kind}.new"), self._file(name, kind)):
            path.unlink(missing_ok=True)
        flush_folder(self._folder, recursive=False)

    def destroy(self, name: str, kind: str) -> None:
        """Overwrite and remove a secret and whatever a killed process left of it. Again changes nothing. Killed between
        the two it leaves rubbish, so note first that the secret is gone."""
        self._file(name, kind)
        for path in sorted(self._folder.glob(f"*{name}.{kind}*")):
            if path.name.removeprefix(".partial-").split(".")[0] == name:
                with path.open("r+b") as handle:
                    handle.write(self._random(path.stat().st_size))
                    handle.flush()
                    os.fsync(handle.fileno())
                path.unlink()
        flush_folder(self._folder, recursive=False)

    def rotate_master(self) -> None:
        """Encrypt every key anew under a new master key. Killed anywhere, every key can still be opened."""
        opened = [(name, kind, self.open(name, kind)) for name, kind in self._every()]
        self._master()
        master = self._random(_KEY_BYTES)
        for name, kind, secret in opened:
            self._write(self._file(name, f"{kind}.new"), self._sealed(name, kind, secret, master=master))
        self._write(self._folder / "master.key", master)
        for name, kind, _ in opened:
            self._file(name, f"{kind}.new").rename(self._file(name, kind))

    def _make_folder(self) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._folder.chmod(0o700)
        except OSError as failure:
            raise no_space_or(failure) from None

    def _begin(self) -> None:
        self._make_folder()
        master = self._folder / "master.key"
        if not master.exists() and not self._every():  # beside keys, a missing one must be restored
            self._create(master, self._random(_KEY_BYTES))

    def _every(self) -> list[tuple[str, str]]:
        """The name and kind of every encrypted key."""
        found = sorted(path.name.split(".") for kind in _ENCRYPTED for path in self._folder.glob(f"[!.]*.{kind}"))
        return [(name, kind) for name, kind in found]

    def _sealed(self, name: str, kind: str, secret: bytes, *, master: bytes | None = None) -> bytes:
        nonce = self._random(_NONCE_BYTES)
        return nonce + AESGCM(master or self._master()).encrypt(nonce, secret, f"{kind}/{name}".encode())

    def _unsealed(self, path: Path, name: str, kind: str) -> bytes:
        sealed = path.read_bytes()
        try:
            return AESGCM(self._master()).decrypt(
                sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], f"{kind}/{name}".encode()
            )
        except (InvalidTag, ValueError):
            raise _damaged(kind, name) from None

    def _master(self) -> bytes:
        path = self._folder / "master.key"
        if not path.exists():
            raise missing("master", "master")
        master = path.read_bytes()
        if len(master) != _KEY_BYTES:
            raise _damaged("master", "master")
        return master

    def _file(self, name: str, kind: str) -> Path:
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,80}", name):
            raise Fault("keys.name", "A key's name has letters, digits, hyphens and underscores.", hint="Rename.")
        return self._folder / f"{name}.{kind}"

    def _write(self, path: Path, data: bytes) -> None:
        write_file(path, data)
        path.chmod(0o600)

    def _create(self, path: Path, data: bytes) -> None:
        draft = path.with_name(f"{path.name}.{self._random(8).hex()}.draft")
        self._write(draft, data)
        try:
            with suppress(FileExistsError):
                path.hardlink_to(draft)
        except OSError as failure:
            raise no_space_or(failure) from None
        finally:
            draft.unlink()
        flush_folder(self._folder, recursive=False)


def missing(kind: str, name: str) -> Fault:
    """The error of a key that is needed and not there."""
    return Fault(
        "keys.missing",
        f"The {kind} key is not in the key store.",
        hint="Restore it, or name the folder that it lies in.",
        key=name,
    )


def _damaged(kind: str, name: str) -> Tampered:
    return Tampered("keys.damaged", f"The {kind} key cannot be opened.", hint="Restore it or its master key.", key=name)
