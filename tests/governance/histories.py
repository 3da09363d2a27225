"""Plays anything anybody may try on a world, keeps the model beside it, and holds every step to the invariants."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from avrop.actors import CLOCK, Actor, OrganisationId, PersonId, Role
from avrop.canonical import digest
from avrop.errors import AvropError
from avrop.governance import commands as c
from avrop.governance import events as e
from avrop.governance import purposes as p
from avrop.governance.cases import ACCOUNT, machine
from avrop.governance.slices import Coarsening, SliceTerms
from avrop.verifier.machines import STEPS, follow
from tests.governance.model import Answer, Asked, Model, Sent
from tests.governance.world import (
    APPLICANT,
    CONTROLLERS,
    CUSTODIAN,
    KEYS,
    LEADER,
    OPERATOR,
    REF,
    SECOND,
    World,
    decider,
    version,
    wanted,
)

LEVELS = ("full", "four", "two")
STARTS = ("asked", "narrowed", "widened", "decided", "too few", "active", "sent", "nothing")
"""From where a history goes on: `narrowed` and `widened` are asked anew after all had said yes."""
FIRST = Asked(1, False, date(2024, 1, 1))
TERMS = (
    None,
    SliceTerms(coarsen=(Coarsening(dataset="EVENTS", variable="CODE", level="two"),)),
    SliceTerms(period_start=date(2025, 1, 1)),
)
MINIMUM = 2


def officer(controller: str) -> Actor:
    """A controller's data protection officer."""
    return Actor(person=PersonId(f"o@{controller}"), organisation=OrganisationId(controller), role=Role.DPO)


def impostors(name: str) -> list[Actor]:
    """Everybody who may not decide for this controller, and a few who say that they may."""
    others = [decider(x) for x in CONTROLLERS if x != name]
    ours = [replace(decider(name), role=role) for role in Role if role is not Role.DECIDER]
    return [*others, *ours, OPERATOR, SECOND, APPLICANT, LEADER, CUSTODIAN, CLOCK, replace(decider(name), person="x")]


