"""Sealing keys in the key store: one is current; a retired one opens packages until a day, and is then destroyed."""

import base64
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import cast

from avrop.canonical import canonical, document, read
from avrop.disclosure.sealingkeys import make_private, public_key, sealing_key_id
from avrop.errors import Missing, Mistake
from avrop.store.keyfiles import KeyFiles


@document
class SealingKey:
    """A sealing key's public side. From `retired_at` on nothing more is to be sealed for it; it opens what was until
    the end of the day `opens_until`."""

    key_id: str
    public_key: str
    made_at: datetime
    retired_at: datetime | None = None
    opens_until: date | None = None


@document
class _Kept:
    """What an encrypted file holds: private key (base64) and what is known of it, so that neither is without the
    other."""

    private: str
    key: SealingKey


class SealingKeys:
    """The sealing keys of one key store, each under its key id. Errors as `KeyFiles`."""

    def __init__(self, files: KeyFiles, random: Callable[[int], bytes]) -> None:
        self._files = files
        self._random = random

    def make(self, now: datetime) -> SealingKey:
        """Make a key. It is current from now on; those before it stay until they are retired."""
        private = make_private(self._random)
        public = public_key(private)
        made = SealingKey(key_id=sealing_key_id(public), public_key=public, made_at=now)
        self._keep(made, private, new=True)
        return made

    def every(self) -> tuple[SealingKey, ...]:
        """All that can open packages, oldest first."""
        found = (self._kept(name).key for name in self._files.names("sealing") if not self._destroyed(name))
        return tuple(sorted(found, key=lambda key: (key.made_at, key.key_id)))

    def standing(self) -> tuple[SealingKey, ...]:
        """Those that are not retired, oldest first: one, or two while one is being replaced."""
        return tuple(key for key in self.every() if key.retired_at is None)

    def current(self) -> SealingKey:
        """The newest that is not retired: what others should seal for. Errors: `keys.no_sealing` (Missing)."""
        standing = self.standing()
        if not standing:
            raise Missing("keys.no_sealing", "There is no sealing key.", hint="Make one: `avrop keys make sealing`.")
        return standing[-1]

    def private(self, key_id: str) -> bytes:
        """The private key. Errors: `keys.sealing_unknown` (Missing) for one that was destroyed or never here."""
        if self._destroyed(key_id) or not self._files.holds(key_id, "sealing"):
            raise Missing(
                "keys.sealing_unknown",
                "The sealing key of that id is not in the key store.",
                hint="Ask the sender to seal it again for the current key.",
                key=key_id,
            )
        return base64.b64decode(self._kept(key_id).private)

    def retire(self, key_id: str, *, now: datetime, opens_until: date) -> SealingKey:
        """Let nothing more be sealed for a key; it opens packages to the end of a day. Again changes only the day.

        Errors: `keys.sealing_unknown` (Missing), `keys.opens_until` (Mistake).
        """
        if opens_until < now.date():
            raise Mistake("keys.opens_until", "The day is over.", hint="Give one to come, or destroy the key.")
        private = self.private(key_id)
        known = self._kept(key_id).key
        retired = replace(known, retired_at=known.retired_at or now, opens_until=opens_until)
        self._keep(retired, private, new=False)
        return retired

    def destroy(self, key_id: str) -> None:
        """Overwrite and remove a key, also one that cannot be read, and leave a mark. Again changes nothing."""
        self._files.note(key_id, "gone", "destroyed\n")
        self._files.destroy(key_id, "sealing")

    def destroy_due(self, today: date) -> tuple[str, ...]:
        """Destroy every retired key whose day is over. Returns their ids."""
        due = [key.key_id for key in self.every() if key.opens_until is not None and key.opens_until < today]
        for key_id in due:
            self.destroy(key_id)
        return tuple(due)

    def _keep(self, key: SealingKey, private: bytes, *, new: bool) -> None:
        kept = canonical(_Kept(private=base64.b64encode(private).decode(), key=key))
        (self._files.make if new else self._files.replace)(key.key_id, "sealing", kept)

    def _kept(self, key_id: str) -> _Kept:
        return cast("_Kept", read(_Kept, self._files.open(key_id, "sealing"), what="The sealing key"))

    def _destroyed(self, key_id: str) -> bool:
        return self._files.holds(key_id, "gone")
