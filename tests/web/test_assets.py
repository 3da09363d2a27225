"""What pages load: ours and others', from our server alone, for good, and with their licences."""

import json
import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from avrop.http.app import create_app
from avrop.system import System
from avrop.web import assets
from tests.publishing import published
from tests.search.asking import get
from tools import ui

VENDOR = ui.VENDOR
made = pytest.mark.skipif(not ui.is_made(), reason="`make ui` has not been run, so pages are plain here")


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with published(tmp_path_factory.mktemp("assets")) as system:
        yield system


def test_everything_that_a_page_names_is_served_for_good_and_only_that(provider: System) -> None:
    app = create_app(provider, faces=("catalogue",))
    named = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', get(app, "/nb/").text))
    assert len(named) >= 3
    for path in named:
        answer = get(app, path)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["content-type"] == assets.KINDS[path.rpartition(".")[2]]
        assert answer.headers["x-content-type-options"] == "nosniff"
    for path in ("vendor/manifest.json", "vendor/nothing.css", "0000000000000000/app.css", "vendor/..%2Fapp.css"):
        assert get(app, f"/static/{path}").status_code == 404


def test_a_text_is_packed_for_whom_that_suits(provider: System) -> None:
    app = create_app(provider, faces=("catalogue",))
    path = assets.ours("app.css").path
    packed = get(app, path, headers={"Accept-Encoding": "gzip, br"})
    plain = get(app, path, headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.content == plain.content
    assert plain.headers["vary"] == packed.headers["vary"] == "Accept-Encoding"


@made
def test_the_manifest_says_what_was_made_of_what_and_under_which_licence() -> None:
    manifest = json.loads((VENDOR / "manifest.json").read_text("utf-8"))
    assert {path.name for path in VENDOR.iterdir()} == {*manifest["files"], "manifest.json"}
    for name, told in manifest["files"].items():
        assert sha256((VENDOR / name).read_bytes()).hexdigest() == told["sha256"]
    licences = (VENDOR / "LICENSES.txt").read_text("utf-8")
    locked = json.loads((ui.UI / "package-lock.json").read_text("utf-8"))["packages"]
    for each in manifest["packages"]:
        assert locked[f"node_modules/{each['name']}"]["version"] == each["version"]
        assert f"{each['name']} {each['version']} ({each['license']})" in licences


@made
def test_what_others_wrote_names_no_other_address() -> None:
    for path in VENDOR.iterdir():
        if path.suffix in (".css", ".js"):
            text = path.read_text("utf-8").replace("http://www.w3.org/", "")
            assert not re.search(r"https?://|@import|sourceMappingURL", text), path.name


def test_the_lock_names_every_package_by_its_hash_and_none_by_an_address() -> None:
    lock = json.loads((ui.UI / "package-lock.json").read_text("utf-8"))["packages"]
    others = {name: each for name, each in lock.items() if name}
    assert others
    assert all(each["integrity"].startswith("sha512-") for each in others.values())
    assert not any("resolved" in each for each in others.values())
    wanted = json.loads((ui.UI / "package.json").read_text("utf-8"))
    asked = {**wanted["dependencies"], **wanted["devDependencies"]}
    assert all(re.fullmatch(r"[0-9]+\.[0-9]+\.[0-9]+", version) for version in asked.values())
    record = Path(ui.ROOT / "docs/decisions/0008-libraries.md").read_text("utf-8")
    assert all(f"| `{name}` |" in record for name in asked)
