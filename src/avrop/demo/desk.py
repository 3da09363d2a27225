"""A controller's desk in the story: its own installation, if it has one, or its people with the controller's key."""

from dataclasses import dataclass
from typing import cast

from avrop.actions import witness
from avrop.actions.forms import Advice, Answer, Proposal, TakingBack
from avrop.actions.remote import Remote
from avrop.actors import Actor
from avrop.canonical import build
from avrop.demo.scene import Scene
from avrop.governance.slices import SliceTerms


@dataclass(frozen=True, kw_only=True)
class Desk:
    """`own` calls the controller's installation, which calls the provider; without one `provider` is called."""

    provider: Remote
    own: Remote | None

    def look(self, who: Actor, ref: str) -> Proposal:
        """What the controller is asked to let out."""
        if self.own is None:
            return witness.look(self.provider, who, ref)
        told = self.own.ask(who, "POST", f"api/v1/witness/call-offs/{ref}/slice", SliceTerms())
        return cast("Proposal", build(Proposal, told, what="The proposal"))

    def answer(self, who: Actor, ref: str, meant: Answer) -> None:
        """Sign and hand in."""
        if self.own is None:
            witness.answer(self.provider, who, ref, meant)
        else:
            self.own.ask(who, "POST", f"api/v1/witness/call-offs/{ref}/decision", meant)

    def advise(self, who: Actor, ref: str, *, advice: str, text: str) -> None:
        """Hand in the data protection officer's advice."""
        if self.own is None:
            witness.advise(self.provider, who, ref, advice=advice, text=text)
        else:
            self.own.ask(who, "POST", f"api/v1/witness/call-offs/{ref}/advice", Advice(advice=advice, text=text))

    def take_back(self, who: Actor, ref: str, *, reason: str, recall: bool) -> None:
        """Sign and hand in a revocation."""
        if self.own is None:
            witness.take_back(self.provider, who, ref, reason=reason, recall=recall)
        else:
            form = TakingBack(reason=reason, recall=recall)
            self.own.ask(who, "POST", f"api/v1/witness/call-offs/{ref}/revocation", form)

    def watch(self, who: Actor) -> int | None:
        """Check the whole account alone and countersign it: how many entries, 0 if it is not sound; None if the
        controller has no installation of its own to do that with."""
        return None if self.own is None else int(self.own.ask(who, "POST", "api/v1/witness/watch")["countersigned"])


def desk(scene: Scene, controller: str) -> Desk:
    """The desk of that controller."""
    own = scene.parts.get(f"witness_{controller}")
    return Desk(
        provider=scene.as_controller(controller, scene.parts["provider"]),
        own=scene.as_controller(controller, own) if own else None,
    )
