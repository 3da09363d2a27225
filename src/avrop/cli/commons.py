"""`avrop publish kudaf` and `avrop publish commons`: our catalogue to another's commons, by ourselves or by its upload
tool; `avrop publish key`: a commons' own keys."""

from collections import Counter
from enum import StrEnum
from pathlib import Path
from typing import Annotated, cast

import typer

from avrop.actions import commons_keys, commons_shown, harvest, kudaf_check, kudaf_publish
from avrop.catalogue.kudaf_upload import configurations
from avrop.catalogue.publishing import Publishing
from avrop.catalogue.yamltext import read_yaml
from avrop.cli import sources
from avrop.cli.context import As, InRole, Json, acting, installation, print_json, read_text, say, show
from avrop.configuration import from_environment
from avrop.errors import Mistake, Refusal
from avrop.outbound.guard import Outbound
from avrop.store.files import write_file
from avrop.system import System

app = typer.Typer(no_args_is_help=True)
kudaf_app = typer.Typer(help="Another metadata back-end of KUDAF, looked at.", no_args_is_help=True)
key_app = typer.Typer(help="Keys of this data commons: issue, list, withdraw.", no_args_is_help=True)
app.add_typer(key_app, name="key")
app.add_typer(sources.app, name="source")


class UploadTool(StrEnum):
    """Versions of the upload tool."""

    OLDER = "0.2.0"
    NEWER = "0.3.3"


