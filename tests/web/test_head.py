"""HEAD says what GET would, without its body, wherever anybody may read."""

import pytest

from avrop.http.app import create_app
from avrop.system import System
from tests.search.asking import get, head, post

READ = (
    "/", "/nb", "/nb/", "/nb/variabler/SEX", "/nb/none", "/en/variabler/SEX/kodeliste.csv", "/en/handlekurv.json",
    "/health", "/dcat", "/dcat/vigo", "/dcat/vigo.ttl", "/dcat/vigo/PERSON", "/api/v1/search?q=sex",
    "/api/v1/search/variables/SEX", "/api/v1/catalogs/", "/api/v1/about", "/api/v1/catalogue",
    "/api/metadata/variables", "/static/vendor/none.js",
)  # fmt: skip


@pytest.mark.parametrize("path", READ)
def test_head_says_what_get_would_without_its_body(provider: System, path: str) -> None:
    app = create_app(provider, faces=("catalogue", "casework", "datasource"))
    asked, told = get(app, path), head(app, path)
    assert (told.status_code, told.content) == (asked.status_code, b"")
    assert told.headers == asked.headers


def test_what_is_made_for_one_asker_is_not_made_for_a_head(provider: System) -> None:
    app = create_app(provider, faces=("catalogue", "casework", "datasource"))
    assert head(app, "/api/variables/SEX").status_code == 405


def test_what_may_only_be_read_says_by_what(provider: System) -> None:
    app = create_app(provider, faces=("catalogue", "casework", "datasource"))
    for path, allowed in (
        ("/dcat/vigo.ttl", {"GET", "HEAD"}), ("/health", {"GET", "HEAD"}), ("/api/variables/SEX", {"GET"}),
    ):  # fmt: skip
        refused = post(app, path, {})
        assert (refused.status_code, set(refused.headers["allow"].split(", "))) == (405, allowed)
