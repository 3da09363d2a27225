"""Random histories: whatever is tried, in whatever order, from wherever a call-off stands, the invariants hold."""

from collections import Counter
from datetime import date

import pytest
from hypothesis import seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from avrop.governance.slices import SliceTerms
from tests.examples import examples
from tests.governance.histories import STARTS, TERMS, Player
from tests.governance.model import Asked, Model
from tests.governance.world import CONTROLLERS, KEYS, OPERATOR, SECOND, World

names = st.sampled_from(CONTROLLERS)
asked = st.builds(
    Asked,
    st.integers(0, 2),
    st.booleans(),
    st.sampled_from([date(2024, 1, 1), date(2025, 1, 1)]),
)


ANSWERS = ((True, True, True), (True, False, False), (False, False, False), (True, False, True))


class Histories(RuleBasedStateMachine):
    """Each rule tries something; what may come of it is the model's to say."""

    @initialize(start=st.sampled_from(STARTS))
    def begin(self, start: str) -> None:
        self.player = Player(self.world(), start=self.always or start)

    always: str | None = None
    """The one start of all these histories, if there is one."""

    def world(self) -> World:
        """Where the history happens."""
        return World()

    def model(self) -> Model:
        """What the player knows."""
        return self.player.model

    # Rules that can succeed as things stand; `anything` below tries each of them out of turn.

    @precondition(lambda self: self.model().confirmed is None)
    @rule(asked=asked)
    def submit(self, asked: Asked) -> None:
        self.player.submit(asked)

    @precondition(lambda self: self.model().opened != self.model().number)
    @rule(only=st.sampled_from([*CONTROLLERS, None]))
    def open_and_ask(self, only: str | None) -> None:
        self.player.open()
        for name in CONTROLLERS if only is None else (only,):
            self.player.ask(name)

    @precondition(lambda self: self.model().waiting)
    @rule(name=names, terms=st.sampled_from(TERMS), days=st.sampled_from([1, 30, 200]), yes=st.booleans())
    def decide(self, name: str, terms: SliceTerms | None, days: int, yes: bool) -> None:
        self.player.decide(name, terms, days=days, yes=yes)

    @precondition(lambda self: self.model().waiting)
    @rule(terms=st.sampled_from(TERMS), yes=st.sampled_from(ANSWERS))
    def all_decide(self, terms: SliceTerms | None, yes: tuple[bool, ...]) -> None:
        self.player.decide_all(terms, yes=yes)
        self.player.reach_outcome()

    @precondition(lambda self: self.model().number)
    @rule(name=names, key=st.sampled_from(sorted(KEYS)))
    def decide_for_another(self, name: str, key: str) -> None:
        self.player.decide_for_another(name, key)

    @precondition(lambda self: self.model().waiting)
    @rule(name=names)
    def advise(self, name: str) -> None:
        self.player.advise(name)

    @precondition(lambda self: self.model().waiting)
    @rule(name=names)
    def silence(self, name: str) -> None:
        self.player.pass_time(15)
        self.player.decide(name)
        for name in CONTROLLERS:
            self.player.lapse(name)
        self.player.reach_outcome()

    @rule(days=st.sampled_from([1, 40, 250]))
    def time_passes(self, days: int) -> None:
        self.player.pass_time(days)

    @precondition(lambda self: self.model().opened and self.model().confirmed is None)
    @rule()
    def reach_outcome(self) -> None:
        self.player.reach_outcome()

    @precondition(lambda self: self.model().outcome and self.model().confirmed is None)
    @rule()
    def confirm_and_countersign(self) -> None:
        self.player.confirm()
        self.player.countersign(OPERATOR)
        self.player.countersign(SECOND)

    @precondition(lambda self: self.model().active and not self.model().ended)
    @rule(fresh=st.booleans())
    def plan(self, fresh: bool) -> None:
        if fresh:
            self.player.refresh()
        self.player.plan()

    @precondition(lambda self: any(x.open and not x.built for x in self.model().generations.values()))
    @rule(on_another=st.booleans())
    def build(self, on_another: bool) -> None:
        self.player.build(on_another=on_another)

    @precondition(lambda self: any(x.built for x in self.model().generations.values()))
    @rule()
    def send(self) -> None:
        self.player.send()

    @precondition(lambda self: any(x.built for x in self.model().generations.values()))
    @rule()
    def accept_receipt(self) -> None:
        self.player.accept_receipt()

    @precondition(lambda self: any(x.open for x in self.model().generations.values()))
    @rule(days=st.sampled_from([0, 2]))
    def close(self, days: int) -> None:
        self.player.pass_time(days)
        self.player.send()
        self.player.close()
        self.player.refresh()
        self.player.send()

    @precondition(lambda self: any(not x.open for x in self.model().generations.values()))
    @rule()
    def delete(self) -> None:
        self.player.delete()

    @precondition(lambda self: self.model().to_be_told)
    @rule(name=names, recall=st.booleans())
    def revoke(self, name: str, recall: bool) -> None:
        self.player.revoke(name, recall=recall)
        self.player.build()
        self.player.send()
        if recall:
            self.player.close()
            self.player.delete()

    @precondition(lambda self: self.model().confirmed and not self.model().ended)
    @rule(long=st.booleans())
    def end_if_nothing_is_granted(self, long: bool) -> None:
        self.player.pass_time(250 if long else 0)
        self.player.end()

    @rule(name=names, number=st.integers(0, 13))
    def anything(self, name: str, number: int) -> None:
        """Whatever stands: refused or not, the invariants decide."""
        player = self.player
        tries = (
            lambda: player.submit(Asked(0, True, date(2024, 1, 1))), player.open, lambda: player.ask(name),
            lambda: player.decide(name), lambda: player.lapse(name), player.reach_outcome, player.confirm,
            player.countersign, player.plan, player.build, player.send, player.accept_receipt, player.delete,
            lambda: player.revoke(name),
        )  # fmt: skip
        tries[number]()

    @invariant()
    def they_hold(self) -> None:
        self.player.check()


