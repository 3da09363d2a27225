"""`avrop <pack> ...`: what a pack brings, under its own name."""

import re
import subprocess
from collections.abc import Callable, Iterable, Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from avrop.catalogue.packform import Found
from avrop.cli import simulating
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

    app.add_typer(simulating.commands(pack), name="simulate")

    @app.command(epilog=f"Example: avrop {pack} scan --tracked .")
    def scan(
        paths: Annotated[list[Path], typer.Argument(help="Files, and folders with all that is in them.")],
        tracked: Annotated[bool, typer.Option("--tracked", help="Only what git tracks in those folders.")] = False,
        exclude: Annotated[list[str] | None, typer.Option(help="A pattern of paths to leave out; repeatable.")] = None,
        as_json: Json = False,
    ) -> None:  # fmt: skip
        """Find every number that could be a real person's, in files and in their names; exit 2 if there is one.

        No number is ever shown. Links are not followed, nor pipes and devices read: how many is told. Without a file to
        read it ends with an error. Read are text in any encoding, Parquet, and what is packed by gzip, bzip2, xz, zstd,
        tar and zip. Not found are numbers in what is packed otherwise, numbers kept as a time or a date, and those in
        text that have lost their leading zero.
        """
        found = load_pack(pack).scan
        if found is None:
            raise Missing("pack.no_scan", "The pack knows no numbers to look for.", hint="Name another pack.")
        rows: list[tuple[str, str, str, str]] = []
        size = 0
        listed = [file for path in paths for file in _listed(path, tracked=tracked, exclude=exclude or ())]
        files = [file for file in listed if file is not None]
        skipped = len(listed) - len(files)
        if not files:
            raise Missing("scan.no_file", "There is no file to read in that.", hint="Correct the paths and patterns.")
        with Progress(transient=True) as progress:
            for file in progress.track(files, description="Reading"):
                size += file.stat().st_size
                rows += _rows(file, found)
        if as_json:
            names = ("file", "place", "kind", "what_to_do")
            print_json(
                {
                    "files": len(files),
                    "bytes": size,
                    "skipped": skipped,
                    "found": [dict(zip(names, row, strict=True)) for row in rows],
                }
            )
        else:
            if rows:
                show(rows, ("file", "place", "kind", "what to do"), as_json=False)
            left = f" Not read, as links, pipes or devices: {skipped}." if skipped else ""
            typer.echo(f"{len(files)} files, {size} bytes read: {len(rows)} found.{left}")
        if rows:
            raise typer.Exit(Mistake.exit_code)

    return app


def _rows(file: Path, found: Callable[[Path], Iterable[Found]]) -> Iterator[tuple[str, str, str, str]]:
    """What is said of one file; its path is without its digits where a number stands in it."""
    shown = str(file)
    try:
        for each in found(file):
            shown = re.sub("[0-9]", "#", shown) if each.in_path else shown
            yield shown, each.place, each.kind, _WHAT_TO_DO
    except Mistake as no:
        yield shown, "", no.code, f"{no.sentence} {no.hint}"


def _listed(path: Path, *, tracked: bool, exclude: Sequence[str]) -> Iterator[Path | None]:
    """The files in a path, in order, and None for each thing in it that cannot be read as one, or is a link: what it
    leads to is either in the path too, or was not asked for. Errors: `scan.nothing` (Missing), `scan.no_git`.
    """
    if path.is_file():
        yield path
        return
    if not path.is_dir():
        raise Missing("scan.nothing", "There is no such file or folder.", hint="Correct the path.", file=path.name)
    inside = _tracked(path) if tracked else sorted(path.rglob("*"))
    for file in inside:
        name = file.relative_to(path).as_posix()
        if any(fnmatch(name, pattern) for pattern in exclude):
            continue
        if file.is_symlink() or not file.is_dir():
            yield file if file.is_file() and not file.is_symlink() else None


def _tracked(path: Path) -> list[Path]:
    done = subprocess.run(["git", "-C", str(path), "ls-files", "-z", "--", "."], capture_output=True, check=False)  # noqa: S603, S607  our words
    if done.returncode:
        raise Mistake(
            "scan.no_git", "The folder is no git checkout, or git is not installed.", hint="Leave --tracked out."
        )
    return [path / name for name in re.split("\0", done.stdout.decode(errors="surrogateescape")) if name]
