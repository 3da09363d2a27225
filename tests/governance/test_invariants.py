"""Random histories: whatever is tried, in whatever order, the invariants hold after every step."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from avrop.actors import CLOCK
from avrop.canonical import digest, read
from avrop.errors import AvropError
from avrop.governance import commands as c
from avrop.governance import events as e
from avrop.governance.cases import fold
from avrop.governance.controllercase import APPROVING
from avrop.governance.decisions import Decision
from avrop.governance.slices import Coarsening, SliceTerms
from tests.governance.world import (
    CONTROLLERS,
    KEYS,
    LEADER,
    OPERATOR,
    REF,
    SECOND,
    World,
    command_terms,
    decider,
    version,
    wanted,
)

names = st.sampled_from(CONTROLLERS)
TERMS = st.sampled_from(
    [
        None,
        SliceTerms(coarsen=(Coarsening(dataset="EVENTS", variable="CODE", level="two"),)),
        SliceTerms(period_start=date(2025, 1, 1)),
    ]
)
VARIABLES = st.sampled_from(
    [
        (wanted("CODE", "full"),),
        (wanted("CODE", "four"),),
        (wanted("CODE", "two"),),
        (wanted("CODE", "four"), wanted("EXTRA")),
    ]
)


class Histories(RuleBasedStateMachine):
    """Each rule tries something; a refusal is as good as a success, the invariants decide."""

    @initialize()
    def begin(self) -> None:
        self.world = World().begin()
        self.decided: dict[str, Decision] = {}
        self.events_before: dict[str, int] = {}

    def _try(self, actor, case: str, command: c.Command) -> bool:
        try:
            return bool(self.world.do(actor, case, command))
        except AvropError:
            return False

    @rule(variables=VARIABLES, start=st.sampled_from([date(2024, 1, 1), date(2025, 1, 1)]))
    def submit(self, variables, start) -> None:
        period = replace(version().period, start=start)
        made = version(self.world.call_off.number + 1, variables=variables, period=period)
        try:
            self.world.submit(made)
        except AvropError:
            return

    @rule()
    def ask(self) -> None:
        try:
            self.world.ask_all()
        except AvropError:
            return

    @rule(name=names, terms=TERMS)
    def decide(self, name, terms) -> None:
        try:
            made = self.world.decision(name, terms=terms)
            self.world.decide(name, made)
        except (AvropError, KeyError):
            return
        self.decided[name] = made

    @rule(name=names, other=names)
    def decide_for_another(self, name, other) -> None:
        if name == other or self.world.call_off.version is None:
            return
        before = self.world.case(name)
        signed = KEYS[other].sign("decision", self.world.decision(name, decided_by=decider(other).person))
        for actor in (decider(other), OPERATOR, CLOCK, LEADER):
            assert not self._try(actor, f"{REF}/{name}", c.Decide(signed=signed))
        assert self.world.case(name) == before

    @rule(name=names)
    def reject(self, name) -> None:
        try:
            self.world.decide(name, self.world.decision(name, outcome="rejected", reasons="No."))
        except (AvropError, KeyError):
            return

    @rule(days=st.integers(0, 40))
    def time_passes(self, days) -> None:
        self.world.now += timedelta(days=days)
        for name in CONTROLLERS:
            self._try(CLOCK, f"{REF}/{name}", c.Lapse())
        self._try(CLOCK, REF, c.ReachOutcome())

    @rule(name=names, recall=st.booleans())
    def revoke(self, name, recall) -> None:
        try:
            self.world.revoke(name, recall=recall)
        except AvropError:
            return

    @rule()
    def activate(self) -> None:
        self._try(CLOCK, REF, c.ReachOutcome())
        self._try(LEADER, REF, c.ConfirmSubset(statement="Still enough.", harmonised=True))
        granted = self.world.grant()
        if granted is not None:
            self._try(SECOND, REF, c.Countersign(grant=digest(granted)))

    @rule()
    def deliver(self) -> None:
        try:
            self.world.refresh_lists()
        except AvropError:
            return
        number = len(self.world.deliveries) + 1
        case = f"{REF}/delivery/{number}"
        granted = self.world.grant()
        if granted is None or not self._try(OPERATOR, case, c.PlanDelivery(generation=number, snapshot=digest([0]))):
            return
        assert self._try(OPERATOR, case, self.world.manifest(built_on=digest(granted)))

    @rule()
    def close_what_is_no_longer_covered(self) -> None:
        granted = self.world.grant()
        for case, delivery in self.world.deliveries.items():
            if delivery.open and (granted is None or digest(granted) != delivery.grant):
                assert self._try(CLOCK, case, c.CloseGeneration(reason="not covered"))

    @invariant()
    def the_clock_never_approves(self) -> None:
        """Invariant 3."""
        assert not any(isinstance(event, e.ControllerDecided) for event in self.world.by_clock)

    @invariant()
    def the_grant_is_what_its_controllers_signed_on_the_version_that_stands(self) -> None:
        """Invariants 1 and 5 on the governance side: every slice is sealed by that controller's own last decision."""
        granted = self.world.grant()
        for part in granted.slices if granted else ():
            made = self.decided[part.controller]
            signed = KEYS[part.controller].sign("decision", made)
            assert part.decision == digest(signed)
            assert part.slice_plan == made.slice_plan == self.world.plan(part.controller, made.terms)
            assert made.version == self.world.call_off.version
            assert self.world.case(part.controller).status in APPROVING

    @invariant()
    def nothing_is_approved_on_an_older_version_without_notice(self) -> None:
        """Invariant 4: a decision on an older version is never in the grant; and once the controllers are asked again,
        a wider version has voided it and a narrower one has asked to reaffirm."""
        for name in CONTROLLERS:
            case = self.world.case(name)
            if case.status in APPROVING and case.version is not None:
                assert case.decided_version == case.version

    @invariant()
    def replaying_gives_the_same_state(self) -> None:
        """Invariant 9, first half: the state is the fold of the events, in any split."""
        for case, happened in self.world.events.items():
            half = len(happened) // 2
            assert fold(case, [*happened[:half], *happened[half:]]) == self.world.state(case)

    @invariant()
    def a_closed_generation_stays_closed(self) -> None:
        for case, happened in self.world.events.items():
            kinds = [event.type for event in happened]
            if "GenerationClosed" in kinds:
                assert not self.world.state(case).open
                assert "GenerationSent" not in kinds[kinds.index("GenerationClosed") :]


Histories.TestCase.settings = settings(
    max_examples=40, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
TestHistories = Histories.TestCase


def test_the_world_reads_terms_from_the_signed_decision() -> None:
    world = World().begin()
    world.submit(version())
    world.ask_all()
    terms = SliceTerms(period_start=date(2025, 1, 1))
    signed = KEYS["A"].sign("decision", world.decision("A", terms=terms))
    assert command_terms(c.Decide(signed=signed)) == terms
    assert read(Decision, signed.body, what="decision").terms == terms
