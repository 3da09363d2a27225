"""One frozen Settings, read once from the environment or given by a caller."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from avrop.errors import Mistake


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How one installation is set up.

    `home` holds its files; `database_url` is a PostgreSQL URL, or None for the embedded server in `embedded_home` (a
    folder that several installations of one machine may share) with a database named `name`. `keys_home` lies apart
    from the data. `now` and `fault_point` work only where `demo` is true.
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
    fault_point: str | None = None
    fault_trace: Path | None = None

    def __post_init__(self) -> None:
        if not self.demo and (self.now or self.fault_point or self.fault_trace):
            raise Mistake(
                "settings.demo_only",
                "A fixed clock and fault points work only in the demo.",
                hint="Unset AVROP_NOW and AVROP_FAULT_POINT, or set AVROP_DEMO=1.",
            )
        if self.database_url is None and self.embedded_home is None:
            raise Mistake(
                "settings.no_database",
                "There is neither a database URL nor a folder for the embedded PostgreSQL.",
                hint="Set AVROP_DATABASE_URL, or AVROP_EMBEDDED_HOME.",
            )


def from_environment(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from AVROP_* variables; AVROP_HOME defaults to `./avrop-home`, the embedded PostgreSQL lies in it."""
    env = os.environ if environment is None else environment
    home = Path(env.get("AVROP_HOME", "avrop-home")).resolve()
    url = env.get("AVROP_DATABASE_URL") or None
    moment = env.get("AVROP_NOW")
    return Settings(
        name=env.get("AVROP_NAME", "provider"),
        organisation=env.get("AVROP_ORGANISATION", env.get("AVROP_NAME", "provider")),
        home=home,
        keys_home=Path(env.get("AVROP_KEYS_HOME", str(home / "keys"))).resolve(),
        database_url=url,
        embedded_home=Path(env.get("AVROP_EMBEDDED_HOME", str(home / "postgres"))).resolve() if url is None else None,
        threads=int(env.get("AVROP_THREADS", "2")),
        memory_limit=env.get("AVROP_MEMORY_LIMIT", "2GB"),
        demo=env.get("AVROP_DEMO") == "1",
        now=datetime.fromisoformat(moment) if moment else None,
        fault_point=env.get("AVROP_FAULT_POINT") or None,
        fault_trace=Path(env["AVROP_FAULT_TRACE"]) if env.get("AVROP_FAULT_TRACE") else None,
    )
