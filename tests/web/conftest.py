"""A provider whose pages are read, and the same with a publisher that national catalogues know."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from avrop.catalogue.yamltext import dump_yaml, load_yaml
from avrop.settings import ServeSetting
from avrop.system import System
from tests.publishing import PACK, published


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with published(tmp_path_factory.mktemp("web")) as system:
        yield system


@pytest.fixture
def publisher(provider: System, tmp_path: Path) -> System:
    """The provider, with a publisher's file and an address."""
    told = load_yaml(PACK.parties, file="parties.yaml", code="x")["commons"]["publisher"]
    file = tmp_path / "publisher.yaml"
    file.write_text(dump_yaml(told), encoding="utf-8")
    serve = ServeSetting(faces=("catalogue",), public_url="https://provider.example.no/", publisher=file)
    return replace(provider, settings=replace(provider.settings, serve=serve))
