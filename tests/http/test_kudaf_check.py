"""A back-end is looked at as the upload tools would: ours deviates in nothing, and each deviation is seen."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from avrop.actions.kudaf_check import check
from avrop.outbound.guard import Outbound
from tests.conftest import Fresh
from tests.http.commons import Commons, commons
from tests.outbound.peers import answer, peer

SOUND: dict[str, Any] = {
    "catalogs/": [{"id": 1, "metadata": {"title": {"no": "Katalog"}}}],
    "unittypes/catalog/1": {"global_unit_types": [{"id": 1, "shortName": "PERSON"}], "catalog_unit_types": []},
    "datasets/": [{"id": "a/b", "name": "Datasett"}],
    "datasets/a/b": {"variables": [{"name": "V"}]},
}
WRONG: dict[str, tuple[str, Any, str]] = {
    "an id that is a text": ("catalogs/", [{"id": "1", "metadata": {"title": {"no": "x"}}}], "whole number"),
    "no metadata": ("catalogs/", [{"id": 1}], "no metadata"),
    "a title in nynorsk alone": ("catalogs/", [{"id": 1, "metadata": {"title": {"nn": "x"}}}], "neither `no` nor `en`"),
    "a title that is a text": ("catalogs/", [{"id": 1, "metadata": {"title": "x"}}], "not keyed by language"),
    "an envelope": ("catalogs/", {"items": []}, "no list"),
    "a list within a list": ("catalogs/", [[1]], "no object"),
    "no own unit types": ("unittypes/catalog/1", {"global_unit_types": []}, "catalog_unit_types is missing"),
    "a unit type without its name": ("unittypes/catalog/1", {"global_unit_types": [{"id": 1}], "catalog_unit_types": []}, "shortName"),
    "a whole number as a dataset's id": ("datasets/", [{"id": 1, "name": "x"}], "no text"),
    "a name by language": ("datasets/", [{"id": "a/b", "name": {"no": "x"}}], "no plain text"),
    "no variables": ("datasets/a/b", {}, "no list of variables"),
    "a variable without a name": ("datasets/a/b", {"variables": [{}]}, "has no name"),
}  # fmt: skip


def saying(answers: dict[str, Any], *, status: int = 200, at: str = "") -> Callable[..., None]:
    def say(connection: Any, head: bytes) -> None:
        path = head.split()[1].decode().partition("?")[0].removeprefix("/api/v1/")
        code = status if at in ("", path) and status != 200 else 200
        body = answers[path] if isinstance(answers[path], bytes) else json.dumps(answers[path]).encode()
        answer(code, body, Content_Type="application/json")(connection, head)

    return say


def found(say: Callable[..., None]) -> list[tuple[str, str]]:
    with peer(say) as other:
        _, deviations = check(Outbound(allowed_hosts=(other.host,)), other.url)
    return [(each.gravity, each.sentence) for each in deviations]


@pytest.fixture(scope="module")
def ours(fresh_database: Fresh, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Commons]:
    with commons(tmp_path_factory.mktemp("checked"), fresh_database("commons")) as running:
        yield running


def test_our_own_back_end_deviates_in_nothing(ours: Commons) -> None:
    ours.fill(3)
    host = ours.url.split("/")[2]
    asked, deviations = check(Outbound(allowed_hosts=(host,)), ours.url)
    assert deviations == ()
    assert len(asked) >= 5
    assert {request.method for request in ours.requests} == {"GET"}, "it only reads"


@pytest.mark.parametrize("is_known", [False, True])
def test_our_own_back_end_refuses_what_must_store_nothing(ours: Commons, is_known: bool) -> None:
    host, before = ours.url.split("/")[2], ours.stored()
    key = ours.key("Somebody") if is_known else None
    asked, deviations = check(Outbound(allowed_hosts=(host,)), ours.url, key=key, posts=True)
    assert deviations == ()
    assert len([each for each in asked if each.endswith("variables/")]) == (5 if is_known else 2)
    assert ours.stored() == before


def refusing(status: int = 401, body: bytes = b'{"detail": "No."}', *, at: str = "catalogs/") -> Callable[..., None]:
    """A sound back-end that refuses every post with 401, but what is sent there so."""

    def say(connection: Any, head: bytes) -> None:
        path = head.split()[1].decode().removeprefix("/api/v1/")
        told = (status, body) if path == at else (401, b'{"detail": "No."}')
        if head.startswith(b"POST"):
            answer(told[0], told[1], Content_Type="application/json")(connection, head)
        else:
            saying(SOUND)(connection, head)

    return say


@pytest.mark.parametrize(
    ("say", "expected"),
    [
        (refusing(), []),
        (refusing(200, b"{}"), [("breaks", "it took what it must refuse")]),
        (refusing(201, b"{}", at="variables/"), [("breaks", "it took what it must refuse")]),
        (refusing(403), [("differs", "403 where 401")]),
        (refusing(500, b"<html>"), [("differs", "500 where 401"), ("breaks", "no `detail`")]),
        (refusing(401, b"[]"), [("breaks", "no `detail`")]),
    ],
)
def test_what_is_not_refused_as_the_tools_need_is_seen(
    say: Callable[..., None], expected: list[tuple[str, str]]
) -> None:
    with peer(say) as other:
        _, deviations = check(Outbound(allowed_hosts=(other.host,)), other.url, posts=True)
    assert [each.gravity for each in deviations] == [gravity for gravity, _ in expected]
    assert all(words in each.sentence for each, (_, words) in zip(deviations, expected, strict=True))


def test_a_body_that_is_none_must_be_refused_although_the_key_is_good() -> None:
    with peer(refusing()) as other:
        _, deviations = check(Outbound(allowed_hosts=(other.host,)), other.url, key="good.key", posts=True)
    assert {(each.gravity, each.sentence) for each in deviations} == {
        ("differs", "The answer is 401 where 400 or 422 is expected.")
    }


def test_a_list_that_grew_by_what_must_store_nothing_is_seen() -> None:
    listed = [dict(SOUND["catalogs/"][0])]

    def say(connection: Any, head: bytes) -> None:
        if head.startswith(b"POST"):
            listed.append({**listed[0], "id": len(listed) + 1})
            answer(401, b'{"detail": "No."}', Content_Type="application/json")(connection, head)
        else:
            units = {f"unittypes/catalog/{each['id']}": SOUND["unittypes/catalog/1"] for each in listed}
            saying({**SOUND, **units, "catalogs/": listed})(connection, head)

    with peer(say) as other:
        _, deviations = check(Outbound(allowed_hosts=(other.host,)), other.url, posts=True)
    assert [(each.gravity, each.address) for each in deviations] == [("breaks", "api/v1/catalogs/")]


def test_a_sound_one_deviates_in_nothing() -> None:
    assert found(saying(SOUND)) == []


@pytest.mark.parametrize("kind", WRONG)
def test_each_deviation_is_seen(kind: str) -> None:
    address, value, words = WRONG[kind]
    told = found(saying({**SOUND, address: value}))
    assert [gravity for gravity, _ in told] == ["breaks"]
    assert words in told[0][1]


@pytest.mark.parametrize(
    ("status", "at", "words"),
    [
        (404, "datasets/", "404"),
        (307, "catalogs/", "307"),
        (500, "catalogs/", "500"),
        (404, "unittypes/catalog/1", "404"),
        (404, "datasets/a/b", "404"),
    ],
)
def test_statuses_are_seen(status: int, at: str, words: str) -> None:
    told = found(saying(SOUND, status=status, at=at))
    assert words in told[0][1]
    assert told[0][0] == ("differs" if at == "datasets/" else "breaks")


def test_what_is_no_json_is_seen() -> None:
    assert found(saying({**SOUND, "catalogs/": b"<html>"})) == [("breaks", "The answer is no JSON.")]
