"""`avrop publish commons` and `avrop publish key`: our catalogue for KUDAF's upload tool, and a commons' own keys."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from avrop.actions import commons_keys, commons_shown, kudaf_check
from avrop.canonical import build
from avrop.catalogue.kudaf_upload import configurations
from avrop.catalogue.publishing import Publishing
from avrop.catalogue.yamltext import load_yaml
from avrop.cli import sources
from avrop.cli.context import As, InRole, Json, acting, installation, print_json, read_text, say, show
from avrop.configuration import from_environment
from avrop.errors import Mistake
from avrop.outbound.guard import Outbound
from avrop.store.files import write_file

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
    text = load_yaml(read_text(publisher), file=publisher.name, code="commons.yaml")
    publishing = build(Publishing, text, what=publisher.name)
    with installation() as system:
        own, serve, today = commons_shown.own_catalogue(system), system.settings.serve, system.clock().date()
    if own is None:
        raise Mistake("load.no_catalogue", "No catalogue version is published.", hint="Publish one first.")
    if data_url is None and serve is not None and "datasource" in serve.faces:
        data_url = f"{serve.public_url}api/variables/"
    files = configurations(own, publishing, tool=tool.value, on=today, data_url=data_url)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        write_file(folder / name, content.encode())
    if as_json:
        print_json(sorted(files))
    else:
        say({"files": ", ".join(sorted(files))}, as_json=False)


@kudaf_app.command(epilog="Example: avrop kudaf check https://kudaf.example.no/metadata/")
def check(
    url: Annotated[str, typer.Argument(help="The back-end's address, before `api/v1/`.")],
    key: Annotated[
        str | None, typer.Option(envvar="AVROP_KUDAF_KEY", help="The key that the tools would send; from the variable.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Tell where a metadata back-end's answers are other than the upload tools need. Exit 2 if one breaks.

    It only reads. Only public addresses are asked; `allowed_hosts` of the configuration lets others through.
    """
    serve = from_environment().serve
    asked, found = kudaf_check.check(Outbound(allowed_hosts=serve.allowed_hosts if serve else ()), url, key=key)
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
