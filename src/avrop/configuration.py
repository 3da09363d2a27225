"""Reads the settings: a TOML file that AVROP_CONFIG names, and AVROP_* variables, which win over it."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar, cast

from avrop.canonical import build, document
from avrop.errors import Mistake
from avrop.settings import Commons, ExternalSetting, ServeSetting, Settings, moment


@document
class _File:
    """The configuration file. Paths are relative to the folder it lies in."""

    name: str = "provider"
    organisation: str | None = None
    home: Path = Path("avrop-home")
    keys_home: Path | None = None
    database_url: str | None = None
    embedded_home: Path | None = None
    threads: int = 2
    memory_limit: str = "2GB"
    serve: ServeSetting | None = None
    source_url: str | None = None
    commons: Commons = "own"
    external: ExternalSetting | None = None


_TEXTS = (
    "name",
    "organisation",
    "home",
    "keys_home",
    "database_url",
    "embedded_home",
    "threads",
    "memory_limit",
    "source_url",
)
"""What AVROP_<NAME> gives too."""


def from_environment(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from the file that AVROP_CONFIG names, and AVROP_* variables, which win.

    `home` defaults to `./avrop-home`; the keys and the embedded PostgreSQL lie in it unless they are named. Errors:
    `settings.file`, `settings.number`, `settings.moment` (Mistake), `document.unreadable` (Mistake).
    """
    env = os.environ if environment is None else environment
    file, base = _file(env.get("AVROP_CONFIG"))
    values = {name: getattr(file, name) for name in _TEXTS}
    values |= {name: env[f"AVROP_{name.upper()}"] for name in _TEXTS if env.get(f"AVROP_{name.upper()}")}
    home = (base / values["home"]).resolve()
    url = values["database_url"] or None
    return Settings(
        name=values["name"],
        organisation=values["organisation"] or values["name"],
        home=home,
        keys_home=(base / (values["keys_home"] or home / "keys")).resolve(),
        database_url=url,
        embedded_home=(base / (values["embedded_home"] or home / "postgres")).resolve() if url is None else None,
        threads=_number(values["threads"], "AVROP_THREADS"),
        memory_limit=values["memory_limit"],
        demo=env.get("AVROP_DEMO") == "1",
        now=moment(env["AVROP_NOW"], "AVROP_NOW") if env.get("AVROP_NOW") else None,
        clock_file=_path(env.get("AVROP_CLOCK_FILE")),
        fault_point=env.get("AVROP_FAULT_POINT") or None,
        fault_trace=_path(env.get("AVROP_FAULT_TRACE")),
        serve=_beside(file.serve, base, "publisher", "certificate", "private_key"),
        source_url=values["source_url"] or None,
        commons=file.commons,
        external=_beside(file.external, base, "key_file"),
        commons_key=env.get("AVROP_COMMONS_KEY") or None,
    )


def is_named(environment: Mapping[str, str] | None = None) -> bool:
    """Whether the environment says which installation is meant, or leaves it to `./avrop-home`."""
    env = os.environ if environment is None else environment
    return any(env.get(name) for name in ("AVROP_CONFIG", "AVROP_HOME", "AVROP_DATABASE_URL"))


def _file(name: str | None) -> tuple[_File, Path]:
    """The file, and the folder that its paths are relative to."""
    if not name:
        return _File(), Path()
    try:
        values: dict[str, Any] = tomllib.loads(Path(name).read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as failure:
        raise Mistake(
            "settings.file",
            f"The configuration file cannot be read ({type(failure).__name__}).",
            hint="Name a TOML file in AVROP_CONFIG.",
            file=Path(name).name,
        ) from None
    return cast("_File", build(_File, values, what=f"The configuration {Path(name).name}")), Path(name).parent


Part = TypeVar("Part", ServeSetting, ExternalSetting)


def _beside(part: Part | None, base: Path, *names: str) -> Part | None:
    """With the files that are named relative to the configuration's folder."""
    if part is None:
        return None
    named = {name: (base / getattr(part, name)).resolve() for name in names if getattr(part, name) is not None}
    return replace(part, **named)


def _path(text: str | None) -> Path | None:
    return Path(text) if text else None


def _number(text: object, name: str) -> int:
    try:
        return int(cast("str", text))
    except ValueError:
        raise Mistake("settings.number", f"{name} is a whole number.", hint="Correct it.") from None
