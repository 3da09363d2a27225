"""Beside another organisation's commons what leaves in bulk needs two words too: a package, a folder, an export."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from avrop.actions import disclose, export, push
from avrop.actions import permissions as p
from avrop.actors import Actor, OrganisationId, PersonId, Role
from avrop.errors import AvropError, Fault, Refusal
from avrop.packs import load_pack
from avrop.system import open_system
from tests.http import serving
from tests.http.serving import CONSUMER, FIRST, STRANGER, Served
from tests.outbound.peers import answer
from tests.outbound.permitting import Core

Hand = Callable[[Served, Path], object]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A provider beside an external commons, whose open generation these tests hand over."""
    home, pack = tmp_path_factory.mktemp("bulk"), serving.asking_for_days(load_pack())
    with serving.served(home, serving.played(home, pack).urls, pack=pack, external=True) as found:
        yield found


@pytest.fixture
def beside(running: Served) -> Served:
    """A while later, when nothing is remembered of what the commons said; it allows nothing yet."""
    running.clock.now += timedelta(minutes=2)
    core(running).allowed, core(running).instead = {}, None
    core(running).asked.clear()
    return running


def core(served: Served) -> Core:
    assert served.core is not None
    return served.core


def operator(served: Served) -> Actor:
    own = OrganisationId(str(served.system.settings.organisation))
    return Actor(person=PersonId("op@provider"), organisation=own, role=Role.OPERATOR)


def everything(served: Served) -> tuple[str, ...]:
    (mine,) = p.permitted(served.system, CONSUMER)
    return mine.variables


def folder(served: Served, out: Path) -> object:
    return disclose.send(served.system, operator(served), FIRST, out)


def package(served: Served, _out: Path) -> object:
    return push.push(served.system, operator(served), FIRST)


def again(served: Served, _out: Path) -> object:
    return push.seal_again(served.system, operator(served), FIRST)


def variable(served: Served, out: Path) -> object:
    return export.export_variable(served.system, operator(served), FIRST, "SEX", out=out, table="ENROLMENT")


HANDS: dict[str, Hand] = {"folder": folder, "package": package, "package again": again, "export": variable}


def no(hand: Hand, served: Served, out: Path) -> str:
    """The code of what stopped a hand-over, or nothing. Who has the keys to seal with is no matter here."""
    try:
        hand(served, out)
    except AvropError as stopped:
        return "" if stopped.code.partition(".")[0] in ("keys", "remote") else stopped.code
    return ""


@pytest.mark.parametrize("kind", HANDS)
def test_only_both_words_together_hand_a_generation_over(beside: Served, tmp_path: Path, kind: str) -> None:
    assert no(HANDS[kind], beside, tmp_path) == "delivery.not_authorised"
    assert list(tmp_path.iterdir()) == []
    beside.clock.now += timedelta(minutes=2)
    core(beside).allowed = {CONSUMER: everything(beside)}
    now, beside.clock.now = beside.clock.now, beside.clock.now + timedelta(days=400)
    try:
        core(beside).asked.clear()
        assert no(HANDS[kind], beside, tmp_path) == "delivery.closed"
        assert core(beside).asked == [], "who has no grant makes us ask nobody"
    finally:
        beside.clock.now = now
    assert list(tmp_path.iterdir()) == []
    assert no(HANDS[kind], beside, tmp_path) == ""


@pytest.mark.parametrize("kind", HANDS)
def test_of_a_part_the_whole_is_not_handed_over_and_that_part_can_be_exported(
    beside: Served, tmp_path: Path, kind: str
) -> None:
    core(beside).allowed = {CONSUMER: ("SEX",)}
    assert no(HANDS[kind], beside, tmp_path) == ("" if kind == "export" else "delivery.not_authorised")


def test_what_several_may_read_in_part_is_nobodys_whole(beside: Served, tmp_path: Path) -> None:
    receiver = next(
        each.organisation for each in p.list_consumers(beside.system, operator(beside)) if each.subject == CONSUMER
    )
    p.add_consumer(beside.system, operator(beside), subject="consumer-2", organisation=receiver)
    first, *rest = everything(beside)
    core(beside).allowed = {CONSUMER: (first,), "consumer-2": tuple(rest)}
    assert no(folder, beside, tmp_path) == "delivery.not_authorised"
    p.remove_consumer(beside.system, operator(beside), "consumer-2")


def test_whoever_is_not_registered_for_the_receiver_is_not_asked_about(beside: Served, tmp_path: Path) -> None:
    core(beside).allowed = {STRANGER: everything(beside)}
    assert no(folder, beside, tmp_path) == "delivery.not_authorised"
    assert not any(STRANGER in path for path in core(beside).asked)


@pytest.mark.parametrize("kind", HANDS)
def test_while_the_commons_is_down_nothing_is_handed_over(beside: Served, tmp_path: Path, kind: str) -> None:
    core(beside).instead = answer(500)
    with pytest.raises(Fault) as unknown:
        HANDS[kind](beside, tmp_path)
    assert unknown.value.code == "authorisation.unknown"
    assert list(tmp_path.iterdir()) == []


def test_what_is_taken_back_while_it_is_written_gets_no_name(beside: Served, tmp_path: Path) -> None:
    core(beside).allowed = {CONSUMER: everything(beside)}

    def taken_back(point: str) -> None:
        if point in ("send.copied", "export.before-name"):
            core(beside).allowed = {}
            beside.clock.now += timedelta(minutes=1)

    with open_system(beside.system.settings, clock=beside.clock, listen=taken_back) as system:
        again_open = replace(beside, system=system)
        for hand in (folder, variable):
            beside.clock.now += timedelta(minutes=2)
            core(beside).allowed = {CONSUMER: everything(beside)}
            with pytest.raises(Refusal) as refused:
                hand(again_open, tmp_path)
            assert refused.value.code == "delivery.not_authorised"
            assert [path.name for path in tmp_path.iterdir() if not path.name.startswith(".")] == []
