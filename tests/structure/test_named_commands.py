"""Every command that a hint, a page or an example names is there, and examples are commands that can be given."""

import ast
import re
import shlex
from collections.abc import Iterator

import click
import pytest
import typer

from avrop.cli.main import app
from tools.source import PACKAGE, ROOT, files, modules

ROOT_COMMAND = typer.main.get_command(app)
NAMED = re.compile(r"(?:`|\$ (?:\.venv/bin/)?|^ *(?:\.venv/bin/)?)avrop((?: [a-z][a-z-]*)+)", re.MULTILINE)
SHELL = re.compile(r"```(?:console|bash|sh|shell)\n(.*?)```", re.DOTALL)


def missing(words: list[str]) -> str | None:
    """The first of these words that should be a command and is none."""
    command = ROOT_COMMAND
    for word in words:
        found = getattr(command, "commands", None)
        if found is None:
            return None
        if word not in found:
            return word
        command = found[word]
    return None


def test_it_tells_a_command_from_none() -> None:
    assert missing(["account", "timeline"]) is None
    assert missing(["account"]) is None
    assert missing(["keys", "rotate", "signing", "now"]) is None
    assert missing(["account", "persons"]) == "persons"
    assert missing(["accounts"]) == "accounts"


def texts() -> Iterator[tuple[str, str]]:
    """Every page, and every text in the code, with where it stands."""
    for path in files():
        if path.suffix == ".md":
            yield path.relative_to(ROOT).as_posix(), path.read_text("utf-8")
    for module in modules(PACKAGE):
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield f"{module.path.name}:{node.lineno}", node.value


def test_every_command_that_is_named_exists() -> None:
    wrong = [
        f"{place}: avrop{words}"
        for place, text in texts()
        for words in NAMED.findall(text)
        if missing(words.split()) is not None
    ]
    assert wrong == []


def commands(group: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    for name, command in sorted(getattr(group, "commands", {}).items()):
        if getattr(command, "commands", None):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


ALL = list(commands(ROOT_COMMAND))


@pytest.mark.parametrize(("path", "command"), ALL, ids=[" ".join(path) for path, _ in ALL])
def test_an_example_can_be_given_as_it_stands(
    path: tuple[str, ...], command: click.Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also without `--as` where the .env file of an installation names who acts there."""
    monkeypatch.setenv("AVROP_AS", "operator@provider")
    assert command.epilog is not None
    words = shlex.split(command.epilog.removeprefix("Example: avrop "))
    assert tuple(words[: len(path)]) == path
    assert "--help" not in words
    command.make_context(" ".join(path), words[len(path) :])
