"""`avrop account`: agreement, adhesions, people, timeline, register, checkpoints, bundles, rebuild, ends of scopes."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from avrop.accounts.register import told
from avrop.actions import account
from avrop.actors import Role
from avrop.canonical import canonical, plain
from avrop.catalogue.yamltext import read_yaml
from avrop.cli import consuming
from avrop.cli.context import (
    As,
    InRole,
    Json,
    acting,
    installation,
    new_folder,
    print_json,
    read_signed,
    read_text,
    say,
    show,
    standing,
    write_out,
)
from avrop.disclosure.attribution import AttributionRule
from avrop.errors import Mistake
from avrop.governance.policy import Policy

app = typer.Typer(help="Account for it: agreement, timeline, register, bundles.", no_args_is_help=True)
app.add_typer(consuming.app, name="consumer")

Day = Annotated[datetime, typer.Option(formats=["%Y-%m-%d"])]
Out = Annotated[Path, typer.Option("--out", help="Where to write it.")]
Party = Annotated[str, typer.Option(help="CODE:NAME:PUBLIC KEY")]


@app.command(epilog="Example: avrop account enrol operator@provider --organisation provider --roles operator")
def enrol(
    person: Annotated[str, typer.Argument(help="The account name.")],
    organisation: Annotated[str, typer.Option(help="The organisation's code.")],
    roles: Annotated[list[Role], typer.Option(help="A role; may be repeated.")],
) -> None:
    """Add an account name to this installation's directory."""
    with installation() as system:
        account.enrol(system, person=person, organisation=organisation, roles=tuple(roles))
    typer.echo("enrolled")


@app.command("people", epilog="Example: avrop account people")
def people(as_json: Json = False) -> None:
    """The account names of this installation, with their organisation and roles."""
    with standing() as system:
        found = account.directory(system)
    rows = [(person, organisation, ", ".join(role.value for role in roles)) for person, organisation, roles in found]
    show(rows, ("account", "organisation", "roles"), as_json=as_json)


@app.command(
    "sign-agreement",
    epilog="Example: avrop account sign-agreement --provider 'provider:The provider:PUBLIC KEY' "
    "--receiver 'receiver:The receiver:PUBLIC KEY' --policy policy.yaml --rule rule.yaml --purpose Statistics",
)
def sign_agreement(
    provider: Party, receiver: Party, policy: Annotated[Path, typer.Option()], rule: Annotated[Path, typer.Option()],
    purpose: Annotated[str, typer.Option(help="The general purpose that the agreement opens for.")], who: As,
    name: Annotated[str, typer.Option(help="What call-offs must call it; without it, anything.")] = "",
) -> None:  # fmt: skip
    """Put the framework agreement in force."""
    parties = {"provider": _party(provider), "receiver": _party(receiver)}
    values = {
        name: read_yaml(form, read_text(path), file=path.name, code=f"{name}.yaml")
        for name, path, form in (("policy", policy, Policy), ("rule", rule, AttributionRule))
    }
    with acting(who) as (system, actor):
        account.sign_agreement(
            system, actor, policy=values["policy"], rule=values["rule"], general_purpose=purpose, name=name,
            parties=parties,
        )  # fmt: skip
    typer.echo("in force")


def _party(text: str) -> tuple[str, str, str]:
    code, name, key = ([*text.split(":", 2), "", ""])[:3]
    if not (code and name and key):
        raise Mistake(
            "agreement.party",
            "A party is written CODE:NAME:PUBLIC KEY.",
            hint="Correct --provider or --receiver; `avrop keys make signing` prints the key.",
        )
    return code, name, key


@app.command("export-agreement", epilog="Example: avrop account export-agreement --out agreement.json")
def export_agreement(out: Out) -> None:
    """At the provider: the agreement in force, signed, for the receiver's installation."""
    with installation() as system:
        write_out(out, canonical(account.export_agreement(system)))
    say({"written": out}, as_json=False)


@app.command("import-agreement", epilog="Example: avrop account import-agreement agreement.json --provider-key …")
def import_agreement(file: Annotated[Path, typer.Argument()], provider_key: Annotated[str, typer.Option()]) -> None:
    """At the receiver: record the agreement, checked against the provider's key that you were given."""
    with installation() as system:
        account.import_agreement(system, read_signed(file), provider_key=provider_key)
    typer.echo("recorded")


