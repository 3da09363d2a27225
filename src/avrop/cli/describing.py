"""`avrop describe` and `avrop publish`: the catalogue, the snapshots and the lists of people."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from avrop.actions import comparing, describe, publish
from avrop.catalogue.datasets import Catalogue
from avrop.catalogue.findings import Finding
from avrop.catalogue.quality import qualities
from avrop.catalogue.sources import read_sources
from avrop.cli.context import As, InRole, Json, acting, folder_texts, installation, print_json, read_text, say, show
from avrop.disclosure.plan import LISTS
from avrop.errors import Conflict, Missing, Mistake
from avrop.packs import load_pack
from avrop.store.files import write_file

describe_app = typer.Typer(help="Describe variables: read, check, show.", no_args_is_help=True)
publish_app = typer.Typer(help="Publish: catalogue versions, snapshots, lists of people.", no_args_is_help=True)

Folder = Annotated[Path | None, typer.Argument(help="A catalogue's folder; without it, the installed pack's.")]

CatalogueOption = Annotated[Path | None, typer.Option("--catalogue", help="A catalogue's folder; else the pack's.")]


def _described(folder: Path | None) -> tuple[Catalogue, tuple[Finding, ...]]:
    return describe.describe(load_pack().catalogue if folder is None else folder_texts(folder))


@describe_app.command(epilog="Example: avrop describe check ./catalogue")
def check(folder: Folder = None, as_json: Json = False) -> None:
    """Check a described catalogue; exit 2 if something stops it."""
    catalogue, findings = _described(folder)
    rows = [(f.severity, f.check, f.subject, f.sentence, f.hint) for f in findings]
    show(rows, ("severity", "check", "subject", "finding", "what to do"), as_json=as_json, title=catalogue.name)
    if any(f.severity == "stop" for f in findings):
        raise typer.Exit(Mistake.exit_code)


@describe_app.command(epilog="Example: avrop describe variables --json")
def variables(folder: Folder = None, as_json: Json = False) -> None:
    """List the variables with their levels."""
    catalogue, _ = _described(folder)
    rows = [
        (v.name, v.label.en, v.unit_type, v.temporality, v.sensitivity, " > ".join(level.name for level in v.levels))
        for v in catalogue.variables
    ]
    show(rows, ("name", "label", "unit", "temporality", "sensitivity", "levels"), as_json=as_json)


@describe_app.command(epilog="Example: avrop describe quality PERSON")
def quality(
    dataset: Annotated[str, typer.Argument(help="One dataset; without it, all.")] = "",
    folder: CatalogueOption = None,
    as_json: Json = False,
) -> None:
    """Tell how well each dataset is described, what is open, and what no table has yet."""
    catalogue, _ = _described(folder)
    found = [each for each in qualities(catalogue) if dataset in ("", each.dataset)]
    if not found:
        raise Missing("describe.no_dataset", "The catalogue has no dataset of that name.", hint="Leave it out for all.")
    if as_json:
        print_json(found)
        return
    rows: list[tuple[object, ...]] = [(x.dataset, "variables", f"{x.variables}", "") for x in found]
    rows += [(x.dataset, "described only", f"{len(x.described_only)}", ", ".join(x.described_only)) for x in found]
    for each in found:
        lacking = dict(each.missing)
        rows += [(each.dataset, part, f"{n} of {each.variables}", ", ".join(lacking[part])) for part, n in each.has]
        rows += [(each.dataset, "open point", name, point) for name, point in each.open_points]
    rows.sort(key=lambda row: str(row[0]))
    show(rows, ("dataset", "what", "how many", "which"), as_json=False, title=catalogue.name)


@describe_app.command("import", epilog="Example: avrop describe import config.yaml --out ./catalogue")
def import_config(
    config: Annotated[Path, typer.Argument(help="A datasource's configuration, as its own tools take it.")],
    out: Annotated[Path, typer.Option("--out", help="A new folder for the catalogue.")],
    version: Annotated[str, typer.Option(help="The version to give the catalogue.")] = "1",
    controller: Annotated[str | None, typer.Option(help="Whose all rows are; writes the attribution rule too.")] = None,
    as_json: Json = False,
) -> None:
    """Make a described catalogue of another tool's configuration, and say what became of each thing in it."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise Conflict("import.exists", "The folder is taken.", hint="Name a new one.", file=out.name)
    texts, made = describe.import_description(
        read_text(config), file=config.name, version=version, controller=controller, today=datetime.now(UTC).date()
    )
    for name, text in texts.items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        write_file(out / name, text.encode())
    rows = [(x.what, x.subject, x.sentence, x.hint) for x in made.report]
    show(rows, ("what", "about", "what became of it", "what to do"), as_json=as_json, title=made.catalogue.name)


