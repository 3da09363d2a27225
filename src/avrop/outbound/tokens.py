"""Whose a bearer token is: verified against the issuers of the settings, and nothing believed of the token itself."""

import base64
import binascii
import logging
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from jwt import PyJWS
from jwt.exceptions import PyJWTError

from avrop.errors import Stranger
from avrop.outbound.algorithms import makes
from avrop.outbound.keysets import KeySets
from avrop.outbound.strictjson import Unreadable, load_object
from avrop.settings import SignerSetting

_LOG = logging.getLogger("avrop.outbound")

LONGEST_TOKEN = 16 * 1024
_SKEW_SECONDS = 10
_TYPES = ("jwt", "at+jwt", "application/jwt", "application/at+jwt")
_OWN_KEYS = ("jwk", "jku", "x5u", "x5c", "crit")
"""A header that brings its own key, or demands what we do not know, is refused."""
_PART = re.compile(r"[A-Za-z0-9_-]+")
_SUBJECT = re.compile(r"[^\x00-\x1f\x7f]{1,255}")
_LATEST = 2**40


@dataclass(frozen=True, kw_only=True)
class Claims:
    """What a token says, verified: its issuer, who it is about, and all of its values."""

    issuer: str
    subject: str
    values: Mapping[str, Any]


class _No(Exception):
    """Why a token is not believed: for the log, never for whoever sent it."""


def verify_token(
    text: str, *, issuers: Iterable[SignerSetting], keysets: KeySets, now: datetime, begins: bool = True
) -> Claims:
    """The claims of a token that one of these issuers signed for us and that is valid now.

    With `begins` a token says from when it is valid; without, it may leave that out, and is valid since it was issued.

    Everything is checked before keys are looked up, so that only a token that could be right may cause a fetch.
    Errors: `token.refused` (Stranger), the same in every case.
    """
    try:
        header, values = _parts(text)
        setting = _issuer(values, issuers)
        algorithm, kid = _header(header, setting)
        _require_audience(values.get("aud"), setting)
        _require_time(values if begins else {"nbf": values.get("iat"), **values}, setting, now)
        subject = values.get("sub")
        if not isinstance(subject, str) or not _SUBJECT.fullmatch(subject):
            raise _No("subject")
        _require_signature(text, setting, algorithm, kid, keysets=keysets, now=now)
    except (_No, Unreadable) as reason:
        _LOG.info("a token was refused: %s", reason)
        raise Stranger("token.refused", "This token is not believed here.", hint="Get a new one.") from None
    return Claims(issuer=setting.issuer, subject=subject, values=values)


def is_only_late(text: str, *, issuers: Iterable[SignerSetting], now: datetime) -> bool:
    """Whether a token that was refused says of itself that nothing but its end is wrong with it.

    It proves nothing: no key is looked at. It is for telling the bearer what they could read in the token themselves.
    """
    try:
        header, values = _parts(text)
        setting = _issuer(values, issuers)
        _header(header, setting)
        _require_audience(values.get("aud"), setting)
        expires = values.get("exp")
        if type(expires) is not int or not 0 <= expires < min(_LATEST, now.timestamp()):
            return False
        _require_time(values, setting, datetime.fromtimestamp(expires, UTC))
    except (_No, Unreadable):
        return False
    return True


def _parts(text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    if len(text) > LONGEST_TOKEN:
        raise _No("size")
    parts = text.split(".")
    if len(parts) != 3 or not all(_PART.fullmatch(part) for part in parts):
        raise _No("form")
    return load_object(_decoded(parts[0])), load_object(_decoded(parts[1]))


def _decoded(part: str) -> bytes:
    try:
        return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except binascii.Error:
        raise _No("form") from None


def _issuer(values: Mapping[str, Any], issuers: Iterable[SignerSetting]) -> SignerSetting:
    """The setting whose name is exactly the token's: no prefix, no other case, no list."""
    said = values.get("iss")
    for setting in issuers:
        if isinstance(said, str) and said == setting.issuer:
            return setting
    raise _No("issuer")


def _header(header: Mapping[str, Any], setting: SignerSetting) -> tuple[str, str]:
    algorithm, kid, kind = header.get("alg"), header.get("kid"), header.get("typ", "JWT")
    if not isinstance(algorithm, str) or algorithm not in setting.algorithms:
        raise _No("algorithm")
    if any(name in header for name in _OWN_KEYS):
        raise _No("header")
    if not isinstance(kind, str) or kind.lower() not in _TYPES:
        raise _No("type")
    if not isinstance(kid, str) or not kid:
        raise _No("no key named")
    return algorithm, kid


def _require_audience(said: object, setting: SignerSetting) -> None:
    named = said if isinstance(said, list) else [said]
    if not all(isinstance(name, str) for name in named) or not set(named) & set(setting.audiences):
        raise _No("audience")


def _require_time(values: Mapping[str, Any], setting: SignerSetting, now: datetime) -> None:
    """Issued, valid from and expiring: whole seconds all three, in their order, around now, and no longer than
    the issuer's tokens live."""
    times = [values.get(name) for name in ("iat", "nbf", "exp")]
    if not all(type(time) is int and 0 <= time < _LATEST for time in times):
        raise _No("times")
    issued, begins, expires = (int(time) for time in times if time is not None)
    moment = now.timestamp()
    if issued > moment + _SKEW_SECONDS or begins > moment + _SKEW_SECONDS:
        raise _No("not yet valid")
    if expires <= moment - _SKEW_SECONDS:
        raise _No("expired")
    if not issued < expires <= issued + setting.longest_life_seconds or begins >= expires:
        raise _No("life")


def _require_signature(
    text: str, setting: SignerSetting, algorithm: str, kid: str, *, keysets: KeySets, now: datetime
) -> None:
    key = keysets.key(setting.issuer, kid, now)
    if key is None or not makes(algorithm, key):
        raise _No("unknown key")
    try:
        PyJWS(algorithms=[algorithm]).decode(text, key=key, algorithms=[algorithm])
    except PyJWTError:
        raise _No("signature") from None
