"""A description that breaks what is published is refused until somebody says that it is meant; open call-offs are named."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import count
from pathlib import Path

import pytest

from avrop.actions import comparing, describe, publish
from avrop.actors import Role
from avrop.canonical import digest
from avrop.catalogue.datasets import Catalogue
from avrop.catalogue.files import write_catalogue
from avrop.catalogue.unittypes import Text
from avrop.catalogue.variables import Break
from avrop.demo.scene import Scene
from avrop.errors import Conflict, Refusal
from avrop.store import db
from avrop.store import events as event_store
from avrop.system import System
from tests.cli.conftest import Prompt
from tests.publishing import CATALOGUE, OPERATOR, published
from tests.scenes import ASKED, played


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with published(tmp_path_factory.mktemp("published")) as system:
        yield system


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    home: Path = tmp_path_factory.mktemp("breaking")
    with played(home, *ASKED) as made:
        yield made


NUMBERS = count(1)


def changed(name: str, **fields: object) -> Catalogue:
    variables = tuple(replace(each, **fields) if each.name == name else each for each in CATALOGUE.variables)  # type: ignore[arg-type]  # fields that a test names
    return replace(CATALOGUE, version=f"2027.{next(NUMBERS)}", variables=variables)


def test_a_compatible_change_is_published_without_a_word(provider: System) -> None:
    better = changed("SEX", label=replace(CATALOGUE.variable("SEX").label, nb="Kjønn, juridisk"))
    found = comparing.compare(provider, better)
    assert [change.kind for change in found.changes] == ["compatible"]
    assert found.touched == ()
    publish.publish_catalogue(provider, OPERATOR, better)
    assert comparing.compare(provider, better).changes == ()
    publish.publish_catalogue(provider, OPERATOR, CATALOGUE)


def test_what_is_withdrawn_from_a_day_that_passed_is_told_once(provider: System) -> None:
    passed = date(2026, 11, 1)
    made = changed("LEVEL", withdrawn=passed)
    assert comparing.compare(provider, made).gone == (("LEVEL", passed),)
    assert comparing.compare(provider, changed("LEVEL", withdrawn=date(2026, 11, 2))).gone == ()
    publish.publish_catalogue(provider, OPERATOR, made, breaking=True)
    assert comparing.compare(provider, changed("LEVEL", withdrawn=passed)).gone == ()


@pytest.mark.parametrize("breaking", [False, True])
def test_other_content_is_not_published_under_a_version_that_was(provider: System, breaking: bool) -> None:
    """A published version never changes, whatever is meant; nor does one that others followed."""
    first = changed("SEX", label=replace(CATALOGUE.variable("SEX").label, nb="Kjønn, juridisk"))
    second = changed("SEX", label=replace(CATALOGUE.variable("SEX").label, nb="Juridisk kjønn"))
    for each in (first, second):
        publish.publish_catalogue(provider, OPERATOR, each, breaking=True)
    for taken in (replace(CATALOGUE, version=first.version), replace(CATALOGUE, version=second.version)):
        assert comparing.compare(provider, taken).standing == "taken"
        with pytest.raises(Conflict) as no:
            publish.publish_catalogue(provider, OPERATOR, taken, breaking=breaking)
        assert no.value.code == "catalogue.version_taken"
        assert taken.version in no.value.sentence
        assert "Raise" in no.value.hint
    assert describe.published(provider)[2] == f'"{digest(second)}"'


def test_that_the_version_must_be_raised_is_said_before_what_breaks(provider: System) -> None:
    first = changed("SEX", label=replace(CATALOGUE.variable("SEX").label, nb="Kjønn, registrert"))
    publish.publish_catalogue(provider, OPERATOR, first, breaking=True)
    broken = replace(changed("WAITING_LIST", temporality="FIXED"), version=first.version)
    with pytest.raises(Conflict):
        publish.publish_catalogue(provider, OPERATOR, broken)


def test_the_same_version_again_changes_nothing_and_an_earlier_one_can_be_gone_back_to(provider: System) -> None:
    first = changed("SEX", label=replace(CATALOGUE.variable("SEX").label, nb="Kjønn i registeret"))
    assert publish.publish_catalogue(provider, OPERATOR, first, breaking=True).changed.standing == "new"
    size = timeline_size(provider)
    assert publish.publish_catalogue(provider, OPERATOR, first).changed.standing == "current"
    assert timeline_size(provider) == size
    publish.publish_catalogue(provider, OPERATOR, CATALOGUE, breaking=True)
    assert publish.publish_catalogue(provider, OPERATOR, first).changed.standing == "earlier"
    assert describe.published(provider)[2] == f'"{digest(first)}"'


def timeline_size(system: System) -> int:
    """How many entries the account's log has."""
    with db.transaction(system.database) as connection:
        return len(event_store.all_entries(connection))


