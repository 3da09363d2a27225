"""How one installation is set up: frozen, read once by `configuration`, given to `open_system`."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from avrop.canonical import document
from avrop.errors import Mistake

Face = Literal["catalogue", "casework", "datasource", "inbox", "witness"]
"""What an installation shows over HTTP."""


Commons = Literal["own", "external"]
"""Whose data commons makes the catalogue known: ours, if we show one, or another organisation's."""


@document
class SignerSetting:
    """Whose tokens are believed, and nothing of it from the token itself.

    `issuer` is the exact `iss`; `keys_url` the only place its keys are fetched from. One of `audiences` must be in the
    token.
    """

    issuer: str
    keys_url: str
    audiences: tuple[str, ...]
    algorithms: tuple[str, ...] = ("RS256",)
    longest_life_seconds: int = 3600


@document
class IssuerSetting(SignerSetting):
    """An issuer whose tokens say who is asking: people in our directory, or consumers of the datasource contract."""

    admits: Literal["people", "consumers"]


@document
class ExternalSetting:
    """Another organisation's data commons: what we publish to, and whose word a pull needs beside the grant.

    `url` is its metadata back-end, before `api/v1/`; `permissions_url` is where it tells what a subject may read, and
    `issuer` signs that. `key_file` holds the key that it gave us, unless the environment does.
    """

    url: str
    permissions_url: str
    issuer: SignerSetting
    key_file: Path | None = None


@document
class PeerSetting:
    """Another installation that this one talks to: whose it is, and where (ends with a slash)."""

    organisation: str
    url: str


@document
class ServeSetting:
    """What `avrop serve` shows, and where.

    `public_url` is how others reach it (ends with a slash). Without a certificate it must stand `behind_proxy`, which
    ends TLS, or be a demo. `allowed_hosts` (`host:port`) are let through the guard of outbound addresses although they
    are private. `publisher` is a YAML file that says who publishes the catalogue, for national catalogues.
    `cart_resolver` is the catalogue that says what its carts refer to: what is before `/datadef-resolver/`.
    """

    faces: tuple[Face, ...]
    host: str = "127.0.0.1"
    port: int = 8080
    public_url: str
    certificate: Path | None = None
    private_key: Path | None = None
    behind_proxy: bool = False
    issuers: tuple[IssuerSetting, ...] = ()
    peers: tuple[PeerSetting, ...] = ()
    allowed_hosts: tuple[str, ...] = ()
    datasource_id: str | None = None
    publisher: Path | None = None
    cart_resolver: str | None = None


def moment(text: str, name: str) -> datetime:
    """The moment that a variable or a file gives, with its offset. Raises `settings.moment` (Mistake)."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise Mistake(
            "settings.moment",
            f"{name} gives no moment with an offset.",
            hint="Write one as 2026-11-02T08:00:00+00:00.",
        )
    return found


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How one installation is set up.

    `home` holds its files; `database_url` is a PostgreSQL URL, or None for the embedded server in `embedded_home` (a
    folder that several installations of one machine may share) with a database named `name`. `keys_home` lies apart
    from the data. `source_url` is the PostgreSQL that the provider's own tables are read from. `external` counts where
    `commons` says so; `commons_key` is the key to it. `now`, `clock_file` (a moment that stands in a file) and
    `fault_point` work only where `demo` is true.
    """

    name: str
    organisation: str
    home: Path
    keys_home: Path
    database_url: str | None = field(default=None, repr=False)
    embedded_home: Path | None = None
    threads: int = 2
    memory_limit: str = "2GB"
    demo: bool = False
    now: datetime | None = None
    clock_file: Path | None = None
    fault_point: str | None = None
    fault_trace: Path | None = None
    serve: ServeSetting | None = None
    source_url: str | None = field(default=None, repr=False)
    commons: Commons = "own"
    external: ExternalSetting | None = None
    commons_key: str | None = field(default=None, repr=False)

    @property
    def outside(self) -> ExternalSetting | None:
        """The other organisation's commons, where that is the one that counts."""
        return self.external if self.commons == "external" else None

    def __post_init__(self) -> None:
        if not self.demo and (self.now or self.clock_file or self.fault_point or self.fault_trace):
            raise Mistake(
                "settings.demo_only",
                "A fixed clock and fault points work only in the demo.",
                hint="Unset AVROP_NOW, AVROP_CLOCK_FILE and AVROP_FAULT_POINT, or set AVROP_DEMO=1.",
            )
        if self.database_url is None and self.embedded_home is None:
            raise Mistake(
                "settings.no_database",
                "There is neither a database URL nor a folder for the embedded PostgreSQL.",
                hint="Set AVROP_DATABASE_URL, or AVROP_EMBEDDED_HOME.",
            )
        if self.commons == "external" and self.external is None:
            raise Mistake(
                "settings.no_external",
                'With `commons = "external"` the configuration says which commons that is.',
                hint="Write [external] with `url`, `permissions_url` and `issuer`.",
            )
