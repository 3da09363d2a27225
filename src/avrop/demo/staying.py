"""After the story: the installations stay up, with their addresses, until somebody stops them."""

import time
from contextlib import suppress

from avrop.demo.scene import CLIENT, Scene
from avrop.demo.teller import Teller


def stay(scene: Scene, teller: Teller) -> None:
    """Print where each installation is and who its people are, and wait for Ctrl-C."""
    rows = [(part.name, part.organisation, ", ".join(part.faces), part.url) for part in scene.parts.values()]
    teller.table("Installations", ("name", "whose", "faces", "address"), rows)
    teller.say(f"The provider's catalogue, as pages: {scene.parts['provider'].url}")
    people = [
        (person, ", ".join(roles)) for party in _parties(scene) for person, roles in party["people"].items()
    ]  # fmt: skip
    teller.table("Their people", ("account", "roles"), people)
    teller.say(f'A token of any of them, or of {CLIENT}: POST {scene.issuer.url}/token with {{"persona": …}} as JSON.')
    teller.say("The installations stay up. Ctrl-C ends them.")
    with suppress(KeyboardInterrupt):
        while True:
            time.sleep(3600)


def _parties(scene: Scene) -> list[dict[str, dict[str, list[str]]]]:
    return [scene.parties["provider"], scene.parties["receiver"], *scene.controllers]
