import pytest

from tests.governance.world import World, version


@pytest.fixture
def asked() -> World:
    """A world in which three controllers have been asked."""
    made = World().begin()
    made.submit(version())
    made.ask_all()
    return made


@pytest.fixture
def active(asked: World) -> World:
    """A world in which all three approved and the grant was countersigned."""
    for name in ("A", "B", "C"):
        asked.decide(name)
    asked.activate()
    return asked
