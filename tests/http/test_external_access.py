"""Beside another organisation's commons a pull needs two words, its own and the controllers': either alone opens no row."""

from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from avrop.http.app import create_app
from tests.http import serving
from tests.http.serving import CONSUMER, STRANGER, Served
from tests.outbound.peers import answer
from tests.outbound.permitting import DATASOURCE, Core, hostile, slowly
from tests.tokens.asking import Asking

ASKED = f"/api/v1/permissions/{CONSUMER}/{DATASOURCE}"
GRANTED = ("LEVEL", "SEX", "SUBJECT")


@pytest.fixture(scope="module")
def running(datasource: Served) -> Iterator[Served]:
    """The same provider, open a second time, in the external mode."""
    with serving.served(datasource.home, datasource.urls, pack=datasource.pack, external=True) as found:
        yield found


@pytest.fixture
def beside(running: Served) -> Served:
    """A while later, when nothing is remembered of what the commons said; it allows nothing yet."""
    running.clock.now += timedelta(minutes=2)
    commons = _core(running)
    commons.allowed, commons.instead = {}, None
    commons.asked.clear()
    return running


def _core(served: Served) -> Core:
    assert served.core is not None
    return served.core


def _has_rows(found: httpx.Response) -> bool:
    return found.content.count(b"\n") > 1 or b"pseudonym" in found.content


@pytest.mark.parametrize("path", ["SEX", "LEVEL?start=2025-01-01", "level"])
@pytest.mark.parametrize("granted", [True, False], ids=["granted", "not granted"])
@pytest.mark.parametrize("allowed", [True, False], ids=["allowed", "not allowed"])
def test_only_both_words_together_open_rows(beside: Served, path: str, granted: bool, allowed: bool) -> None:
    subject = CONSUMER if granted else STRANGER
    _core(beside).allowed = {subject: GRANTED} if allowed else {}
    found = beside.get(f"/api/variables/{path}", token=beside.token(subject))
    assert _has_rows(found) == (granted and allowed)
    assert found.status_code == (200 if granted and allowed else 401)
    assert len(_core(beside).asked) == (1 if granted else 0), "who has no grant makes us ask nobody"


def test_of_what_is_granted_only_what_is_allowed_too_is_open(beside: Served) -> None:
    _core(beside).allowed = {CONSUMER: ("SEX", "BIRTH_DATE", "NOT_ASKED_FOR")}
    told = {name: beside.get(f"/api/variables/{name}").status_code for name in (*GRANTED, "NOT_ASKED_FOR")}
    assert told == {"LEVEL": 401, "SEX": 200, "SUBJECT": 401, "NOT_ASKED_FOR": 401}
    assert _core(beside).asked == [ASKED], "what was said of a subject counts for all its variables"


def test_both_words_give_what_the_grant_alone_gives_without_a_commons(datasource: Served, beside: Served) -> None:
    _core(beside).allowed = {CONSUMER: GRANTED}
    for path in ("SEX", "LEVEL?start=2025-01-01"):
        assert beside.get(f"/api/variables/{path}").content == datasource.get(f"/api/variables/{path}").content


def test_a_consumer_is_told_whose_word_is_lacking(beside: Served) -> None:
    assert "the data commons does not let you" in beside.get("/api/variables/SEX").json()["detail"]
    assert "data commons" not in beside.get("/api/variables/SEX", token=beside.token(STRANGER)).json()["detail"]


def test_no_hostile_answer_opens_a_row(beside: Served) -> None:
    opened, statuses = [], {}
    for kind in hostile(_core(beside), CONSUMER, GRANTED):
        beside.clock.now += timedelta(minutes=1)  # nothing is remembered for longer
        _core(beside).instead, is_unknown = hostile(_core(beside), CONSUMER, GRANTED)[kind]
        found = beside.get("/api/variables/SEX")
        statuses[kind] = (found.status_code, 503 if is_unknown else 401)
        opened += [kind] if _has_rows(found) else []
    assert opened == []
    assert {kind: both for kind, both in statuses.items() if both[0] != both[1]} == {}
    assert len(_core(beside).asked) == len(statuses) > 35


DOWN = {"a fault": answer(500), "slow bytes": slowly, "no answer": lambda _connection, _head: None}


@pytest.mark.parametrize("kind", DOWN)
def test_while_the_commons_is_down_nothing_is_served_and_it_is_left_alone(beside: Served, kind: str) -> None:
    _core(beside).instead = DOWN[kind]
    for _ in range(12):
        found = beside.get("/api/variables/SEX")
        assert (found.status_code, found.headers["retry-after"]) == (503, "10")
        assert set(found.json()) == {"detail"}
        assert CONSUMER not in found.text
    assert _core(beside).asked == [ASKED]


def test_when_it_is_up_again_what_it_allows_is_served(beside: Served) -> None:
    _core(beside).instead, _core(beside).allowed = answer(500), {CONSUMER: GRANTED}
    assert beside.get("/api/variables/SEX").status_code == 503
    _core(beside).instead = None
    beside.clock.now += timedelta(seconds=10)
    assert beside.get("/api/variables/SEX").status_code == 200


def test_what_is_taken_back_there_opens_nothing_a_minute_later(beside: Served) -> None:
    _core(beside).allowed = {CONSUMER: GRANTED}
    assert beside.get("/api/variables/SEX").status_code == 200
    _core(beside).allowed = {}
    beside.clock.now += timedelta(seconds=60)
    assert beside.get("/api/variables/SEX").status_code == 401


def test_we_tell_nobody_what_a_subject_may_read_and_have_no_keys_for_it(beside: Served) -> None:
    """A token of ours would say yes where the commons may say no."""
    _core(beside).allowed = {CONSUMER: GRANTED}
    client = Asking(create_app(beside.system, faces=("casework", "datasource")))
    for path in (f"permissions/{CONSUMER}/{DATASOURCE}", "auth/keys", "auth/.well-known/openid-configuration"):
        assert client.get(f"/api/v1/{path}").status_code == 404
