"""`avrop disclose` and `avrop receive`: from today's grant to a receipt, and in time to a confirmed deletion."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from avrop.actions import disclose, receive
from avrop.actions import push as pushing
from avrop.actions.export import export_variable
from avrop.actions.tasks import TASKS
from avrop.canonical import canonical, digest
from avrop.cli.context import (
    As,
    CallOff,
    InRole,
    Json,
    acting,
    installation,
    print_json,
    read_signed,
    read_text,
    say,
    show,
    write_out,
)
from avrop.disclosure.microdata_package import PUBLIC_KEY_FILE, public_from_pem
from avrop.worker import run_until_idle

disclose_app = typer.Typer(help="Disclose: grant, countersign, build, hand over.", no_args_is_help=True)
receive_app = typer.Typer(help="Receive: take in, acknowledge, delete.", no_args_is_help=True)


class Form(StrEnum):
    """What a generation's variable can be exported as."""

    MICRODATA = "microdata"


KEY_FILES = {Form.MICRODATA: PUBLIC_KEY_FILE}
"""Each form's name for the file of a receiver's public key."""

Delivery = Annotated[str, typer.Argument(help="The delivery, such as 2026-001/delivery/1.")]
Folder = Annotated[Path, typer.Argument(help="A folder.")]
File = Annotated[Path, typer.Argument(help="A signed document.")]
Out = Annotated[Path, typer.Option("--out", help="Where to write the signed document.")]


@disclose_app.command(epilog="Example: avrop disclose grant 2026-001")
def grant(call_off: CallOff, as_json: Json = False) -> None:
    """Today's grant: every slice that is valid now."""
    with installation() as system:
        today = disclose.grant(system, call_off)
    if as_json:
        print_json({"grant": digest(today), "slices": today.slices})
    else:
        show([(s.controller, s.slice_plan, s.decision) for s in today.slices], _SLICE, as_json=False)
        say({"grant": digest(today)}, as_json=False)


@disclose_app.command(epilog="Example: avrop disclose countersign 2026-001 --as operator2@provider")
def countersign(call_off: CallOff, who: As, role: InRole = None) -> None:
    """Countersign today's grant, as another operator than the one who prepared it."""
    with acting(who, role) as (system, actor):
        disclose.countersign(system, actor, call_off)
    typer.echo("countersigned")


@disclose_app.command(epilog="Example: avrop disclose build 2026-001")
def build(call_off: CallOff, who: As, role: InRole = None, as_json: Json = False) -> None:
    """Plan and build the next generation from today's grant."""
    with acting(who, role) as (system, actor):
        case = disclose.plan_delivery(system, actor, call_off)
        run_until_idle(system, TASKS)
    say({"delivery": case}, as_json=as_json)


@disclose_app.command(epilog="Example: avrop disclose send 2026-001/delivery/1 ./outbox")
def send(delivery: Delivery, outbox: Folder, who: As, role: InRole = None, as_json: Json = False) -> None:
    """Hand a generation over as a folder; today's grant is computed again first."""
    with acting(who, role) as (system, actor):
        folder = disclose.send(system, actor, delivery, outbox)
    say({"folder": folder}, as_json=as_json)


@disclose_app.command(epilog="Example: avrop disclose push 2026-001/delivery/1 --as operator@provider")
def push(delivery: Delivery, who: As, role: InRole = None, as_json: Json = False) -> None:
    """Seal a generation for the receiver, and push it to its inbox; it is tried again until a receipt comes."""
    with acting(who, role) as (system, actor):
        package = pushing.push(system, actor, delivery)
        run_until_idle(system, TASKS)
    say({"package": package}, as_json=as_json)


@disclose_app.command(
    "seal-again", epilog="Example: avrop disclose seal-again 2026-001/delivery/1 --as operator@provider"
)
def seal_again(delivery: Delivery, who: As, role: InRole = None, as_json: Json = False) -> None:
    """Seal the same generation for the key that the receiver publishes now: its old key was lost."""
    with acting(who, role) as (system, actor):
        package = pushing.seal_again(system, actor, delivery)
        run_until_idle(system, TASKS)
    say({"package": package}, as_json=as_json)


