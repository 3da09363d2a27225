"""A small world for governance tests: three controllers, one call-off, everything in memory and nothing mocked.

The rules, transitions, folds, plans and signatures are the real ones; only the store is a dict.
"""

import base64
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from avrop.actors import CLOCK, Actor, OrganisationId, PersonId, Role
from avrop.canonical import Digest, digest, read
from avrop.catalogue.datasets import Catalogue, Dataset
from avrop.catalogue.unittypes import Text, UnitType
from avrop.catalogue.variables import Level, Prefix, Variable
from avrop.disclosure.attribution import AttributionRule, DatasetRule
from avrop.disclosure.plan import Question, compile_slice
from avrop.governance import commands as c
from avrop.governance import purposes as p
from avrop.governance.agreements import AccountState
from avrop.governance.calloff import CallOffState
from avrop.governance.cases import ACCOUNT, fold, machine, reference
from avrop.governance.changes import direction
from avrop.governance.controllercase import ControllerState
from avrop.governance.decisions import Decision, Revocation
from avrop.governance.delivery import DeliveryState
from avrop.governance.events import Event
from avrop.governance.facts import Facts
from avrop.governance.grants import Grant, grant_today
from avrop.governance.policy import Policy, Scenario
from avrop.governance.returns import DeletionConfirmation, Receipt
from avrop.governance.rules import RULES, Parties, require
from avrop.governance.slices import SliceTerms
from avrop.governance.transitions import transition
from avrop.signed import Signed, sign

CONTROLLERS = ("A", "B", "C")
REF = "2026-001"
_T = Text(nb="x", en="x")


def _variable(name: str, *, levels: tuple[Level, ...] = (Level(name="value"),), **more: Any) -> Variable:
    values: dict[str, Any] = {
        "data_type": "text", "temporality": "EVENT", "sensitivity": "ordinary", "source": "test", "unit_type": "ROW",
    }  # fmt: skip
    return Variable(name=name, label=_T, definition=_T, levels=levels, **{**values, **more})


LADDER = (Level(name="full"), Level(name="four", step=Prefix(length=4)), Level(name="two", step=Prefix(length=2)))
CATALOGUE = Catalogue(
    name="test",
    version="1",
    title=_T,
    publisher="provider",
    unit_types=(UnitType(name="ROW", label=_T, definition=_T),),
    code_lists=(),
    variables=(
        _variable("WHO", sensitivity="identifier"),
        _variable("DAY", data_type="date"),
        _variable("OWNER"),
        _variable("CODE", levels=LADDER),
        _variable("EXTRA"),
        _variable("OLD", withdrawn=date(2025, 1, 1)),
    ),
    datasets=(
        Dataset(
            name="EVENTS",
            label=_T,
            definition=_T,
            unit_type="ROW",
            kind="event",
            person="WHO",
            time="DAY",
            key=("WHO", "DAY"),
            variables=("WHO", "DAY", "OWNER", "CODE", "EXTRA", "OLD"),
        ),
    ),
)
RULE = AttributionRule(
    id="rule", version=1, valid_from=date(2026, 1, 1), rules=(DatasetRule(dataset="EVENTS", origin="OWNER"),)
)
POLICY = Policy(
    id="policy",
    version=1,
    valid_from=date(2026, 1, 1),
    k=5,
    rounding_step=5,
    cut_off_working_days=10,
    decision_valid_days=365,
    person_list_max_age_hours=24,
    retention_max_months=36,
    receipt_due_days=5,
    deletion_due_days=10,
    purpose_categories=("official statistics",),
    scenarios=(Scenario(id="S", label="somebody", variables=("CODE",)),),
)


