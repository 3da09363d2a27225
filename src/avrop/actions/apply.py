"""Apply: the receiver reads its call-off from a file, submits it, narrows it, or takes it back."""

from dataclasses import replace

from avrop.accounts.entries import Entry
from avrop.actions import facts as f
from avrop.actions.case import handle
from avrop.actors import Actor
from avrop.catalogue.datasets import Catalogue, carried
from avrop.disclosure.plan import compile_slice
from avrop.errors import Mistake
from avrop.governance import commands as c
from avrop.governance.calloff_files import read_call_off
from avrop.governance.purposes import CallOffVersion
from avrop.governance.slices import SliceTerms
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
    """Refuse a version that names a variable, level or dataset that does not exist or is withdrawn, or people that
    cannot be found: what is put before the controllers can be run.

    Errors: `call_off.variable_unknown`, `call_off.variable_withdrawn`,
    `call_off.variable_described_only`, `call_off.level_unknown`,
    `call_off.people_unknown`, `call_off.filter_identifier`, `call_off.period`, `call_off.controllers` (Mistake), and
    those of compiling a plan.
    """
    with db.transaction(system.database) as connection:
        catalogue = f.catalogue(connection, version.catalogue)
    today = system.clock().date()
    _require_frame(version)
    _require_people(version, catalogue)
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
        if variable.gone(today):
            instead = f"Ask for {' and '.join(variable.successors)} instead." if variable.successors else hint
            raise Mistake("call_off.variable_withdrawn", "The variable is withdrawn.", hint=instead, **pointers)
        if variable.described_only or catalogue.dataset(wanted.dataset).described_only:
            raise Mistake(
                "call_off.variable_described_only", "The variable is described, and stands in no table yet.",
                hint="Take it out of the call-off, or ask the provider when it comes.", **pointers,
            )  # fmt: skip
        if wanted.level not in {level.name for level in variable.levels}:
            names = ", ".join(level.name for level in variable.levels)
            raise Mistake("call_off.level_unknown", f"Its levels are: {names}.", hint=hint, **pointers)
    _require_compiles(system, version, catalogue)


def _require_compiles(system: System, version: CallOffVersion, catalogue: Catalogue) -> None:
    """Every controller's plan can be compiled: what it asks too much is for the findings to say, and left aside."""
    allowed = tuple(v for v in version.variables if catalogue.variable(v.variable).sensitivity != "identifier")
    with db.transaction(system.database) as connection:
        for controller in version.controllers if allowed else ():
            asked = replace(version, variables=allowed)
            compile_slice(f.question_of(connection, system, asked, controller=controller, terms=SliceTerms()))


def _require_frame(version: CallOffVersion) -> None:
    """A period that has days, and each controller once, at least as many as the purpose needs."""
    if version.period.start >= version.period.end:
        raise Mistake(
            "call_off.period", "The period ends before it begins, or has no day.", hint="`end` is the day after it.",
            case=version.reference,
        )  # fmt: skip
    needed, named = version.coverage.minimum_controllers, len(set(version.controllers))
    if named != len(version.controllers) or not 1 <= needed <= named:
        raise Mistake(
            "call_off.controllers", "Each controller stands once, and `minimum_controllers` is from 1 to their number.",
            hint="Correct them.", case=version.reference,
        )  # fmt: skip


def _require_people(version: CallOffVersion, catalogue: Catalogue) -> None:
    """People are chosen in one dataset, by what it says of them, and never by who they are."""
    asked = version.people
    known = {dataset.name: dataset for dataset in carried(catalogue).datasets}
    found = known.get(asked.dataset)
    unknown = [x.variable for x in asked.filters if found is None or x.variable not in found.variables]
    if found is None or unknown:
        raise Mistake(
            "call_off.people_unknown", "The people's dataset, or a variable they are filtered by, is not there.",
            hint=f"See the catalogue {catalogue.name} {catalogue.version}.", case=version.reference,
            dataset=asked.dataset,
        )  # fmt: skip
    named = [x.variable for x in asked.filters if catalogue.variable(x.variable).sensitivity == "identifier"]
    if named:
        raise Mistake(
            "call_off.filter_identifier", "People cannot be chosen by an identifier.",
            hint="Filter by what the people have in common.", case=version.reference, variable=named[0],
        )  # fmt: skip
