"""A back-end may answer anything: it is told in its own words, as words, and the rest goes on, now or with the next run."""

from collections import Counter
from typing import Any

import pytest

from tests.http.backend import stored
from tests.http.publisher import KEY, SMALL, Publisher, backend, done, sound


def _on(method: str, path: str, status: int, value: Any) -> Any:
    return lambda m, p, _told: (status, value) if m == method and path in p else None


REFUSALS: dict[str, tuple[Any, str]] = {
    "a dataset is 201": (_on("POST", "datasets", 201, stored()), "HTTP 201."),
    "a unit type is 409": (_on("POST", "unittypes", 409, {"detail": "There is one."}), "HTTP 409: There is one."),
    "a variable is 422": (_on("POST", "variables", 422, {"detail": [{"loc": ["x"], "msg": "no"}]}), '"msg": "no"'),
    "msgs": (_on("POST", "variables", 200, stored("It stands elsewhere.", num=0)), "It stands elsewhere."),
    "no errors at all": (_on("POST", "variables", 200, {"sync_results": {"errors": {"detail": []}}}), "neither that it was"),
    "HTML": (_on("POST", "datasets", 500, b"<html>"), "HTTP 500."),
    "a dataset without an id": (_on("POST", "datasets", 200, {"dataset": {}, **stored()}), "no id to go on with"),
    "a dataset's id that is a number": (_on("POST", "datasets", 200, {"dataset": {"id": 7}, **stored()}), "no id to go on with"),
    "a dataset's id of odd signs": (_on("POST", "datasets", 200, {"dataset": {"id": "a\ud800"}, **stored()}), "no id to go on with"),
    "a catalogue's id beyond numbers": (_on("POST", "catalogs", 200, {"catalog": {"id": 2**80}, **stored()}), "no id to go on with"),
    "a dataset that cannot be read": (_on("GET", "include_variables", 404, {"detail": "no"}), "none of its variables"),
    "a dataset that is a list": (_on("GET", "include_variables", 200, []), "none of its variables"),
    "no common unit type": (_on("GET", "unittypes", 200, {"global_unit_types": [], "catalog_unit_types": []}), "no unit type"),
}  # fmt: skip


@pytest.mark.parametrize("kind", REFUSALS)
def test_what_is_refused_is_told_in_the_back_ends_words_and_the_rest_goes_on(publisher: Publisher, kind: str) -> None:
    twist, words = REFUSALS[kind]
    with backend(twist) as (_, url):
        report = publisher.run(url)
    assert report.stopped is None
    told = [line.said for line in report.lines if line.done == "refused"]
    assert any(words in (said or "") for said in told)
    assert all(words in (said or "") or "no unit type" in (said or "") for said in told)
    with backend() as (_, url):
        everything = publisher.run(url, key=None, dry_run=True)
    assert {(x.kind, x.name) for x in report.lines} == {(x.kind, x.name) for x in everything.lines}
    assert KEY not in repr(report)


def test_another_catalogues_dataset_of_our_id_or_title_is_not_added_to(publisher: Publisher) -> None:
    for field in ("id", "name"):
        with backend() as (other, url):
            planned = publisher.run(url, key=None, dry_run=True)
            title = next(x.name for x in planned.lines if x.kind == "dataset")
            known = f"{SMALL.name}.{SMALL.datasets[0].name}" if field == "id" else "theirs"
            theirs = {"id": known, "name": title if field == "name" else "Theirs", "catalog_id": 99, "variables": []}
            other.datasets[known] = theirs
            report = publisher.run(url)
            assert other.datasets[known] == theirs
        assert [(x.name, x.said) for x in report.lines if x.done == "refused"] == [
            (title, "Another catalogue has a dataset of this title or id.")
        ]
        assert done(report)["left"] == sum(
            x.kind == "variable" and x.name.startswith(f"{SMALL.name}.{SMALL.datasets[0].name}/") for x in planned.lines
        )


