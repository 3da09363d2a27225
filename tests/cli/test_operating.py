"""The operator's page: its configuration is read, its commands run, and what it says of errors is so."""

import json
import re
import shlex
import socket
import tomllib
from collections.abc import Callable
from dataclasses import MISSING, fields
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from avrop import errors
from avrop.actions.harvest import publishing_of
from avrop.catalogue.publishing import AskedPoint, Law, Publishing, Subjects
from avrop.configuration import from_environment
from avrop.http.server import require_servable
from avrop.settings import ServeSetting
from avrop.signed import key_id
from avrop.store import embedded
from avrop.system import System
from tests.cli.conftest import Prompt
from tests.publishing import CATALOGUE
from tools.source import ROOT

PAGE = (ROOT / "docs" / "operating.md").read_text("utf-8")
TOML = re.search(r"(?ms)^```toml (\S+)\n(.*?)^```", PAGE)
COMMANDS = [line[2:] for block in re.findall(r"(?ms)^```console\n(.*?)^```", PAGE) for line in block.splitlines()]


@pytest.fixture
def operator(tmp_path: Path, fresh_database: Callable[[str], str]) -> Prompt:
    """At the page's configuration, in a folder of its own."""
    assert TOML is not None
    (tmp_path / TOML[1]).write_text(TOML[2], "utf-8")
    made = Prompt(folder=tmp_path)
    made.environment = {"AVROP_CONFIG": str(tmp_path / TOML[1]), "AVROP_DATABASE_URL": fresh_database("receiver")}
    return made


def test_the_commands_of_the_page_run_in_its_order(operator: Prompt) -> None:
    said = {command: operator.ok(*shlex.split(command)[1:]) for command in COMMANDS}
    assert len(said) >= 8
    assert json.loads(said["avrop disclose pushes --json"]) == []
    assert (operator.folder / "receiver-keys" / "master.key").is_file()


def test_its_configuration_is_safe_to_serve(operator: Prompt) -> None:
    serve = require_servable(from_environment(operator.environment))
    assert (serve.faces, serve.peers[0].organisation) == (("inbox",), "agency")


def test_its_publisher_is_one_that_is_read_complete_and_every_field_is_told(operator: Prompt) -> None:
    found = re.search(r"(?ms)^```yaml (publisher\.yaml)\n(.*?)^```", PAGE)
    assert found is not None
    (operator.folder / found[1]).write_text(found[2], "utf-8")
    file = Path(operator.environment["AVROP_CONFIG"])
    file.write_text(file.read_text().replace("[serve]\n", f'[serve]\npublisher = "{found[1]}"\n'))
    system = cast("System", SimpleNamespace(settings=from_environment(operator.environment)))
    _, publishing = publishing_of(system)
    assert publishing.contact.email == "data@example.no"
    assert {each.dataset for each in publishing.subjects} <= {each.name for each in CATALOGUE.datasets}
    parts = (Publishing, AskedPoint, Law, Subjects)
    assert all(re.search(rf"\b{each.name}:", found[2]) for part in parts for each in fields(part))
    rows = dict(re.findall(r"(?m)^\| `(\w+)` \| (yes|no) \|", PAGE))
    assert rows == {each.name: "yes" if each.default is MISSING else "no" for each in fields(Publishing)}


def test_it_names_every_setting_of_serving() -> None:
    assert TOML is not None
    written = set(tomllib.loads(TOML[2])["serve"])
    for name in ServeSetting.__dataclass_fields__:
        assert name in written or f"`{name}`" in PAGE or f"{name} = " in PAGE or f"serve.{name}" in PAGE, name


def test_its_table_of_classes_is_that_of_the_code() -> None:
    rows = re.findall(r"(?m)^\| (\w+) \| (\d+) \| (\d) \|", PAGE)
    told = {name: (int(status), int(code)) for name, status, code in rows}
    assert told == {kind.__name__: (kind.status, kind.exit_code) for kind in errors.AvropError.__subclasses__()}


def test_a_configuration_that_is_wrong_says_where(operator: Prompt) -> None:
    file = Path(operator.environment["AVROP_CONFIG"])
    file.write_text(file.read_text().replace('faces = ["inbox"]', 'faces = ["inbx"]'))
    assert "serve.faces" in operator.no(2, "keys", "show")
    file.write_text("name = \n")
    assert "[settings.file]" in operator.no(2, "keys", "show")


def test_an_address_that_is_taken_is_said_before_anything_is_served(operator: Prompt) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        file = Path(operator.environment["AVROP_CONFIG"])
        text = re.sub(r"(?m)^(host|port) = .*\n", "", file.read_text())
        port = taken.getsockname()[1]
        file.write_text(text.replace("[serve]\n", f'[serve]\nhost = "127.0.0.1"\nport = {port}\n'))
        code, out, err = operator.run("serve")
    assert (code, out) == (1, "")
    assert "[serve.address]" in err
    assert "EADDRINUSE" in err


def test_a_key_that_no_agreement_has_yet_is_shown(operator: Prompt) -> None:
    made = operator.ok("keys", "make", "signing", "receiver").split()[-1]
    (shown,) = json.loads(operator.ok("keys", "show", "--json"))
    assert (shown["holder"], shown["use"], shown["key"]) == ("receiver", "signing", key_id(made))
    assert "in no framework agreement yet" in shown["stands"]


def test_an_installation_that_nobody_named_is_not_made_in_silence(operator: Prompt, tmp_path: Path) -> None:
    unnamed = Prompt(folder=tmp_path / "elsewhere")
    unnamed.folder.mkdir()
    try:
        made = unnamed.run("account", "enrol", "op@x", "--organisation", "x", "--roles", "operator")
        assert (made[0], "avrop-home" in made[2]) == (0, True)
        assert unnamed.run("account", "register")[2] == ""
    finally:
        embedded.stop(unnamed.folder / "avrop-home" / "postgres")
    assert operator.run("account", "register")[2] == ""
