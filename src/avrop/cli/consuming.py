"""`avrop account consumer`: who may read over the datasource contract, and for which organisation."""

from typing import Annotated

import typer

from avrop.actions import permissions
from avrop.cli.context import As, InRole, Json, acting, say, show

app = typer.Typer(help="Consumers of the datasource contract.", no_args_is_help=True)

Subject = Annotated[str, typer.Argument(help="The subject (`sub`) of the consumer's tokens.")]


@app.command(epilog="Example: avrop account consumer add 0b1e6a52-7f0c-4a55-9a3e-2f5d1f1c0a01 --organisation receiver")
def add(
    subject: Subject,
    organisation: Annotated[str, typer.Option(help="The code of the organisation that it acts for.")],
    who: As,
    role: InRole = None,
) -> None:
    """Register a consumer, or let it act for another organisation."""
    with acting(who, role) as (system, actor):
        permissions.add_consumer(system, actor, subject=subject, organisation=organisation)
    typer.echo("registered")


@app.command("list", epilog="Example: avrop account consumer list --as operator@provider --json")
def list_all(who: As, role: InRole = None, as_json: Json = False) -> None:
    """Every consumer, with whom it acts for and who registered it."""
    with acting(who, role) as (system, actor):
        found = permissions.list_consumers(system, actor)
    rows = [(x.subject, x.organisation, x.registered_by, x.registered_at.isoformat()) for x in found]
    show(rows, ("subject", "organisation", "by", "since"), as_json=as_json)


@app.command(epilog="Example: avrop account consumer remove 0b1e6a52-7f0c-4a55-9a3e-2f5d1f1c0a01")
def remove(subject: Subject, who: As, role: InRole = None) -> None:
    """Let a consumer act for nobody; its next request finds nothing."""
    with acting(who, role) as (system, actor):
        permissions.remove_consumer(system, actor, subject)
    typer.echo("removed")


@app.command("rotate-key", epilog="Example: avrop account consumer rotate-key")
def rotate_key(who: As, role: InRole = None, as_json: Json = False) -> None:
    """Sign permission tokens with a new key; the old one stays published for a day."""
    with acting(who, role) as (system, actor):
        say({"key": permissions.rotate_token_key(system, actor)}, as_json=as_json)
