"""The lists of people to leave out: how old they may be, and that none is as of a day to come."""

from datetime import timedelta

import pytest

from avrop.errors import Conflict, Mistake
from avrop.governance import commands as c
from avrop.governance.cases import ACCOUNT
from avrop.governance.events import PersonListLoaded
from avrop.governance.grants import stale_lists
from tests.governance.world import OPERATOR, World

YEARS = timedelta(days=1500)


def load(world: World, ahead: timedelta) -> None:
    world.do(OPERATOR, ACCOUNT, c.RecordPersonList(list="protected", as_of=world.now + ahead))


def stale(world: World) -> tuple[str, ...]:
    return stale_lists(world.account, now=world.now, max_age_hours=24)


def test_a_list_as_of_a_moment_to_come_is_refused() -> None:
    world = World().begin()
    with pytest.raises(Mistake) as no:
        load(world, YEARS)
    assert no.value.code == "lists.not_yet"
    load(world, timedelta(minutes=4))  # the clock of whoever made it may be ahead
    assert stale(world) == ()


def test_a_list_goes_stale_by_its_age() -> None:
    world = World().begin()
    world.now += timedelta(hours=23)
    assert stale(world) == ()
    world.now += timedelta(hours=1)
    assert stale(world) == ("objecting", "protected")


def test_a_list_never_goes_back_in_time() -> None:
    with pytest.raises(Conflict) as no:
        load(World().begin(), -timedelta(hours=1))
    assert no.value.code == "lists.older"


def test_a_list_that_an_older_version_took_as_of_a_day_to_come_is_stale_and_can_be_replaced() -> None:
    world = World().begin()
    world.events[ACCOUNT].append(PersonListLoaded(list="protected", as_of=world.now + YEARS))
    assert stale(world) == ("protected",)
    load(world, timedelta())
    assert stale(world) == ()
