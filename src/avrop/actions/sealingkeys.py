"""Sealing keys of this installation: made, replaced with an overlap, given up; each time the published keys follow."""

from datetime import timedelta

from avrop.actions import publishedkeys
from avrop.actions.keys import OVERLAP_DAYS
from avrop.store.sealingstore import SealingKey
from avrop.system import System


def make(system: System) -> SealingKey:
    """Make the first sealing key; if there is one, nothing is made. Returns the current one."""
    standing = system.keys.sealing.standing()
    made = standing[-1] if standing else system.keys.sealing.make(system.clock())
    publishedkeys.publish(system)
    return made


def rotate(system: System, *, days: int = OVERLAP_DAYS) -> SealingKey:
    """Make a new sealing key, and retire those before it: they open what comes for so many days. Returns the new one.

    What a killed one left is ended, and nothing further is made then.
    """
    sealing, now = system.keys.sealing, system.clock()
    standing = sealing.standing()
    if len(standing) < 2:  # the newest is current: it must not be of the same moment as the one before it
        sealing.make(max(now, *(key.made_at + timedelta(microseconds=1) for key in standing)) if standing else now)
        system.reach("keys.sealing-made")
        standing = sealing.standing()
    for old in standing[:-1]:
        sealing.retire(old.key_id, now=now, opens_until=now.date() + timedelta(days=days))
        system.reach("keys.sealing-retired")
    publishedkeys.publish(system)
    return sealing.current()


def retire(system: System, key: str, *, days: int) -> SealingKey:
    """Retire a sealing key; it opens what comes for so many days."""
    now = system.clock()
    retired = system.keys.sealing.retire(key, now=now, opens_until=now.date() + timedelta(days=days))
    publishedkeys.publish(system)
    return retired


def lose(system: System, key: str) -> SealingKey:
    """Give up a sealing key that is lost, damaged or stolen, at once: what was sealed for it must be sealed anew.

    Returns the current one, made if there is none.
    """
    system.keys.sealing.destroy(key)
    system.reach("keys.sealing-destroyed")
    return make(system)


def destroy_due(system: System) -> tuple[str, ...]:
    """Destroy the sealing keys whose day is over. Returns their ids."""
    if not any(key.opens_until for key in system.keys.sealing.every()):
        return ()
    gone = system.keys.sealing.destroy_due(system.clock().date())
    if gone:
        publishedkeys.publish(system)
    return gone
