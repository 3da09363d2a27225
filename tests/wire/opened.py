"""The story up to its first open generation, dated so that it is valid on the day of the test: other people's tools
look at the machine's clock."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from avrop.actions import decide
from avrop.actors import Role
from avrop.catalogue.packform import Pack
from avrop.demo import asking, deciding, delivering, opening
from avrop.demo.scene import Scene, open_scene
from avrop.packs import load_pack
from tests.scenes import ASKED, quiet
from tests.sources import PROFILE, place

BEFORE = timedelta(days=75)
"""How long before the test the story begins: the silent controller's time limit must have passed."""
MARGIN = timedelta(minutes=30)
"""How far the story's clock stays behind: what is dated by it is not of a day to come if a test sets its own back."""


@contextmanager
def open_today(home: Path, fresh_database: Callable[[str], str]) -> Iterator[Scene]:
    """Two installations with an open generation; the story's clock stands a little behind the machine's."""
    now = datetime.now(UTC)
    begins = now - BEFORE
    place(home)
    (home / "clock.txt").write_text(begins.isoformat())
    urls = {name: fresh_database(name) for name in ("provider", "receiver")}
    teller = quiet()
    with pytest.MonkeyPatch.context() as dates:
        dates.setattr(deciding, "VALID_TO", (begins + timedelta(days=364)).date())
        dates.setattr(opening, "AUTHORITY", (begins.date(), (now + timedelta(days=700)).date()))
        dates.setattr(opening, "MEASURING_UNTIL", (now + timedelta(days=700)).date())
        with open_scene(home, _dated(load_pack(), now), database_urls=urls) as scene:
            opening.simulate(scene, teller, profile=PROFILE)
            for play in (*ASKED, deciding.decide_all):
                play(scene, teller)
            scene.clock.advance(to=datetime.now(UTC) - MARGIN)
            delivering.disclose_first(scene, teller)
            yield scene


def _dated(pack: Pack, now: datetime) -> Pack:
    """The same call-offs, kept for some months from now."""
    until = (now + timedelta(days=500)).date()
    texts = {
        name: re.sub(r"(?m)^(  until: )'\d{4}-\d\d-\d\d'$", rf"\g<1>'{until}'", text)
        for name, text in pack.call_offs.items()
    }
    assert all(str(until) in text for text in texts.values())
    return replace(pack, call_offs=texts)


def revoke_one(scene: Scene) -> None:
    """The story's controller takes its yes back."""
    code = scene.parties["story"]["revokes"]["controller"]
    decider = scene.person(code, Role.DECIDER)
    draft = decide.draft_revocation(scene.provider, decider, asking.reference(scene), reason="A test.", recall=False)
    signed = scene.keys_of(code).sign(f"controller-{code}", "revocation", draft)
    decide.revoke(scene.provider, decider, asking.reference(scene), signed)
