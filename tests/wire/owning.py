"""A provider that is alone the controller of its own tables: from a configuration to generations that are open."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvicorn

from avrop.actions import account, apply, assess, decide, describe, disclose, permissions, publish
from avrop.actions.tasks import TASKS
from avrop.actors import Actor, Role
from avrop.canonical import build
from avrop.catalogue.files import read_catalogue
from avrop.catalogue.importing import Imported
from avrop.catalogue.yamltext import dump_yaml, load_yaml
from avrop.disclosure.attribution import AttributionRule
from avrop.governance.policy import Policy
from avrop.governance.slices import SliceTerms
from avrop.http.server import configuration
from avrop.system import System
from avrop.worker import run_until_idle

OWNER, RECEIVER = "eksempel", "mottaker"
POLICY = """
{id: p, version: 1, valid_from: 2024-01-01, k: 5, rounding_step: 5, cut_off_working_days: 30, decision_valid_days: 365,
 person_list_max_age_hours: 24, retention_max_months: 600, receipt_due_days: 5, deletion_due_days: 10,
 purpose_categories: [official statistics], scenarios: []}
"""


def _actor(role: Role, organisation: str = OWNER, *, nth: int = 1) -> Actor:
    return Actor(person=f"{role.value}{nth}@{organisation}", organisation=organisation, role=role)


OPERATOR, DECIDER = _actor(Role.OPERATOR), _actor(Role.DECIDER)
APPLICANT, LEADER = _actor(Role.APPLICANT, RECEIVER), _actor(Role.LEADER, RECEIVER)


def publish_import(system: System, config: Path) -> Imported:
    """Import, check, publish and load; put the agreement in force with the rule that the import wrote."""
    today = system.clock().date()
    texts, made = describe.import_description(
        config.read_text("utf-8"), file=config.name, version="1", controller=OWNER, today=today
    )
    policy: Policy = build(Policy, load_yaml(POLICY, file="policy", code="x.y"), what="policy")
    rule: AttributionRule = build(
        AttributionRule, load_yaml(texts["rule.yaml"], file="rule.yaml", code="x.y"), what="rule.yaml"
    )
    for actor in (OPERATOR, _actor(Role.OPERATOR, nth=2), DECIDER, APPLICANT, LEADER):
        account.enrol(system, person=actor.person, organisation=actor.organisation, roles=(actor.role,))
    keys = {name: system.keys.make_signing(name) for name in ("provider", "receiver", "controller")}
    parties = {"provider": (OWNER, "Eier", keys["provider"]), "receiver": (RECEIVER, "Mottaker", keys["receiver"])}
    account.sign_agreement(system, OPERATOR, parties=parties, policy=policy, rule=rule, general_purpose="statistics")
    account.adhere(
        system, OPERATOR, controller=OWNER, name="Eier", public_key=keys["controller"], competent_body="Styret"
    )
    account.delegate(
        system, OPERATOR, controller=OWNER, person=DECIDER.person, start=today, end=today + timedelta(days=500)
    )
    catalogue, findings = describe.describe(texts)
    assert [finding for finding in findings if finding.severity != "note"] == []
    assert catalogue == made.catalogue == read_catalogue(texts)
    publish.publish_catalogue(system, OPERATOR, catalogue)
    publish.load_snapshot(system, OPERATOR, publish.named_sources([], made.sources), name="first")
    return made


def load_empty_lists(system: System, folder: Path) -> None:
    """Nobody is protected, and nobody objected."""
    (folder / "nobody.csv").write_text("person\n")
    for name in ("protected", "objecting"):
        publish.load_list(system, OPERATOR, name, folder / "nobody.csv", as_of=system.clock())


def open_generation(system: System, reference: str, dataset: str, variables: Sequence[str], *, catalogue: str) -> str:
    """A call-off of variables of one dataset, its decision, and the open generation. Returns the delivery's case."""
    text = dump_yaml(_call_off(system.clock(), reference, dataset, variables, catalogue=catalogue))
    apply.submit(system, APPLICANT, apply.read_version(system, text, file="call-off.yaml"))
    run_until_idle(system, TASKS)
    assess.accept_intake(system, OPERATOR, reference)
    run_until_idle(system, TASKS)
    assess.open_controllers(system, OPERATOR, reference)
    run_until_idle(system, TASKS)
    valid_to = system.clock().date() + timedelta(days=300)
    draft = decide.draft_decision(
        system, DECIDER, reference, outcome="approved", reasons="", valid_to=valid_to, terms=SliceTerms(), conditions=()
    )
    decide.record(system, DECIDER, reference, system.keys.sign("controller", "decision", draft))
    run_until_idle(system, TASKS)
    decide.confirm_subset(system, LEADER, reference, statement="All there is.")
    disclose.countersign(system, _actor(Role.OPERATOR, nth=2), reference)
    case = disclose.plan_delivery(system, OPERATOR, reference)
    run_until_idle(system, TASKS)
    return case


@contextmanager
def serving(system: System) -> Iterator[None]:
    """Our server, as it is served to others, for the length of the block."""
    server = uvicorn.Server(configuration(system))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.02)
        assert thread.is_alive(), "the server did not start"
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(30)


def register_consumer(system: System, subject: str) -> None:
    """A consumer of the receiver's."""
    permissions.add_consumer(system, OPERATOR, subject=subject, organisation=RECEIVER)


def _call_off(
    now: datetime, reference: str, dataset: str, variables: Sequence[str], *, catalogue: str
) -> Mapping[str, object]:
    period = {"start": "2000-01-01", "end": "2030-01-01"}
    shown = [{"variable": name, "level": "value"} for name in variables]
    shell = {
        "name": "T", "dimensions": shown, "measure": "rows", "period_start": period["start"], "period_end": period["end"],
    }  # fmt: skip
    why = [{"analysis": "A1", "role": "dimension", "text": "Table T has a row for each of its values."}]
    return {
        "reference": reference, "number": 1, "agreement": "statistics",
        "catalogue": {"name": catalogue, "version": "1"}, "receiver": RECEIVER, "title": "Everything",
        "purpose": {
            "statement": "To see that what is served is what stands in the provider's tables.",
            "category": "official statistics", "task_reference": "A test", "decision_use": "none",
        },
        "analyses": [{"id": "A1", "question": "What stands there?", "method": "frequency", "shells": [shell]}],
        "variables": [{"dataset": dataset, "variable": v, "level": "value", "justifications": why} for v in variables],
        "people": {"description": "All", "dataset": dataset}, "period": period, "controllers": [OWNER],
        "coverage": {"minimum_controllers": 1, "consequence": "None."}, "delivery_form": "pseudonymised microdata",
        "why_not_less": "It is a test.", "legal_basis": "None: nobody is in it.",
        "retention": {
            "until": f"{now.astimezone(UTC) + timedelta(days=400):%Y-%m-%d}", "method": "Deletion", "derived_kept": "None",
        },
    }  # fmt: skip
