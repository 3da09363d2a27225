"""What every command shares: the installation of the environment, the actor, and printing as a table or as JSON."""

import errno
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from avrop.actions import account
from avrop.actors import Actor, Role
from avrop.canonical import plain, read
from avrop.configuration import from_environment, is_named
from avrop.errors import Conflict, Fault, Missing, Mistake
from avrop.signed import Signed
from avrop.store import embedded
from avrop.store.files import write_file
from avrop.system import System, open_system

As = Annotated[str, typer.Option("--as", help="Your account name; see `avrop account people`.", envvar="AVROP_AS")]
InRole = Annotated[Role | None, typer.Option("--role", help="Your role, if you have several.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
CallOff = Annotated[str, typer.Argument(help="The call-off's reference, such as 2026-001.")]


@contextmanager
def installation() -> Iterator[System]:
    """The installation that the environment names; an embedded PostgreSQL that nobody else uses is stopped after."""
    settings = from_environment()
    unmeant = not is_named() and not settings.home.exists()
    try:
        with open_system(settings) as system:
            if unmeant:
                typer.echo(f"A new installation was made in {settings.home}; AVROP_CONFIG names another.", err=True)
            yield system
    finally:
        if settings.embedded_home is not None:
            embedded.stop_if_idle(settings.embedded_home)


@contextmanager
def standing() -> Iterator[System]:
    """The same for a command that only reads: none is made for it. Errors: `installation.none` (Missing)."""
    home = from_environment().embedded_home
    if home is not None and not embedded.is_made(home):
        raise Missing(
            "installation.none", "There is no installation here, and none is made to be read.",
            hint="Name the one that you mean with AVROP_CONFIG, or with AVROP_NAME and AVROP_HOME.",
            folder=str(home.parent),
        )  # fmt: skip
    with installation() as system:
        yield system


@contextmanager
def acting(person: str, role: Role | None = None) -> Iterator[tuple[System, Actor]]:
    """The installation, and the person as an actor in it."""
    with installation() as system:
        yield system, account.actor(system, person, role)


def show(rows: Sequence[Sequence[object]], columns: Sequence[str], *, as_json: bool, title: str = "") -> None:
    """Rows as JSON objects, as a table on a terminal, or as tab-separated lines under one of names."""
    console = Console()
    if as_json:
        print_json([dict(zip(map(json_name, columns), row, strict=True)) for row in rows])
    elif console.is_terminal:
        console.print(table(rows, columns, title=title))
    else:
        for row in (columns, *rows):
            typer.echo("\t".join(str(cell) for cell in row))


def table(rows: Sequence[Sequence[object]], columns: Sequence[str], *, title: str = "") -> Table:
    """A table for a terminal. What does not fit is folded and never cut: digests and names are there to be copied."""
    made = Table(title=title or None, title_justify="left")
    for column in columns:
        made.add_column(column, overflow="fold")
    for row in rows:
        made.add_row(*(str(cell) for cell in row))
    return made


def json_name(column: str) -> str:
    """A column's name as a key of JSON: no spaces, no hyphens.

    >>> json_name("what to do")
    'what_to_do'
    """
    return column.replace(" ", "_").replace("-", "_")


def say(facts: Mapping[str, object], *, as_json: bool) -> None:
    """A few named values, as one JSON object or one line each."""
    if as_json:
        print_json({json_name(name): value for name, value in facts.items()})
    else:
        for name, value in facts.items():
            typer.echo(f"{name}: {value}")


def print_json(value: Any) -> None:
    """JSON of plain values, or of documents."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=plain))


def write_out(path: Path, data: bytes, *, over: bool = True) -> None:
    """Write what `--out` names, whole or not at all; without `over`, no other file of that name is replaced.

    Errors: `file.unwritable` (Mistake), `file.exists` (Conflict), `files.no_space` (Fault).
    """
    if not over and path.is_file() and path.read_bytes() != data:
        raise Conflict(
            "file.exists", "There is another file of that name, which is not replaced.", hint="Name a new one.",
            file=str(path),
        )  # fmt: skip
    if not path.parent.is_dir() or path.is_dir():
        raise Mistake(
            "file.unwritable",
            "There is a folder of that name." if path.is_dir() else "There is no such folder to write in.",
            hint="Name a file in a folder that is there.",
            file=str(path),
        )
    try:
        write_file(path, data)
    except Fault as failure:
        failure.where.setdefault("file", str(path))
        raise


def new_folder(path: Path) -> None:
    """Make a folder that a command is to fill. Errors: `file.unwritable` (Mistake)."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as failure:
        raise Mistake(
            "file.unwritable",
            f"The folder cannot be made ({errno.errorcode.get(failure.errno or 0, 'unknown')}).",
            hint="Name another.",
            file=str(path),
        ) from None


def read_text(path: Path) -> str:
    """A text file, with its own line ends. Errors (Mistake): `file.missing`, `file.unreadable`."""
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise Mistake(
            "file.missing", "There is no such file.", hint="Name it from where you stand.", file=str(path)
        ) from None
    except (OSError, UnicodeDecodeError) as failure:
        raise Mistake(
            "file.unreadable",
            f"The file cannot be read ({type(failure).__name__}).",
            hint="Name a text file in UTF-8.",
            file=path.name,
        ) from None


def read_signed(path: Path) -> Signed:
    """A signed document from a file. Raises `document.unsigned` (Mistake) for one that is not signed yet."""
    text = read_text(path)
    if _unsigned(text):
        raise Mistake(
            "document.unsigned", "The file is a document that nobody has signed.",
            hint="Sign it first: `avrop decide sign`.", file=path.name,
        )  # fmt: skip
    signed: Signed = read(Signed, text, what=path.name)
    return signed


def _unsigned(text: str) -> bool:
    try:
        value = json.loads(text)
    except ValueError:
        return False
    return isinstance(value, dict) and "signature" not in value and "call_off" in value


def folder_texts(folder: Path) -> dict[str, str]:
    """Every YAML file under a folder, by its path within it. Errors: `file.no_folder`, `file.no_yaml` (Mistake)."""
    if not folder.is_dir():
        raise Mistake("file.no_folder", "There is no such folder.", hint="Name another.", file=str(folder))
    found = {str(path.relative_to(folder)): read_text(path) for path in sorted(folder.rglob("*.yaml"))}
    if not found:
        raise Mistake("file.no_yaml", "The folder has no YAML files.", hint="Name another.", file=str(folder.name))
    return found