UNUSABLE: dict[str, Any] = {
    "no list of catalogues": _on("GET", "catalogs", 200, {"items": []}),
    "catalogues at another place": _on("GET", "catalogs", 307, []),
    "no JSON": _on("GET", "catalogs", 200, b"<html>"),
    "deep JSON": _on("GET", "datasets/", 200, b"[" * 100_000),
    "no unit types": _on("GET", "unittypes", 404, {"detail": "no"}),
    "half of the unit types": _on("GET", "unittypes", 200, {"global_unit_types": []}),
    "datasets that fail": _on("GET", "datasets/", 500, []),
}


@pytest.mark.parametrize("kind", UNUSABLE)
def test_a_list_that_cannot_be_used_stops_the_run_with_what_was_done(publisher: Publisher, kind: str) -> None:
    with backend(UNUSABLE[kind]) as (_, url):
        report = publisher.run(url)
    assert report.stopped is not None
    assert (report.stopped.code, report.stopped.exit_code) == ("publish.unusable", 1)


def test_no_datasets_may_be_404(publisher: Publisher) -> None:
    with backend(lambda m, p, _: (404, {}) if (m, p) == ("GET", "/api/v1/datasets/") else None) as (_, url):
        sound(publisher.run(url))


def test_a_back_end_that_goes_away_in_the_middle_is_gone_on_with(publisher: Publisher) -> None:
    count = Counter[str]()

    def dying(method: str, _path: str, _told: Any) -> tuple[int, Any] | None:
        count[method] += 1
        if method == "POST" and count[method] == 20:
            raise OSError
        return None

    with backend(dying) as (other, url):
        first = publisher.run(url)
        assert first.stopped is not None
        assert first.stopped.code == "outbound.unavailable"
        assert done(first) == {"sent": 19}
        second = sound(publisher.run(url))
        assert (done(second)["there"], done(second)["sent"]) == (19, len(second.lines) - 19)
        assert len(other.posts) == len(second.lines) + 1


ECHOES = (
    {"detail": f"The key {KEY} is new."}, {"detail": [{"input": {"Authorization": f"API-Key {KEY}"}}]},
    stored(f"\x1b[31m{KEY}\x1b[0m\r\n\u202e", num=0), {"detail": KEY[:5] + "\u200b" + KEY[5:] + KEY * 100},
)  # fmt: skip


@pytest.mark.parametrize("told", ECHOES)
def test_a_back_ends_words_have_neither_the_key_nor_signs_that_a_terminal_obeys(
    publisher: Publisher, told: Any
) -> None:
    with backend(_on("POST", "variables", 400, told)) as (_, url):
        report = publisher.run(url)
    words = [line.said or "" for line in report.lines if line.done == "refused"]
    assert len(words) > 10
    assert not any(KEY in said or "\x1b" in said or "\u202e" in said or len(said) > 400 for said in words)
    assert all("(the key)" in said for said in words)


def test_what_was_stored_with_a_remark_was_stored(publisher: Publisher) -> None:
    with backend() as (other, url):
        right = other._right

        def remarking(method: str, path: str, told: Any) -> tuple[int, Any] | None:
            if method != "POST" or "variables" not in path:
                return None
            right(method, path, told)
            return 200, stored("It looks foreign.")

        other.twist = remarking
        report = sound(publisher.run(url))
    assert {x.said for x in report.lines if x.kind == "variable"} == {"It looks foreign."}
    assert set(done(report)) == {"sent"}


def test_it_is_told_what_the_form_has_no_place_for(publisher: Publisher) -> None:
    with backend() as (_, url):
        told = dict(publisher.run(url, key=None, dry_run=True).left_out)
    assert told["Themes."] == 1
    without_codes = [v for v in SMALL.variables if v.code_list is None and v.sensitivity != "identifier"]
    assert told["Value domains of variables without a code list."] == len(without_codes)
    assert told["Ladders of coarser levels."] > 2
    assert all(count > 0 for count in told.values())