class Player:
    """One history. Each method tries one thing; a refusal is as good as a success."""

    def __init__(self, world: World, *, start: str = "nothing") -> None:
        self.world, self.model = world, Model(minimum=MINIMUM)
        self.reached: Counter[str] = Counter()
        self.states: dict[str, str] = {}
        self.signed: dict[str, tuple[str, str]] = {}
        self._seen = 0
        self._before: set[str] = set()
        world.begin()
        self.model.lists = world.account.lists["protected"]
        self._play_to(start)

    def _play_to(self, start: str) -> None:
        if start == "nothing":
            return
        self._open_and_ask(FIRST)
        if start != "asked":
            for name, terms in zip(CONTROLLERS, TERMS, strict=True):  # as asked, coarser, shorter
                self.decide(name, terms, yes=name == CONTROLLERS[0] or start != "too few")
        if start == "too few":
            self.reach_outcome()
        if start in ("narrowed", "widened"):
            self._open_and_ask(replace(FIRST, level=2) if start == "narrowed" else replace(FIRST, extra=True))
        if start in ("active", "sent"):
            self.reach_outcome()
            self.confirm()
            self.countersign()
        if start == "sent":
            self.plan()
            self.build()
            self.send()

    def _open_and_ask(self, asked: Asked) -> None:
        self.submit(asked)
        self.open()
        for name in CONTROLLERS:
            self.ask(name)

    # --- trying ---

    def try_(self, actor: Actor, case: str, command: c.Command) -> tuple[e.Event, ...] | None:
        """What happened, or None if it was refused."""
        try:
            return self.world.do(actor, case, command)
        except AvropError as no:
            self.reached[f"refused {no.code}"] += 1
            return None

    def submit(self, asked: Asked) -> None:
        variables = (wanted("CODE", LEVELS[asked.level]), *((wanted("EXTRA"),) if asked.extra else ()))
        made = version(
            self.model.number + 1,
            variables=variables,
            period=replace(version().period, start=asked.start),
            coverage=p.Coverage(minimum_controllers=MINIMUM, consequence="none"),
        )
        if self.try_(APPLICANT, REF, c.Submit(version=made)):
            self.model.submit(digest(made), asked)

    def open(self) -> None:
        """Checks, intake, measurement, and the opening of the cases."""
        happened = [
            self.try_(OPERATOR, REF, c.RecordFindings(findings=digest([]), notes=0, questions=0, stops=0)),
            self.try_(OPERATOR, REF, c.AcceptIntake()),
            self.try_(OPERATOR, REF, self.world.exposure()),
            self.try_(OPERATOR, REF, c.OpenControllers()),
        ]
        if happened[-1]:
            self.model.opened = self.model.number

    def ask(self, name: str) -> None:
        happened = self.try_(OPERATOR, f"{REF}/{name}", c.Ask())
        if happened:
            assert self.model.opened == self.model.number, "asked on what was not opened"
            assert self.model.asked.get(name) != self.model.number, "asked twice on one version"
            assert [x.type for x in happened] == [self.model.ask(name)], "invariant 4: the wrong notice"

    def advise(self, name: str) -> None:
        before = self.world.grant()
        self.try_(officer(name), f"{REF}/{name}", c.Advise(advice="advises against", text="No."))
        assert self.world.grant() == before

    def decide(self, name: str, terms: SliceTerms | None = None, *, days: int = 200, yes: bool = True) -> None:
        changes: dict[str, Any] = {"valid_to": self.world.now.date() + timedelta(days=days)}
        if not yes:
            changes |= {"outcome": "rejected", "reasons": "No."}
        try:
            made = self.world.decision(name, terms=terms if yes else None, **changes)
        except (AvropError, KeyError):  # nothing was submitted to decide on, or the terms no longer narrow it
            return
        signed = KEYS[name].sign("decision", made)
        if self.try_(decider(name), f"{REF}/{name}", c.Decide(signed=signed)):
            assert name in self.model.waiting, "it was not asked"
            assert self.model.asked[name] == self.model.number == self.model.opened, "not on the version that stands"
            sealed = digest(signed)
            self.signed[sealed] = (name, made.slice_plan)
            self.model.answer(
                name,
                Answer(yes, self.model.number, self.world.plan(name, made.terms), sealed, made.valid_to),
            )

    def decide_all(self, terms: SliceTerms | None = None, *, yes: tuple[bool, ...] = (True, True, True)) -> None:
        for name, said in zip(CONTROLLERS, yes, strict=True):
            self.decide(name, terms, yes=said)

    def decide_for_another(self, name: str, key: str) -> None:
        """Whoever it is, with whichever key: nothing is decided. Also not by the right person with another's key."""
        before = self.world.case(name)
        for actor in [*impostors(name), *([] if key == name else [decider(name)])]:
            for by in (actor.person, decider(name).person):
                made = self.world.decision(name, decided_by=by)
                signed = KEYS[key].sign("decision", made)
                assert self.try_(actor, f"{REF}/{name}", c.Decide(signed=signed)) is None, actor
        assert self.world.case(name) == before

    def lapse(self, name: str) -> None:
        if self.try_(CLOCK, f"{REF}/{name}", c.Lapse()):
            self.model.silent(name)

    def reach_outcome(self) -> None:
        happened = self.try_(CLOCK, REF, c.ReachOutcome())
        for event in happened or ():
            assert isinstance(event, e.OutcomeReached)
            assert tuple(sorted(event.approved)) == self.model.approved(), "an approval that nobody gave"
            enough = len(event.approved) >= self.model.minimum
            assert (event.outcome == "ready") is enough, "fewer than the call-off needs"
            self.reached[f"outcome {event.outcome}"] += 1
            self.model.outcome = tuple(event.approved) if enough else None

    def confirm(self) -> None:
        happened = self.try_(LEADER, REF, c.ConfirmSubset(statement="Still enough.", harmonised=True))
        if happened:
            assert self.model.outcome is not None, "there was no outcome to confirm"
            today = self.world.now.date()
            holding = [name for name in self.model.approved() if today < self.model.answers[name].valid_to]
            self.model.confirmed = tuple(name for name in holding if name in self.model.outcome)
            assert len(self.model.confirmed) >= self.model.minimum, "fewer than the call-off needs"

    def countersign(self, by: Actor = SECOND) -> None:
        today = self.world.grant()
        if today is None:
            return
        if self.try_(by, REF, c.Countersign(grant=digest(today))):
            assert self.model.confirmed is not None and by != OPERATOR
            self.model.active = True

    def refresh(self) -> None:
        for name in ("protected", "objecting"):
            assert self.try_(OPERATOR, ACCOUNT, c.RecordPersonList(list=name, as_of=self.world.now))
        self.model.lists = self.world.account.lists["protected"]

    def plan(self) -> None:
        number = len(self.model.generations) + 1
        case, grant = f"{REF}/delivery/{number}", self._grant()
        if self.try_(OPERATOR, case, c.PlanDelivery(generation=number, snapshot=digest([0]))):
            assert self.model.active and grant is not None and not self.model.ended
            assert self.model.fresh(self.world.now), "planned with old lists"
            assert not any(x.open for x in self.model.generations.values()), "two at once"
            self.model.generations[case] = Sent(grant)
            self.world.files[case] = ((f"{number}.parquet", digest(number)),)

    def build(self, *, on_another: bool = False) -> None:
        """What was run is what today's grant names, sealed to what each controller decided (invariant 5)."""
        for case, sent in self.model.generations.items():
            built_on = digest(["another"]) if on_another else sent.grant
            happened = self.try_(OPERATOR, case, self.world.manifest(built_on=built_on, case=case))  # type: ignore[arg-type]
            for event in happened or ():
                assert isinstance(event, e.ManifestSigned)
                assert event.grant == built_on == sent.grant == self._grant(), "built on what nobody grants today"
                assert sent.open and not sent.built and self.model.fresh(self.world.now)
                sent.built = True

    def send(self) -> None:
        for case, sent in self.model.generations.items():
            ways = (self.try_(OPERATOR, case, c.Send(channel=channel)) for channel in ("folder", "csv"))
            for event in (event for way in ways for event in way or ()):
                assert isinstance(event, e.GenerationSent)
                assert sent.open and sent.built, "handed over after it was closed, or before it was built"
                assert event.grant == sent.grant == self._grant(), "handed over on what nobody grants today"
                assert self.model.fresh(self.world.now)

    def accept_receipt(self) -> None:
        for case in self.model.generations:
            signed = KEYS["receiver"].sign("receipt", self.world.receipt(case))
            self.try_(CUSTODIAN, case, c.AcceptReceipt(signed=signed))

    def close(self) -> None:
        """As the job does: what today's grant no longer covers, or what has old lists."""
        for case, sent in self.model.generations.items():
            covered = sent.grant == self._grant() and self.model.fresh(self.world.now)
            if sent.open and not covered:
                assert self.try_(CLOCK, case, c.CloseGeneration(reason="not covered")), "it could not be closed"
                sent.open = False

    def delete(self) -> None:
        """As the job does: of what is no longer served."""
        for case in (name for name, sent in self.model.generations.items() if not sent.open):
            self.try_(CLOCK, case, c.DemandDeletion(trigger="grant ended", controllers=CONTROLLERS))
            signed = KEYS["receiver"].sign("deletion", self.world.deletion(case))
            self.try_(CUSTODIAN, case, c.ConfirmDeletion(signed=signed))

    def revoke(self, name: str, *, recall: bool = False) -> None:
        try:
            self.world.revoke(name, recall=recall)
        except AvropError as no:
            self.reached[f"refused {no.code}"] += 1
            return
        if any(part == name for part, _ in self.model.in_force(self.world.now.date())):
            self.reached["revoked out of a grant"] += 1
        self.model.revoke(name)

    def end(self) -> None:
        """As the job does: nothing is granted any more."""
        if self._grant() is None and self.try_(CLOCK, REF, c.EndCallOff(reason="all revoked")):
            self.model.ended = True

    def pass_time(self, days: int) -> None:
        before = self.model.in_force(self.world.now.date())
        self.world.now += timedelta(days=days)
        if len(self.model.in_force(self.world.now.date())) < len(before):
            self.reached["expired out of a grant"] += 1

    def _grant(self) -> str | None:
        return self.model.grant(REF, self.world.now.date())

    # --- what must hold after every step ---

    def check(self) -> None:
        """The invariants, over what happened since the last step."""
        self._grant_is_the_models()
        for actor, case, event in self.world.caused[self._seen :]:
            self.reached[event.type] += 1
            self._by_the_right_one(actor, case, event)
            self._legal_for_the_verifier(actor, case, event)
        self._seen = len(self.world.caused)

    def _grant_is_the_models(self) -> None:
        """Exactly what was decided on the version that stands, neither revoked nor expired, and no more (3, 4, 5)."""
        granted, today = self.world.grant(), self.world.now.date()
        parts = [(x.controller, x.slice_plan, x.decision) for x in granted.slices] if granted else []
        assert parts == [(name, x.plan, x.decision) for name, x in self.model.in_force(today)]
        assert (digest(granted) if granted else None) == self._grant()
        for name, plan, sealed in parts:
            assert self.signed[sealed] == (name, plan)

    def _by_the_right_one(self, actor: Actor, case: str, event: e.Event) -> None:
        if isinstance(event, e.ControllerDecided):
            own = case.rsplit("/", 1)[-1]
            assert (actor.organisation, actor.role) == (own, Role.DECIDER), "invariant 3: by another"
            assert self.signed[event.decision][0] == own
        if actor == CLOCK:
            assert not isinstance(event, e.ControllerDecided | e.SubsetConfirmed | e.GrantCountersigned), "invariant 3"

    def _legal_for_the_verifier(self, actor: Actor, case: str, event: e.Event) -> None:
        """What the write path records is in order for those who check it alone, by a table of their own."""
        step, state = STEPS[event.type], self.states.get(case, "none")
        after = follow(state, event.type, str(getattr(event, "outcome", "")))
        assert after is not None, f"{event.type} in '{state}'"
        assert (machine(case), str(actor.role)) == (step.machine, step.role)
        self.states[case] = after
