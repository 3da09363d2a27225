"""Everything that an answer about what is public depends on, but for who asks what: as one short text.

Two answers to the same question are the same if it is the same: the published catalogue and what the commons holds, the
day (a code list is shown as of today), the configuration, and the program itself with its templates, texts and words.
"""

from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from avrop import __version__
from avrop.actions.harvest import asked_of
from avrop.canonical import digest_bytes
from avrop.store import stamps
from avrop.system import System

_WRITERS = ("Jinja2", "babel", "pydantic", "fastapi")
"""Libraries that write pages, numbers and days."""


def stamp(system: System) -> str:
    """That text, as of what is committed now. Errors: `database.unavailable` (Fault)."""
    settings = system.settings
    around = repr((settings.organisation, settings.demo, settings.serve, asked_of(system)))
    return "\n".join((stamps.current(system.database), system.clock().date().isoformat(), _program(), around))


@cache
def _program() -> str:
    """A digest of the program's own files, and of the versions of what writes with it."""
    home = Path(__file__).parents[1]
    found = sha256(repr([__version__, *map(version, _WRITERS)]).encode())
    for path in sorted(home.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            found.update(f"{path.relative_to(home)} {digest_bytes(path.read_bytes())}\n".encode())
    return found.hexdigest()
