"""`avrop decide`: a controller sees its slice plan, drafts, signs with its own key, and has its answer recorded."""

import secrets
from datetime import datetime
from pathlib import Path
from typing import Annotated, cast, get_args

import typer

from avrop.actions import decide
from avrop.actions import facts as f
from avrop.actions.tasks import TASKS
from avrop.canonical import canonical, read
from avrop.cli.context import (
    As,
    CallOff,
    InRole,
    Json,
    acting,
    print_json,
    read_signed,
    read_text,
    say,
    show,
    write_out,
)
from avrop.disclosure.readable import readable
from avrop.errors import Mistake
from avrop.governance.decisions import Decision, Outcome, Revocation
from avrop.governance.slices import Coarsening, SliceTerms
from avrop.store import db
from avrop.store.keys import KeyStore
from avrop.worker import run_until_idle

app = typer.Typer(help="Decide: each controller for its own rows.", no_args_is_help=True)

Coarsen = Annotated[list[str] | None, typer.Option(help="DATASET.VARIABLE=LEVEL, a coarser level.")]
Drop = Annotated[list[str] | None, typer.Option(help="DATASET.VARIABLE, not to be let out.")]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])]
Out = Annotated[Path, typer.Option("--out", help="Where to write the document.")]
Kinds = {"decision": Decision, "revocation": Revocation}


def _terms(
    coarsen: list[str] | None, drop: list[str] | None, start: datetime | None, end: datetime | None
) -> SliceTerms:
    coarser = []
    for text in coarsen or []:
        name, _, level = text.partition("=")
        if not level:
            raise Mistake("terms.level", "A coarser level is written DATASET.VARIABLE=LEVEL.", hint="Name the level.")
        dataset, variable = _pair(name)
        coarser.append(Coarsening(dataset=dataset, variable=variable, level=level))
    return SliceTerms(
        coarsen=tuple(coarser),
        drop=tuple(_pair(name) for name in drop or []),
        period_start=start.date() if start else None,
        period_end=end.date() if end else None,
    )


def _pair(name: str) -> tuple[str, str]:
    dataset, dot, variable = name.partition(".")
    if not dot:
        raise Mistake("terms.name", "A variable is written DATASET.VARIABLE.", hint="Write the dataset first.")
    return dataset, variable


@app.command(
    "show",
    epilog="Example: avrop decide show 2026-001 --coarsen ENROLMENT.PROGRAMME_AREA=programme --as handler@03",
)
def show_plan(
    call_off: CallOff, who: As, coarsen: Coarsen = None, drop: Drop = None, start: Day = None, end: Day = None,
    role: InRole = None, as_json: Json = False,
) -> None:  # fmt: skip
    """Your controller's slice plan on these terms, as a table, with its digest. Nothing is recorded."""
    with acting(who, role) as (system, actor):
        plan, sealed = decide.propose(system, actor, call_off, terms=_terms(coarsen, drop, start, end))
        with db.transaction(system.database) as connection:
            catalogue = f.catalogue(connection, f.digest_of(plan.catalogue))
    if as_json:
        print_json({"digest": sealed, "plan": plan})
    else:
        show(readable(plan, catalogue), ("what", "exactly"), as_json=False)
        say({"digest": sealed}, as_json=False)


@app.command(
    epilog="Example: avrop decide draft 2026-001 --outcome approved --valid-to 2027-06-30 --out d.json --as decider@03"
)
def draft(
    call_off: CallOff, outcome: Annotated[str, typer.Option(help=f"One of: {', '.join(get_args(Outcome))}.")],
    valid_to: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"])], out: Out, who: As,
    reasons: Annotated[str, typer.Option(help="Why; needed unless approved as asked.")] = "",
    condition: Annotated[list[str] | None, typer.Option(help="A condition; may be repeated.")] = None,
    coarsen: Coarsen = None, drop: Drop = None, start: Day = None, end: Day = None, role: InRole = None,
) -> None:  # fmt: skip
    """Write the decision document, sealed to what you see now, for signing."""
    if outcome not in get_args(Outcome):
        raise Mistake(
            "decision.outcome_unknown", f"The outcomes are: {', '.join(get_args(Outcome))}.", hint="See --help."
        )
    with acting(who, role) as (system, actor):
        made = decide.draft_decision(
            system, actor, call_off, outcome=cast("Outcome", outcome), reasons=reasons, valid_to=valid_to.date(),
            terms=_terms(coarsen, drop, start, end), conditions=tuple(condition or ()),
        )  # fmt: skip
    write_out(out, canonical(made))
    say({"slice plan": made.slice_plan, "written": out}, as_json=False)