Histories.TestCase.settings = examples(40, stateful_step_count=25)
TestHistories = pytest.mark.property(Histories.TestCase)

REACHED = {
    "ControllerAsked", "AdviceGiven", "ControllerDecided", "ControllerLapsed", "DecisionVoided", "ReaffirmationAsked",
    "SliceRevoked", "OutcomeReached", "SubsetConfirmed", "GrantCountersigned", "CallOffEnded", "DeliveryPlanned",
    "ManifestSigned", "GenerationSent", "ReceiptAccepted", "GenerationClosed", "DeletionDue", "DeletionConfirmed",
    "outcome ready", "outcome coverage hold", "outcome no grant", "revoked out of a grant", "expired out of a grant",
    "refused delivery.closed", "refused delivery.grant_changed", "refused lists.stale", "refused delivery.one_open",
    "refused grant.same_operator", "refused decision.signature", "refused rules.role", "refused rules.organisation",
    "refused decision.too_late", "refused outcome.open_cases",
}  # fmt: skip
"""What a history may lead to, and what may be refused on the way."""


@pytest.mark.slow
def test_the_histories_reach_what_they_are_about() -> None:
    """The same histories at every run (a seed for each start), counted: each thing happens in several of them."""
    reached: Counter[str] = Counter()
    few = settings(Histories.TestCase.settings, database=None, max_examples=20)
    for number, start in enumerate(STARTS):

        class Counted(Histories):
            always = start

            def teardown(self) -> None:
                self.player.check()
                reached.update(self.player.reached.keys())

        run_state_machine_as_test(seed(number)(Counted), settings=few)
    assert {name: reached[name] for name in sorted(REACHED) if reached[name] < 2} == {}
