"""`avrop`: every verb as a command. Exit codes: 1 fault, 2 mistake, 3 refusal, 4 conflict, 5 missing, 6 tampered,
7 stranger."""

import importlib
import os
import sys
import traceback
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from avrop import __version__
from avrop.actions.tasks import TASKS, tick
from avrop.catalogue.packform import Simulation
from avrop.cli import (
    accounting,
    applying,
    codelists,
    commons,
    deciding,
    describing,
    disclosing,
    finding,
    keys,
    packcommands,
)
from avrop.cli.context import Json, installation, print_json, say
from avrop.cli.logs import log_to_standard_error
from avrop.errors import AvropError, Fault
from avrop.packs import load_pack, packs
from avrop.verifier.report import Unusable
from avrop.verifier.verify import verify as verify_bundle
from avrop.worker import run_until_idle, working

app = typer.Typer(
    help="Education data on purpose: describe, publish, apply, assess, decide, disclose, receive, account.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.add_typer(describing.describe_app, name="describe")
app.add_typer(codelists.app, name="codelist")
app.add_typer(describing.publish_app, name="publish")
describing.publish_app.add_typer(commons.app)
app.add_typer(commons.kudaf_app, name="kudaf")
app.add_typer(applying.apply_app, name="apply")
app.add_typer(applying.assess_app, name="assess")
app.add_typer(deciding.app, name="decide")
app.add_typer(disclosing.disclose_app, name="disclose")
app.add_typer(disclosing.receive_app, name="receive")
app.add_typer(accounting.app, name="account")
app.add_typer(keys.app, name="keys")
app.command(epilog="Example: avrop find absence hours --only topic=ENROLMENT")(finding.find)
for pack in packs():
    app.add_typer(packcommands.commands(pack), name=pack)


@app.command(epilog="Example: avrop demo --profile small")
def demo(
    folder: Annotated[Path, typer.Option(help="Where the demo lives; an earlier demo there is replaced.")] = Path(
        "demo"
    ),
    profile: Annotated[
        str, typer.Option(help="How many synthetic people: sample, small (one in a hundred) or national.")
    ] = "small",
    resume: Annotated[bool, typer.Option(help="Go on with a demo that was interrupted.")] = False,
    serve: Annotated[bool, typer.Option(help="Leave the installations up at the end, until Ctrl-C.")] = False,
) -> None:
    """Tell the pilot's story in ten steps: five installations on loopback, with an embedded PostgreSQL in ./demo."""
    story = importlib.import_module("avrop.demo.story")
    folders = importlib.import_module("avrop.demo.folder")
    stay = importlib.import_module("avrop.demo.staying").stay if serve else None
    pack = load_pack()
    if pack.simulator is not None:
        pack.simulator.plan(Simulation(profile=profile))  # refuses an unknown profile before anything is replaced
    with folders.claimed(folder, resume=resume, say=typer.echo) as home:
        story.tell(home, pack, console=Console(), profile=profile, workers=os.cpu_count() or 1, served=True, stay=stay)


@app.command(epilog="Example: avrop verify ./bundle --keys keys.json --checkpoint held.txt")
def verify(
    bundle: Annotated[Path, typer.Argument(help="The bundle's folder.")],
    keys: Annotated[Path, typer.Option(help="The public keys that you hold, as JSON.")],
    checkpoint: Annotated[Path | None, typer.Option(help="An old checkpoint that you hold.")] = None,
    as_json: Json = False,
) -> None:
    """Check a whole exported account, offline. Exit 6 if anything was changed."""
    try:
        report = verify_bundle(bundle, keys=keys, checkpoint=checkpoint)
    except Unusable as failure:
        typer.echo(f"[verify.unusable] {failure}", err=True)
        raise typer.Exit(2) from None
    if as_json:
        print_json(report.as_json())
    else:
        for what, count in report.checks:
            typer.echo(f"{count:>7}  {what}")
        for fault in report.faults:
            typer.echo(f"  FAULT  {fault}")
        typer.echo("sound" if report.sound else f"{len(report.faults)} faults")
    if not report.sound:
        raise typer.Exit(6)


@app.command(epilog="Example: avrop work")
def work(as_json: Json = False) -> None:
    """Do every queued job that is due, then stop."""
    with installation() as system:
        count = run_until_idle(system, TASKS)
    say({"jobs done": count}, as_json=as_json)


@app.command("tick", epilog="Example: avrop tick")
def clock_tick(as_json: Json = False) -> None:
    """Do what is due by the clock: lapse, close, raise alarms. Time never approves.

    Run it once an hour where no `avrop serve` runs, which does it itself.
    """
    with installation() as system:
        changed = tick(system)
        run_until_idle(system, TASKS)
    say({"cases": ", ".join(changed) or "none"}, as_json=as_json)


@app.command(epilog="Example: avrop serve")
def serve() -> None:
    """Show the faces that the configuration (AVROP_CONFIG) names, and do the queued jobs meanwhile."""
    server = importlib.import_module("avrop.http.server")  # no other command needs what it takes to answer HTTP
    with server.ending_in_order(), installation() as system:
        setting = server.require_servable(system.settings)
        log_to_standard_error()
        with server.listen(setting) as listening:
            typer.echo(f"Serving {', '.join(setting.faces)} at {setting.public_url}")
            with working(system, TASKS, tick):
                server.serve(system, listening)


def _tell_version(asked: bool) -> None:
    if asked:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def every_command(
    _version: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Say the version, and stop.")
    ] = False,
) -> None:
    """Education data on purpose: describe, publish, apply, assess, decide, disclose, receive, account."""


@app.command(epilog="Example: avrop version")
def version() -> None:
    """The version of this program."""
    typer.echo(__version__)


def main() -> None:
    """Run a command; an error is one sentence on standard error and its class's exit code."""
    try:
        app()
    except AvropError as failure:
        typer.echo(str(failure), err=True)
        sys.exit(failure.exit_code)
    except Exception as failure:  # the last resort: its text may hold a value, so only where and what kind is told
        typer.echo(f"[fault.unforeseen] {type(failure).__name__} {place_of(failure)}. {_REPORT}", err=True)
        sys.exit(Fault.exit_code)


_REPORT = "This is a fault of the program: report it with this line."


def place_of(failure: BaseException) -> str:
    """Where in our own code something failed: module and line."""
    ours = [
        f"at {frame.f_globals.get('__name__')} line {line}"
        for frame, line in traceback.walk_tb(failure.__traceback__)
        if str(frame.f_globals.get("__name__")).startswith("avrop.")
    ]
    return ours[-1] if ours else "outside our code"
