"""Publishing to an external commons by commands alone: plan, send, send again, and what a script reads of it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Prompt
from tests.cli.test_commons import PUBLISHER
from tests.http.commons import Commons, commons
from tests.http.publisher import SMALL
from tests.publishing import published

FILE = """
name = "provider"
commons = "external"

[external]
url = "{url}"
permissions_url = "{url}api/v1/permissions/"
key_file = "commons.key"

[external.issuer]
issuer = "core.example/api/v1/auth"
keys_url = "{url}keys"
audiences = ["us"]

[serve]
faces = ["casework", "datasource"]
public_url = "https://us.example/"
datasource_id = "us"
allowed_hosts = ["{host}"]
publisher = "{folder}/publisher.yaml"
"""


@pytest.fixture
def place(fresh_database: Callable[[str], str], tmp_path: Path) -> Iterator[Commons]:
    with commons(tmp_path / "place", fresh_database("commons")) as running:
        yield running


@pytest.fixture
def line(tmp_path: Path, place: Commons) -> Prompt:
    """An operator's command line at a provider with a published catalogue; the key's file has no good key yet."""
    with published(tmp_path / "us", catalogue=SMALL) as system:
        url = system.url
    made = Prompt(folder=tmp_path)
    (tmp_path / "publisher.yaml").write_text(PUBLISHER)
    (tmp_path / "commons.key").write_text("not.the-key-of-anybody\n")
    (tmp_path / "commons.key").chmod(0o600)
    text = FILE.format(url=place.url, host=place.url.split("/")[2], folder=tmp_path)
    (tmp_path / "us.toml").write_text(text)
    made.environment = {
        "AVROP_CONFIG": str(tmp_path / "us.toml"), "AVROP_DATABASE_URL": url, "AVROP_AS": "op@provider",
        "AVROP_HOME": str(tmp_path / "us" / "zone"), "AVROP_KEYS_HOME": str(tmp_path / "us" / "keys"),
    }  # fmt: skip
    made.ok("account", "enrol", "op@provider", "--organisation", "provider", "--roles", "operator")
    made.ok("account", "enrol", "decider@provider", "--organisation", "provider", "--roles", "decider")
    return made


def test_a_catalogue_is_planned_sent_and_not_sent_again(line: Prompt, place: Commons) -> None:
    planned = line.ok("publish", "kudaf", "--dry-run")
    assert "\nto send\tcatalogue\t" in planned
    assert place.stored() == [0, 0, 0, 0]
    (line.folder / "commons.key").write_text(place.key("Eksempel IKS"))
    sent = line.ok("publish", "kudaf")
    assert f"sent: {sum(place.stored()) + place.stored()[2]}\n" in sent
    assert "\nsent\tabout\t" in sent
    assert "Themes" not in sent
    (url,) = {request.headers.get("authorization", "").split(" ")[0] for request in place.requests} - {""}
    assert url == "API-Key"
    place.requests.clear()
    told = json.loads(line.ok("publish", "kudaf", "--json"))
    assert {entry["done"] for entry in told["entries"]} == {"there"}
    assert (told["stopped"], len(told["entries"])) == (None, sum(place.stored()) + place.stored()[2])
    assert {request.method for request in place.requests} == {"GET"}


def test_a_wrong_key_is_said_without_it(line: Prompt, place: Commons) -> None:
    code, out, err = line.run("publish", "kudaf")
    assert code == 7
    assert "[publish.key]" in err
    assert "the-key-of-anybody" not in out + err
    line.environment["AVROP_COMMONS_KEY"] = place.key("Eksempel IKS")
    assert "sent: " in line.ok("publish", "kudaf"), "the environment wins over the file"


def test_what_is_refused_makes_the_command_fail_with_the_rest_told(line: Prompt, place: Commons) -> None:
    """The commons knows the key's publisher by another name."""
    (line.folder / "commons.key").write_text(place.key("Another"))
    code, out, _ = line.run("publish", "kudaf", "--json")
    assert code == 3
    told = json.loads(out)["entries"]
    assert [(x["kind"], x["done"]) for x in told][:2] == [("catalogue", "refused"), ("unit type", "left")]
    assert "Another publishes" in told[0]["said"]


def test_who_may_not_or_names_no_commons_is_told(line: Prompt, place: Commons) -> None:
    assert "[publish.operator]" in line.no(3, "publish", "kudaf", "--as", "decider@provider")
    (line.folder / "commons.key").unlink()
    assert "[publish.no_key]" in line.no(2, "publish", "kudaf")
    file = line.folder / "us.toml"
    file.write_text(file.read_text().replace('commons = "external"', 'commons = "own"'))
    assert "[publish.not_external]" in line.no(2, "publish", "kudaf")
    assert place.requests == []


def test_beside_it_no_catalogue_of_ours_is_served(line: Prompt) -> None:
    file = line.folder / "us.toml"
    file.write_text(file.read_text().replace('["casework", "datasource"]', '["casework", "catalogue"]'))
    assert "[serve.external_catalogue]" in line.no(2, "serve")
