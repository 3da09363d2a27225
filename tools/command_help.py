"""The page of the command line: every command's help as it prints itself, from the Typer application."""

import importlib
import importlib.util
from collections.abc import Iterator
from typing import Any

BEGINNING = """# The command line

Generated from the sources by `make docs`; do not edit. Every command has `--help`.

"""
APPLICATION = "avrop.cli.main"


def exists() -> bool:
    """Whether the package has a command line."""
    return importlib.util.find_spec(APPLICATION) is not None


def page() -> str:
    """All commands, depth first in their own order."""
    typer_main = importlib.import_module("typer.main")
    command = typer_main.get_command(importlib.import_module(APPLICATION).app)
    return BEGINNING + "\n".join(_sections(command, "avrop"))


def _sections(command: Any, path: str, parent: Any = None) -> Iterator[str]:
    context = type(command).context_class(command, info_name=path.rsplit(" ", 1)[-1], parent=parent)
    yield f"## `{path}`\n\n{_described(command, context)}"
    for name, child in getattr(command, "commands", {}).items():
        if not child.hidden:
            yield from _sections(child, f"{path} {name}", context)


def _described(command: Any, context: Any) -> str:
    lines = [f"    {' '.join([context.command_path, *command.collect_usage_pieces(context)])}", ""]
    if command.help:
        lines += [_plain(command.help), ""]
    rows = [record for parameter in command.params if (record := _record(parameter, context)) is not None]
    if rows:
        lines += ["| parameter | meaning |", "|---|---|", *rows, ""]
    if command.epilog:
        lines += [_plain(command.epilog), ""]
    return "\n".join(lines)


def _record(parameter: Any, context: Any) -> str | None:
    record = parameter.get_help_record(context)
    if record is None or "--help" in parameter.opts:
        return None
    name, meaning = record
    return f"| `{name.strip()}` | {' '.join(str(meaning).split()).replace('|', chr(92) + '|')} |"


def _plain(text: str) -> str:
    return text.replace("\b\n", "").replace("\b", "").strip()
