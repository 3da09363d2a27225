"""What a decision must be is told before anybody signs it, and which outcome its terms make it."""

from datetime import timedelta
from typing import Any

import pytest

from avrop.errors import Mistake
from avrop.governance.slices import Coarsening, SliceTerms
from avrop.governance.transitions.decide import require_sound
from tests.governance.world import World

COARSER = SliceTerms(coarsen=(Coarsening(dataset="EVENTS", variable="CODE", level="two"),))


@pytest.mark.parametrize(
    ("changes", "fits"),
    [
        ({"outcome": "approved", "terms": COARSER}, "approved in part"),
        ({"outcome": "rejected", "terms": COARSER}, "approved in part"),
        ({"outcome": "approved", "conditions": ("publish nothing",)}, "approved with conditions"),
        ({"outcome": "approved in part"}, "approved or rejected"),
    ],
)
def test_the_outcome_that_fits_is_told(asked: World, changes: dict[str, Any], fits: str) -> None:
    with pytest.raises(Mistake) as no:
        sound(asked, **changes)
    assert no.value.code == "decision.outcome"
    assert no.value.hint == f"With these it is: {fits}."


def test_a_no_without_reasons_and_a_day_that_does_not_fit_are_told(asked: World) -> None:
    with pytest.raises(Mistake) as no:
        sound(asked, outcome="rejected", reasons=" ")
    assert no.value.code == "decision.reasons"
    for days in (-1, 0, 400):
        with pytest.raises(Mistake) as no:
            sound(asked, valid_to=asked.now.date() + timedelta(days=days))
        assert no.value.code == "decision.validity"
        assert str(asked.now.date()) in no.value.hint
    sound(asked)


def sound(world: World, **changes: Any) -> None:
    made = world.decision("A", **changes)
    require_sound(made, world.case("A"), today=world.now.date(), longest_days=365)
