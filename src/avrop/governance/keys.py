"""Whose key signs when: each holder's keys in their order, how one follows another, and what an earlier one still holds
for.

A holder is `provider`, `receiver`, `log` (the key of checkpoints) or `controller/<code>`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

from pydantic import AwareDatetime

from avrop.canonical import document
from avrop.errors import Mistake, Refusal
from avrop.governance import events as e
from avrop.signed import Signed, is_public_key, verify

REPLACEMENT, RENEWAL = "key replacement", "key renewal"
"""The kinds of the signed documents."""

LONGEST_OVERLAP = timedelta(days=92)
"""An old key that is accepted for longer than this is not replaced."""

CLOCKS_DIFFER = timedelta(minutes=5)
"""By so much another party's clock may be ahead of ours."""


@document
class KeyReplacement:
    """A key hands over to its successor. Signed by both: by the old one, which hands over, and by the new one, which
    shows that it is held, and that the old one was its holder's.

    What the old key signed before `replaced_at` is accepted to the end of the day `accepted_until`.
    """

    holder: str
    old_key: str
    new_key: str
    replaced_at: AwareDatetime
    accepted_until: date


@document
class KeyRenewal:
    """A new key for a holder whose key was lost or stolen. Signed by the new key and by every party of the framework
    agreement but the holder; `decided_by` is the holder's competent body that decided it, and where that can be read.
    """

    holder: str
    ended_key: str
    new_key: str
    decided_by: str
    renewed_at: AwareDatetime


@document
class Handover:
    """One replacement under both signatures."""

    by_old: Signed
    by_new: Signed


