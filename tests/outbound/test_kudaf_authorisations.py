"""The word of another organisation's commons: believed if its issuer signed it for us, for a minute; else nobody's."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest

from avrop.errors import Fault
from avrop.outbound.guard import Outbound
from avrop.outbound.keysets import KeySets
from avrop.outbound.kudaf_authorisations import Authorisations
from tests.outbound.issuing import NOW
from tests.outbound.peers import answer
from tests.outbound.permitting import DATASOURCE, FEDERATION, TOOLS, Core, core, hostile, slowly

SUBJECT, WANTED = "consumer-1", ("SEX", "LEVEL")
MOMENT = int(NOW.timestamp())


class Clock:
    """A clock that stands still where it is set."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def commons(clock: Clock) -> Iterator[Core]:
    with core(clock) as found:
        yield found


def asking(commons: Core, *, datasource: str | None = DATASOURCE) -> Authorisations:
    outbound = Outbound(allowed_hosts=(commons.peer.host,))
    keysets = KeySets(outbound, (commons.setting.issuer,))
    return Authorisations(
        commons.setting, datasource=datasource, outbound=outbound, keysets=keysets, clock=commons.clock
    )  # fmt: skip


@contextmanager
def nobody_knows() -> Iterator[None]:
    with pytest.raises(Fault) as no:
        yield
    assert no.value.code == "authorisation.unknown"
    assert SUBJECT not in str(no.value)


def test_what_the_commons_signed_is_what_may_be_read(commons: Core) -> None:
    commons.allowed = {SUBJECT: WANTED}
    asked = asking(commons)
    assert asked.variables(SUBJECT) == set(WANTED)
    assert asked.variables("another") == frozenset()
    assert commons.asked == [f"/api/v1/permissions/{who}/{DATASOURCE}" for who in (SUBJECT, "another")]


FORMS: dict[str, dict[str, Any]] = {
    "at the top, as the tools look for it": {"aud": TOOLS, "variables": list(WANTED)},
    "under the datasource, as the documentation says": {"variables": None, DATASOURCE: {"variables": list(WANTED)}},
    "as the datasource's own list": {"variables": None, DATASOURCE: list(WANTED)},
    "in both, alike": {"variables": list(WANTED), DATASOURCE: {"variables": list(WANTED)}},
    "for the federation's address": {"aud": f"{FEDERATION}/{DATASOURCE}"},
    "for several audiences": {"aud": [DATASOURCE, f"{FEDERATION}/{DATASOURCE}", TOOLS]},
    "saying from when": {"nbf": MOMENT},
}


@pytest.mark.parametrize("form", FORMS)
def test_either_form_of_a_token_is_read(commons: Core, form: str) -> None:
    commons.instead = commons.tell(commons.token(SUBJECT, WANTED, **FORMS[form]))
    assert asking(commons).variables(SUBJECT) == set(WANTED)


def test_several_tokens_are_their_union_and_a_bad_one_hinders_no_other(commons: Core) -> None:
    bad = commons.token("somebody-else", ("MORE",))
    commons.instead = commons.tell(commons.token(SUBJECT, ("SEX",)), bad, "x", commons.token(SUBJECT, ("LEVEL",)))
    assert asking(commons).variables(SUBJECT) == set(WANTED)


def test_the_misspelling_of_the_documentation_is_read(commons: Core) -> None:
    commons.instead = answer(200, json.dumps([{"authroizations": commons.token(SUBJECT, WANTED)}]).encode())
    assert asking(commons).variables(SUBJECT) == set(WANTED)


def test_no_hostile_answer_opens_anything(commons: Core) -> None:
    told = {}
    for kind, (say, is_unknown) in hostile(commons, SUBJECT, WANTED).items():
        commons.instead = say
        told[kind] = (_outcome(asking(commons)), "unknown" if is_unknown else "nothing")
    assert len(told) > 35
    assert {kind: outcome for kind, outcome in told.items() if outcome[0] != outcome[1]} == {}


def _outcome(asked: Authorisations) -> str:
    try:
        found = asked.variables(SUBJECT)
    except Fault as failure:
        return "unknown" if failure.code == "authorisation.unknown" else failure.code
    return "opened" if found & set(WANTED) else "nothing"


def test_the_hostile_answers_would_open_if_they_were_good(commons: Core) -> None:
    """So that none of them is harmless for another reason than the one it is named after."""
    commons.instead = commons.tell(commons.token(SUBJECT, WANTED))
    assert _outcome(asking(commons)) == "opened"


def test_slow_bytes_are_not_waited_for(commons: Core) -> None:
    commons.instead = slowly
    with nobody_knows():
        asking(commons).variables(SUBJECT)


