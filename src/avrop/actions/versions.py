"""Versions: what was published of our catalogue and when, and what changed in a variable from one to the next."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from avrop.accounts.entries import CaseId
from avrop.actions import facts as f
from avrop.canonical import Digest
from avrop.catalogue.versions import VariableChange, variable_difference
from avrop.errors import Missing
from avrop.governance.cases import ACCOUNT
from avrop.governance.events import CataloguePublished
from avrop.store import documents
from avrop.store import events as event_store


@dataclass(frozen=True, kw_only=True, slots=True)
class Version:
    """A version of the catalogue, the day on which it was published last, and its digest."""

    name: str
    day: date
    catalogue: Digest


@dataclass(frozen=True, kw_only=True, slots=True)
class History:
    """A variable in one of the published versions, `shown`, and all of them, the newest first. `before` is the version
    before it, `new` says that this had no such variable, and `changes` what it had otherwise."""

    versions: tuple[Version, ...]
    shown: Version
    before: Version | None = None
    new: bool = False
    changes: tuple[VariableChange, ...] = ()

    @property
    def current(self) -> bool:
        """Whether the version that is shown is the one that stands."""
        return self.shown == self.versions[0]

    @property
    def known_in(self) -> tuple[Version, ...]:
        """The versions that can be read: all, but those before one in which the variable was new."""
        return self.versions[: self.versions.index(self.shown) + 1] if self.new else self.versions


def published_versions(connection: Connection) -> tuple[Version, ...]:
    """The versions of the catalogue that stands, the newest first. One that was gone back to is the newest again."""
    told = event_store.payloads(connection, CaseId(ACCOUNT))
    found = [(each.event, each.at) for each in told if isinstance(each.event, CataloguePublished)]
    latest: dict[str, Version] = {}
    for event, at in found:
        if event.name == found[-1][0].name:
            latest.pop(event.version, None)
            latest[event.version] = Version(name=event.version, day=at.date(), catalogue=event.catalogue)
    return tuple(reversed(latest.values()))


def of_name(versions: tuple[Version, ...], name: str) -> Version:
    """The version of that name. Errors: `search.no_version` (Missing)."""
    found = next((each for each in versions if each.name == name), None)
    if found is None:
        raise no_version()
    return found


def no_version() -> Missing:
    """The one answer where a version was not published, or does not have the variable."""
    return Missing("search.no_version", "The variable is in no such version.", hint="See the current one.")


def history(connection: Connection, versions: tuple[Version, ...], shown: Version, variable: str) -> History:
    """A variable of the shown version, and how it differs from the version before; that may be kept here no more."""
    later = versions[versions.index(shown) + 1 :]
    text = documents.find(connection, later[0].catalogue) if later else None
    if text is None:
        return History(versions=versions, shown=shown)
    old, new = f.read_catalogue(text), f.catalogue(connection, shown.catalogue)
    changes = variable_difference(old, new, variable)
    return History(versions=versions, shown=shown, before=later[0], new=changes is None, changes=changes or ())
