"""Keys, encrypted at rest and apart from the data: signing keys of the organisation, sealing keys to open packages
with, and one random key per pseudonym scope. A missing or damaged key stops whoever needs it; a destroyed one never
comes back."""

import base64
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from avrop.errors import Fault, Refusal, Tampered
from avrop.signed import Signed, sign
from avrop.store.keyfiles import KeyFiles, missing
from avrop.store.sealingstore import SealingKeys
from avrop.store.tokenkeys import TokenKeys

_KEY_BYTES = 32


class KeyStore:
    """One installation's keys. `sealing` holds the sealing keys, `tokens` those that sign permission tokens."""

    def __init__(self, folder: Path, random: Callable[[int], bytes]) -> None:
        self._files = KeyFiles(folder, random)
        self._random = random
        self.sealing = SealingKeys(self._files, random)
        self.tokens = TokenKeys(self._files)

    def make_signing(self, name: str) -> str:
        """Make a signing key if there is none of that name. Returns the public key in base64."""
        if not self._files.holds(name, "signing"):
            self._files.make(name, "signing", self._random(_KEY_BYTES))
        return self.public(name)

    def public(self, name: str) -> str:
        """The raw public key in base64."""
        return _public(self._private(name))

    def signing_names(self) -> tuple[str, ...]:
        """The names of all signing keys."""
        return self._files.names("signing")

    def has_signing(self, name: str) -> bool:
        """Whether there is a signing key of that name."""
        return self._files.holds(name, "signing")

    def holds_signing(self, name: str, public: str) -> bool:
        """Whether the key of that name, or the one that is to replace it, has that public key."""
        return any(
            self._files.holds(name, kind) and _public(_read(self._files.open(name, kind))) == public
            for kind in ("signing", "next")
        )

    def sign(self, name: str, kind: str, value: object, *, public: str | None = None) -> Signed:
        """Sign a document with the key of that name; where `public` is given, with exactly that key.

        Errors: `keys.not_held` (Fault).
        """
        private = self._private(name, public)
        return sign(kind, value, public_key=_public(private), signer=private.sign)

    def sign_bytes(self, name: str, data: bytes, *, public: str | None = None) -> bytes:
        """A raw Ed25519 signature, for checkpoints. Errors as `sign`."""
        return self._private(name, public).sign(data)

    def next_signing(self, name: str, *, anew: bool = False) -> str:
        """Make the key that is to replace a signing key, if it is not made yet; or `anew`, since whoever stole the one
        may have the other. It signs only where its public key is asked for. Returns that public key."""
        if anew:
            self._files.discard(name, "next")
        if not self._files.holds(name, "next"):
            self._files.make(name, "next", self._random(_KEY_BYTES))
        return _public(self._next(name))

    def promote_signing(self, name: str, public: str) -> bool:
        """Let the next key take the place of the one that signs, if it is that one; the old public key stays readable
        in `retired`. Killed anywhere, the same call ends it. Returns whether there was anything to do."""
        if not self._files.holds(name, "next") or _public(self._next(name)) != public:
            return False
        old = self._readable(name)
        if old != public:
            listed = [one for one in self._files.noted(name, "retired").split() if one != old]
            self._files.note(name, "retired", "\n".join((*listed, old) if old else listed))
            self._files.replace(name, "signing", self._files.open(name, "next"))
        self._files.discard(name, "next")
        return True

    def retired(self, name: str) -> tuple[str, ...]:
        """The public keys that were replaced, oldest first."""
        listed = self._files.noted(name, "retired").split()
        return tuple(one for one in listed if one != self.public(name))  # one that is just being replaced still signs

    def keep_package_key(self, package: str, secret: bytes) -> None:
        """Keep the content key of a package that is on its way."""
        self._files.make(package, "package", secret)

    def package_key(self, package: str) -> bytes:
        """That key. Errors: `keys.missing` (Fault), `keys.damaged` (Tampered)."""
        return self._files.open(package, "package")

    def destroy_package_key(self, package: str) -> None:
        """Destroy it: nothing more is sent of the package. Again changes nothing."""
        self._files.destroy(package, "package")

    def make_scope(self, scope: str) -> None:
        """Make a scope's independent random key if there is none. Raises `keys.destroyed` (Refusal)."""
        if self._files.holds(scope, "destroyed"):
            raise Refusal("keys.destroyed", "The key of this pseudonym scope was destroyed for good.", scope=scope)
        if not self._files.holds(scope, "scope"):
            self._files.make(scope, "scope", self._random(_KEY_BYTES))

    def scope_key(self, scope: str) -> bytes:
        """A scope's key. Errors: `keys.missing` (Fault), also for a destroyed one that a backup brought back;
        `keys.damaged` (Tampered)."""
        if self._files.holds(scope, "destroyed"):
            raise missing("scope", scope)
        return self._files.open(scope, "scope")

    def destroy_scope(self, scope: str) -> None:
        """Overwrite and remove a scope's key, and leave a mark that it was. Again changes nothing."""
        self._files.note(scope, "destroyed", "destroyed\n")
        self._files.destroy(scope, "scope")

    def rotate_master(self) -> None:
        """Encrypt every key anew under a new master key. Killed anywhere, every key can still be opened."""
        self._files.rotate_master()

    def _private(self, name: str, public: str | None = None) -> Ed25519PrivateKey:
        if public is None or self._readable(name) == public:
            return _read(self._files.open(name, "signing"))
        if self._files.holds(name, "next") and _public(self._next(name)) == public:
            return self._next(name)
        raise not_held(name)

    def _readable(self, name: str) -> str | None:
        """The public key that signs, or None for one that was lost or damaged, and is now replaced."""
        try:
            return self.public(name)
        except (Fault, Tampered) as failure:
            if failure.code not in ("keys.missing", "keys.damaged"):
                raise
            return None

    def _next(self, name: str) -> Ed25519PrivateKey:
        return _read(self._files.open(name, "next"))


def not_held(name: str) -> Fault:
    """The error of a key store that lacks the key in force."""
    return Fault(
        "keys.not_held",
        "The signing key that is in force is not in the key store.",
        hint="Name the right key store (AVROP_KEYS_HOME), restore it, or end that key and renew it.",
        key=name,
    )


def _read(secret: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(secret)


def _public(private: Ed25519PrivateKey) -> str:
    return base64.b64encode(private.public_key().public_bytes_raw()).decode()