def version(number: int = 1, **changes: Any) -> p.CallOffVersion:
    """A sound version of the call-off, with changes."""
    made = p.CallOffVersion(
        reference=REF,
        number=number,
        agreement="frame",
        catalogue=digest(CATALOGUE),
        receiver=OrganisationId("receiver"),
        title="A question",
        purpose=p.Purpose(
            statement="To know how many there are of each code in each year, for planning.",
            category="official statistics",
            task_reference="A letter",
            decision_use="none",
        ),
        analyses=(
            p.Analysis(
                id="A1",
                question="How many?",
                method="frequency",
                shells=(
                    p.TableShell(
                        name="T",
                        dimensions=(p.Dimension(variable="CODE", level="four"),),
                        measure="n",
                        period_start=date(2024, 1, 1),
                        period_end=date(2026, 1, 1),
                    ),
                ),
            ),
        ),
        variables=(wanted("CODE", "four"),),
        people=p.People(description="everyone", dataset="EVENTS"),
        period=p.Period(start=date(2024, 1, 1), end=date(2026, 1, 1)),
        controllers=tuple(OrganisationId(x) for x in CONTROLLERS),
        coverage=p.Coverage(minimum_controllers=1, consequence="none"),
        delivery_form="pseudonymised microdata",
        why_not_less="paths",
        legal_basis="GDPR 6(1)(e)",
        retention=p.Retention(until=date(2028, 1, 1), method="deletion", derived_kept="tables"),
    )
    return replace(made, **changes)


def wanted(variable: str, level: str = "value") -> p.RequestedVariable:
    """A justified request for a variable at a level."""
    why = p.Justification(analysis="A1", role="dimension", text=f"{variable} is a dimension of table T.")
    return p.RequestedVariable(dataset="EVENTS", variable=variable, level=level, justifications=(why,))


class Key:
    """A party's own signing key."""

    def __init__(self, seed: int) -> None:
        self.private = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
        self.public = base64.b64encode(self.private.public_key().public_bytes_raw()).decode()

    def sign(self, kind: str, value: object) -> Signed:
        return sign(kind, value, public_key=self.public, signer=self.private.sign)


KEYS = {name: Key(number) for number, name in enumerate((*CONTROLLERS, "provider", "receiver"), start=1)}
OPERATOR = Actor(person=PersonId("operator"), organisation=OrganisationId("provider"), role=Role.OPERATOR)
SECOND = replace(OPERATOR, person=PersonId("second"))
APPLICANT = Actor(person=PersonId("applicant"), organisation=OrganisationId("receiver"), role=Role.APPLICANT)
LEADER = replace(APPLICANT, person=PersonId("leader"), role=Role.LEADER)
CUSTODIAN = replace(APPLICANT, person=PersonId("custodian"), role=Role.CUSTODIAN)


def decider(controller: str) -> Actor:
    """The person who decides for a controller."""
    return Actor(person=PersonId(f"d@{controller}"), organisation=OrganisationId(controller), role=Role.DECIDER)