@app.command(epilog="Example: avrop account adhere 03 --name 'A controller' --public-key … --body Council")
def adhere(
    controller: str, name: Annotated[str, typer.Option()], public_key: Annotated[str, typer.Option()],
    body: Annotated[str, typer.Option(help="The competent body that decided.")], who: As, role: InRole = None,
) -> None:  # fmt: skip
    """Record a controller's adhesion with its own public key."""
    with acting(who, role) as (system, actor):
        account.adhere(system, actor, controller=controller, name=name, public_key=public_key, competent_body=body)
    typer.echo("adhered")


@app.command(epilog="Example: avrop account delegate 03 decider@03 --start 2026-01-01 --end 2027-01-01")
def delegate(controller: str, person: str, start: Day, end: Day, who: As, role: InRole = None) -> None:
    """Record that a person may decide for a controller from a day until another."""
    with acting(who, role) as (system, actor):
        account.delegate(system, actor, controller=controller, person=person, start=start.date(), end=end.date())
    typer.echo("delegated")


@app.command(epilog="Example: avrop account instruct --until 2027-12-31 --as decider@03")
def instruct(until: Day, who: As, role: InRole = None) -> None:
    """A controller instructs measuring on its own rows until a day."""
    with acting(who, role) as (system, actor):
        account.instruct_measuring(system, actor, until=until.date())
    typer.echo("instructed")


@app.command("withdraw-instruction", epilog="Example: avrop account withdraw-instruction --as decider@03")
def withdraw_instruction(who: As, role: InRole = None) -> None:
    """A controller takes its instruction to measure back."""
    with acting(who, role) as (system, actor):
        account.withdraw_measuring(system, actor)
    typer.echo("withdrawn")


@app.command(epilog="Example: avrop account timeline 2026-001 --json")
def timeline(
    case: Annotated[str | None, typer.Argument(help="A case; without it, all.")] = None, as_json: Json = False
) -> None:
    """What happened, in words."""
    with standing() as system:
        lines = account.show_timeline(system, case)
    show([(x.at, x.case, x.who, x.what) for x in lines], ("when", "case", "who", "what"), as_json=as_json)


@app.command(epilog="Example: avrop account register --json")
def register(as_json: Json = False) -> None:
    """The public register."""
    with standing() as system:
        found = account.show_register(system)
    if as_json:
        print_json([plain(entry) for entry in found])
    else:
        show([row for entry in found for row in told(entry)], ("what", "it says"), as_json=False)


@app.command(epilog="Example: avrop account checkpoint --out held.txt")
def checkpoint(out: Out) -> None:
    """A signed checkpoint of the log as it stands, to hold."""
    with installation() as system:
        write_out(out, account.make_checkpoint(system).encode(), over=False)
    say({"written": out}, as_json=False)


@app.command("public-keys", epilog="Example: avrop account public-keys --out keys.json")
def public_keys(out: Out) -> None:
    """The public keys that a verifier needs; hand them over by another way than the bundle."""
    with installation() as system:
        write_out(out, canonical(account.public_keys(system)))
    say({"written": out}, as_json=False)


@app.command(epilog="Example: avrop account bundle ./bundle")
def bundle(folder: Annotated[Path, typer.Argument(help="A new folder.")], as_json: Json = False) -> None:
    """Export the whole account so that anyone can check it alone, with `avrop verify`."""
    with installation() as system:
        new_folder(folder)
        size = account.export_bundle(system, folder)
    say({"entries": size, "folder": folder}, as_json=as_json)


@app.command(epilog="Example: avrop account rebuild")
def rebuild(as_json: Json = False) -> None:
    """Make every summary anew from the log."""
    with installation() as system:
        count = account.rebuild(system)
    say({"cases": count}, as_json=as_json)


@app.command("destroy-scope", epilog="Example: avrop account destroy-scope 2026-001")
def destroy_scope(scope: str, who: As, role: InRole = None) -> None:
    """Destroy a pseudonym scope's key for good."""
    with acting(who, role) as (system, actor):
        account.destroy_scope(system, actor, scope)
    typer.echo("destroyed")
