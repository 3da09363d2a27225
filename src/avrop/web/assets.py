"""The files that pages load: ours, and those of others as `ui/` made them; addresses change with the bytes."""

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from avrop.errors import Missing

KINDS: Mapping[str, str] = {
    "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml",
    "woff2": "font/woff2", "txt": "text/plain; charset=utf-8",
}  # fmt: skip
_OURS = ("app.css", "app.js", "plain.css", "icon.svg")
_TEXTS = ("css", "js", "svg", "txt")
VENDOR = files("avrop.web") / "static" / "vendor"
"""What `ui/` made; not under git, and a checkout works without it."""


@dataclass(frozen=True, kw_only=True)
class Asset:
    """A file that pages load: its bytes, the same compressed (empty where that gains nothing), and where it stands."""

    body: bytes
    packed: bytes
    kind: str
    path: str


@dataclass(frozen=True, kw_only=True)
class Looks:
    """What a page names in its head. `script` is None where `ui/` has not been built: then pages are drawn plainly."""

    sheets: tuple[str, ...]
    scripts: tuple[str, ...]
    font: str | None
    icon: str


@cache
def ours(name: str, digest: str | None = None) -> Asset:
    """A file of ours, with that beginning of its digest. Raises `page.unknown` (Missing) for another."""
    if name not in _OURS:
        raise no_such_page()
    made = _asset(name, (files("avrop.web") / "static" / name).read_bytes())
    if digest not in (None, made.path.split("/")[2]):
        raise no_such_page()
    return made


@cache
def vendored(name: str) -> Asset:
    """A file that others wrote, as the manifest names it. Raises `page.unknown` (Missing) for another."""
    if name not in _manifest().get("files", {}):
        raise no_such_page()
    return _asset(name, (VENDOR / name).read_bytes(), path=f"/static/vendor/{name}")


@cache
def looks() -> Looks:
    """What a page loads: Designsystemet, htmx and Inter where they are built, else our plain sheet."""
    made, icon = _manifest(), ours("icon.svg").path
    if not made:
        return Looks(sheets=(ours("plain.css").path, ours("app.css").path), scripts=(), font=None, icon=icon)
    named = {part: vendored(made[part]).path for part in ("stylesheet", "script", "font")}
    return Looks(
        sheets=(named["stylesheet"], ours("app.css").path), scripts=(named["script"], ours("app.js").path),
        font=named["font"], icon=icon,
    )  # fmt: skip


@cache
def _manifest() -> Mapping[str, Any]:
    """What was made, or nothing."""
    place = VENDOR / "manifest.json"
    return dict(json.loads(place.read_text("utf-8"))) if place.is_file() else {}


def _asset(name: str, body: bytes, *, path: str | None = None) -> Asset:
    ending = name.rpartition(".")[2]
    packed = gzip.compress(body, mtime=0) if ending in _TEXTS else b""
    own = path or f"/static/{sha256(body).hexdigest()[:16]}/{name}"
    return Asset(body=body, packed=packed, kind=KINDS[ending], path=own)


def no_such_page() -> Missing:
    """What an address that there is no page for is told."""
    return Missing("page.unknown", "There is no such page.", hint="Search for what you are looking for.")
