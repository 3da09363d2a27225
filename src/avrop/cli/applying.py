"""`avrop apply` and `avrop assess`: a call-off from file to submission; findings, exposure, opening of the cases."""

from pathlib import Path
from typing import Annotated

import typer

from avrop.actions import apply, assess
from avrop.actions.tasks import TASKS
from avrop.canonical import digest
from avrop.cli.context import As, CallOff, InRole, Json, acting, installation, read_text, say, show
from avrop.errors import Mistake
from avrop.worker import run_until_idle

apply_app = typer.Typer(help="Apply: check, submit, narrow or withdraw a call-off.", no_args_is_help=True)
assess_app = typer.Typer(help="Assess: findings, exposure, intake, opening of cases.", no_args_is_help=True)

File = Annotated[Path, typer.Argument(help="The call-off as YAML.")]
Reason = Annotated[str, typer.Option(help="Why.")]


@apply_app.command("check", epilog="Example: avrop apply check call-off.yaml")
def check_file(file: File, as_json: Json = False) -> None:
    """See the findings on a call-off before it is submitted; nothing is recorded. Exit 2 if something stops it."""
    with installation() as system:
        version = apply.read_version(system, read_text(file), file=file.name)
        found = assess.preview(system, version)
    show([(f.severity, f.check, f.subject, f.sentence, f.hint) for f in found], _FINDING, as_json=as_json)
    if any(f.severity == "stop" for f in found):
        raise typer.Exit(Mistake.exit_code)


@apply_app.command(epilog="Example: avrop apply submit call-off.yaml --as applicant@receiver")
def submit(file: File, who: As, role: InRole = None, as_json: Json = False) -> None:
    """Submit a version: the first, or the next one."""
    with acting(who, role) as (system, actor):
        version = apply.read_version(system, read_text(file), file=file.name)
        apply.submit(system, actor, version)
        run_until_idle(system, TASKS)
    say({"call-off": version.reference, "version": version.number, "digest": digest(version)}, as_json=as_json)


@apply_app.command(epilog="Example: avrop apply withdraw 2026-001 --reason 'No longer needed' --as applicant@receiver")
def withdraw(call_off: CallOff, reason: Reason, who: As, role: InRole = None) -> None:
    """Take a call-off back before it is granted."""
    with acting(who, role) as (system, actor):
        apply.withdraw(system, actor, call_off, reason=reason)
    typer.echo("withdrawn")


@assess_app.command(epilog="Example: avrop assess findings 2026-001 --json")
def findings(call_off: CallOff, as_json: Json = False) -> None:
    """What the checks found on the version that stands."""
    with installation() as system:
        found = assess.findings(system, call_off)
    show([(f.severity, f.check, f.subject, f.sentence, f.hint) for f in found], _FINDING, as_json=as_json)


@assess_app.command("return", epilog="Example: avrop assess return 2026-001 --reason 'See C-03'")
def send_back(call_off: CallOff, reason: Reason, who: As, role: InRole = None) -> None:
    """Send a call-off back to the receiver."""
    with acting(who, role) as (system, actor):
        assess.return_call_off(system, actor, call_off, reason=reason)
    typer.echo("returned")


@assess_app.command(epilog="Example: avrop assess accept 2026-001")
def accept(call_off: CallOff, who: As, role: InRole = None) -> None:
    """Take a call-off in, and measure exposure for the controllers that have instructed it."""
    with acting(who, role) as (system, actor):
        assess.accept_intake(system, actor, call_off)
        run_until_idle(system, TASKS)
    typer.echo("taken in and measured")


@assess_app.command(epilog="Example: avrop assess exposure 2026-001")
def exposure(call_off: CallOff, as_json: Json = False) -> None:
    """The measured exposure, rounded as the receiver sees it, of each measured version."""
    with installation() as system:
        views = assess.exposure_views(system, call_off)
    rows = [(n, x.scenario, x.label, x.people, x.unique, x.small) for n, v in enumerate(views, 1) for x in v.lines]
    show(rows, ("measurement", "scenario", "who", "people", "unique", "small classes"), as_json=as_json)


@assess_app.command("open", epilog="Example: avrop assess open 2026-001")
def open_cases(call_off: CallOff, who: As, role: InRole = None) -> None:
    """Ask every addressed controller to decide."""
    with acting(who, role) as (system, actor):
        assess.open_controllers(system, actor, call_off)
        run_until_idle(system, TASKS)
    typer.echo("every addressed controller is asked")


_FINDING = ("severity", "check", "about", "finding", "what to do")