def test_nobody_listening_is_not_known(clock: Clock) -> None:
    with core(clock) as gone:
        gone.allowed = {SUBJECT: WANTED}
        asked = asking(gone)
    with nobody_knows():
        asked.variables(SUBJECT)


def test_without_keys_to_tell_them_by_tokens_are_not_known(commons: Core) -> None:
    commons.keys, commons.allowed = b"", {SUBJECT: WANTED}
    with nobody_knows():
        asking(commons).variables(SUBJECT)


def test_an_answer_is_believed_for_a_minute(commons: Core, clock: Clock) -> None:
    commons.allowed, asked = {SUBJECT: WANTED}, asking(commons)
    for seconds in (0, 30, 29.9):
        clock.pass_(seconds)
        assert asked.variables(SUBJECT) == set(WANTED)
    assert len(commons.asked) == 1
    commons.allowed = {}
    clock.pass_(0.1)
    assert asked.variables(SUBJECT) == frozenset()
    assert len(commons.asked) == 2


def test_an_answer_is_believed_no_longer_than_any_of_its_tokens_lives(commons: Core, clock: Clock) -> None:
    short, long = commons.token(SUBJECT, ("SEX",), exp=MOMENT + 20), commons.token(SUBJECT, ("LEVEL",))
    commons.instead, asked = commons.tell(short, long), asking(commons)
    clock.pass_(19.9)
    assert asked.variables(SUBJECT) == set(WANTED)
    clock.pass_(0.1)
    assert asked.variables(SUBJECT) == {"LEVEL"}, "the same answer comes again, and one of its tokens is over"


def test_a_clock_that_was_set_back_believes_nothing_of_later(commons: Core, clock: Clock) -> None:
    commons.allowed, asked = {SUBJECT: WANTED}, asking(commons)
    asked.variables(SUBJECT)
    commons.allowed = {}
    clock.pass_(-3600)
    assert asked.variables(SUBJECT) == frozenset()


def test_what_is_newly_allowed_is_seen_after_ten_seconds(commons: Core, clock: Clock) -> None:
    asked = asking(commons)
    assert asked.variables(SUBJECT) == frozenset()
    commons.allowed = {SUBJECT: WANTED}
    clock.pass_(10)
    assert asked.variables(SUBJECT) == set(WANTED)


def test_a_commons_that_fails_is_left_alone_for_ten_seconds(commons: Core, clock: Clock) -> None:
    commons.instead, asked = answer(500), asking(commons)
    for _ in range(20):
        with nobody_knows():
            asked.variables(SUBJECT)
    assert len(commons.asked) == 1
    clock.pass_(10)
    with nobody_knows():
        asked.variables(SUBJECT)
    assert len(commons.asked) == 2


def test_of_many_at_once_one_asks(commons: Core) -> None:
    commons.allowed, asked, together = {SUBJECT: WANTED}, asking(commons), threading.Barrier(16)

    def ask(_: int) -> frozenset[str]:
        together.wait()
        return asked.variables(SUBJECT)

    with ThreadPoolExecutor(16) as several:
        assert set(several.map(ask, range(16))) == {frozenset(WANTED)}
    assert len(commons.asked) == 1


ODD = {
    "a/b": "a%2Fb", "../other": "..%2Fother", "a?x=1": "a%3Fx%3D1", "a#b": "a%23b", "a%2fb": "a%252fb", "a\\b": "a%5Cb",
    "a;b": "a%3Bb", "...": "...", "æ ø": "%C3%A6%20%C3%B8",
}  # fmt: skip


def test_a_subject_is_one_segment_of_the_address_whatever_is_in_it(commons: Core) -> None:
    for subject, written in ODD.items():
        commons.allowed = {subject: WANTED}
        assert asking(commons).variables(subject) == set(WANTED)
        assert commons.asked.pop() == f"/api/v1/permissions/{written}/{DATASOURCE}"


@pytest.mark.parametrize("subject", [".", ".."])
def test_a_subject_that_leads_upwards_is_not_asked_for(commons: Core, subject: str) -> None:
    commons.instead = commons.tell(commons.token(subject, WANTED))
    assert asking(commons).variables(subject) == frozenset()
    assert commons.asked == []


@pytest.mark.parametrize("datasource", [None, ""])
def test_without_a_datasources_id_nothing_is_asked_or_open(commons: Core, datasource: str | None) -> None:
    commons.allowed = {SUBJECT: WANTED}
    assert asking(commons, datasource=datasource).variables(SUBJECT) == frozenset()
    assert commons.asked == []
