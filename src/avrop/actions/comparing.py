"""Before a description is published: what changes from the published one, and which open call-offs that touches."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy import Connection

from avrop.actions import facts as f
from avrop.canonical import digest
from avrop.catalogue.datasets import Catalogue
from avrop.catalogue.versions import Change, difference
from avrop.governance.agreements import AccountState
from avrop.governance.calloff import CallOffStatus
from avrop.governance.purposes import CallOffVersion
from avrop.store import db
from avrop.system import System

_OVER = (CallOffStatus.CLOSED, CallOffStatus.WITHDRAWN, CallOffStatus.NO_GRANT, CallOffStatus.NONE)


Uses = tuple[tuple[str, tuple[str, ...]], ...]
"""References of open call-offs, each with what it asks for of what changes."""


Standing = Literal["new", "current", "earlier", "taken"]
"""What the account has of a version: nothing; as the current one; as one that others followed; with other content."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """What was published of that version, the changes, what they withdraw from a day that has passed, and the open
    call-offs that they touch in a breaking way, or that use what is said in other words: these may mean something else
    now, which nobody but a person can tell."""

    standing: Standing = "new"
    changes: tuple[Change, ...] = ()
    gone: tuple[tuple[str, date], ...] = ()
    touched: Uses = ()
    reworded: Uses = ()

    @property
    def breaking(self) -> tuple[Change, ...]:
        """The changes after which a plan on the old version does not mean the same."""
        return tuple(change for change in self.changes if change.kind == "breaking")


def compare(system: System, catalogue: Catalogue) -> Comparison:
    """The catalogue against the published one; nothing changes if none is published."""
    with db.transaction(system.database) as connection:
        return compare_within(connection, catalogue, today=system.clock().date())


def compare_within(connection: Connection, catalogue: Catalogue, *, today: date) -> Comparison:
    """The same within a transaction."""
    account = f.account(connection)
    sealed = account.catalogue
    if sealed is None:
        return Comparison()
    published = f.catalogue(connection, sealed)
    changes = difference(published, catalogue)
    broken = frozenset(change.subject for change in changes if change.kind == "breaking")
    reworded = frozenset(change.subject for change in changes if change.meaning)
    uses = tuple(_uses(connection, published)) if broken or reworded else ()
    return Comparison(
        standing=_standing(account, catalogue), changes=changes, gone=_gone(published, catalogue, today),
        touched=_touched(uses, broken, published), reworded=_touched(uses, reworded, published),
    )  # fmt: skip


def _gone(published: Catalogue, catalogue: Catalogue, today: date) -> tuple[tuple[str, date], ...]:
    """The variables that are withdrawn anew, or earlier than was said, from a day that has passed."""
    known = {each.name: each for each in published.variables if not each.gone(today)}
    return tuple(
        (each.name, each.withdrawn)
        for each in catalogue.variables
        if each.name in known and each.withdrawn is not None and each.withdrawn < today
    )


def _standing(account: AccountState, catalogue: Catalogue) -> Standing:
    made, before = digest(catalogue), account.versions.get((catalogue.name, catalogue.version))
    if made == account.catalogue:
        return "current"
    return "new" if before is None else "earlier" if before == made else "taken"


def _touched(uses: Iterable[tuple[str, frozenset[str]]], changed: frozenset[str], published: Catalogue) -> Uses:
    """Those that use some of what changed; a change of the catalogue itself touches all."""
    found = ((case, sorted(used & changed)) for case, used in uses)
    whole = [published.name] if published.name in changed else []
    return tuple((case, tuple(names or whole)) for case, names in found if names or whole)


def _uses(connection: Connection, published: Catalogue) -> Iterable[tuple[str, frozenset[str]]]:
    """The open call-offs, and all that each rests on."""
    lists = {variable.name: variable.code_list for variable in published.variables}
    for summary in f.summaries(connection, "call-off"):
        state = f.call_off(connection, summary.case_id)
        if state.status in _OVER or state.version is None:
            continue
        used = _used(f.version(connection, state.version), published)
        used |= {code_list for name in used if (code_list := lists.get(name))}
        yield str(summary.case_id), frozenset(used)


def _used(version: CallOffVersion, published: Catalogue) -> set[str]:
    """The datasets and variables that a call-off asks for or chooses people by, and what those rest on: whose a row is,
    when it holds, what makes it one, and what it is about."""
    filters = (chosen.variable for chosen in version.people.filters)
    asked = (name for each in version.variables for name in (each.dataset, each.variable))
    used = {version.people.dataset, *filters, *asked}
    for dataset in published.datasets:
        if dataset.name in used:
            used |= {dataset.person, dataset.unit_type, *dataset.key, *filter(None, (dataset.time, dataset.until))}
    return used | {each.unit_type for each in published.variables if each.name in used}
