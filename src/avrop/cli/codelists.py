"""`avrop codelist`: a code list on a day, what changed between two days, and what is wrong with the lists."""

from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from avrop.actions import describe
from avrop.catalogue.codelists import CodeList
from avrop.catalogue.datasets import Catalogue
from avrop.catalogue.listchanges import changes
from avrop.catalogue.unittypes import Text
from avrop.cli.context import Json, folder_texts, show
from avrop.errors import Missing, Mistake
from avrop.packs import load_pack

app = typer.Typer(help="Dated code lists: show, compare, check.", no_args_is_help=True)


class Language(StrEnum):
    """A language of the labels."""

    NB = "nb"
    NN = "nn"
    EN = "en"


Name = Annotated[str, typer.Argument(help="The list's name, as `avrop codelist names` tells it.")]
Folder = Annotated[Path | None, typer.Option("--catalogue", help="A catalogue's folder; without it, the pack's.")]
In = Annotated[Language, typer.Option("--language", help="The language of the labels: nb, nn or en.")]


@app.command(epilog="Example: avrop codelist names")
def names(folder: Folder = None, language: In = Language.EN, as_json: Json = False) -> None:
    """List the code lists, with how many codes each has and where it is from."""
    described = _described(folder)
    rows = [(x.name, _in(x.title, language), len(x.codes), x.source) for x in described.code_lists]
    show(rows, ("name", "title", "codes", "source"), as_json=as_json, title=described.name)


@app.command("show", epilog="Example: avrop codelist show COUNTY --on 2023-12-31")
def show_list(
    name: Name,
    on: Annotated[str, typer.Option("--on", help="The day, YYYY-MM-DD; without it, today.")] = "",
    folder: Folder = None, language: In = Language.EN, as_json: Json = False,
) -> None:  # fmt: skip
    """Show the codes that are valid on a day."""
    found = _list(_described(folder), name)
    day = _day(on, "--on") if on else datetime.now(UTC).date()
    rows = [
        (code, _in(entry.label, language), entry.valid_from, entry.valid_to or "", ", ".join(entry.successors))
        for code, entry in sorted(found.on(day).items())
    ]
    show(
        rows, ("code", "label", "valid from", "valid to", "successors"), as_json=as_json,
        title=f"{_in(found.title, language)} on {day} ({found.source})",
    )  # fmt: skip


@app.command(epilog="Example: avrop codelist diff COUNTY --from 2023-12-31 --to 2024-01-01")
def diff(
    name: Name,
    start: Annotated[str, typer.Option("--from", help="The earlier day, YYYY-MM-DD.")],
    end: Annotated[str, typer.Option("--to", help="The later day, YYYY-MM-DD; without it, today.")] = "",
    folder: Folder = None, language: In = Language.EN, as_json: Json = False,
) -> None:  # fmt: skip
    """Tell what is different on one day from another: added, ended, renamed, replaced, merged, split."""
    found = _list(_described(folder), name)
    first, last = _day(start, "--from"), _day(end, "--to") if end else datetime.now(UTC).date()
    if last < first:
        raise Mistake("codelist.days", "The later day is before the earlier one.", hint="Change --from and --to over.")
    rows = [
        (x.day, x.kind, x.code, _in(x.label, language), ", ".join(x.successors))
        for x in changes(found, start=first, end=last)
    ]
    show(rows, ("day", "change", "code", "label", "successors"), as_json=as_json, title=_in(found.title, language))


@app.command(epilog="Example: avrop codelist check ./catalogue")
def check(
    folder: Annotated[Path | None, typer.Argument(help="A catalogue's folder; without it, the pack's.")] = None,
    as_json: Json = False,
) -> None:
    """Check the code lists: what is valid twice, succeeded by nothing, empty, or without a label; exit 2 if any is."""
    described, findings = describe.describe(_texts(folder))
    lists = {code_list.name for code_list in described.code_lists}
    rows = [
        (x.severity, x.check, f"codelists/{x.subject}.yaml", x.sentence, x.hint) for x in findings if x.subject in lists
    ]
    show(rows, ("severity", "check", "file", "finding", "what to do"), as_json=as_json, title=described.name)
    if any(severity == "stop" for severity, *_ in rows):
        raise typer.Exit(Mistake.exit_code)


def _texts(folder: Path | None) -> dict[str, str]:
    return dict(load_pack().catalogue) if folder is None else folder_texts(folder)


def _described(folder: Path | None) -> Catalogue:
    return describe.describe(_texts(folder))[0]


def _list(catalogue: Catalogue, name: str) -> CodeList:
    try:
        return catalogue.code_list(name)
    except KeyError:
        raise Missing(
            "codelist.unknown", "The catalogue has no code list of that name.", hint="See `avrop codelist names`."
        ) from None


def _day(text: str, option: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Mistake("codelist.day", "That is no day.", hint=f"Write {option} as YYYY-MM-DD.") from None


def _in(text: Text, language: Language) -> str:
    """The text in that language; where nynorsk waits, in bokmål."""
    return str(getattr(text, language) or text.nb)
