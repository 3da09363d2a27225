"""`avrop find`: search the catalogue in anybody's words."""

from typing import Annotated

import typer

from avrop.actions.find import find as find_variables
from avrop.catalogue.commons import Said
from avrop.catalogue.search.questions import FACETS, Facet, read_search
from avrop.cli.context import Json, print_json, show, standing
from avrop.errors import Mistake

Filters = Annotated[
    list[str] | None,
    typer.Option("--only", help=f"A filter, NAME=VALUE, of {', '.join(FACETS)}; as often as wanted."),
]


def find(
    words: Annotated[list[str] | None, typer.Argument(help="What to look for; without it, everything.")] = None,
    only: Filters = None,
    since: Annotated[str, typer.Option("--from", help="The first year that is needed.")] = "",
    until: Annotated[str, typer.Option("--to", help="The last year that is needed.")] = "",
    overlaps: Annotated[bool, typer.Option(help="Some of the years are enough.")] = False,
    page: Annotated[int, typer.Option(help="Which page of the answer.")] = 1,
    language: Annotated[str, typer.Option(help="The language of the labels: nb, nn or en.")] = "en",
    as_json: Json = False,
) -> None:
    """Find variables in the published catalogue, and how many each further filter would leave."""
    chosen = [_filter(each) for each in only or []]
    pairs = [("q", " ".join(words or [])), ("from", since), ("to", until), ("page", str(page))]
    pairs += [("years", "overlaps")] if overlaps else []
    search = read_search([*pairs, *chosen])
    with standing() as system:
        answer = find_variables(system, search)
    if as_json:
        print_json(answer)
        return
    rows = [
        (
            hit.card.name, _in(hit.card.label, language), ", ".join(topic.key for topic in hit.card.topics),
            hit.card.publisher, hit.card.status, "; ".join(
                f"{reason.word}: {reason.place}{' (a related word)' if reason.kin else ''}" for reason in hit.reasons
            ),
        )
        for hit in answer.hits
    ]  # fmt: skip
    for word, read_as in answer.respelled:
        typer.echo(f"Nothing is called {word}; it was read as {read_as}.", err=True)
    show(rows, ("name", "label", "topic", "publisher", "status", "why"), as_json=False,
         title=f"{answer.total} variables")  # fmt: skip
    free: list[Facet] = [facet for facet in FACETS if len(answer.facets[facet]) > 1 and not search.of(facet)]
    for facet in free:
        typer.echo(f"{facet}: {', '.join(f'{each.value} ({each.count})' for each in answer.facets[facet][:8])}")


def _filter(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if name not in FACETS or not equals or not value:
        raise Mistake(
            "search.filter", "A filter is NAME=VALUE.", hint=f"The names are {', '.join(FACETS)}.", where="--only"
        )
    return name, value


def _in(text: Said, language: str) -> str:
    by_language = {words.language: words.value for words in text}
    return next((by_language[code] for code in (language, "nb", "no", "en") if code in by_language), "")
