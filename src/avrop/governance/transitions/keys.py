"""Keys: a signing key hands over to the next with an overlap, ends at once, or is renewed on others' word."""

from collections.abc import Mapping
from typing import cast

from avrop.canonical import digest
from avrop.errors import Conflict, Mistake, Refusal
from avrop.governance import commands as c
from avrop.governance import events as e
from avrop.governance.agreements import AccountState
from avrop.governance.facts import Facts
from avrop.governance.keys import (
    CLOCKS_DIFFER,
    LONGEST_OVERLAP,
    RENEWAL,
    REPLACEMENT,
    KeyRenewal,
    KeyReplacement,
    in_force,
    signed_by,
    vouchers_for,
)
from avrop.signed import Signed, read_body, verify

WHY = ("lost", "stolen")


def replace_key(state: AccountState, command: c.ReplaceKey, facts: Facts) -> tuple[e.Event, ...]:
    """The old key, in force, hands over to one that nobody had, and both say so. The same again changes nothing."""
    by_old, by_new = command.handover.by_old, command.handover.by_new
    said = cast("KeyReplacement", read_body(KeyReplacement, by_old, what="The key replacement"))
    if any(key.public_key == said.new_key and key.linked for key in state.keys_of(said.holder)):
        return ()
    _require_both(by_old, by_new, said)
    _require_in_force(state, said.holder, said.old_key)
    _require_new(state, said.new_key)
    _require_times(state, said, facts)
    return (
        e.KeyReplaced(
            holder=said.holder,
            old_key=said.old_key,
            new_key=said.new_key,
            replaced_at=said.replaced_at,
            accepted_until=said.accepted_until,
            by_old=digest(by_old),
            by_new=digest(by_new),
        ),
    )


def end_key(state: AccountState, command: c.EndKey, facts: Facts) -> tuple[e.Event, ...]:
    """Nobody's signature is needed: it takes away, and gives nothing. Ended once."""
    if command.why not in WHY:
        raise Mistake("keys.why", f"A key ends because it is one of: {', '.join(WHY)}.", hint="Give one of them.")
    known = state.keys_of(command.holder)
    if known and known[-1].public_key == command.key and known[-1].ended_at is not None:
        return ()
    _require_in_force(state, command.holder, command.key)
    return (e.KeyEnded(holder=command.holder, key=command.key, why=cast("e.KeyEnd", command.why), ended_at=facts.now),)


def renew_key(state: AccountState, command: c.RenewKey, facts: Facts) -> tuple[e.Event, ...]:
    """Every party of the agreement but the holder vouches, with its own key in force, for a key that nobody had."""
    by_new, vouchers = command.vouching.by_new, command.vouching.vouchers
    said = cast("KeyRenewal", read_body(KeyRenewal, by_new, what="The key renewal"))
    known = state.keys_of(said.holder)
    if known and known[-1].in_force and known[-1].public_key == said.new_key:
        return ()
    if not known or known[-1].ended_at is None or known[-1].public_key != said.ended_key:
        raise Conflict("keys.not_ended", "The key to renew is not the one that ended.", hint="End it first.")
    _require_new(state, said.new_key)
    if not said.decided_by.strip():
        raise Mistake("keys.decided_by", "Say which competent body decided on the new key.", hint="Name it.")
    if not known[-1].ended_at - CLOCKS_DIFFER <= said.renewed_at <= facts.now + CLOCKS_DIFFER:
        raise Mistake("keys.time", "The key would begin before the one before it, or in the future.", hint=_CLOCK)
    if not verify(by_new, kind=RENEWAL, public_key=said.new_key):
        raise Refusal("keys.signature", "The document is not signed with the key that it names.", hint=_SIGN)
    _require_vouched(state, said, by_new, vouchers, facts)
    return (
        e.KeyRenewed(
            holder=said.holder,
            new_key=said.new_key,
            decided_by=said.decided_by,
            renewed_at=said.renewed_at,
            by_new=digest(by_new),
            vouchers=tuple(digest(one) for one in vouchers),
        ),
    )


_CLOCK = "Look at the clock of whoever signed it, and make it anew."
_SIGN = "Make the document anew, with both keys at hand."


def _require_both(by_old: Signed, by_new: Signed, said: KeyReplacement) -> None:
    keys = ((by_old, said.old_key), (by_new, said.new_key))
    if by_old.body != by_new.body or not all(verify(x, kind=REPLACEMENT, public_key=key) for x, key in keys):
        raise Refusal("keys.signature", "The document is not signed with the key that it names.", hint=_SIGN)


def _require_in_force(state: AccountState, holder: str, public_key: str) -> None:
    known = state.keys_of(holder)
    if not known and holder != "log":  # the log's first key stands in no event; whoever holds it checks it
        raise Mistake("keys.holder", "Nobody of that name has a key in this account.", hint="See it.", holder=holder)
    standing = in_force(known)
    if known and (standing is None or standing.public_key != public_key):
        raise Conflict(
            "keys.not_in_force",
            "The key to replace or to end is not the one in force.",
            hint="See `avrop keys show`; a key that ended is renewed, not replaced.",
        )


def _require_new(state: AccountState, public_key: str) -> None:
    if any(key.public_key == public_key for keys in state.keys.values() for key in keys):
        raise Mistake("keys.not_new", "The new key has been in use in this account.", hint="Make a new one.")


def _require_times(state: AccountState, said: KeyReplacement, facts: Facts) -> None:
    standing = in_force(state.keys_of(said.holder))
    begun = standing.since if standing else None
    if said.replaced_at > facts.now + CLOCKS_DIFFER or (begun is not None and said.replaced_at <= begun):
        raise Mistake("keys.time", "The key would begin before the one before it, or in the future.", hint=_CLOCK)
    overlap = said.accepted_until - said.replaced_at.date()
    if not 0 <= overlap.days <= LONGEST_OVERLAP.days:
        raise Mistake(
            "keys.overlap",
            f"An old key is accepted for 0 to {LONGEST_OVERLAP.days} days after it was replaced.",
            hint="Give another day.",
        )


def _require_vouched(
    state: AccountState, said: KeyRenewal, by_new: Signed, vouchers: tuple[Signed, ...], facts: Facts
) -> None:
    parties = vouchers_for(said.holder)
    same = len(vouchers) == len(parties) and all(one.body == by_new.body for one in vouchers)
    if not same or not all(
        signed_by(state.keys_of(party), one, kind=RENEWAL, dated=said.renewed_at, now=facts.now)
        for party, one in zip(parties, vouchers, strict=True)
    ):
        raise Refusal(
            "keys.vouchers",
            f"A new key in place of one that ended needs the word of: {', '.join(parties)}.",
            hint="Let each sign the same document, in this order.",
        )


TRANSITIONS: Mapping[type[c.Command], object] = {
    c.ReplaceKey: replace_key,
    c.EndKey: end_key,
    c.RenewKey: renew_key,
}
