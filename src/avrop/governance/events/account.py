"""What has happened to the account itself: what everything else rests on."""

from datetime import date, datetime
from typing import Literal

from avrop.canonical import Digest, document


@document
class AgreementSigned:
    """The framework agreement is in force: parties, policy, attribution rule, public keys (base64, raw Ed25519).

    `name` is what call-offs call it; older ones have none."""

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
    type: Literal["AgreementSigned"] = "AgreementSigned"


@document
class ControllerAdhered:
    """A controller joined by its own competent body's decision, with its own public key."""

    controller: str
    name: str
    public_key: str
    competent_body: str
    notice_published: date | None
    type: Literal["ControllerAdhered"] = "ControllerAdhered"


@document
class MeasuringInstructed:
    """The controller instructed the provider to measure exposure on its rows (GDPR art. 28(3)(a))."""

    controller: str
    valid_to: date
    type: Literal["MeasuringInstructed"] = "MeasuringInstructed"


@document
class MeasuringInstructionWithdrawn:
    """The controller took its instruction to measure back."""

    controller: str
    type: Literal["MeasuringInstructionWithdrawn"] = "MeasuringInstructionWithdrawn"


@document
class AuthorityDelegated:
    """A person may decide for a controller in [valid_from, valid_to)."""

    controller: str
    person: str
    valid_from: date
    valid_to: date
    type: Literal["AuthorityDelegated"] = "AuthorityDelegated"


@document
class CataloguePublished:
    """A catalogue version was frozen."""

    name: str
    version: str
    catalogue: Digest
    variables: int
    type: Literal["CataloguePublished"] = "CataloguePublished"


@document
class SnapshotLoaded:
    """A snapshot of the provider's tables was loaded; `snapshot` is the digest of its signed manifest."""

    snapshot: Digest
    catalogue: Digest
    tables: int
    rows: int
    type: Literal["SnapshotLoaded"] = "SnapshotLoaded"


@document
class PersonListLoaded:
    """A list of people to leave out was refreshed: which list and as of when. Never who, never how many."""

    list: str
    as_of: datetime
    type: Literal["PersonListLoaded"] = "PersonListLoaded"


@document
class ScopeKeyMade:
    """A pseudonym scope got its independent random key."""

    scope: str
    type: Literal["ScopeKeyMade"] = "ScopeKeyMade"


@document
class ScopeKeyDestroyed:
    """A pseudonym scope's key is gone for good: nothing can be pseudonymised alike again."""

    scope: str
    type: Literal["ScopeKeyDestroyed"] = "ScopeKeyDestroyed"


KeyEnd = Literal["lost", "stolen"]


@document
class KeyReplaced:
    """A holder's key handed over to its successor: `by_old` and `by_new` are the digests of the replacement that each
    of the two signed. What the old one signed before `replaced_at` is accepted to the end of `accepted_until`."""

    holder: str
    old_key: str
    new_key: str
    replaced_at: datetime
    accepted_until: date
    by_old: Digest
    by_new: Digest
    type: Literal["KeyReplaced"] = "KeyReplaced"


@document
class KeyEnded:
    """A holder's key was lost or stolen: from here on nothing that it signed is accepted."""

    holder: str
    key: str
    why: KeyEnd
    ended_at: datetime
    type: Literal["KeyEnded"] = "KeyEnded"


@document
class KeyRenewed:
    """A holder whose key had ended got another: `by_new` is the digest of the renewal that the new key signed,
    `vouchers` those of the same by the parties that vouch for it."""

    holder: str
    new_key: str
    decided_by: str
    renewed_at: datetime
    by_new: Digest
    vouchers: tuple[Digest, ...]
    type: Literal["KeyRenewed"] = "KeyRenewed"


AccountEvent = (
    AgreementSigned
    | ControllerAdhered
    | MeasuringInstructed
    | MeasuringInstructionWithdrawn
    | AuthorityDelegated
    | CataloguePublished
    | SnapshotLoaded
    | PersonListLoaded
    | ScopeKeyMade
    | ScopeKeyDestroyed
    | KeyReplaced
    | KeyEnded
    | KeyRenewed
)
