"""Assess: run the checks, take a call-off in, measure exposure where it is instructed, and open the cases."""

import tempfile
from pathlib import Path
from typing import cast

from sqlalchemy import Connection

from avrop.accounts.entries import Entry
from avrop.actions import facts as f
from avrop.actions import runs
from avrop.actions.case import automaton, handle, handle_within
from avrop.actors import Actor
from avrop.canonical import Digest, canonical, plain, read
from avrop.catalogue.findings import Finding
from avrop.disclosure.plan import compile_classes
from avrop.errors import Missing
from avrop.governance import commands as c
from avrop.governance.calloff import CallOffStatus
from avrop.governance.checks.context import Context
from avrop.governance.checks.registry import run_checks
from avrop.governance.controllercase import ControllerStatus
from avrop.governance.policy import Scenario
from avrop.governance.purposes import CallOffVersion
from avrop.governance.slices import SliceTerms
from avrop.governance.transitions.apply import problems
from avrop.measure.classes import exposure
from avrop.measure.reports import ControllerExposure, RequesterView, RiskReport, controller_view, requester_view
from avrop.store import db, documents
from avrop.system import System


def check(system: System, case: str) -> None:
    """Job: run every check on the version that stands and record what they found."""
    with db.transaction(system.database) as connection:
        standing = f.call_off(connection, case)
        if standing.version is None or standing.status is not CallOffStatus.SUBMITTED:
            return
        found = run_checks(_context(connection, system, standing.version))
        sealed = documents.put(connection, "findings", canonical([plain(finding) for finding in found]))
        counted = {severity: sum(x.severity == severity for x in found) for severity in ("note", "question", "stop")}
        command = c.RecordFindings(
            findings=sealed, notes=counted["note"], questions=counted["question"], stops=counted["stop"]
        )
        handle_within(connection, system, automaton(system), case, command)


def findings(system: System, reference: str) -> tuple[Finding, ...]:
    """What the checks found on the version that stands. Raises `call_off.unknown` (Missing)."""
    with db.transaction(system.database) as connection:
        sealed = f.known_call_off(connection, reference).findings
        if sealed is None:
            return ()
        found: tuple[Finding, ...] = read(tuple[Finding, ...], documents.get(connection, sealed), what="The findings")
        return found


def preview(system: System, version: CallOffVersion) -> tuple[Finding, ...]:
    """What the checks would find on a version that is not submitted, after what it would be refused for; nothing is
    recorded."""
    with db.transaction(system.database) as connection:
        account = f.account(connection)
        refused = tuple(
            Finding(check=no.code, severity="stop", subject=version.reference, sentence=no.sentence, hint=no.hint)
            for no in problems(version, f.call_off(connection, version.reference), account)
        )
        return refused + run_checks(
            Context(
                version=version,
                catalogue=f.catalogue(connection, version.catalogue),
                policy=f.policy(connection, account),
                today=system.clock().date(),
            )
        )


def return_call_off(system: System, actor: Actor, reference: str, *, reason: str) -> tuple[Entry, ...]:
    """Send it back to the receiver with a reason."""
    return handle(system, actor, reference, c.ReturnCallOff(reason=reason))


def accept_intake(system: System, actor: Actor, reference: str) -> tuple[Entry, ...]:
    """Take it in: exposure is then measured for the controllers with a live instruction."""
    return handle(system, actor, reference, c.AcceptIntake())


def measure(system: System, case: str) -> None:
    """Job: measure exposure on person-level paths, per controller and scenario, and record the reports."""
    with db.transaction(system.database) as connection:
        standing = f.call_off(connection, case)
        account = f.account(connection)
        if standing.status is not CallOffStatus.MEASURING or standing.version is None:
            return
        if account.snapshot is None:
            raise Missing("measure.no_snapshot", "No snapshot is loaded to measure on.", hint="Load one first.")
        policy = f.policy(connection, account)
        parts = _measured(connection, system, case, snapshot=account.snapshot, k=policy.k)
        report = RiskReport(
            version=standing.version,
            snapshot=account.snapshot,
            policy=f"{policy.id} {policy.version}",
            k=policy.k,
            parts=parts,
        )
        views = [(name, list(controller_view(report, name))) for name in standing.measured]
        requester = requester_view(report, rounding_step=policy.rounding_step)
        command = c.RecordExposure(
            snapshot=account.snapshot,
            report=documents.put(connection, "risk report", canonical(report)),
            requester_view=documents.put(connection, "requester view", canonical(requester)),
            controller_views=tuple(
                (name, documents.put(connection, "controller view", canonical([plain(part) for part in view])))
                for name, view in views
            ),
        )
        handle_within(connection, system, automaton(system), case, command)


def _measured(
    connection: Connection, system: System, reference: str, *, snapshot: Digest, k: int
) -> tuple[ControllerExposure, ...]:
    standing = f.call_off(connection, reference)
    bound, _ = runs.binding(connection, system, snapshot=snapshot, approved={}, scope=None)
    scenarios = _scenarios(connection)
    asked = []
    for controller in standing.measured:
        question = f.question(
            connection, system, cast("Digest", standing.version), controller=controller, terms=SliceTerms()
        )
        for scenario in scenarios:
            plan = compile_classes(question, scenario=scenario.id, variables=scenario.variables)
            if plan is not None:
                asked.append((controller, scenario, plan))
    with tempfile.TemporaryDirectory(dir=system.zone.root) as spill:
        counted = system.engine.classes([plan for _, _, plan in asked], bound, Path(spill))
    return tuple(
        ControllerExposure(
            controller=controller, scenario=scenario.id, label=scenario.label, exposure=exposure(counts, k=k)
        )
        for (controller, scenario, _), counts in zip(asked, counted, strict=True)
    )


def _scenarios(connection: Connection) -> tuple[Scenario, ...]:
    return f.policy(connection, f.account(connection)).scenarios


def open_controllers(system: System, actor: Actor, reference: str) -> tuple[Entry, ...]:
    """Ask every addressed controller to decide its own slice plan."""
    return handle(system, actor, reference, c.OpenControllers())


def ask(system: System, case: str) -> None:
    """Job: put the version before each addressed controller."""
    with db.transaction(system.database) as connection:
        standing = f.call_off(connection, case)
        if standing.status is not CallOffStatus.WITH_CONTROLLERS:
            return
        cases = f.controller_cases(connection, case, standing.controllers)
        for controller, its in cases.items():
            if its.status is not ControllerStatus.REVOKED:  # it took its approval back: it stays out
                handle_within(connection, system, automaton(system), f"{case}/{controller}", c.Ask())


def exposure_views(system: System, reference: str) -> tuple[RequesterView, ...]:
    """The requester's rounded view of every measured version, oldest first. Raises `call_off.unknown` (Missing)."""
    with db.transaction(system.database) as connection:
        f.known_call_off(connection, reference)
    return tuple(
        cast("RequesterView", read(RequesterView, body, what="The view"))
        for body in f.exposure_documents(system, reference, "requester_view")
    )


def _context(connection: Connection, system: System, sealed: Digest) -> Context:
    version, account = f.version(connection, sealed), f.account(connection)
    return Context(
        version=version,
        catalogue=f.catalogue(connection, version.catalogue),
        policy=f.policy(connection, account),
        today=system.clock().date(),
    )
