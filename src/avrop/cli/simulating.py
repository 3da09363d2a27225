"""`avrop <pack> simulate ...`: a whole source system of nobody, planned, made, checked and explained."""

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from avrop.catalogue.packform import Simulation, Simulator
from avrop.cli.context import Json, print_json, show
from avrop.errors import Missing
from avrop.packs import load_pack

BLOCK = 20_000
CORES = os.cpu_count() or 1
Name = Annotated[
    str, typer.Option("--profile", help="How much, by name: `plan` tells its size; a wrong name, all names.")
]
Seed = Annotated[int, typer.Option(min=0, help="Another number gives other people.")]
Block = Annotated[int, typer.Option(min=1, help="The most people of a chunk; the rows are the same for any.")]
Parameters = Annotated[
    Path | None, typer.Option(help="A folder of parameter files instead of those that come along.", exists=True)
]
Answers = Annotated[Path | None, typer.Option(help="A folder outside of OUT for answer keys: whose each row is.")]
Workers = Annotated[int, typer.Option(min=1, help="Processes that work at the same time.")]
Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The folder of a run.")]


def commands(pack: str) -> typer.Typer:
    """The commands of a pack's simulator."""
    app = typer.Typer(help="A whole source system of nobody: people who do not exist.", no_args_is_help=True)

    @app.command(epilog=f"Example: avrop {pack} simulate plan --profile small")
    def plan(
        profile: Name = "small", seed: Seed = 1, block: Block = BLOCK, parameters: Parameters = None,
        as_json: Json = False,
    ) -> None:  # fmt: skip
        """Tell how much a run would make, without making it."""
        told = _simulator(pack).plan(Simulation(profile=profile, seed=seed, block=block, parameters=parameters))
        show([(name, str(value)) for name, value in told.items()], ("of", "is"), as_json=as_json)

    @app.command(epilog=f"Example: avrop {pack} simulate run --profile micro --out ./nobody")
    def run(
        out: Annotated[Path, typer.Option(help="The folder to fill; what is finished there is kept.")],
        profile: Name = "small", seed: Seed = 1, block: Block = BLOCK,
        workers: Workers = CORES,
        parameters: Parameters = None,
        answers: Answers = None,
        noise: Annotated[str, typer.Option(help="clean, or register: mess on purpose, with its answer key.")] = "clean",
        as_json: Json = False,
    ) -> None:  # fmt: skip
        """Make the tables; after an interruption the same command goes on where it stopped.

        The rows depend on profile, seed and parameters alone; the root over them is told at the end.
        """
        columns = (TextColumn("Chunks"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, transient=True) as progress:
            task = progress.add_task("chunks", total=None)
            try:
                manifest = _simulator(pack).run(
                    out,
                    Simulation(
                        profile=profile, seed=seed, block=block, parameters=parameters, answers=answers, noise=noise
                    ),
                    workers,
                    lambda done, of: progress.update(task, completed=done, total=of),
                )
            except KeyboardInterrupt:
                typer.echo("Stopped. What is finished stays: the same command goes on from there.", err=True)
                raise typer.Exit(130) from None
        if as_json:
            print_json(dict(manifest))
            return
        rows = manifest["rows"]
        show([(table, str(count)) for table, count in rows.items()], ("table", "rows"), as_json=False)
        typer.echo(f"{manifest['people']} people who do not exist, {sum(rows.values())} rows. Root {manifest['root']}.")

    @app.command(epilog=f"Example: avrop {pack} simulate check ./nobody")
    def check(
        folder: Folder,
        rule: Annotated[list[str] | None, typer.Option(help="Only this rule; repeatable.")] = None,
        as_json: Json = False,
    ) -> None:
        """Check files and rules of a finished run; exit 2 if something is broken."""
        with Progress(TextColumn("Checking {task.description}"), transient=True) as progress:
            task = progress.add_task("", total=None)
            broken = _simulator(pack).check(
                folder, tuple(rule or ()), progress=lambda number: progress.update(task, description=number)
            )
        rows = [(each.rule, str(each.count), each.text, "; ".join(each.keys[:5])) for each in broken]
        if rows or as_json:
            show(rows, ("rule", "rows", "it says", "such as"), as_json=as_json)
        if broken:
            raise typer.Exit(2)
        if not as_json:
            typer.echo("Every file is as its manifest says, and no rule is broken.")

    @app.command(epilog=f"Example: avrop {pack} simulate deliver ./nobody --out ./sources")
    def deliver(
        folder: Folder,
        out: Annotated[Path, typer.Option(help="A new folder for the files that are loaded.")],
        as_json: Json = False,
    ) -> None:
        """Write the catalogue's datasets of a finished run, one row of each row's copies, and the lists of people left
        out: what `publish snapshot` and `publish list` load."""
        with Progress(TextColumn("Parts"), BarColumn(), MofNCompleteColumn(), transient=True) as progress:
            task = progress.add_task("parts", total=None)
            counts = _simulator(pack).deliver(
                folder, out, lambda done, of: progress.update(task, completed=done, total=of)
            )
        show([(name, str(count)) for name, count in counts.items()], ("dataset or list", "rows"), as_json=as_json)

    @app.command(epilog=f"Example: avrop {pack} simulate explain ./nobody leap-day")
    def explain(
        folder: Folder,
        person: Annotated[str, typer.Argument(help="A name of the gallery, or a running number (person_lnr).")],
        as_json: Json = False,
    ) -> None:
        """Tell one person's life, and what gave each step of it."""
        told = _simulator(pack).explain(folder, person)
        if as_json:
            print_json(told)
            return
        for line in told:
            typer.echo(line)

    @app.command(epilog=f"Example: avrop {pack} simulate report ./nobody")
    def report(
        folder: Folder,
        out: Annotated[Path | None, typer.Option(help="The HTML file; without it, report.html in the folder.")] = None,
        as_json: Json = False,
    ) -> None:
        """Write one page with figures: what was simulated beside what is published. It opens without a network."""
        target = out or folder / "report.html"
        counted = _simulator(pack).report(folder, target)
        if as_json:
            print_json({"file": str(target), **counted})
        else:
            told = ", ".join(f"{count} {name}" for name, count in counted.items())
            typer.echo(f"{target}: of the published figures {told}.")

    @app.command(epilog=f"Example: avrop {pack} simulate gallery ./nobody")
    def gallery(folder: Folder, as_json: Json = False) -> None:
        """List the scripted lives: the same in every run, by name."""
        rows = [(name, str(number), about) for name, number, about in _simulator(pack).gallery(folder)]
        show(rows, ("name", "person", "about"), as_json=as_json)

    return app


def _simulator(pack: str) -> Simulator:
    found = load_pack(pack).simulator
    if found is None:
        raise Missing("pack.no_simulator", "The pack has no simulator.", hint="Name another pack.")
    return found
