"""A small model of who lets what out, kept from what was done and by nothing of the code under test.

It knows versions by three numbers, answers by whom and what for, and of a call-off only whether it was opened, confirmed,
countersigned or ended.
"""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

LISTS_FRESH = timedelta(hours=24)


@dataclass(frozen=True)
class Asked:
    """What a version asks for: how coarse the code is (0 finest), whether another variable too, and since when."""

    level: int
    extra: bool
    start: date

    def within(self, other: "Asked") -> bool:
        """Whether this asks for nothing that the other did not."""
        return self.level >= other.level and self.extra <= other.extra and self.start >= other.start


@dataclass(frozen=True)
class Answer:
    """A controller's answer that counts: on which version, sealed to which plan, by which signed document, and until."""

    yes: bool
    number: int
    plan: str
    decision: str
    valid_to: date


@dataclass
class Sent:
    """One generation: the grant that it was planned on, and whether it may still leave."""

    grant: str
    open: bool = True
    built: bool = False


@dataclass
class Model:
    """Invariants 3, 4 and 5 need no more than this."""

    minimum: int
    versions: list[tuple[str, Asked]] = field(default_factory=list)
    opened: int = 0
    wider: bool = False
    asked: dict[str, int] = field(default_factory=dict)
    waiting: set[str] = field(default_factory=set)
    answers: dict[str, Answer] = field(default_factory=dict)
    to_be_told: set[str] = field(default_factory=set)
    outcome: tuple[str, ...] | None = None
    confirmed: tuple[str, ...] | None = None
    active: bool = False
    ended: bool = False
    lists: datetime | None = None
    generations: dict[str, Sent] = field(default_factory=dict)

    @property
    def number(self) -> int:
        """The version that stands."""
        return len(self.versions)

    def submit(self, digest: str, asked: Asked) -> None:
        """A version more. What was wider than anything the controllers saw stays wider until they are asked again."""
        unseen = self.opened != self.number
        before = self.versions[-1][1] if self.versions else asked
        self.wider = (self.wider and unseen) or not asked.within(before)
        self.versions.append((digest, asked))
        self.outcome = None

    def ask(self, name: str) -> str:
        """The controller is asked on the version that stands; gives what it must be told. No answer counts any more."""
        had_said_yes = name in self.to_be_told
        kind = "ControllerAsked"
        if had_said_yes:
            kind = "DecisionVoided" if self.wider else "ReaffirmationAsked"
        if had_said_yes and self.wider:
            self.to_be_told.discard(name)
        self.asked[name] = self.number
        self.answers.pop(name, None)
        self.waiting.add(name)
        return kind

    def answer(self, name: str, answer: Answer) -> None:
        """The controller itself answered."""
        self.waiting.discard(name)
        self.answers[name] = answer
        (self.to_be_told.add if answer.yes else self.to_be_told.discard)(name)

    def silent(self, name: str) -> None:
        """Nothing was said in time."""
        self.waiting.discard(name)
        self.to_be_told.discard(name)

    def revoke(self, name: str) -> None:
        """Taken back, for good."""
        self.answers.pop(name, None)
        self.to_be_told.discard(name)

    def approved(self) -> tuple[str, ...]:
        """Who has said yes to the version that stands."""
        return tuple(name for name, x in sorted(self.answers.items()) if x.yes and x.number == self.number)

    def in_force(self, today: date) -> tuple[tuple[str, Answer], ...]:
        """Whose slices may leave today."""
        if self.confirmed is None or self.ended:
            return ()
        named = [name for name in self.approved() if name in self.confirmed]
        return tuple((name, self.answers[name]) for name in named if today < self.answers[name].valid_to)

    def grant(self, reference: str, today: date) -> str | None:
        """The digest of what may leave today, written out by hand."""
        slices = [
            {"controller": name, "decision": x.decision, "slice_plan": x.plan} for name, x in self.in_force(today)
        ]
        if not slices:
            return None
        said = {"call_off": reference, "format": 1, "slices": slices, "version": self.versions[-1][0]}
        text = json.dumps(said, sort_keys=True, separators=(",", ":"))
        return "sha256:" + hashlib.sha256(text.encode()).hexdigest()

    def fresh(self, now: datetime) -> bool:
        """Whether the lists of people to leave out are young enough."""
        return self.lists is not None and now - self.lists <= LISTS_FRESH
