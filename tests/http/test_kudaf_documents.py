"""A provider's own metadata at the addresses of the commons' documents, in whichever faces it shows."""

import warnings
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from avrop.catalogue.kudaf import unit_types_document, variables_document
from avrop.http.app import create_app
from avrop.settings import Face, ServeSetting
from avrop.system import System
from tests import asking
from tests.http.commons import running
from tests.publishing import CATALOGUE, NOW, published


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A provider that has published the installed pack's catalogue."""
    with published(tmp_path_factory.mktemp("provider")) as system:
        yield system


def told(provider: System, *faces: Face) -> dict[str, Any]:
    """The two documents, and the addresses that OpenAPI names, of a provider with those faces."""
    serve = ServeSetting(faces=faces, public_url="https://provider.example.no/")
    system = replace(provider, settings=replace(provider.settings, serve=serve))
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # an address that is answered twice is warned of
        app = create_app(system, faces=faces)
        described = app.openapi()
    with running(app) as url, httpx.Client(verify=asking.NO_TLS, base_url=url, timeout=60) as client:
        answers = [client.get(f"api/metadata/{which}") for which in ("variables", "unit-types")]
    assert [answer.status_code for answer in answers] == [200, 200]
    variables, unit_types = (answer.json() for answer in answers)
    return {"variables": variables, "unit_types": unit_types, "paths": list(described["paths"])}


@pytest.mark.parametrize("faces", [("catalogue",), ("datasource",), ("catalogue", "casework", "datasource")])
def test_a_provider_tells_its_published_catalogue_in_each_of_its_faces(
    provider: System, faces: tuple[Face, ...]
) -> None:
    found = told(provider, *faces)
    at = "https://provider.example.no/api/variables/" if "datasource" in faces else None
    assert found["variables"] == variables_document(CATALOGUE, on=NOW.date(), data_url=at)
    assert found["unit_types"] == unit_types_document(CATALOGUE, on=NOW.date())
    assert found["paths"].count("/api/metadata/variables") == 1


def test_an_inbox_tells_no_metadata(provider: System) -> None:
    assert not [path for path in create_app(provider, faces=("inbox",)).openapi()["paths"] if "metadata" in path]
