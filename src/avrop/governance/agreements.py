"""The account's own state: the framework agreement, who adhered, who may decide, what may be measured."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from avrop.canonical import Digest
from avrop.governance import events as e
from avrop.governance import keys
from avrop.governance.keys import HeldKey, HeldKeys


@dataclass(frozen=True, kw_only=True, slots=True)
class Delegation:
    """A person may decide in [valid_from, valid_to)."""

    person: str
    valid_from: date
    valid_to: date


@dataclass(frozen=True, kw_only=True, slots=True)
class Adhesion:
    """One controller's side of the agreement."""

    controller: str
    name: str
    measuring_to: date | None = None
    delegations: tuple[Delegation, ...] = ()

    def may_measure(self, day: date) -> bool:
        """Whether a live instruction to measure exists on that day."""
        return self.measuring_to is not None and day < self.measuring_to

    def may_decide(self, person: str, day: date) -> bool:
        """Whether the person has delegated authority on that day."""
        return any(d.person == person and d.valid_from <= day < d.valid_to for d in self.delegations)


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountState:
    """Everything the rest of the account rests on. `versions` has what was published last under each catalogue's name
    and version: an older log may have published other content under one."""

    agreement: e.AgreementSigned | None = None
    controllers: Mapping[str, Adhesion] = field(default_factory=dict)
    catalogue: Digest | None = None
    versions: Mapping[tuple[str, str], Digest] = field(default_factory=dict)
    snapshot: Digest | None = None
    lists: Mapping[str, datetime] = field(default_factory=dict)
    scopes: frozenset[str] = frozenset()
    destroyed_scopes: frozenset[str] = frozenset()
    keys: HeldKeys = field(default_factory=dict)

    @property
    def status(self) -> str:
        """`none` before the framework agreement, then `in force`."""
        return "in force" if self.agreement else "none"

    def keys_of(self, holder: str) -> tuple[HeldKey, ...]:
        """A holder's keys, oldest first; none if nobody knows it."""
        return self.keys.get(holder, ())

    def key_of(self, holder: str) -> str | None:
        """The public key that a holder signs with today, or None if it has none."""
        known = keys.in_force(self.keys_of(holder))
        return known.public_key if known else None


def evolve(state: AccountState, event: e.AccountEvent) -> AccountState:
    """The state after one event."""
    return _evolve(replace(state, keys=keys.evolve(state.keys, event)), event)


def _evolve(state: AccountState, event: e.AccountEvent) -> AccountState:
    match event:
        case e.AgreementSigned():
            return replace(state, agreement=event)
        case e.ControllerAdhered():
            adhesion = Adhesion(controller=event.controller, name=event.name)
            return _with(state, adhesion)
        case e.MeasuringInstructed():
            return _with(state, replace(state.controllers[event.controller], measuring_to=event.valid_to))
        case e.MeasuringInstructionWithdrawn():
            return _with(state, replace(state.controllers[event.controller], measuring_to=None))
        case e.AuthorityDelegated():
            before = state.controllers[event.controller]
            given = Delegation(person=event.person, valid_from=event.valid_from, valid_to=event.valid_to)
            return _with(state, replace(before, delegations=(*before.delegations, given)))
        case e.CataloguePublished():
            versions = {**state.versions, (event.name, event.version): event.catalogue}
            return replace(state, catalogue=event.catalogue, versions=versions)
        case e.SnapshotLoaded():
            return replace(state, snapshot=event.snapshot)
        case e.PersonListLoaded():
            return replace(state, lists={**state.lists, event.list: event.as_of})
        case e.ScopeKeyMade():
            return replace(state, scopes=state.scopes | {event.scope})
        case e.ScopeKeyDestroyed():
            return replace(
                state, scopes=state.scopes - {event.scope}, destroyed_scopes=state.destroyed_scopes | {event.scope}
            )
        case e.KeyReplaced() | e.KeyEnded() | e.KeyRenewed():
            return state


def _with(state: AccountState, adhesion: Adhesion) -> AccountState:
    return replace(state, controllers={**state.controllers, adhesion.controller: adhesion})
