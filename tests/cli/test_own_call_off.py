"""The page on a call-off of one's own: its files and its commands, run in its order, on two installations."""

import json
import re
import shlex
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from string import Template

import pytest

from avrop.actors import Role
from tests.cli.conftest import Prompt
from tests.sources import place
from tools.source import ROOT

pytestmark = pytest.mark.slow

PAGE = (ROOT / "docs" / "own-call-off.md").read_text("utf-8")
BLOCK = re.compile(r"(?ms)^```(\w+)(?: (\S+))?\n(.*?)^```")


@pytest.fixture(scope="module")
def told(fresh_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder that the page leaves, and what its commands printed."""
    folder = tmp_path_factory.mktemp("own-call-off")
    place(folder / "demo")
    for kind, name, text in BLOCK.findall(PAGE):
        if kind != "console":
            at = f"export AVROP_DATABASE_URL='{fresh_database(name.split('.')[0])}'\n" if kind == "sh" else ""
            (folder / name).write_text(text + at, "utf-8")
    shell = Shell(Prompt(folder=folder))
    console = [text for kind, _, text in BLOCK.findall(PAGE) if kind == "console"]
    return folder, "".join(shell.line(line) for text in console for line in text.splitlines())


class Shell:
    """As much of a shell as the page uses, so that its many commands need no process each: `$ . ./file`, `$ name=$(…)`,
    and commands with `$name` in them. What it does not know, it refuses."""

    def __init__(self, prompt: Prompt) -> None:
        self.prompt = prompt
        self.names: dict[str, str] = {}

    def line(self, line: str) -> str:
        """Do one line of the page, and give what it prints."""
        assert line.startswith("$ ")
        text = line[2:]
        if text.startswith(". ./"):
            return self._source(self.prompt.folder / text[4:])
        named = re.fullmatch(r"(\w+)=\$\((.*)\)", text)
        if named:
            self.names[named[1]] = self._within(named[2])
            return ""
        return self._command(text)

    def _within(self, text: str) -> str:
        if text == "date -d '+90 days' +%F":
            return f"{datetime.now(UTC).date() + timedelta(days=90)}"
        command, _, cut = text.partition(" | ")
        assert cut == "cut -d' ' -f3"
        return self._command(command).split()[2]

    def _command(self, text: str) -> str:
        words = [Template(word).substitute(self.names) for word in shlex.split(text)]
        assert words[0] == "avrop"
        return self.prompt.ok(*words[1:])

    def _source(self, file: Path) -> str:
        exports = [word for line in file.read_text().splitlines() for word in shlex.split(line)]
        pairs = (word.split("=", 1) for word in exports if word != "export")
        self.prompt.environment = {
            name: Template(value).substitute(PWD=str(self.prompt.folder)) for name, value in pairs
        }
        return ""


def test_the_pages_commands_lead_from_keys_to_a_receipt_and_a_sound_account(told: tuple[Path, str]) -> None:
    folder, said = told
    assert said.rstrip().endswith("sound")
    receipt = json.loads(json.loads((folder / "receipt.json").read_text())["body"])
    assert receipt["delivery"] == "2026-001/delivery/1"
    assert "in\t46, 50" in said


def test_what_is_delivered_is_as_coarse_as_the_coarser_answer(told: tuple[Path, str]) -> None:
    manifest = json.loads((told[0] / "outbox" / "2026-001-delivery-1" / "manifest.json").read_text())
    columns = [column for file in json.loads(manifest["body"])["files"] for column in file["columns"]]
    assert [column["level"] for column in columns if column["name"] == "PROGRAMME_AREA"] == ["programme"]


def test_the_page_names_every_role_of_a_person() -> None:
    table = PAGE[PAGE.index("## Whose people") : PAGE.index("## Two installations")]
    assert {role.value for role in Role if role is not Role.CLOCK} == set(re.findall(r"`([a-z_]+)`", table))