def test_a_breaking_change_is_refused_until_it_is_meant(provider: System) -> None:
    broken = changed("WAITING_LIST", temporality="FIXED")
    with pytest.raises(Refusal, match="No open call-off uses it") as refused:
        publish.publish_catalogue(provider, OPERATOR, broken)
    assert refused.value.code == "catalogue.breaking"
    assert comparing.compare(provider, broken).breaking
    publish.publish_catalogue(provider, OPERATOR, broken, breaking=True)
    assert comparing.compare(provider, broken).changes == ()


@pytest.mark.slow
def test_a_breaking_change_names_the_open_call_off_that_uses_it(scene: Scene) -> None:
    broken = changed("COMPLETION", temporality="FIXED")
    found = comparing.compare(scene.provider, broken)
    assert [(change.subject, change.kind) for change in found.changes] == [("COMPLETION", "breaking")]
    assert found.touched == (("2026-001", ("COMPLETION",)),)
    with pytest.raises(Refusal) as refused:
        publish.publish_catalogue(scene.provider, scene.person("provider", Role.OPERATOR), broken)
    assert "2026-001 (COMPLETION)" in refused.value.sentence
    assert comparing.compare(scene.provider, broken) == found


@pytest.mark.slow
def test_a_code_list_that_a_call_off_uses_touches_it(scene: Scene) -> None:
    used = CATALOGUE.variable("COMPLETION").code_list
    shorter = tuple(replace(each, codes=each.codes[1:]) if each.name == used else each for each in CATALOGUE.code_lists)
    found = comparing.compare(scene.provider, replace(CATALOGUE, version="2027.1", code_lists=shorter))
    assert [reference for reference, _ in found.touched] == ["2026-001"]


@pytest.mark.slow
def test_a_day_from_which_values_do_not_compare_names_the_call_off_that_uses_them(scene: Scene) -> None:
    parted = (*(CATALOGUE.variable("COMPLETION").breaks or ()), Break(day=date(2023, 8, 1), why=Text(nb="x", en="x")))
    found = comparing.compare(scene.provider, changed("COMPLETION", breaks=parted))
    assert (found.breaking, found.reworded) == ((), (("2026-001", ("COMPLETION",)),))


@pytest.mark.parametrize("name", ["PERSON_ID", "REFERENCE_DATE"])
def test_what_the_rows_of_a_call_off_rest_on_touches_it_too(scene: Scene, name: str) -> None:
    found = comparing.compare(scene.provider, changed(name, sensitivity="confidential"))
    assert [name in names for _, names in found.touched] == [True]


def at(scene: Scene, folder: Path) -> Prompt:
    """A command line at the provider of the scene."""
    own = scene.provider.settings
    made = Prompt(folder=folder)
    made.environment = {
        "AVROP_NAME": own.name, "AVROP_HOME": str(own.home), "AVROP_KEYS_HOME": str(own.keys_home),
        "AVROP_DATABASE_URL": str(own.database_url), "AVROP_ORGANISATION": str(own.organisation),
        "AVROP_AS": scene.person("provider", Role.OPERATOR).person,
    }  # fmt: skip
    return made


@pytest.mark.slow
def test_what_is_said_in_other_words_is_published_and_names_the_call_off_that_uses_it(
    scene: Scene, tmp_path: Path
) -> None:
    other = changed("COMPLETION", definition=replace(CATALOGUE.variable("COMPLETION").definition, nb="Noe annet."))
    found = comparing.compare(scene.provider, other)
    assert (found.breaking, found.touched) == ((), ())
    assert found.reworded == (("2026-001", ("COMPLETION",)),)
    for name, text in write_catalogue(other).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    said = at(scene, tmp_path).ok("describe", "diff", ".")
    assert "The open call-off 2026-001 uses COMPLETION, which is said in other words: changed meaning?" in said
    code, out, err = at(scene, tmp_path).run("publish", "catalogue", ".", "--json")
    assert (code, json.loads(out)["touched"]) == (0, [])
    assert json.loads(out)["reworded"] == [{"call-off": "2026-001", "uses": ["COMPLETION"]}]
    assert "COMPLETION: definition changed: changed meaning?" in err


@pytest.mark.slow
def test_what_breaks_and_is_meant_names_the_call_off_that_it_goes_ahead_over(scene: Scene, tmp_path: Path) -> None:
    broken = changed("COMPLETION", temporality="FIXED")
    for name, text in write_catalogue(broken).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    code, out, err = at(scene, tmp_path).run("publish", "catalogue", ".", "--breaking")
    assert (code, "digest" in out) == (0, True)
    assert "The open call-off 2026-001 uses COMPLETION, which breaks." in err