@app.command("commons", epilog="Example: avrop publish commons ./upload --publisher publisher.yaml --tool 0.3.3")
def write_configurations(
    folder: Annotated[Path, typer.Argument(help="Where to write the configurations.")],
    publisher: Annotated[Path, typer.Option(help="YAML: name, description, number, kind, contact, themes.")],
    tool: Annotated[UploadTool, typer.Option(help="Which version of the upload tool.")] = UploadTool.NEWER,
    data_url: Annotated[
        str | None, typer.Option(help="Where the variables' data are; without it, our own datasource if we show one.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Write our published catalogue as configurations for `kudaf-generate upload`: run it once for each file."""
    publishing = _publishing(publisher)
    with installation() as system:
        own, today = commons_shown.own_catalogue(system), system.clock().date()
        data_url = data_url or _data_url(system)
    if own is None:
        raise Mistake("load.no_catalogue", "No catalogue version is published.", hint="Publish one first.")
    files = configurations(own, publishing, tool=tool.value, on=today, data_url=data_url)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        write_file(folder / name, content.encode())
    if as_json:
        print_json(sorted(files))
    else:
        say({"files": ", ".join(sorted(files))}, as_json=False)


@app.command("kudaf", epilog="Example: avrop publish kudaf --dry-run")
def publish_to(
    who: As,
    publisher: Annotated[
        Path | None, typer.Option(help="YAML that says who publishes; without it, `publisher` of the configuration.")
    ] = None,
    data_url: Annotated[
        str | None, typer.Option(help="Where the variables' data are; without it, our own datasource if we show one.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only read, and tell what would be sent.")] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Send also what is there and was never sent from here.")
    ] = False,
    role: InRole = None,
    as_json: Json = False,
) -> None:
    """Publish our catalogue to the external commons of the configuration. What is there already is not sent again.

    Exit 3 if something was refused; if the run stopped, exit by what stopped it, and run it again to go on.
    """
    with acting(who, role) as (system, actor):
        publishing = _publishing(publisher) if publisher else harvest.publishing_of(system)[1]
        report = kudaf_publish.publish(
            system, actor, publishing, data_url=data_url or _data_url(system), dry_run=dry_run, again=again
        )
    _tell(report, as_json=as_json)
    if report.stopped is not None:
        raise report.stopped
    if report.refused:
        raise typer.Exit(Refusal.exit_code)


def _tell(report: kudaf_publish.Report, *, as_json: bool) -> None:
    if as_json:
        left_out = [{"what": what, "times": count} for what, count in report.left_out]
        stopped = report.stopped.code if report.stopped else None
        print_json({"entries": report.lines, "left_out": left_out, "stopped": stopped})
        return
    rows = [(x.done, x.kind, x.name, x.said or "") for x in report.lines if x.done != "there" or x.said]
    show(rows, ("outcome", "kind", "name", "what is said"), as_json=False)
    for done, count in Counter(line.done for line in report.lines).items():
        typer.echo(f"{done}: {count}")
    for what, count in report.left_out:
        typer.echo(f"no place in the form: {what} ({count})")


def _publishing(file: Path) -> Publishing:
    return cast("Publishing", read_yaml(Publishing, read_text(file), file=file.name, code="commons.yaml"))


def _data_url(system: System) -> str | None:
    """Where our own datasource answers, if we show one."""
    serve = system.settings.serve
    return f"{serve.public_url}api/variables/" if serve is not None and "datasource" in serve.faces else None


@kudaf_app.command(epilog="Example: avrop kudaf check https://kudaf.example.no/metadata/")
def check(
    url: Annotated[str, typer.Argument(help="The back-end's address, before `api/v1/`.")],
    key: Annotated[
        str | None, typer.Option(envvar="AVROP_KUDAF_KEY", help="The key that the tools would send; from the variable.")
    ] = None,
    posts: Annotated[
        bool, typer.Option("--posts", help="Also send what must be refused: without a key, and bodies that are none.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Tell where a metadata back-end's answers are other than the upload tools need. Exit 2 if one breaks.

    It only reads, unless `--posts` says that it may also send what a back-end must refuse and store nothing of.
    Only public addresses are asked; `allowed_hosts` of the configuration lets others through.
    """
    serve = from_environment().serve
    asked, found = kudaf_check.check(
        Outbound(allowed_hosts=serve.allowed_hosts if serve else ()), url, key=key, posts=posts
    )
    if as_json:
        print_json({"asked": asked, "deviations": found})
    else:
        show([(x.gravity, x.address, x.sentence) for x in found], ("gravity", "address", "what"), as_json=False)
        typer.echo(f"{len(asked)} addresses were asked; {len(found)} deviations.")
    if any(each.gravity == "breaks" for each in found):
        raise typer.Exit(Mistake.exit_code)


@key_app.command(epilog='Example: avrop publish key issue novel --publisher "Novel Ltd" --as operator@commons')
def issue(
    organisation: Annotated[str, typer.Argument(help="The organisation's code.")],
    publisher: Annotated[str, typer.Option(help="The one name under which it publishes.")],
    who: As,
    role: InRole = None,
    as_json: Json = False,
) -> None:
    """Issue a key to a publisher. It is shown once."""
    with acting(who, role) as (system, actor):
        key = commons_keys.issue_key(system, actor, organisation=organisation, publisher=publisher)
    say({"key": key}, as_json=as_json)


@key_app.command("list", epilog="Example: avrop publish key list --as operator@commons")
def list_keys(who: As, role: InRole = None, as_json: Json = False) -> None:
    """List the keys by name, the withdrawn ones too; secrets are not kept."""
    with acting(who, role) as (system, actor):
        keys = commons_keys.list_keys(system, actor)
    rows = [
        (k.key, k.holder.organisation, k.holder.publisher, k.issued_by, f"{k.issued_at:%Y-%m-%d}",
         f"{k.withdrawn_at:%Y-%m-%d}" if k.withdrawn_at else "")
        for k in keys
    ]  # fmt: skip
    show(rows, ("key", "organisation", "publisher", "issued by", "issued", "withdrawn"), as_json=as_json)


@key_app.command(epilog="Example: avrop publish key withdraw 0123456789ab --as operator@commons")
def withdraw(
    key: Annotated[str, typer.Argument(help="The key's name: what stands before its full stop.")],
    who: As,
    role: InRole = None,
    as_json: Json = False,
) -> None:
    """Withdraw a key at once. What was published with it stays."""
    with acting(who, role) as (system, actor):
        commons_keys.withdraw_key(system, actor, key)
    say({"withdrawn": key}, as_json=as_json)
