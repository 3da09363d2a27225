"""The description whole: the bytes that the account names, and what reads them back."""

from collections.abc import Iterator
from datetime import date

import pytest

from avrop.actions.describe import describe, import_description
from avrop.canonical import digest_bytes
from avrop.http.app import create_app
from avrop.system import System
from tests.publishing import CATALOGUE, published
from tests.search.asking import get, head


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with published(tmp_path_factory.mktemp("described")) as system:
        yield system


def test_every_variable_comes_back_as_it_was_published(provider: System) -> None:
    given = get(create_app(provider, faces=("catalogue",)), "/api/v1/catalogue")
    texts, made = import_description(given.text, file="x.json", version="9", controller=None, today=date(2026, 1, 1))
    assert made.catalogue == CATALOGUE
    assert describe({name: text for name, text in texts.items() if name != "sources.yaml"})[0] == CATALOGUE


def test_the_tag_is_the_digest_and_who_has_it_is_told_so(provider: System) -> None:
    app = create_app(provider, faces=("catalogue",))
    given = get(app, "/api/v1/catalogue")
    assert given.headers["etag"] == f'"{digest_bytes(given.content)}"'
    assert get(app, "/api/v1/catalogue", headers={"If-None-Match": given.headers["etag"]}).status_code == 304
    assert head(app, "/api/v1/catalogue").headers["content-length"] == str(len(given.content))


def test_where_nothing_is_published_it_says_so(system: System) -> None:
    assert get(create_app(system, faces=("catalogue",)), "/api/v1/catalogue").status_code == 404
