"""Beside another organisation's commons an answer under way needs both words to its end: either one taken back cuts it.

The last test takes the controllers' word back for good.
"""

import shutil
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from avrop.actions import decide
from avrop.actors import Role
from avrop.demo.scene import open_scene
from avrop.packs import load_pack
from tests.http import serving
from tests.http.reading import LONG, Reader, begin, cut, lengthen
from tests.http.serving import CALL_OFF, CONSUMER, Served
from tests.outbound.peers import answer
from tests.outbound.permitting import Core, slowly

pytestmark = pytest.mark.slow
ALLOWED = ("SEX", LONG)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home, pack = tmp_path_factory.mktemp("beside"), load_pack()
    with serving.served(home, serving.played(home, pack).urls, pack=pack, external=True) as found:
        _core(found).allowed = {CONSUMER: ALLOWED}
        lengthen(found)
        yield found
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def beside(running: Served) -> Served:
    """A while later, and everything is allowed."""
    running.clock.now += timedelta(minutes=2)
    commons = _core(running)
    commons.allowed, commons.instead = {CONSUMER: ALLOWED}, None
    commons.asked.clear()
    return running


def _core(served: Served) -> Core:
    assert served.core is not None
    return served.core


def _a_minute_later(beside: Served, reader: Reader) -> None:
    """What the commons said is asked for anew: the answer is cut."""
    beside.clock.now += timedelta(seconds=60)
    reader.until_cut()
    assert cut(reader)


def _asked_more_often_than(beside: Served, before: int, when: str) -> None:
    """Wait until what is under way was looked after."""
    for _ in range(1000):
        if len(_core(beside).asked) > before:
            return
        time.sleep(0.05)
    pytest.fail(f"the commons was not asked anew {when}")


def test_an_answer_that_both_words_hold_for_is_whole_though_it_takes_minutes(beside: Served) -> None:
    with begin(beside, "Connection: close") as reader:
        for minute in range(1, 4):
            before = len(_core(beside).asked)
            beside.clock.now += timedelta(seconds=61)
            _asked_more_often_than(beside, before, f"in minute {minute}")
            assert reader.read(1 << 20)
        while reader.read(1 << 20):
            pass
    assert not cut(reader)


def test_what_the_commons_takes_back_cuts_what_runs(beside: Served) -> None:
    with begin(beside) as reader:
        _core(beside).allowed = {}
        _a_minute_later(beside, reader)
    assert beside.get("/api/variables/SEX").status_code == 401


def test_one_variable_taken_back_there_cuts_that_one(beside: Served) -> None:
    with begin(beside) as reader:
        _core(beside).allowed = {CONSUMER: ("SEX",)}
        _a_minute_later(beside, reader)
    assert beside.get("/api/variables/SEX").status_code == 200


@pytest.mark.parametrize("say", [answer(500), slowly, answer(200, b"[]")], ids=["a fault", "slow bytes", "nothing"])
def test_a_commons_that_goes_down_cuts_what_runs(beside: Served, say: Callable[..., None]) -> None:
    with begin(beside) as reader:
        _core(beside).instead = say
        _a_minute_later(beside, reader)


def test_a_token_that_ends_cuts_what_runs_unless_a_new_one_comes(beside: Served) -> None:
    expires = int(beside.clock.now.timestamp()) + 20
    _core(beside).instead = _core(beside).tell(_core(beside).token(CONSUMER, ALLOWED, exp=expires))
    with begin(beside) as reader:
        beside.clock.now += timedelta(seconds=20)
        reader.until_cut()
        assert cut(reader)


def test_a_revocation_by_a_controller_cuts_what_runs_whatever_the_commons_says(beside: Served) -> None:
    with open_scene(beside.home, beside.pack, database_urls=beside.urls) as scene, begin(beside) as reader:
        decider = scene.person("11", Role.DECIDER)
        draft = decide.draft_revocation(scene.provider, decider, CALL_OFF, reason="x", recall=False)
        signed = scene.keys_of("11").sign("controller-11", "revocation", draft)
        decide.revoke(scene.provider, decider, CALL_OFF, signed)
        reader.until_cut()
        assert cut(reader)
    assert beside.get("/api/variables/SEX").status_code == 401
