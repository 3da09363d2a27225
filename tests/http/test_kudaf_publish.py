"""Our catalogue is published to an external commons: once, in the upload tool's order, and with a report of everything."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import pytest

from avrop.actions import publish
from avrop.actions.kudaf_publish import publish as publish_to
from avrop.actors import Role
from avrop.catalogue.kudaf import unit_types_document, variables_document
from avrop.catalogue.unittypes import Text
from avrop.errors import AvropError
from tests import asking
from tests.conftest import Fresh
from tests.http.commons import Commons, commons
from tests.http.publisher import DATA_URL, KEPT, KEY, PUBLISHING, SMALL, Publisher, backend, done, sound
from tests.outbound.peers import peer
from tests.publishing import CATALOGUE, NOW, OPERATOR, published

WRITES = ("POST", "PUT")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Publisher]:
    with published(tmp_path_factory.mktemp("whole")) as system:
        yield Publisher(system=system)


@pytest.fixture(scope="module")
def running(fresh_database: Fresh, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Commons]:
    with commons(tmp_path_factory.mktemp("place"), fresh_database("commons")) as made:
        yield made


@pytest.fixture
def place(running: Commons) -> Commons:
    running.empty()
    return running


def test_the_whole_catalogue_arrives_and_a_second_run_sends_nothing(whole: Publisher, place: Commons) -> None:
    key = place.key(PUBLISHING.name)
    first = sound(whole.run(place.url, key=key))
    assert set(done(first)) == {"sent"}
    assert place.stored() == [1, *(sum(x.done == "sent" and x.kind == kind for x in first.lines)
                                   for kind in ("unit type", "dataset", "variable"))]  # fmt: skip
    assert len(first.lines) == sum(place.stored()) + place.stored()[2] > 100
    place.requests.clear()
    second = sound(whole.run(place.url, key=key))
    assert set(done(second)) == {"there"}
    assert {line.said for line in second.lines} == {None}
    assert [(x.kind, x.name) for x in second.lines] == [(x.kind, x.name) for x in first.lines]
    assert {request.method for request in place.requests} == {"GET"}


def test_the_commons_then_tells_what_our_own_documents_tell(whole: Publisher, place: Commons) -> None:
    """But for what the form has no place for: other languages of some texts, and value domains without codes."""
    sound(whole.run(place.url, key=place.key(PUBLISHING.name)))
    found = {each["name"]: each for each in asking.get(f"{place.url}api/metadata/variables").json()}
    told = {each["name"]: each for each in variables_document(CATALOGUE, on=NOW.date(), data_url=DATA_URL)}
    assert found.keys() == told.keys()
    for name, mine in told.items():
        for field in (
            "temporalityType",
            "sensitivityLevel",
            "dataRetrievalUrl",
            "attributeVariables",
            "identifierVariables",
        ):
            assert found[name][field] == mine[field], (name, field)
        (here,), (there,) = mine["measureVariables"], found[name]["measureVariables"]
        assert (there["label"], there.get("keyType")) == (here["label"], here.get("keyType"))
        if "keyType" in here:
            assert there["representedVariables"] == here["representedVariables"], "with its codes"
    assert asking.get(f"{place.url}api/metadata/unit-types").json() == unit_types_document(CATALOGUE, on=NOW.date())


def test_it_is_the_tools_order_and_the_key_goes_with_what_is_sent_only(publisher: Publisher, place: Commons) -> None:
    key = place.key(PUBLISHING.name)
    publisher.run(place.url, key=key)
    for request in place.requests:
        assert request.headers.get("authorization") == (f"API-Key {key}" if request.method in WRITES else None)
        assert request.headers["accept"] == "application/json"
        assert key not in request.target
    kinds = [kind for kind, _ in groupby(str(request).split("?")[0] for request in place.requests)]
    assert kinds[:7] == [
        "GET /api/v1/catalogs/", "POST /api/v1/catalogs/", "GET /api/v1/unittypes/catalog/1", "POST /api/v1/unittypes/",
        "GET /api/v1/unittypes/catalog/1", "GET /api/v1/datasets/", "POST /api/v1/datasets/",
    ]  # fmt: skip
    rest = [kind.replace(CATALOGUE.name, "c") for kind in kinds[7:]]
    assert rest[0].startswith("GET /api/v1/datasets/c.")
    assert rest[1] == "POST /api/v1/variables/"


def test_a_dry_run_tells_what_is_then_sent_and_sends_nothing(publisher: Publisher, place: Commons) -> None:
    planned = sound(publisher.run(place.url, key=None, dry_run=True))
    assert {request.method for request in place.requests} == {"GET"}
    assert place.stored() == [0, 0, 0, 0]
    key = place.key(PUBLISHING.name)
    made = sound(publisher.run(place.url, key=key))
    assert [(x.kind, x.name, x.done) for x in planned.lines] == [(x.kind, x.name, "to send") for x in made.lines]
    assert set(done(sound(publisher.run(place.url, key=None, dry_run=True)))) == {"there"}


def test_only_what_was_changed_is_sent_again(tmp_path: Path, place: Commons) -> None:
    key = place.key(PUBLISHING.name)
    with published(tmp_path, catalogue=SMALL) as system:
        mine = Publisher(system=system)
        sound(mine.run(place.url, key=key))
        variable = next(v for v in SMALL.variables if v.code_list is None and v.sensitivity == "ordinary")
        changed = replace(variable, label=Text(nb="Et nytt navn", en="A new name"))
        rest = tuple(changed if v.name == variable.name else v for v in SMALL.variables)
        publish.publish_catalogue(system, OPERATOR, replace(SMALL, version="99", variables=rest))
        place.requests.clear()
        planned = mine.run(place.url, key=None, dry_run=True)
        again = sound(mine.run(place.url, key=key))
    assert [x.name.rpartition("/")[2] for x in again.lines if x.done == "sent again"] == [variable.name]
    assert done(again)["there"] == len(again.lines) - 1
    assert [x.name for x in planned.lines if x.done == "to send again"] == [
        x.name for x in again.lines if x.done == "sent again"
    ]
    assert sum(request.method in WRITES for request in place.requests) == 1
    found = {x["name"]: x for x in asking.get(f"{place.url}api/metadata/variables").json()}
    assert found[variable.name]["measureVariables"][0]["label"] == "Et nytt navn"


class _Killed(BaseException):
    """As if the process had ended there."""


@pytest.mark.parametrize("at", [1, 2, 10, 30])
def test_a_run_that_was_killed_goes_on_where_it_stopped(tmp_path: Path, place: Commons, at: int) -> None:
    """Killed after something was taken and before that was noted: then it is there, and is not sent a second time."""
    key, points = place.key(PUBLISHING.name), Counter[str]()

    def listen(point: str) -> None:
        points[point] += 1
        if point == "publication.taken" and points[point] == at:
            raise _Killed

    with published(tmp_path, catalogue=SMALL) as system:
        mine = Publisher(system=system)
        with mine.at(place.url, key=key, listen=listen) as killed, pytest.raises(_Killed):
            publish_to(killed, OPERATOR, PUBLISHING, data_url=DATA_URL)
        second = sound(mine.run(place.url, key=key))
        assert done(second)["sent"] == len(second.lines) - at
        assert [x.said for x in second.lines if x.done == "there"].count(None) == at - 1
        assert sum(request.method in WRITES for request in place.requests) == len(second.lines)
        third = sound(mine.run(place.url, key=key, again=True))
        assert (done(third)["sent again"], done(third)["there"]) == (1, len(third.lines) - 1)
        assert {x.said for x in sound(mine.run(place.url, key=key)).lines} == {None}


def test_two_runs_at_once_send_everything_once(tmp_path: Path, place: Commons) -> None:
    key = place.key(PUBLISHING.name)
    with published(tmp_path, catalogue=SMALL) as system, ThreadPoolExecutor(2) as several:
        mine = Publisher(system=system)
        one, other = several.map(lambda _: sound(mine.run(place.url, key=key)), range(2))
    assert {frozenset(done(one)), frozenset(done(other))} == {frozenset({"sent"}), frozenset({"there"})}
    assert sum(request.method in WRITES for request in place.requests) == len(one.lines)


def test_what_is_there_by_another_hand_is_left_as_it_is_and_told_of(publisher: Publisher, place: Commons) -> None:
    """As after the upload tool: another installation sent it, so what we would send was not looked at."""
    with backend() as (other, url):
        sound(publisher.run(url))
        sent = len(other.posts)
        with peer(other.say) as same:  # the same back-end at another address: nothing is noted for that one
            report = sound(publisher.run(f"{same.url}/"))
        assert len(other.posts) == sent
    assert set(done(report)) == {"there"}
    assert {line.said for line in report.lines} == {"It was not sent from here, so what it says was not looked at."}


def test_another_publishers_catalogue_of_our_title_is_not_added_to(publisher: Publisher, place: Commons) -> None:
    theirs = replace(PUBLISHING, name="Somebody Else")
    with publisher.at(place.url, key=place.key(theirs.name, "theirs")) as system:
        sound(publish_to(system, OPERATOR, theirs, data_url=None))
    before = place.stored()
    place.requests.clear()
    report = publisher.run(place.url, key=place.key(PUBLISHING.name))
    assert (report.stopped, report.refused) == (None, 1)
    assert set(done(report)) == {"refused", "left"}
    assert {request.method for request in place.requests} == {"GET"}
    assert place.stored() == before


def test_a_key_that_is_not_taken_stops_the_run_and_is_in_no_error(publisher: Publisher, place: Commons) -> None:
    report = publisher.run(place.url)
    assert report.stopped is not None
    assert (report.stopped.code, report.stopped.exit_code) == ("publish.key", 7)
    assert sum(request.method in WRITES for request in place.requests) == 1
    assert KEY not in repr(report) + str(report.stopped)


@pytest.mark.parametrize("key", [None, "", " \n", "two words", "line\r\nX: y", "blå", 'a"b', "x" * 600])
def test_a_key_that_is_none_sends_nothing(publisher: Publisher, key: str | None) -> None:
    with backend() as (other, url), pytest.raises(AvropError) as no:
        publisher.run(url, key=key)
    assert no.value.code == ("publish.no_key" if key is None else "publish.key_form")
    assert other.heads == []
    assert key is None or not key.strip() or key.strip() not in str(no.value)


def test_the_key_is_read_from_its_file_each_time(publisher: Publisher, place: Commons, tmp_path: Path) -> None:
    file = tmp_path / "commons.key"
    file.write_text(f"{place.key(PUBLISHING.name)}\n")
    file.chmod(0o600)
    with publisher.at(place.url, key=None) as system:
        external = replace(system.settings.external, key_file=file)  # type: ignore[type-var]  it is there
        named = replace(system, settings=replace(system.settings, external=external))
        sound(publish_to(named, OPERATOR, PUBLISHING, data_url=None))
        file.write_text("another.key\n")
        changed = replace(PUBLISHING, description="Noe annet", contact=replace(PUBLISHING.contact, name="Andre"))
        stopped = publish_to(named, OPERATOR, changed, data_url=None).stopped
    assert stopped is not None
    assert stopped.code == "publish.key"


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o620])
def test_a_key_that_others_may_read_or_write_is_not_used(publisher: Publisher, tmp_path: Path, mode: int) -> None:
    file = tmp_path / "commons.key"
    file.write_text("a-key.of-ours\n")
    file.chmod(mode)
    with backend() as (other, url), publisher.at(url, key=None) as system:
        external = replace(system.settings.external, key_file=file)  # type: ignore[type-var]  it is there
        named = replace(system, settings=replace(system.settings, external=external))
        with pytest.raises(AvropError) as no:
            publish_to(named, OPERATOR, PUBLISHING, data_url=None)
    assert no.value.code == "publish.key_open"
    assert "a-key" not in str(no.value)
    assert other.heads == []


def test_a_commons_that_takes_it_is_told_what_the_upload_cannot_carry(publisher: Publisher, place: Commons) -> None:
    made = sound(publisher.run(place.url, key=place.key(PUBLISHING.name)))
    told = [line.name for line in made.lines if line.kind == "about"]
    assert told == [f"{CATALOGUE.name}.{each.name}" for each in KEPT]
    assert not [what for what, _ in made.left_out if "Themes" in what or "Laws" in what]
    gaps = asking.get(f"{place.url}dcat/~1.gaps").json()
    assert not {"dcat:Dataset dcat:theme", "dcat:Dataset dct:accessRights"} & set(gaps)
    found = asking.get(f"{place.url}api/v1/about/datasets/{told[0]}").json()
    assert tuple(found["themes"]) == PUBLISHING.themes


def test_any_other_back_end_is_sent_nothing_beside_the_upload(publisher: Publisher) -> None:
    with backend() as (other, url):
        made = sound(publisher.run(url))
    assert {head.split()[0] for head in other.heads} == {"GET", "POST"}
    assert [what for what, _ in made.left_out if "Themes" in what]
    assert not [line for line in made.lines if line.kind == "about"]


def test_what_was_sent_and_is_withdrawn_is_taken_back_there(tmp_path: Path, place: Commons) -> None:
    key = place.key(PUBLISHING.name)
    with published(tmp_path, catalogue=SMALL) as system:
        mine = Publisher(system=system)
        sound(mine.run(place.url, key=key))
        gone = next(v for v in SMALL.variables if v.code_list is None and v.sensitivity == "ordinary")
        rest = tuple(replace(v, withdrawn=NOW.date()) if v.name == gone.name else v for v in SMALL.variables)
        publish.publish_catalogue(system, OPERATOR, replace(SMALL, version="99", variables=rest), breaking=True)
        planned = mine.run(place.url, key=None, dry_run=True)
        after = sound(mine.run(place.url, key=key))
        third = sound(mine.run(place.url, key=key))
    for report, word in ((planned, "to remove"), (after, "removed")):
        assert [line.name.rpartition("/")[2] for line in report.lines if line.done == word] == [gone.name]
    assert gone.name not in asking.get(f"{place.url}api/metadata/variables").text
    assert set(done(third)) == {"there"}


def test_who_does_not_operate_the_installation_publishes_nothing(publisher: Publisher, place: Commons) -> None:
    with publisher.at(place.url) as system:
        for who in (replace(OPERATOR, role=Role.DECIDER), replace(OPERATOR, organisation="another")):
            with pytest.raises(AvropError) as no:
                publish_to(system, who, PUBLISHING, data_url=None)
            assert no.value.code == "publish.operator"
    with pytest.raises(AvropError) as no:
        publish_to(publisher.system, OPERATOR, PUBLISHING, data_url=None)
    assert no.value.code == "publish.not_external"
    assert place.requests == []


def test_a_private_address_is_not_published_to_unless_it_is_named(publisher: Publisher) -> None:
    with backend() as (other, url), publisher.at("https://meta.example/") as system:
        external = replace(system.settings.external, url=url)  # type: ignore[type-var]  it is there
        named = replace(system, settings=replace(system.settings, external=external))
        stopped = publish_to(named, OPERATOR, PUBLISHING, data_url=None).stopped
    assert stopped is not None
    assert stopped.code in ("outbound.address", "outbound.plain")
    assert other.heads == []
