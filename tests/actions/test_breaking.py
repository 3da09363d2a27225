"""A description that breaks what is published is refused until somebody says that it is meant; open call-offs are named."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from avrop.actions import comparing, publish
from avrop.actors import Role
from avrop.catalogue.datasets import Catalogue
from avrop.catalogue.files import read_catalogue
from avrop.demo.scene import Scene
from avrop.errors import Refusal
from tests.scenes import ASKED, Fresh, played


@pytest.fixture(scope="module")
def scene(fresh_database: Fresh, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    home: Path = tmp_path_factory.mktemp("breaking")
    with played(home, fresh_database, *ASKED) as made:
        yield made


def changed(scene: Scene, name: str, **fields: object) -> Catalogue:
    own = read_catalogue(scene.pack.catalogue)
    variables = tuple(replace(each, **fields) if each.name == name else each for each in own.variables)  # type: ignore[arg-type]
    return replace(own, version="2027.1", variables=variables)


def test_a_compatible_change_is_published_without_a_word(scene: Scene) -> None:
    own = read_catalogue(scene.pack.catalogue)
    label = replace(own.variable("SEX").label, nb="Kjønn, juridisk")
    found = comparing.compare(scene.provider, changed(scene, "SEX", label=label))
    assert [change.kind for change in found.changes] == ["compatible"]
    assert found.touched == ()


def test_a_breaking_change_names_the_open_call_off_that_uses_it(scene: Scene) -> None:
    broken = changed(scene, "COMPLETION", temporality="FIXED")
    found = comparing.compare(scene.provider, broken)
    assert [(change.subject, change.kind) for change in found.changes] == [("COMPLETION", "breaking")]
    assert found.touched == (("2026-001", ("COMPLETION",)),)
    operator = scene.person("provider", Role.OPERATOR)
    with pytest.raises(Refusal) as refused:
        publish.publish_catalogue(scene.provider, operator, broken)
    assert refused.value.code == "catalogue.breaking"
    assert "2026-001 (COMPLETION)" in refused.value.sentence
    assert comparing.compare(scene.provider, broken) == found


def test_a_breaking_change_that_nobody_uses_says_so(scene: Scene) -> None:
    with pytest.raises(Refusal, match="No open call-off uses it"):
        publish.publish_catalogue(
            scene.provider, scene.person("provider", Role.OPERATOR), changed(scene, "WAITING_LIST", temporality="FIXED")
        )


def test_a_code_list_that_a_call_off_uses_touches_it(scene: Scene) -> None:
    own = read_catalogue(scene.pack.catalogue)
    shorter = tuple(
        replace(each, codes=each.codes[1:]) if each.name == own.variable("COMPLETION").code_list else each
        for each in own.code_lists
    )
    found = comparing.compare(scene.provider, replace(own, version="2027.1", code_lists=shorter))
    assert [reference for reference, _ in found.touched] == ["2026-001"]


def test_what_is_meant_is_published(scene: Scene) -> None:
    broken = changed(scene, "COMPLETION", temporality="FIXED")
    operator = scene.person("provider", Role.OPERATOR)
    publish.publish_catalogue(scene.provider, operator, broken, breaking=True)
    assert comparing.compare(scene.provider, broken).changes == ()
