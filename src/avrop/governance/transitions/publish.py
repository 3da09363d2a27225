"""Publish: catalogue versions, snapshots and lists of people enter the account."""

from collections.abc import Mapping

from avrop.errors import Conflict, Mistake
from avrop.governance import commands as c
from avrop.governance import events as e
from avrop.governance.agreements import AccountState
from avrop.governance.facts import Facts
from avrop.governance.keys import CLOCKS_DIFFER


def publish_catalogue(state: AccountState, command: c.PublishCatalogue, facts: Facts) -> tuple[e.Event, ...]:
    """The same version again changes nothing; an earlier one as it was becomes the current one again. Other content
    under a name and version that were published is refused, since a published version never changes."""
    if state.catalogue == command.catalogue:
        return ()
    if state.versions.get((command.name, command.version), command.catalogue) != command.catalogue:
        raise Conflict(
            "catalogue.version_taken",
            f"Version {command.version} of {command.name} was published before with other content.",
            hint="Raise `version` in catalogue.yaml, and publish it as a new version.",
        )
    return (
        e.CataloguePublished(
            name=command.name, version=command.version, catalogue=command.catalogue, variables=command.variables
        ),
    )


def record_snapshot(state: AccountState, command: c.RecordSnapshot, facts: Facts) -> tuple[e.Event, ...]:
    """A snapshot is checked against the catalogue version that stands; one that was superseded meanwhile is refused."""
    if state.snapshot == command.snapshot:
        return ()
    if state.catalogue != command.catalogue:
        raise Conflict(
            "snapshot.catalogue_changed",
            "The snapshot was checked against another catalogue version than the one published now.",
            hint="Load it again.",
        )
    return (
        e.SnapshotLoaded(
            snapshot=command.snapshot, catalogue=command.catalogue, tables=command.tables, rows=command.rows
        ),
    )


def record_person_list(state: AccountState, command: c.RecordPersonList, facts: Facts) -> tuple[e.Event, ...]:
    """A list never goes back in time, nor ahead of it: as of a day to come it would count as fresh until then."""
    latest = facts.now + CLOCKS_DIFFER
    if command.as_of > latest:
        raise Mistake(
            "lists.not_yet",
            f"The list '{command.list}' is as of a moment that has not come.",
            hint="Give the moment when it was taken from its source.",
        )
    known = state.lists.get(command.list)
    if known is not None and command.as_of < known <= latest:
        raise Conflict(
            "lists.older",
            f"The list '{command.list}' is older than the one in use.",
            hint="Fetch the list again.",
        )
    return (e.PersonListLoaded(list=command.list, as_of=command.as_of),)


TRANSITIONS: Mapping[type[c.Command], object] = {
    c.PublishCatalogue: publish_catalogue,
    c.RecordSnapshot: record_snapshot,
    c.RecordPersonList: record_person_list,
}