@disclose_app.command(epilog="Example: avrop disclose pushes")
def pushes(as_json: Json = False) -> None:
    """Every package that was pushed: how it stands, how often it was tried, what stopped the last attempt."""
    with installation() as system:
        found = pushing.pushes(system)
    rows = [(x.delivery, x.package, x.recipient, x.state, x.attempts, x.why or "") for x in found]
    show(rows, ("delivery", "package", "recipient", "state", "attempts", "stopped by"), as_json=as_json)


@disclose_app.command(
    epilog="Example: avrop disclose export 2026-001/delivery/1 SEX --form microdata --out ./datasets"
    " --as operator@provider"
)
def export(
    delivery: Delivery,
    variable: Annotated[str, typer.Argument(help="The variable's name.")],
    form: Annotated[Form, typer.Option("--form", help="The form that the receiver's platform reads.")],
    out: Annotated[Path, typer.Option("--out", help="The folder to write into.")],
    who: As,
    table: Annotated[str | None, typer.Option("--table", help="The table, if several have the variable.")] = None,
    package: Annotated[
        Path | None, typer.Option("--package", help="The folder of the receiver's public key: write an encrypted tar.")
    ] = None,
    role: InRole = None,
    as_json: Json = False,
) -> None:
    """Hand one variable of a generation over as a dataset; today's grant is computed again first."""
    sealing_key = None if package is None else public_from_pem(read_text(package / KEY_FILES[form]).encode())
    with acting(who, role) as (system, actor):
        done = export_variable(system, actor, delivery, variable, out=out, table=table, sealing_key=sealing_key)
    say({"place": str(done.place), "lines": done.lines, "rows without a value": done.missing}, as_json=as_json)


@receive_app.command(
    epilog="Example: avrop receive take ./outbox/2026-001-delivery-1 --out receipt.json --as custodian@receiver"
)
def take(folder: Folder, out: Out, who: As, role: InRole = None) -> None:
    """At the receiver: verify a generation, keep it, and sign the receipt."""
    with acting(who, role) as (system, actor):
        write_out(out, canonical(receive.take_in(system, actor, folder)))
    say({"receipt": out}, as_json=False)


@receive_app.command(epilog="Example: avrop receive acknowledge receipt.json --as custodian@receiver")
def acknowledge(file: File, who: As, role: InRole = None) -> None:
    """At the provider: record the receiver's signed receipt."""
    with acting(who, role) as (system, actor):
        receive.accept_receipt(system, actor, read_signed(file))
    typer.echo("accepted")


@receive_app.command("list", epilog="Example: avrop receive list")
def packages(as_json: Json = False) -> None:
    """At the receiver: what was taken in, and until when it may be kept."""
    with installation() as system:
        found = receive.packages(system)
    show(found, ("delivery", "state", "keep until"), as_json=as_json)


@receive_app.command(epilog="Example: avrop receive duties 2026-001")
def duties(call_off: CallOff, as_json: Json = False) -> None:
    """At the provider: what left and must be deleted, and by when."""
    with installation() as system:
        found = receive.duties(system, call_off)
    show(found, ("delivery", "status", "due"), as_json=as_json)


@receive_app.command(
    epilog="Example: avrop receive delete 2026-001/delivery/1 --trigger recall --out d.json --as custodian@receiver"
)
def delete(
    delivery: Delivery, out: Out, who: As, trigger: Annotated[str, typer.Option(help="Why now.")],
    kept: Annotated[str, typer.Option(help="What is kept, on which ground.")] = "nothing", role: InRole = None,
) -> None:  # fmt: skip
    """At the receiver: delete a package and sign the confirmation."""
    with acting(who, role) as (system, actor):
        write_out(out, canonical(receive.delete(system, actor, delivery, trigger=trigger, kept=kept)))
    say({"confirmation": out}, as_json=False)


@receive_app.command(epilog="Example: avrop receive confirm d.json --as custodian@receiver")
def confirm(file: File, who: As, role: InRole = None) -> None:
    """At the provider: record the receiver's signed confirmation of deletion."""
    with acting(who, role) as (system, actor):
        receive.confirm_deletion(system, actor, read_signed(file))
        run_until_idle(system, TASKS)
    typer.echo("accepted")


_SLICE = ("controller", "slice plan", "decision")
