"""Steps 3 and 4: the receiver asks too much, findings say so, it narrows; exposure is measured before and after."""

from avrop.actions import apply, assess
from avrop.actions import facts as f
from avrop.actors import Role
from avrop.canonical import digest
from avrop.demo.scene import Scene
from avrop.demo.teller import Teller
from avrop.governance.calloff import CallOffStatus
from avrop.measure.reports import RequesterLine
from avrop.store import db


def reference(scene: Scene) -> str:
    """The story's call-off."""
    return apply.read_version(scene.provider, scene.pack.call_offs["first.yaml"], file="first.yaml").reference


def submit_first(scene: Scene, teller: Teller) -> None:
    """Step 3: the first, over-asking version."""
    version = apply.read_version(scene.provider, scene.pack.call_offs["first.yaml"], file="first.yaml")
    if _number(scene, version.reference) == 0:
        _submit(scene, "first.yaml")
    teller.say(f"“{version.title}”")
    teller.say(version.purpose.statement)
    rows = [(a.id, a.question, ", ".join(shell.name for shell in a.shells)) for a in version.analyses]
    teller.table("Analyses", ("id", "question", "tables"), rows)
    teller.fact("call-off", version.reference, "Submitted as call-off {},")
    teller.fact("first version", digest(version), "version 1: {}")
    asked = f"for {version.period.start} to {version.period.end}, to {len(version.controllers)} controllers, "
    teller.say(asked + f"to be kept until {version.retention.until}.")
    teller.fact("asked variables", len(version.variables), "It asks for {} variables.")


def find_and_narrow(scene: Scene, teller: Teller) -> None:
    """Step 4: findings, measurement, a narrower version, findings and measurement again."""
    ref, operator = reference(scene), scene.person("provider", Role.OPERATOR)
    scene.work()
    if _number(scene, ref) == 1:
        _tell_findings(scene, teller, ref, "Findings on version 1")
        _take_in(scene, ref)
    narrowed = apply.read_version(scene.provider, scene.pack.call_offs["narrowed.yaml"], file="narrowed.yaml")
    if _number(scene, ref) == 1:
        _submit(scene, "narrowed.yaml")
        scene.work()
    teller.fact("narrowed version", digest(narrowed), "The receiver narrows; version 2: {}")
    _tell_findings(scene, teller, ref, "Findings on version 2")
    _take_in(scene, ref)
    _tell_exposure(scene, teller, ref)
    if _status(scene, ref) is CallOffStatus.ASSESSING:
        assess.open_controllers(scene.provider, operator, ref)
    scene.work()


def _submit(scene: Scene, file: str) -> None:
    """The receiver's applicant hands the file in at the provider's installation."""
    applicant = scene.person("receiver", Role.APPLICANT)
    scene.as_receiver().ask(applicant, "POST", "api/v1/call-offs", scene.pack.call_offs[file])


def _take_in(scene: Scene, ref: str) -> None:
    if _status(scene, ref) is CallOffStatus.SUBMITTED:
        assess.accept_intake(scene.provider, scene.person("provider", Role.OPERATOR), ref)
    scene.work()


def _tell_findings(scene: Scene, teller: Teller, ref: str, title: str) -> None:
    found = assess.findings(scene.provider, ref)
    teller.facts[title.lower()] = len(found)
    shown = [(x.severity, x.check, x.subject, x.sentence) for x in found]
    teller.table(title, ("severity", "check", "about", "finding"), shown)


def _tell_exposure(scene: Scene, teller: Teller, ref: str) -> None:
    views = assess.exposure_views(scene.provider, ref)
    before, after = views[0], views[-1]
    teller.fact("measured controllers", after.controllers, "Exposure was measured for {} controllers;")
    teller.say("the one without a live instruction was not measured. Rounded, as the receiver sees it:")
    later = {line.scenario: line for line in after.lines}
    rows = [
        (line.label, line.people, line.unique, line.small, *_after(later.get(line.scenario))) for line in before.lines
    ]
    columns = ("somebody who", "people", "unique", "small classes", "people after", "unique after", "small after")
    teller.table("People who can be told apart by their path", columns, rows)


def _after(line: RequesterLine | None) -> tuple[object, ...]:
    return ("-", "-", "-") if line is None else (line.people, line.unique, line.small)


def _number(scene: Scene, ref: str) -> int:
    with db.transaction(scene.provider.database) as connection:
        return f.call_off(connection, ref).number


def _status(scene: Scene, ref: str) -> CallOffStatus:
    with db.transaction(scene.provider.database) as connection:
        return f.call_off(connection, ref).status
