"""Every key that an installation knows of, as a person sees it."""

from dataclasses import dataclass

from avrop.actions import facts as f
from avrop.governance.keys import HeldKey
from avrop.signed import key_id
from avrop.store import db
from avrop.store import publishedkeys as store
from avrop.store.sealingstore import SealingKey
from avrop.system import System


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One key as a person sees it: whose, what for, its id, and how it stands."""

    holder: str
    use: str
    key_id: str
    stands: str


def show(system: System) -> tuple[Shown, ...]:
    """Every key that this installation knows of: the account's signing keys, those of its own that the account does not
    name, its own sealing keys, and its peers'."""
    with db.transaction(system.database) as connection:
        standing, peers = f.account(connection), store.peers(connection)
    signing = (
        Shown(holder=holder, use="signing", key_id=key_id(key.public_key), stands=_stands(key))
        for holder, keys in sorted(standing.keys.items())
        for key in keys
    )
    unnamed = "held here" if standing.agreement else "held here; in no framework agreement yet"
    own = (
        Shown(holder=name, use="signing", key_id=key_id(public), stands=unnamed)
        for name, public in ((name, system.keys.public(name)) for name in system.keys.signing_names())
        if not any(key.public_key == public for keys in standing.keys.values() for key in keys)
    )
    sealing = (
        Shown(holder=system.settings.organisation, use="sealing", key_id=key.key_id, stands=_opens(key))
        for key in system.keys.sealing.every()
    )
    read_of = (
        Shown(holder=peer.organisation, use="published", key_id=str(peer.serial or "-"), stands=_read(peer))
        for peer in peers
    )
    return (*signing, *own, *sealing, *read_of)


def _stands(key: HeldKey) -> str:
    if key.ended_at is not None:
        return f"ended {key.ended_at:%Y-%m-%d %H:%M}"
    if key.replaced_at is not None:
        return f"replaced {key.replaced_at:%Y-%m-%d %H:%M}, accepted until {key.accepted_until}"
    return "in force" if key.since is None else f"in force since {key.since:%Y-%m-%d %H:%M}"


def _opens(key: SealingKey) -> str:
    made = f"made {key.made_at:%Y-%m-%d %H:%M}"
    return f"current, {made}" if key.retired_at is None else f"retired, {made}, opens until {key.opens_until}"


def _read(peer: store.PeerKeys) -> str:
    when = f"read {peer.read_at:%Y-%m-%d %H:%M}" if peer.read_at else "never read"
    return f"{when}; the last try failed: {peer.failure}" if peer.failure else when
