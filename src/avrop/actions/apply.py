"""Apply: the receiver reads its call-off from a file, submits it, narrows it, or takes it back."""

from avrop.accounts.entries import Entry
from avrop.actions import facts as f
from avrop.actions.case import handle
from avrop.actors import Actor
from avrop.errors import Mistake
from avrop.governance import commands as c
from avrop.governance.calloff_files import read_call_off
from avrop.governance.purposes import CallOffVersion
from avrop.store import db
from avrop.system import System


def read_version(system: System, text: str, *, file: str) -> CallOffVersion:
    """A call-off version from YAML text; the catalogue it names must be the one that is published."""
    with db.transaction(system.database) as connection:
        standing = f.account(connection).catalogue
        if standing is None:
            raise Mistake("call_off.no_catalogue", "No catalogue version is published.", hint="Publish one first.")
        published = f.catalogue(connection, standing)
    catalogues = {(published.name, published.version): standing}
    return read_call_off(text, file=file, catalogues=catalogues)


def submit(system: System, actor: Actor, version: CallOffVersion) -> tuple[Entry, ...]:
    """Submit a version: the first, or the next one. What it asks for must exist in the catalogue on this day."""
    require_known(system, version)
    return handle(system, actor, version.reference, c.Submit(version=version))


def withdraw(system: System, actor: Actor, reference: str, *, reason: str) -> tuple[Entry, ...]:
    """Take a call-off back before it is granted."""
    return handle(system, actor, reference, c.WithdrawCallOff(reason=reason))


def require_known(system: System, version: CallOffVersion) -> None:
    """Refuse a version that names a variable, level or dataset that does not exist or is withdrawn.

    Errors: `call_off.variable_unknown`, `call_off.variable_withdrawn`, `call_off.level_unknown` (Mistake).
    """
    with db.transaction(system.database) as connection:
        catalogue = f.catalogue(connection, version.catalogue)
    today = system.clock().date()
    for wanted in version.variables:
        pointers = {"dataset": wanted.dataset, "variable": wanted.variable, "case": version.reference}
        hint = f"See the catalogue {catalogue.name} {catalogue.version}."
        try:
            in_dataset = wanted.variable in catalogue.dataset(wanted.dataset).variables
            variable = catalogue.variable(wanted.variable)
        except KeyError:
            in_dataset = False
        if not in_dataset:
            raise Mistake(
                "call_off.variable_unknown", "The catalogue has no such variable there.", hint=hint, **pointers
            )
        if variable.withdrawn is not None and variable.withdrawn <= today:
            raise Mistake("call_off.variable_withdrawn", "The variable is withdrawn.", hint=hint, **pointers)
        if wanted.level not in {level.name for level in variable.levels}:
            names = ", ".join(level.name for level in variable.levels)
            raise Mistake("call_off.level_unknown", f"Its levels are: {names}.", hint=hint, **pointers)
