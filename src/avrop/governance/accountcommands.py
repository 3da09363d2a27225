"""Commands of the account itself: agreement, adhesions, delegations, catalogues, snapshots, lists, scopes."""

from dataclasses import dataclass
from datetime import date, datetime

from avrop.canonical import Digest
from avrop.governance.command import Command


@dataclass(frozen=True, kw_only=True, slots=True)
class SignAgreement(Command):
    """Put the framework agreement in force. Keys are raw Ed25519 public keys in base64; `name` is what call-offs call
    it."""

    provider: str
    provider_name: str
    provider_key: str
    receiver: str
    receiver_name: str
    receiver_key: str
    policy: Digest
    rule: Digest
    general_purpose: str
    name: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Adhere(Command):
    """A controller joins with its own key."""

    controller: str
    name: str
    public_key: str
    competent_body: str
    notice_published: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class InstructMeasuring(Command):
    """A controller instructs the provider to measure on its rows until a day."""

    controller: str
    valid_to: date


@dataclass(frozen=True, kw_only=True, slots=True)
class WithdrawMeasuring(Command):
    """A controller takes that instruction back."""

    controller: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Delegate(Command):
    """A controller lets a person decide in [valid_from, valid_to)."""

    controller: str
    person: str
    valid_from: date
    valid_to: date


@dataclass(frozen=True, kw_only=True, slots=True)
class PublishCatalogue(Command):
    """Record a frozen catalogue version."""

    name: str
    version: str
    catalogue: Digest
    variables: int


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordSnapshot(Command):
    """Record a loaded snapshot."""

    snapshot: Digest
    catalogue: Digest
    tables: int
    rows: int


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordPersonList(Command):
    """Record that a list of people to leave out was refreshed."""

    list: str
    as_of: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class MakeScope(Command):
    """Record that a pseudonym scope got its key."""

    scope: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DestroyScope(Command):
    """Record that a scope's key is destroyed."""

    scope: str
