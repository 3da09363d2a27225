"""`avrop publish source`: where else this data commons reads, how often, and how it went."""

import shlex
from enum import StrEnum
from typing import Annotated

import typer

from avrop.actions import gathering
from avrop.actions.gathered import GatherReport
from avrop.cli.context import As, InRole, Json, acting, installation, print_json, say, show
from avrop.errors import Mistake

app = typer.Typer(help="Other providers' catalogues that this data commons reads.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="What the source is called; its catalogue here has that title.")]


class SourceForm(StrEnum):
    """What a source answers with."""

    VARIABLES = "variables"
    DCAT = "dcat"


@app.command(epilog="Example: avrop publish source add novel https://novel.example.no/api/metadata/variables")
def add(
    name: Name,
    url: Annotated[str, typer.Argument(help="The whole address that is asked.")],
    who: As,
    form: Annotated[
        SourceForm, typer.Option(help="A document of variables as datasources have it, or DCAT in Turtle or RDF/XML.")
    ] = SourceForm.VARIABLES,
    publisher: Annotated[str, typer.Option(help="Who publishes it; else the source's name.")] = "",
    every: Annotated[int, typer.Option(help="Minutes between two readings.")] = 24 * 60,
    role: InRole = None,
    as_json: Json = False,
) -> None:
    """Read another provider's catalogue from now on."""
    with acting(who, role) as (system, actor):
        gathering.add_source(
            system, actor, name, url=url, form=form.value, publisher=publisher or name, every_minutes=every
        )
    say({"source": name, "next": f"avrop publish source read {shlex.quote(name)}"}, as_json=as_json)


@app.command("list", epilog="Example: avrop publish source list")
def list_sources(as_json: Json = False) -> None:
    """List the sources and how the last reading of each went."""
    with installation() as system:
        found = gathering.sources(system)
    if as_json:
        print_json(found)
        return
    rows = [
        (
            x.name, x.form, x.url, f"{x.every_minutes} min", f"{x.read_at:%Y-%m-%d %H:%M}" if x.read_at else "never",
            _in_short(x.report),
        )
        for x in found
    ]  # fmt: skip
    show(rows, ("source", "form", "address", "every", "read", "last reading"), as_json=False)


@app.command(epilog="Example: avrop publish source read novel")
def read(name: Name, as_json: Json = False) -> None:
    """Read a source now; exit 2 if that fails. Then nothing of what it said before is changed."""
    with installation() as system:
        report = gathering.read_source(system, name)
    if as_json:
        print_json(report)
    else:
        say({"source": name, "outcome": _in_short(report)}, as_json=False)
        for conflict in report.conflicts:
            typer.echo(f"Not taken: {conflict}")
    if report.outcome == "failed":
        raise typer.Exit(Mistake.exit_code)


@app.command(epilog="Example: avrop publish source remove novel --as operator@commons")
def remove(name: Name, who: As, role: InRole = None, as_json: Json = False) -> None:
    """Read a source no more, and forget what it said."""
    with acting(who, role) as (system, actor):
        gathering.remove_source(system, actor, name)
    say({"removed": name}, as_json=as_json)


def _in_short(report: GatherReport | None) -> str:
    if report is None:
        return ""
    if report.outcome == "failed":
        return f"failed: [{report.error}] {report.sentence}"
    if report.outcome == "unchanged":
        return "unchanged"
    counts = {
        "new": report.created, "changed": report.updated, "the same": report.unchanged, "gone": report.removed,
        "not taken": len(report.conflicts),
    }  # fmt: skip
    return ", ".join(f"{count} {what}" for what, count in counts.items())