@document
class Vouching:
    """One renewal under the new key's signature and those of the parties that vouch for it."""

    by_new: Signed
    vouchers: tuple[Signed, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class HeldKey:
    """One of a holder's keys.

    `since` is None for the first; `linked` says that the one before handed over to it. A replaced key is accepted until
    a day for what it signed before `replaced_at`; an ended one for nothing.
    """

    public_key: str
    since: datetime | None = None
    linked: bool = False
    replaced_at: datetime | None = None
    accepted_until: date | None = None
    ended_at: datetime | None = None

    @property
    def in_force(self) -> bool:
        """Whether it signs today."""
        return self.replaced_at is None and self.ended_at is None


HeldKeys = Mapping[str, tuple[HeldKey, ...]]
"""Each holder's keys, oldest first."""

Wrong = Literal["keys.ended", "keys.replaced", "keys.overlap_over", "keys.not_begun"]
"""Why a key does not hold for a document."""


def controller(code: str) -> str:
    """The holder that a controller is."""
    return f"controller/{code}"


def require_public_key(text: str, *, holder: str) -> None:
    """Raise `keys.form` (Mistake) unless the text is a public key. What is recorded once cannot be taken back."""
    if not is_public_key(text):
        raise Mistake(
            "keys.form",
            "That is no public key: one is 32 bytes in base64, 44 characters that end with =.",
            hint="Copy what the holder printed when it made the key.",
            holder=holder,
        )


def in_force(keys: Sequence[HeldKey]) -> HeldKey | None:
    """The key that signs today: the newest, unless it has ended."""
    return keys[-1] if keys and keys[-1].in_force else None


def vouchers_for(holder: str) -> tuple[str, ...]:
    """Who vouches for a new key whose old one cannot: both parties of the agreement, but for the holder itself."""
    return tuple(party for party in ("provider", "receiver") if party != holder)


def wrong_with(key: HeldKey, *, dated: datetime, today: date) -> Wrong | None:
    """Why a document that this key signed, and that bears that moment, is not accepted today; or None."""
    if key.ended_at is not None:
        return "keys.ended"
    if key.replaced_at is not None and dated >= key.replaced_at:
        return "keys.replaced"
    if key.accepted_until is not None and today > key.accepted_until:
        return "keys.overlap_over"
    if key.since is not None and dated < key.since:
        return "keys.not_begun"
    return None


def signed_by(
    keys: Sequence[HeldKey], signed: Signed, *, kind: str, dated: datetime, now: datetime, case: str = ""
) -> bool:
    """Whether one of these keys signed the document, and holds for it now; False if none did.

    Errors: `keys.ended`, `keys.replaced`, `keys.overlap_over`, `keys.not_begun` (Refusal), `keys.undated` (Mistake).
    """
    if dated.tzinfo is None:
        raise Mistake("keys.undated", "The moment in a signed document has no offset.", hint="Write one, such as Z.")
    signer = next((key for key in keys if verify(signed, kind=kind, public_key=key.public_key)), None)
    if signer is None:
        return False
    wrong = wrong_with(signer, dated=dated, today=now.date())
    if wrong is not None:
        raise _refusal(wrong, kind=kind, case=case)
    return True


def require_timely(dated: datetime, *, now: datetime, what: str, at_most: timedelta | None = None) -> None:
    """Raise `document.dated` (Mistake) if a document that is about to be recorded is dated later than now by more than
    clocks differ, or longer ago than `at_most`."""
    long_ago = at_most is not None and now - dated > at_most
    if long_ago or dated > now + CLOCKS_DIFFER:
        limit = f" more than {at_most.days} days ago, or" if at_most is not None else ""
        raise Mistake(
            "document.dated",
            f"The {what} is dated{limit} in the future.",
            hint="Look at the clock of whoever signed, and sign it anew.",
        )


def _refusal(wrong: Wrong, *, kind: str, case: str) -> Refusal:
    place = {"document": kind} | ({"case": case} if case else {})
    again = "Sign it anew with the key that is in force."
    match wrong:
        case "keys.ended":
            return Refusal(
                "keys.ended", "The key that signed this has ended: nothing it signed is accepted.", hint=again, **place
            )
        case "keys.replaced":
            return Refusal(
                "keys.replaced", "The key that signed this had been replaced before that.", hint=again, **place
            )
        case "keys.overlap_over":
            return Refusal(
                "keys.overlap_over",
                "The key that signed this was replaced, and the time is over in which it was accepted.",
                hint=again,
                **place,
            )
        case "keys.not_begun":
            return Refusal(
                "keys.not_begun", "The key that signed this was not yet in force at the time it names.",
                hint="Look at the clock of whoever signed, and sign it anew.", **place,
            )  # fmt: skip


def evolve(keys: HeldKeys, event: e.AccountEvent) -> HeldKeys:
    """Everybody's keys after one event of the account."""
    match event:
        case e.AgreementSigned():
            agreed = _agreed(keys, "provider", event.provider_key)
            return _agreed(agreed, "receiver", event.receiver_key)
        case e.ControllerAdhered():
            return {**keys, controller(event.controller): (HeldKey(public_key=event.public_key),)}
        case e.KeyReplaced():
            *before, old = keys.get(event.holder) or (HeldKey(public_key=event.old_key),)
            handed = replace(old, replaced_at=event.replaced_at, accepted_until=event.accepted_until)
            new = HeldKey(public_key=event.new_key, since=event.replaced_at, linked=True)
            return {**keys, event.holder: (*before, handed, new)}
        case e.KeyEnded():
            return {**keys, event.holder: _ended(keys.get(event.holder, ()), event)}
        case e.KeyRenewed():
            new = HeldKey(public_key=event.new_key, since=event.renewed_at)
            return {**keys, event.holder: (*keys.get(event.holder, ()), new)}
        case _:
            return keys


def _agreed(keys: HeldKeys, party: str, public_key: str) -> HeldKeys:
    """A later agreement names the key in force; an account older than replacements may name another, which stands."""
    known = in_force(keys.get(party, ()))
    return keys if known and known.public_key == public_key else {**keys, party: (HeldKey(public_key=public_key),)}


def _ended(keys: Sequence[HeldKey], event: e.KeyEnded) -> tuple[HeldKey, ...]:
    """All end together: a thief of the old key could have replaced it by one of its own, and still date back."""
    known = keys or (HeldKey(public_key=event.key),)
    return tuple(key if key.ended_at else replace(key, ended_at=event.ended_at) for key in known)
