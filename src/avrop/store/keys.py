"""Keys, encrypted at rest and apart from the data: signing keys of the organisation, and one random key per pseudonym
scope. A missing or damaged key stops whoever needs it; a destroyed scope never comes back."""

import base64
import os
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from avrop.errors import Fault, Refusal, Tampered
from avrop.signed import Signed, sign
from avrop.store.files import flush_folder, no_space_or, write_file

_NONCE_BYTES = 12
_KEY_BYTES = 32
_ENCRYPTED = ("scope", "signing")


class KeyStore:
    """A folder with one encrypted file per key and the master key beside them (mode 0600, folder 0700)."""

    def __init__(self, folder: Path, random: Callable[[int], bytes]) -> None:
        self._folder = folder
        self._random = random
        try:
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o700)
        except OSError as failure:
            raise no_space_or(failure) from None
        if not (folder / "master.key").exists() and not self._names():  # beside keys, a missing one must be restored
            self._create(folder / "master.key", random(_KEY_BYTES))

    def make_signing(self, name: str) -> str:
        """Make a signing key if there is none of that name. Returns the public key in base64."""
        if not self._file(name, "signing").exists():
            self._create(self._file(name, "signing"), self._sealed(name, "signing", self._random(_KEY_BYTES)))
        return self.public(name)

    def public(self, name: str) -> str:
        """The raw public key in base64."""
        return base64.b64encode(self._private(name).public_key().public_bytes_raw()).decode()

    def sign(self, name: str, kind: str, value: object) -> Signed:
        """Sign a document with the key of that name."""
        return sign(kind, value, public_key=self.public(name), signer=self._private(name).sign)

    def sign_bytes(self, name: str, data: bytes) -> bytes:
        """A raw Ed25519 signature, for checkpoints."""
        return self._private(name).sign(data)

    def rotate_signing(self, name: str) -> str:
        """Replace a signing key; the old public key stays readable in `retired(name)`. Returns the new public key."""
        retired = (*self.retired(name), self.public(name))
        self._write(self._file(name, "retired"), "\n".join(retired).encode())
        self._write(self._file(name, "signing"), self._sealed(name, "signing", self._random(_KEY_BYTES)))
        return self.public(name)

    def retired(self, name: str) -> tuple[str, ...]:
        """The public keys that were replaced, oldest first."""
        path = self._file(name, "retired")
        return tuple(path.read_text().split()) if path.exists() else ()

    def make_scope(self, scope: str) -> None:
        """Make a scope's independent random key if there is none. Raises `keys.destroyed` (Refusal)."""
        if self._file(scope, "destroyed").exists():
            raise Refusal("keys.destroyed", "The key of this pseudonym scope was destroyed for good.", scope=scope)
        if not self._file(scope, "scope").exists():
            self._create(self._file(scope, "scope"), self._sealed(scope, "scope", self._random(_KEY_BYTES)))

    def scope_key(self, scope: str) -> bytes:
        """A scope's key. Errors: `keys.missing` (Fault), also for a destroyed one that a backup brought back;
        `keys.damaged` (Tampered)."""
        if self._file(scope, "destroyed").exists():
            raise _missing("scope", scope)
        return self._open(scope, "scope")

    def destroy_scope(self, scope: str) -> None:
        """Overwrite and remove a scope's key, and leave a mark that it was. Again changes nothing."""
        self._write(self._file(scope, "destroyed"), b"destroyed\n")
        for path in sorted(self._folder.glob(f"*{scope}.scope*")):
            if path.name.removeprefix(".partial-").split(".")[0] == scope:  # also what a killed process left of it
                with path.open("r+b") as handle:
                    handle.write(self._random(path.stat().st_size))
                    handle.flush()
                    os.fsync(handle.fileno())
                path.unlink()
        flush_folder(self._folder, recursive=False)

    def rotate_master(self) -> None:
        """Encrypt every key anew under a new master key. Killed anywhere, every key can still be opened."""
        opened = [(name, kind, self._open(name, kind)) for name, kind in self._names()]
        master = self._random(_KEY_BYTES)
        for name, kind, secret in opened:
            self._write(self._file(name, f"{kind}.new"), self._sealed(name, kind, secret, master=master))
        self._write(self._folder / "master.key", master)
        for name, kind, _ in opened:
            self._file(name, f"{kind}.new").rename(self._file(name, kind))

    def _names(self) -> list[tuple[str, str]]:
        """The name and kind of every encrypted key."""
        found = sorted(path.name.split(".") for kind in _ENCRYPTED for path in self._folder.glob(f"[!.]*.{kind}"))
        return [(name, kind) for name, kind in found]

    def _private(self, name: str) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self._open(name, "signing"))

    def _sealed(self, name: str, kind: str, secret: bytes, *, master: bytes | None = None) -> bytes:
        nonce = self._random(_NONCE_BYTES)
        return nonce + AESGCM(master or self._master()).encrypt(nonce, secret, f"{kind}/{name}".encode())

    def _open(self, name: str, kind: str) -> bytes:
        path, new = self._file(name, kind), self._file(name, f"{kind}.new")
        if not path.exists():
            raise _missing(kind, name)
        try:
            return self._unsealed(path, name, kind)
        except Tampered:
            if not new.exists():
                raise
        secret = self._unsealed(new, name, kind)  # a rotation of the master key was killed: it ends here
        with suppress(FileNotFoundError):
            new.rename(path)
        return secret

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
            raise _missing("master", "master")
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
        """Write a file unless it is there: of two processes that do so at once, the first one's stands."""
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


def _missing(kind: str, name: str) -> Fault:
    return Fault("keys.missing", f"The {kind} key is not in the key store.", hint="Restore it.", key=name)


def _damaged(kind: str, name: str) -> Tampered:
    return Tampered("keys.damaged", f"The {kind} key cannot be opened.", hint="Restore it or its master key.", key=name)
