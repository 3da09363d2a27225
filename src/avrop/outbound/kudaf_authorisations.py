"""What a data commons of KUDAF lets a subject read of our datasource: asked for, verified, and believed for a minute.

The commons answers anybody, so nothing counts but what its issuer signed: for this datasource, about this subject, not
expired. Whatever else comes back is nobody's word. What cannot be had is not known, and opens nothing.
"""

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from avrop.errors import AvropError, Fault, Stranger
from avrop.outbound.guard import Outbound
from avrop.outbound.keysets import KeySets
from avrop.outbound.strictjson import Unreadable, load_list
from avrop.outbound.tokens import Claims, verify_token
from avrop.settings import ExternalSetting

_LOG = logging.getLogger("avrop.outbound")

LIMIT_BYTES = 256 * 1024
TIMEOUT_SECONDS = 2.0
LONGEST = timedelta(minutes=1)
"""For how long an answer is believed, if its tokens live that long."""
BETWEEN_TRIES = timedelta(seconds=10)
"""How long a failure, or an answer with nothing in it, keeps us from asking again."""
_PATIENCE_SECONDS = 5.0
_NAMES = ("authorizations", "authroizations")
"""The property that holds a token; the documentation writes it in the second way."""


@dataclass(frozen=True, kw_only=True)
class _Told:
    """What was told of one subject, and until when that counts; no variables at all if nobody knows."""

    asked_at: datetime
    until: datetime
    variables: frozenset[str] | None

    def counts(self, now: datetime) -> bool:
        return self.asked_at <= now < self.until


@dataclass(frozen=True, kw_only=True)
class _Believed:
    """One token's variables, and when it expires."""

    variables: frozenset[str]
    expires: datetime


class Authorisations:
    """What the commons says of subjects. Safe to use from many threads: of one subject, one asks at a time."""

    def __init__(
        self,
        setting: ExternalSetting,
        *,
        datasource: str | None,
        outbound: Outbound,
        keysets: KeySets,
        clock: Callable[[], datetime],
    ) -> None:
        self._setting, self._datasource = setting, datasource
        self._outbound, self._keysets, self._clock = outbound, keysets, clock
        self._told: dict[str, _Told] = {}
        self._asking: dict[str, threading.Lock] = {}

    def variables(self, subject: str) -> frozenset[str]:
        """The names of the variables that the commons lets that subject read now.

        An answer counts for a minute, and no longer than any of its tokens lives. Errors: `authorisation.unknown`
        (Fault) if it cannot be found out; then the commons is left alone for ten seconds.
        """
        told = self._standing(subject)
        if told is None:
            lock = self._asking.setdefault(subject, threading.Lock())
            if not lock.acquire(timeout=_PATIENCE_SECONDS):
                raise unknown()
            try:
                told = self._standing(subject) or self._ask(subject)  # while we waited, another thread may have asked
                self._told[subject] = told
            finally:
                lock.release()
        if told.variables is None:
            raise unknown()
        return told.variables

    def _standing(self, subject: str) -> _Told | None:
        told = self._told.get(subject)
        return told if told is not None and told.counts(self._clock()) else None

    def _ask(self, subject: str) -> _Told:
        now = self._clock()
        try:
            found = self._believed(self._tokens(subject), subject, now)
        except AvropError as failure:
            _LOG.warning("an authorisation could not be looked up: %s", failure.code)
            return _Told(asked_at=now, until=now + BETWEEN_TRIES, variables=None)
        until = min([now + (LONGEST if found else BETWEEN_TRIES), *(each.expires for each in found)])
        return _Told(asked_at=now, until=until, variables=frozenset().union(*(each.variables for each in found)))

    def _tokens(self, subject: str) -> list[str]:
        """The tokens of an answer. A subject that an address reads as a step upwards is never asked for."""
        if not self._datasource or subject in (".", ".."):
            return []
        base = self._setting.permissions_url.rstrip("/")
        answer = self._outbound.request(
            "GET", f"{base}/{quote(subject, safe='')}/{quote(self._datasource, safe='')}",
            headers={"Accept": "application/json"}, limit_bytes=LIMIT_BYTES, timeout_seconds=TIMEOUT_SECONDS,
        )  # fmt: skip
        if answer.status != 200:
            raise _unusable(f"status {answer.status}")
        try:
            items = load_list(answer.body)
        except Unreadable as failure:
            raise _unusable(str(failure)) from None
        held = [item.get(name) for item in items if isinstance(item, dict) for name in _NAMES]
        return [token for token in held if isinstance(token, str)]

    def _believed(self, tokens: list[str], subject: str, now: datetime) -> list[_Believed]:
        found = [each for token in tokens if (each := self._read(token, subject, now)) is not None]
        if tokens and not found and self._keysets.is_at_a_loss(self._setting.issuer.issuer, now):
            raise _unusable("no keys to tell its tokens by")
        return found

    def _read(self, token: str, subject: str, now: datetime) -> _Believed | None:
        """What a token says, if it is believed: every reason why it is not stands in the log, and says the same."""
        try:
            claims = verify_token(
                token, issuers=(self._setting.issuer,), keysets=self._keysets, now=now, begins=False
            )  # fmt: skip
        except Stranger:
            return None
        names, expires = self._names(claims), datetime.fromtimestamp(claims.values["exp"], UTC)
        if claims.subject != subject or names is None or not self._is_for_us(claims.values["aud"]) or expires <= now:
            _LOG.info("an authorisation was refused: it is about something else, or over")
            return None
        return _Believed(variables=names, expires=expires)

    def _is_for_us(self, said: Any) -> bool:
        """Whether a token's audiences name our datasource, or nothing but what the setting names: one that names
        another datasource too is that one's."""
        named = set(said) if isinstance(said, list) else {said}
        ours = any(name.rpartition("/")[2] == self._datasource for name in named)
        return ours or named <= set(self._setting.issuer.audiences)

    def _names(self, claims: Claims) -> frozenset[str] | None:
        """The variables that a token names: at its top, or under the datasource's id. Where both stand, both hold."""
        own = claims.values.get(self._datasource or "")
        own = own.get("variables") if isinstance(own, Mapping) else own
        said = [each for each in (claims.values.get("variables"), own) if each is not None]
        if not said or not all(_is_list_of_texts(each) for each in said):
            return None
        return frozenset(said[0]).intersection(*said[1:])


def unknown() -> Fault:
    """The one answer while nobody knows."""
    return Fault(
        "authorisation.unknown",
        "Whether the data commons lets you read this cannot be found out now, so nothing is handed out.",
        hint="Try again in a while.",
    )


def _is_list_of_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _unusable(reason: str) -> Fault:
    return Fault(
        "authorisation.unusable", f"The answer of the data commons cannot be used ({reason}).", hint="Ask its operator."
    )