@describe_app.command(epilog="Example: avrop describe diff ./catalogue")
def diff(folder: Folder = None, as_json: Json = False) -> None:
    """Tell what would change from the published catalogue, and which open call-offs a breaking change touches."""
    described, _ = _described(folder)
    with installation() as system:
        found = comparing.compare(system, described)
    if as_json:
        print_json(
            {"changes": found.changes, "touched": [{"call-off": ref, "uses": uses} for ref, uses in found.touched]}
        )
        return
    rows = [(change.kind, change.subject, change.what) for change in found.changes]
    show(rows, ("kind", "about", "what"), as_json=False, title=f"{described.name} {described.version}")
    for reference, uses in found.touched:
        typer.echo(f"The open call-off {reference} uses {', '.join(uses)}.")


@publish_app.command(epilog="Example: avrop publish catalogue ./catalogue")
def catalogue(
    who: As,
    folder: Folder = None,
    breaking: Annotated[
        bool, typer.Option("--breaking", help="Say that it is meant to break what is published.")
    ] = False,
    role: InRole = None,
    as_json: Json = False,
) -> None:
    """Freeze a checked catalogue as an immutable version."""
    described, _ = _described(folder)
    with acting(who, role) as (system, actor):
        sealed = publish.publish_catalogue(system, actor, described, breaking=breaking)
    say({"catalogue": f"{described.name} {described.version}", "digest": sealed}, as_json=as_json)


@publish_app.command(epilog="Example: avrop publish snapshot PERSON=people.csv ENROLMENT=e.parquet")
def snapshot(
    who: As,
    sources: Annotated[
        list[str] | None,
        typer.Argument(
            help="DATASET=FILE or DATASET=postgresql:schema.table, or a folder of files named DATASET-1.csv."
        ),
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option("--sources", help="A source map: which columns feed what, and where from.")
    ] = None,
    name: Annotated[str, typer.Option(help="What to call the snapshot.")] = "snapshot",
    role: InRole = None,
    as_json: Json = False,
) -> None:
    """Check source tables against the published catalogue and keep them as an immutable snapshot."""
    mapped = () if mapping is None else read_sources(read_text(mapping), file=mapping.name)
    found = publish.named_sources(sources or [], mapped)
    with acting(who, role) as (system, actor):
        sealed, report = publish.load_snapshot(system, actor, found, name=name)
    if as_json:
        print_json({"snapshot": sealed, "report": report})
    else:
        say({"snapshot": sealed}, as_json=False)
        rows = [(d.dataset, d.rows, d.people, f"{d.first} to {d.last}" if d.first else "-") for d in report.datasets]
        show(rows, ("dataset", "rows", "people", "period"), as_json=False)


@publish_app.command("list", epilog="Example: avrop publish list protected protected.csv")
def person_list(
    name: Annotated[str, typer.Argument(help="protected or objecting.")],
    file: Annotated[Path, typer.Argument(help="CSV with one column, person.")],
    who: As,
    as_of: Annotated[datetime | None, typer.Option(help="As of when; without it, now.")] = None,
    role: InRole = None,
    as_json: Json = False,
) -> None:
    """Refresh a list of people to leave out of everything."""
    if name not in LISTS:
        raise Mistake("lists.unknown", f"The lists are: {', '.join(LISTS)}.", hint="Name one of them.")
    with acting(who, role) as (system, actor):
        moment = as_of.astimezone() if as_of else system.clock()
        report = publish.load_list(system, actor, name, file, as_of=moment)
    say({"list": name, "as of": moment.isoformat(), "digest": report.digest}, as_json=as_json)
