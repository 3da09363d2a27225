"""`avrop <pack> ...`: what a pack brings, under its own name."""

import re
import subprocess
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from avrop.cli.context import Json, print_json, show
from avrop.errors import Missing, Mistake
from avrop.packs import load_pack

_WHAT_TO_DO = "Take it away, or replace it by a number whose month has 80 added."


def commands(pack: str) -> typer.Typer:
    """The commands of a pack."""
    app = typer.Typer(help=f"What the pack {pack} brings.", no_args_is_help=True)

    @app.callback()
    def grouped() -> None:
        """Keep the group, however few commands it has."""

    @app.command(epilog=f"Example: avrop {pack} scan --tracked .")
    def scan(
        paths: Annotated[list[Path], typer.Argument(help="Files, and folders with all that is in them.")],
        tracked: Annotated[bool, typer.Option("--tracked", help="Only what git tracks in those folders.")] = False,
        exclude: Annotated[list[str] | None, typer.Option(help="A pattern of paths to leave out; repeatable.")] = None,
        as_json: Json = False,
    ) -> None:  # fmt: skip
        """Find every number that could be a real person's; exit 2 if there is one. No number is ever shown."""
        found = load_pack(pack).scan
        if found is None:
            raise Missing("pack.no_scan", "The pack knows no numbers to look for.", hint="Name another pack.")
        rows: list[tuple[str, str, str, str]] = []
        size = 0
        files = [file for path in paths for file in _files(path, tracked=tracked, exclude=exclude or ())]
        with Progress(transient=True) as progress:
            for file in progress.track(files, description="Reading"):
                size += file.stat().st_size
                try:
                    rows += [(str(file), each.place, each.kind, _WHAT_TO_DO) for each in found(file)]
                except Mistake as no:
                    rows.append((str(file), "", no.code, f"{no.sentence} {no.hint}"))
        if as_json:
            names = ("file", "place", "kind", "what_to_do")
            print_json(
                {"files": len(files), "bytes": size, "found": [dict(zip(names, row, strict=True)) for row in rows]}
            )
        else:
            if rows:
                show(rows, ("file", "place", "kind", "what to do"), as_json=False)
            typer.echo(f"{len(files)} files, {size} bytes read: {len(rows)} found.")
        if rows:
            raise typer.Exit(Mistake.exit_code)

    return app


def _files(path: Path, *, tracked: bool, exclude: Sequence[str]) -> Iterator[Path]:
    """The files in a path, in order; links are not followed. Errors: `scan.nothing` (Missing), `scan.no_git`."""
    if path.is_file():
        yield path
        return
    if not path.is_dir():
        raise Missing("scan.nothing", "There is no such file or folder.", hint="Correct the path.", file=path.name)
    inside = _tracked(path) if tracked else sorted(path.rglob("*"))
    for file in inside:
        name = file.relative_to(path).as_posix()
        if file.is_file() and not file.is_symlink() and not any(fnmatch(name, pattern) for pattern in exclude):
            yield file


def _tracked(path: Path) -> list[Path]:
    done = subprocess.run(["git", "-C", str(path), "ls-files", "-z", "--", "."], capture_output=True, check=False)  # noqa: S603, S607
    if done.returncode:
        raise Mistake(
            "scan.no_git", "The folder is no git checkout, or git is not installed.", hint="Leave --tracked out."
        )
    return [path / name for name in re.split("\0", done.stdout.decode(errors="surrogateescape")) if name]