@app.command(
    "draft-revocation",
    epilog="Example: avrop decide draft-revocation 2026-001 --reason '…' --out r.json --as decider@03",
)
def draft_revocation(
    call_off: CallOff, reason: Annotated[str, typer.Option(help="Why.")], out: Out, who: As,
    recall: Annotated[bool, typer.Option(help="What left must be deleted, too.")] = False, role: InRole = None,
) -> None:  # fmt: skip
    """Write the revocation document for signing."""
    with acting(who, role) as (system, actor):
        made = decide.draft_revocation(system, actor, call_off, reason=reason, recall=recall)
    write_out(out, canonical(made))
    say({"decision": made.decision, "written": out}, as_json=False)


@app.command(
    epilog="Example: avrop decide sign decision d.json --keys ./our-keys --key controller-03 --out signed.json"
)
def sign(
    kind: Annotated[str, typer.Argument(help="decision or revocation.")], file: Annotated[Path, typer.Argument()],
    keys: Annotated[Path, typer.Option(help="Your own key store's folder.")],
    key: Annotated[str, typer.Option(help="The key's name in it.")], out: Out,
) -> None:  # fmt: skip
    """Sign a document with your controller's own key. Runs at the controller; needs no installation."""
    if kind not in Kinds:
        raise Mistake("sign.kind", "Only a decision or a revocation is signed here.", hint="Name one of them.")
    if out.resolve() == file.resolve():
        raise Mistake("file.same", "The signed document would replace the draft.", hint="Name another.", file=str(out))
    value = read(Kinds[kind], read_text(file), what=file.name)
    write_out(out, canonical(KeyStore(keys, secrets.token_bytes).sign(key, kind, value)))
    say({"written": out}, as_json=False)


@app.command("make-key", epilog="Example: avrop decide make-key --keys ./our-keys --key controller-03")
def make_key(keys: Annotated[Path, typer.Option()], key: Annotated[str, typer.Option()]) -> None:
    """Make your controller's own signing key, and print its public half for the adhesion."""
    say({"public key": KeyStore(keys, secrets.token_bytes).make_signing(key)}, as_json=False)


@app.command(epilog="Example: avrop decide record 2026-001 signed.json --as decider@03")
def record(call_off: CallOff, file: Annotated[Path, typer.Argument()], who: As, role: InRole = None) -> None:
    """Have your controller's signed decision recorded."""
    with acting(who, role) as (system, actor):
        decide.record(system, actor, call_off, read_signed(file))
        run_until_idle(system, TASKS)
    typer.echo("recorded")


@app.command(epilog="Example: avrop decide revoke 2026-001 signed.json --as decider@03")
def revoke(call_off: CallOff, file: Annotated[Path, typer.Argument()], who: As, role: InRole = None) -> None:
    """Have your controller's signed revocation recorded: it holds from this moment."""
    with acting(who, role) as (system, actor):
        decide.revoke(system, actor, call_off, read_signed(file))
        run_until_idle(system, TASKS)
    typer.echo("revoked")


@app.command(epilog="Example: avrop decide advise 2026-001 --advice remarks --text '…' --as dpo@03")
def advise(
    call_off: CallOff, advice: Annotated[str, typer.Option(help="no remark, remarks, or advises against.")],
    text: Annotated[str, typer.Option(help="The advice.")], who: As, role: InRole = None,
) -> None:  # fmt: skip
    """Record the data protection officer's advice; advice is not a decision."""
    with acting(who, role) as (system, actor):
        decide.advise(system, actor, call_off, advice=advice, text=text)
    typer.echo("recorded")


@app.command(epilog="Example: avrop decide confirm 2026-001 --statement '…' --as leader@receiver")
def confirm(
    call_off: CallOff, statement: Annotated[str, typer.Option(help="Why the subset still serves the purpose.")],
    who: As, role: InRole = None,
) -> None:  # fmt: skip
    """The receiver's leader confirms that those who approved serve the purpose."""
    with acting(who, role) as (system, actor):
        decide.confirm_subset(system, actor, call_off, statement=statement)
    typer.echo("confirmed")
