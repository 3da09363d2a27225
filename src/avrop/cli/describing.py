"""`avrop describe` and `avrop publish`: the catalogue, the snapshots and the lists of people."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from avrop.actions import comparing, describe, publish
from avrop.catalogue import withdrawing
from avrop.catalogue.datasets import Catalogue
from avrop.catalogue.drafting import Order
from avrop.catalogue.findings import Finding
from avrop.catalogue.importing import Imported
from avrop.catalogue.quality import qualities
from avrop.catalogue.sources import read_sources
from avrop.cli import checking
from avrop.cli.context import As, InRole, Json, acting, folder_texts, print_json, read_text, say, show, standing
from avrop.configuration import from_environment
from avrop.disclosure.plan import LISTS
from avrop.errors import Conflict, Missing, Mistake
from avrop.packs import load_pack
from avrop.store.files import write_file

describe_app = typer.Typer(help="Describe variables: read, check, show.", no_args_is_help=True)
publish_app = typer.Typer(help="Publish: catalogue versions, snapshots, lists of people.", no_args_is_help=True)

Folder = Annotated[Path | None, typer.Argument(help="A catalogue's folder; without it, the installed pack's.")]

CatalogueOption = Annotated[Path | None, typer.Option("--catalogue", help="A catalogue's folder; else the pack's.")]


def _texts(folder: Path | None) -> Mapping[str, str]:
    return load_pack().catalogue if folder is None else folder_texts(folder)


def _described(folder: Path | None) -> tuple[Catalogue, tuple[Finding, ...]]:
    return describe.describe(_texts(folder))


@describe_app.command(epilog="Example: avrop describe check ./catalogue")
def check(folder: Folder = None, as_json: Json = False) -> None:
    """Check a described catalogue; exit 2 if something stops it."""
    catalogue, findings = describe.located(_texts(folder))
    rows = checking.each(findings) if as_json else checking.folded(findings)
    show(rows, checking.COLUMNS, as_json=as_json, title=catalogue.name)
    if any(f.severity == "stop" for f, _ in findings):
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
    _require_free(out)
    texts, made = describe.import_description(
        read_text(config), file=config.name, version=version, controller=controller, today=datetime.now(UTC).date()
    )
    _write(out, texts)
    _tell(made, "what became of it", as_json=as_json)


@describe_app.command(epilog="Example: avrop describe init --from members.csv --person member_no --out ./catalogue")
def init(
    source: Annotated[str, typer.Option("--from", help="A CSV or Parquet file, or postgresql:schema.table.")],
    person: Annotated[str, typer.Option("--person", help="The column that says who a row is about.")],
    out: Annotated[Path, typer.Option("--out", help="A new folder for the catalogue.")],
    name: Annotated[str, typer.Option(help="What to call the catalogue and its dataset; else as the table.")] = "",
    publisher: Annotated[str, typer.Option(help="Whose catalogue it is.")] = "",
    time: Annotated[str | None, typer.Option("--time", help="The column of dates on which a row holds.")] = None,
    until: Annotated[str | None, typer.Option("--until", help="The column of dates on which a spell ends.")] = None,
    key: Annotated[list[str] | None, typer.Option("--key", help="A column that tells rows apart; repeat it.")] = None,
    codes: Annotated[
        list[str] | None,
        typer.Option("--codes", help="A column whose values become codes, those that five people have; repeat it."),
    ] = None,
    delimiter: Annotated[str, typer.Option(help="What is between a CSV file's columns.")] = ",",
    version: Annotated[str, typer.Option(help="The version to give the catalogue.")] = "1",
    controller: Annotated[str | None, typer.Option(help="Whose all rows are; writes the attribution rule too.")] = None,
    as_json: Json = False,
) -> None:
    """Draft a description of a table, without any value of it but codes that are asked for."""
    _require_free(out)
    settings = from_environment()
    order = Order(
        name=name or Path(source.rpartition(":")[2]).stem.rpartition(".")[2], source=source, delimiter=delimiter,
        publisher=publisher or controller or settings.organisation or settings.name, person=person, time=time,
        until=until, key=tuple(key or ()), version=version,
    )  # fmt: skip
    texts, made = describe.draft_description(
        order, codes=codes or (), controller=controller, source_url=settings.source_url,
        today=datetime.now(UTC).date(),
    )  # fmt: skip
    _write(out, texts)
    _tell(made, "what is drafted", as_json=as_json)


def _require_free(out: Path) -> None:
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise Conflict("import.exists", "The folder is taken.", hint="Name a new one.", file=out.name)


def _write(out: Path, texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        write_file(out / name, text.encode())


def _tell(made: Imported, sentence: str, *, as_json: bool) -> None:
    rows = [(x.what, x.subject, x.sentence, x.hint) for x in made.report]
    show(rows, ("what", "about", sentence, "what to do"), as_json=as_json, title=made.catalogue.name)


@describe_app.command(epilog="Example: avrop describe diff ./catalogue")
def diff(folder: Folder = None, as_json: Json = False) -> None:
    """Tell what would change from the published catalogue, and which open call-offs that touches."""
    described, _ = _described(folder)
    with standing() as system:
        found = comparing.compare(system, described)
    if as_json:
        uses = {"touched": _used(found.touched), "reworded": _used(found.reworded)}
        print_json({"version": found.standing, "changes": found.changes, "gone": dict(found.gone), **uses})
        return
    rows = [(change.kind, change.subject, change.what, _DOUBT if change.meaning else "") for change in found.changes]
    show(rows, ("kind", "about", "what", "to see to"), as_json=False, title=f"{described.name} {described.version}")
    if found.standing in _STANDING:
        typer.echo(f"{described.name} {described.version} {_STANDING[found.standing]}")
    _tell_uses(found)


_STANDING: Mapping[comparing.Standing, str] = {
    "taken": "was published before with other content: raise `version` in catalogue.yaml before it is published.",
    "earlier": "was published before, just so: to publish it is to go back to it.",
}
_DOUBT = "changed meaning?"


def _used(uses: comparing.Uses) -> list[dict[str, object]]:
    return [{"call-off": reference, "uses": names} for reference, names in uses]


def _tell_uses(found: comparing.Comparison, *, err: bool = False) -> None:
    """What goes without notice; which open call-offs are touched, and which use what is said in other words."""
    for name, day in found.gone:
        typer.echo(f"{name} is withdrawn from {day}, which has passed: who has planned with it had no notice.", err=err)
    for reference, names in found.touched:
        typer.echo(f"The open call-off {reference} uses {', '.join(names)}, which breaks.", err=err)
    for reference, names in found.reworded:
        sentence = f"The open call-off {reference} uses {', '.join(names)}, which is said in other words: {_DOUBT}"
        typer.echo(f"{sentence} If so, tell those who asked for it.", err=err)


@describe_app.command(epilog="Example: avrop describe withdraw POINTS ./catalogue --from 2027-08-01 --successor MARK")
def withdraw(
    variable: Annotated[str, typer.Argument(help="The variable's name.")],
    folder: Annotated[Path, typer.Argument(help="The catalogue's folder, whose file is changed.")],
    day: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day without it.")],
    successor: Annotated[
        list[str] | None, typer.Option("--successor", help="What to ask for instead; repeat it.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Write that a variable can no longer be asked for from a day on; publish a new version afterwards."""
    texts, today = folder_texts(folder), datetime.now(UTC).date()
    file, text = withdrawing.withdraw(texts, variable, day=day.date(), today=today, successors=successor or ())
    write_file(folder / file, text.encode())
    say({"withdrawn": variable, "from": f"{day:%Y-%m-%d}", "file": file}, as_json=as_json)


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
        made = publish.publish_catalogue(system, actor, described, breaking=breaking)
    if made.changed.standing == "earlier":
        typer.echo("This version was published before, and is the current one again.", err=True)
    for change in made.changed.changes:
        if change.meaning:
            typer.echo(f"{change.subject}: {change.what}: {_DOUBT}", err=True)
    _tell_uses(made.changed, err=True)
    told: dict[str, object] = {"catalogue": f"{described.name} {described.version}", "digest": made.digest}
    if as_json:
        told |= {"touched": _used(made.changed.touched), "reworded": _used(made.changed.reworded)}
    say(told, as_json=as_json)


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
