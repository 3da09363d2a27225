"""The public keys of the issuers that a setting names: fetched from its address only, seldom, and kept for a day."""

import logging
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from avrop.errors import AvropError, Fault, Mistake
from avrop.outbound.algorithms import KEY_OF, PublicKey, public_key
from avrop.outbound.guard import Outbound
from avrop.outbound.strictjson import Unreadable, load_object
from avrop.settings import IssuerSetting, SignerSetting

_LOG = logging.getLogger("avrop.outbound")

LIMIT_BYTES = 64 * 1024
_TIMEOUT_SECONDS = 5.0
_BETWEEN_TRIES = timedelta(minutes=1)
_FRESH = timedelta(hours=1)
_KEPT = timedelta(hours=24)
_LONGEST_KID = 256
_LONGEST_LIFE_SECONDS = 86_400


@dataclass(frozen=True, kw_only=True)
class _KeySet:
    """One issuer's keys by their `kid`, when they were fetched, and when that was last tried."""

    keys: Mapping[str, PublicKey]
    fetched_at: datetime | None = None
    tried_at: datetime | None = None

    def is_younger(self, than: timedelta, now: datetime) -> bool:
        return self.fetched_at is not None and -_BETWEEN_TRIES <= now - self.fetched_at < than

    def may_try(self, now: datetime) -> bool:
        """A clock that was set back by more than a minute does not keep us from trying."""
        return self.tried_at is None or not -_BETWEEN_TRIES < now - self.tried_at < _BETWEEN_TRIES


class KeySets:
    """The issuers' keys. An issuer that is not named in the settings has none, and nothing is fetched for it.

    An unknown `kid` causes a fetch at most once a minute, and so does a set older than an hour; while its source is
    down, a set is used for 24 hours. Nothing is shared between issuers. Safe to use from many threads.
    """

    def __init__(self, outbound: Outbound, issuers: Iterable[SignerSetting]) -> None:
        found = tuple(issuers)
        require_believable(found)
        self._outbound = outbound
        self._issuers = {setting.issuer: setting for setting in found}
        self._sets = {issuer: _KeySet(keys={}) for issuer in self._issuers}
        self._fetching = {issuer: threading.Lock() for issuer in self._issuers}

    def key(self, issuer: str, kid: str, now: datetime) -> PublicKey | None:
        """The key of that name, or None if the issuer has no such key or its keys could not be had for a day."""
        if issuer not in self._issuers:
            return None
        standing = self._sets[issuer]
        if kid in standing.keys and standing.is_younger(_FRESH, now):
            return standing.keys[kid]
        self._refresh(issuer, now, waits=kid not in standing.keys)
        standing = self._sets[issuer]
        return standing.keys.get(kid) if standing.is_younger(_KEPT, now) else None

    def is_at_a_loss(self, issuer: str, now: datetime) -> bool:
        """Whether that issuer's keys were asked for in vain, so that nobody knows whether its tokens are right."""
        standing = self._sets[issuer]
        return standing.tried_at is not None and not (standing.keys and standing.is_younger(_KEPT, now))

    def _refresh(self, issuer: str, now: datetime, *, waits: bool) -> None:
        """Fetch if a minute has gone since it was last tried. One thread fetches: those whose key is known go on with
        it meanwhile, the others wait for what comes."""
        if not self._sets[issuer].may_try(now) or not self._fetching[issuer].acquire(blocking=waits):
            return
        try:
            standing = self._sets[issuer]
            if standing.may_try(now):  # while we waited, another thread may have
                self._sets[issuer] = self._tried(issuer, standing, now)
        finally:
            self._fetching[issuer].release()

    def _tried(self, issuer: str, standing: _KeySet, now: datetime) -> _KeySet:
        """The issuer's set as it is now at its source, or the standing one if it cannot be had."""
        try:
            return _KeySet(keys=self._fetched(issuer), fetched_at=now, tried_at=now)
        except AvropError as failure:
            _LOG.warning("the keys of an issuer could not be fetched: %s", failure)
            return _KeySet(keys=standing.keys, fetched_at=standing.fetched_at, tried_at=now)

    def _fetched(self, issuer: str) -> Mapping[str, PublicKey]:
        setting = self._issuers[issuer]
        answer = self._outbound.request(
            "GET", setting.keys_url, headers={"Accept": "application/json"}, limit_bytes=LIMIT_BYTES,
            timeout_seconds=_TIMEOUT_SECONDS,
        )  # fmt: skip
        if answer.status != 200:
            raise _unusable(f"status {answer.status}")
        try:
            members = load_object(answer.body).get("keys")
        except Unreadable as failure:
            raise _unusable(str(failure)) from None
        if not isinstance(members, list):
            raise _unusable("no list of keys")
        return _usable(members, setting.algorithms)


def _usable(members: list[Any], algorithms: tuple[str, ...]) -> Mapping[str, PublicKey]:
    """The keys by name. A name that two of them bear says nothing, so it is left out."""
    named: dict[str, list[PublicKey]] = {}
    for member in members:
        kid = member.get("kid") if isinstance(member, dict) else None
        key = public_key(member, algorithms) if isinstance(kid, str) and 0 < len(kid) <= _LONGEST_KID else None
        if key is not None:
            named.setdefault(str(kid), []).append(key)
    return {kid: keys[0] for kid, keys in named.items() if len(keys) == 1}


def require_believable(issuers: tuple[SignerSetting, ...]) -> None:
    """Refuse an issuer of which any token would be believed, or none; one whose tokens could be taken for two things;
    and a second one for people or for consumers: a subject is a name within its issuer, and the directory does not say
    of which.

    Errors: `issuer.algorithm`, `issuer.audience`, `issuer.name`, `issuer.life`, `issuer.twice` (Mistake).
    """
    for setting in issuers:
        _require_believable(setting)
    names, kinds = [x.issuer for x in issuers], [x.admits for x in issuers if isinstance(x, IssuerSetting)]
    if len(set(names)) != len(names) or len(set(kinds)) != len(kinds):
        raise Mistake(
            "issuer.twice",
            "There is one issuer for people, one for consumers and one of an external commons, of different names.",
            hint="Name each once.",
        )  # fmt: skip


def _require_believable(setting: SignerSetting) -> None:
    if not setting.algorithms or any(name not in KEY_OF for name in setting.algorithms):
        names = ", ".join(KEY_OF)
        raise Mistake("issuer.algorithm", "An issuer signs with a private key of its own.", hint=f"By one of: {names}.")
    if not setting.audiences or not all(setting.audiences):
        raise Mistake("issuer.audience", "An issuer's tokens are for an audience.", hint="Name our own in `audiences`.")
    if not setting.issuer or not setting.keys_url:
        raise Mistake("issuer.name", "An issuer has a name and an address of its keys.", hint="Write both.")
    if not 0 < setting.longest_life_seconds <= _LONGEST_LIFE_SECONDS:
        raise Mistake("issuer.life", "A token lives for at most a day.", hint="Correct `longest_life_seconds`.")


def _unusable(reason: str) -> Fault:
    return Fault("outbound.keys", f"An issuer's key set cannot be used ({reason}).", hint="See its address.")
