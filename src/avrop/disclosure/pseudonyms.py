"""Pseudonyms: HMAC-SHA-256 under a scope's own random key, cut to 128 bits as 32 hex characters; fail closed."""

import hashlib
import hmac
from collections.abc import Sequence

from avrop.disclosure.binding import Pseudonymiser
from avrop.errors import Fault

KEY_BYTES = 32
PSEUDONYM_CHARACTERS = 32


def pseudonymiser(key: bytes) -> Pseudonymiser:
    """A function from identifiers to pseudonyms, in the same order.

    Errors: `pseudonym.key` (Fault) for a key that is not 32 bytes; `pseudonym.unmapped` (Fault) for an identifier that
    is missing or empty: it never passes one through.
    """
    if len(key) != KEY_BYTES:
        raise Fault("pseudonym.key", "A pseudonym key has 32 bytes.", hint="Restore the scope's key.")
    keyed = hmac.new(key, digestmod=hashlib.sha256)

    def pseudonyms(identifiers: Sequence[str]) -> Sequence[str]:
        made = []
        for identifier in identifiers:
            if not identifier:
                raise Fault(
                    "pseudonym.unmapped", "A row has no identifier that has a pseudonym.", hint="Check the snapshot."
                )
            one = keyed.copy()
            one.update(identifier.encode())
            made.append(one.hexdigest()[:PSEUDONYM_CHARACTERS])
        return made

    return pseudonyms
