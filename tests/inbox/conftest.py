"""A receiver's installation with an agreement and a sealing key, and a provider that seals packages of a few bytes."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from avrop.actions import account, sealingkeys
from avrop.canonical import digest
from avrop.disclosure.sealing import SealedPackage, seal_package
from avrop.disclosure.sealingkeys import sealing_key_id
from avrop.governance.events import AgreementSigned
from avrop.settings import Settings
from avrop.system import System, open_system
from tests.packages.making import FILES, MADE, Parties, Signatory, described, manifest, stream


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = MADE + timedelta(hours=1)

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Post:
    """The receiver, the provider's key, and the clock that both go by."""

    receiver: System
    provider: Signatory
    clock: Clock
    reached: list[str] = field(default_factory=list)

    def package(
        self, *, generation: int = 1, public: str | None = None, signatory: Signatory | None = None, **changed: object
    ) -> SealedPackage:
        """A package for the receiver's current key."""
        key = public or self.receiver.keys.sealing.current().public_key
        parties, signer = Parties(provider=self.provider), signatory or self.provider
        said = manifest(FILES, generation=generation)
        signed = self.provider.sign("manifest", said)
        header = replace(described(parties, said, signed), sealing_key=sealing_key_id(key), **changed)  # type: ignore[arg-type]
        return seal_package(header, signed, sign=signer.sign, sealing_key=key, random=secrets.token_bytes)

    def incoming(self) -> list[Path]:
        """What lies in the inbox, not yet opened."""
        return sorted((self.receiver.zone.root / "incoming").iterdir())

    def kept(self) -> list[str]:
        """The packages that were opened and kept."""
        return sorted(path.name for path in (self.receiver.zone.root / "packages").iterdir())


@pytest.fixture
def post(fresh_database: Callable[[str], str], tmp_path: Path) -> Iterator[Post]:
    clock, provider = Clock(), Signatory()
    settings = Settings(
        name="receiver", organisation="receiver", home=tmp_path / "zone", keys_home=tmp_path / "keys",
        database_url=fresh_database("receiver"), demo=True,
    )  # fmt: skip
    with open_system(settings, clock=clock) as receiver:
        agreement = AgreementSigned(
            provider="provider", provider_name="P", provider_key=provider.public, receiver="receiver", receiver_name="R",
            receiver_key=receiver.keys.make_signing("receiver"), policy=digest("p"), rule=digest("r"), general_purpose="g",
        )  # fmt: skip
        account.import_agreement(receiver, provider.sign("agreement", agreement), provider_key=provider.public)
        sealingkeys.make(receiver)
        yield Post(receiver=receiver, provider=provider, clock=clock)


def whole(package: SealedPackage) -> bytes:
    """The sealed bytes of a package of the usual files."""
    return stream(package)