@dataclass
class World:
    """All cases' events, who caused each, a clock, the versions by digest, and the files of each delivery."""

    now: datetime = datetime(2026, 3, 2, 8, tzinfo=UTC)
    events: dict[str, list[Event]] = field(default_factory=dict)
    versions: dict[Digest, p.CallOffVersion] = field(default_factory=dict)
    caused: list[tuple[Actor, str, Event]] = field(default_factory=list)
    files: dict[str, tuple[tuple[str, Digest], ...]] = field(default_factory=dict)

    def state(self, case: str) -> Any:
        return fold(case, self.events.get(case, ()))

    @property
    def account(self) -> AccountState:
        return self.state(ACCOUNT)

    @property
    def call_off(self) -> CallOffState:
        return self.state(REF)

    def case(self, controller: str) -> ControllerState:
        return self.state(f"{REF}/{controller}")

    @property
    def deliveries(self) -> dict[str, DeliveryState]:
        return {name: self.state(name) for name in self.events if machine(name) == "delivery"}

    def grant(self) -> Grant | None:
        cases = {name: self.case(name) for name in self.call_off.controllers}
        return grant_today(REF, self.call_off, cases, account=self.account, today=self.now.date())

    def plan(self, controller: str, terms: SliceTerms | None = None) -> Digest:
        asked = self.versions[self.call_off.version]  # type: ignore[index]
        return digest(
            compile_slice(
                Question(
                    version=asked,
                    terms=terms or SliceTerms(),
                    controller=controller,
                    catalogue=CATALOGUE,
                    rule=RULE,
                    today=self.now.date(),
                )
            )
        )

    def do(self, actor: Actor, case: str, command: c.Command) -> tuple[Event, ...]:
        """The write path in memory: allowed? → transition → append."""
        state, standing = self.state(case), self.account
        agreed = standing.agreement
        own = case.rsplit("/", 1)[-1] if machine(case) == "controller case" else None
        parties = Parties(provider="provider", receiver="receiver" if agreed else "", controller=own)
        require(command, actor=actor, status=state.status, parties=parties, case=case)
        happened = transition(state, command, self._facts(actor, case, command))
        assert {event.type for event in happened} <= set(RULES[type(command)].events)
        if isinstance(command, c.Submit):
            self.versions[digest(command.version)] = command.version
        self.events.setdefault(case, []).extend(happened)
        self.caused.extend((actor, case, event) for event in happened)
        return happened

    def _facts(self, actor: Actor, case: str, command: c.Command) -> Facts:
        self.now += timedelta(seconds=1)
        around = CallOffState() if machine(case) == "account" else self.state(reference(case))
        plans: dict[str, Digest] = {}
        if isinstance(command, c.OpenControllers):
            plans = {name: self.plan(name) for name in around.controllers}
        if isinstance(command, c.Decide):
            terms = command_terms(command)
            plans = {case.rsplit("/", 1)[-1]: self.plan(case.rsplit("/", 1)[-1], terms)}
        way = "first"
        if isinstance(command, c.Submit) and around.version is not None:
            way = direction(self.versions[around.version], command.version, catalogue=CATALOGUE)
        return Facts(
            now=self.now,
            actor=actor,
            case=case,
            account=self.account,
            policy=POLICY,
            call_off=around,
            cases={name: self.case(name) for name in around.controllers},
            deliveries=self.deliveries,
            direction=way,
            slice_plans=plans,
            grant=self.grant(),
            file_digests=self.files.get(case, ()),
        )

    # --- the story's steps ---

    def begin(self) -> "World":
        """The agreement, adhesions, instructions, delegations, fresh lists."""
        self.do(OPERATOR, ACCOUNT, c.SignAgreement(
            provider="provider", provider_name="P", provider_key=KEYS["provider"].public, receiver="receiver",
            receiver_name="R", receiver_key=KEYS["receiver"].public, policy=digest(POLICY), rule=digest(RULE),
            general_purpose="statistics",
        ))  # fmt: skip
        for name in CONTROLLERS:
            self.do(OPERATOR, ACCOUNT, c.Adhere(
                controller=name, name=name, public_key=KEYS[name].public, competent_body="Council",
            ))  # fmt: skip
            self.do(OPERATOR, ACCOUNT, c.Delegate(
                controller=name, person=decider(name).person, valid_from=date(2026, 1, 1), valid_to=date(2027, 1, 1),
            ))  # fmt: skip
            self.do(decider(name), ACCOUNT, c.InstructMeasuring(controller=name, valid_to=date(2027, 1, 1)))
        self.refresh_lists()
        return self

    def refresh_lists(self) -> None:
        for name in ("protected", "objecting"):
            self.do(OPERATOR, ACCOUNT, c.RecordPersonList(list=name, as_of=self.now))

    def submit(self, made: p.CallOffVersion) -> None:
        self.do(APPLICANT, REF, c.Submit(version=made))

    def open(self) -> None:
        """Checks, intake, measurement, opening."""
        self.do(OPERATOR, REF, c.RecordFindings(findings=digest([]), notes=0, questions=0, stops=0))
        self.do(OPERATOR, REF, c.AcceptIntake())
        self.do(OPERATOR, REF, self.exposure())
        self.do(OPERATOR, REF, c.OpenControllers())

    def ask_all(self) -> None:
        """The same, and every controller is asked."""
        self.open()
        for name in self.call_off.controllers:
            self.do(OPERATOR, f"{REF}/{name}", c.Ask())

    def exposure(self, *controllers: str) -> c.RecordExposure:
        """The measured exposure of these controllers; of those that may be measured if none is named."""
        return c.RecordExposure(
            snapshot=digest([0]),
            report=digest([1]),
            requester_view=digest([2]),
            controller_views=tuple((name, digest([name])) for name in controllers or self.call_off.measured),
        )

    def decision(self, name: str, *, terms: SliceTerms | None = None, **changes: Any) -> Decision:
        """A sound decision of a controller, with changes."""
        case = self.case(name)
        made = Decision(
            call_off=REF,
            version=case.version or digest([]),
            controller=name,
            outcome="approved" if terms is None else "approved in part",
            slice_plan=self.plan(name, terms),
            seen=case.seen,
            terms=terms or SliceTerms(),
            reasons="" if terms is None else "Less will do.",
            decided_by=decider(name).person,
            decided_at=self.now,
            valid_from=self.now.date(),
            valid_to=self.now.date() + timedelta(days=200),
        )
        return replace(made, **changes)

    def decide(self, name: str, made: Decision | None = None) -> None:
        signed = KEYS[name].sign("decision", made or self.decision(name))
        self.do(decider(name), f"{REF}/{name}", c.Decide(signed=signed))

    def revocation(self, name: str, **changes: Any) -> Revocation:
        """A sound revocation of a controller, with changes."""
        made = Revocation(
            call_off=REF,
            controller=name,
            decision=self.case(name).decision or digest([]),
            reason="wrong",
            recall=False,
            decided_by=decider(name).person,
            decided_at=self.now,
        )
        return replace(made, **changes)

    def revoke(self, name: str, made: Revocation | None = None, *, recall: bool = False) -> None:
        signed = KEYS[name].sign("revocation", made or self.revocation(name, recall=recall))
        self.do(decider(name), f"{REF}/{name}", c.Revoke(signed=signed))

    def receipt(self, case: str, **changes: Any) -> Receipt:
        """A sound receipt for a delivery, with changes."""
        made = Receipt(
            manifest=self.state(case).manifest or digest([]),
            delivery=case,
            files=self.files.get(case, ()),
            place="inbox",
            received_by=CUSTODIAN.person,
            received_at=self.now,
        )
        return replace(made, **changes)

    def accept(self, case: str, made: Receipt | None = None, *, key: str = "receiver") -> None:
        signed = KEYS[key].sign("receipt", made or self.receipt(case))
        self.do(CUSTODIAN, case, c.AcceptReceipt(signed=signed))

    def deletion(self, case: str, **changes: Any) -> DeletionConfirmation:
        """A sound confirmation of deletion for a delivery, with changes."""
        made = DeletionConfirmation(
            manifest=self.state(case).manifest or digest([]),
            delivery=case,
            trigger="grant ended",
            method="removed",
            kept="nothing",
            deleted_by=CUSTODIAN.person,
            deleted_at=self.now,
        )
        return replace(made, **changes)

    def demand_deletion(self, case: str) -> None:
        """It is served no longer, and what left of it is due for deletion."""
        self.do(CLOCK, case, c.CloseGeneration(reason="the grant ended"))
        self.do(CLOCK, case, c.DemandDeletion(trigger="grant ended", controllers=CONTROLLERS))

    def confirm_deletion(self, case: str, made: DeletionConfirmation | None = None, *, key: str = "receiver") -> None:
        signed = KEYS[key].sign("deletion", made or self.deletion(case))
        self.do(CUSTODIAN, case, c.ConfirmDeletion(signed=signed))

    def manifest(
        self, *, built_on: Digest, key: Key = KEYS["provider"], made_at: datetime | None = None, case: str = ""
    ) -> c.RecordManifest:
        """A built generation of a delivery to record, with what the provider would sign of it."""
        moment = made_at or self.now
        signed = key.sign("manifest", {"delivery": case, "made_at": moment.isoformat()})
        return c.RecordManifest(
            signed=signed, made_at=moment, built_on=built_on, controllers=CONTROLLERS, files=1, rows=1
        )

    def plan_delivery(self, number: int = 1) -> str:
        """The next generation, planned: its case."""
        case = f"{REF}/delivery/{number}"
        self.do(OPERATOR, case, c.PlanDelivery(generation=number, snapshot=digest([0])))
        return case

    def build_first(self) -> str:
        """The first generation, planned and built: its case."""
        case = self.plan_delivery()
        self.files[case] = (("d.parquet", digest("d")),)
        self.do(OPERATOR, case, self.manifest(built_on=digest(self.grant())))
        return case

    def send_first(self) -> str:
        """The first generation, planned, built and handed over: its case."""
        case = self.build_first()
        self.do(OPERATOR, case, c.Send(channel="folder"))
        return case

    def activate(self) -> None:
        """Outcome, confirmation, countersigning."""
        self.do(CLOCK, REF, c.ReachOutcome())
        self.do(LEADER, REF, c.ConfirmSubset(statement="Still enough.", harmonised=True))
        granted = self.grant()
        assert granted is not None
        self.do(SECOND, REF, c.Countersign(grant=digest(granted)))


def command_terms(command: c.Decide) -> SliceTerms:
    """The terms within a signed decision."""
    decision: Decision = read(Decision, command.signed.body, what="decision")
    return decision.terms
